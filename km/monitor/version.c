#include "km.h"

const char km_version[] = KM_VERSION " (" KM_REVISION ")";

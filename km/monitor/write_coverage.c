/* For VARIANT=coverage alone, see the Makefile. A process that a signal ends leaves no notes. */
#include <gcov.h>

void __wrap__exit(int status) __attribute__((noreturn));
void __real__exit(int status) __attribute__((noreturn));

void __wrap__exit(int status)
{
    __gcov_dump();
    __real__exit(status);
}

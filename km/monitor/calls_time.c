/* Clocks, sleeping, timers that end in a signal. */
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/timex.h>
#include <time.h>

#include "calls.h"

#define TIMESPEC KM_O(sizeof(struct timespec))
#define INTERVAL KM_O(sizeof(struct itimerval))

const struct km_call km_calls_time[] = {
        KM_FORWARD(clock_gettime, KM_V, TIMESPEC),
        KM_FORWARD(clock_getres, KM_V, TIMESPEC),
        KM_FORWARD(gettimeofday, KM_O(sizeof(struct timeval)), KM_O(sizeof(struct timezone))),
        KM_FORWARD(time, KM_O(sizeof(time_t))),
        KM_FORWARD(times, KM_O(sizeof(struct tms))),
        KM_FORWARD(nanosleep, TIMESPEC, TIMESPEC),
        KM_FORWARD(clock_nanosleep, KM_V, KM_V, TIMESPEC, TIMESPEC),
        KM_FORWARD(getitimer, KM_V, INTERVAL),
        KM_FORWARD(setitimer, KM_V, INTERVAL, INTERVAL),
        KM_FORWARD(alarm, KM_V),
        KM_FORWARD(timerfd_create, KM_V),
        KM_FORWARD(timerfd_settime, KM_F, KM_V, KM_O(32), KM_O(32)),
        KM_FORWARD(timerfd_gettime, KM_F, KM_O(32)),
        {0},
};

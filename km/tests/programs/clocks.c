/* Clocks, as the C library reads them, agree with the system calls. */
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long nanoseconds(const struct timespec *t)
{
    return t->tv_sec * 1000000000LL + t->tv_nsec;
}

static void compare(const char *name, clockid_t clock)
{
    struct timespec before, inside, after;
    int good = 1;

    for (int i = 0; i < 1000; i++) {
        syscall(SYS_clock_gettime, clock, &before);
        clock_gettime(clock, &inside);
        syscall(SYS_clock_gettime, clock, &after);
        good &= nanoseconds(&before) <= nanoseconds(&inside) &&
                nanoseconds(&inside) <= nanoseconds(&after);
    }
    printf("%s: %d\n", name, good);
}

int main(int argc, char *argv[])
{
    struct timeval now;

    (void)argv;
    compare("realtime", CLOCK_REALTIME);
    compare("monotonic", CLOCK_MONOTONIC);
    compare("boottime", CLOCK_BOOTTIME);
    compare("coarse", CLOCK_MONOTONIC_COARSE);
    gettimeofday(&now, NULL);
    printf("time: %d, processor: %d\n", labs(time(NULL) - now.tv_sec) <= 1,
            sched_getcpu() >= 0 && sched_getcpu() < 4096);
    if (argc > 1)
        printf("vDSO %d\n", getauxval(AT_SYSINFO_EHDR) != 0);
    return 0;
}

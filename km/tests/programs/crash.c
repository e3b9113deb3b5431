/* Ends by a signal, for core files: three calls deep, beside a thread that computes and one that
 * waits. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static volatile int turns, waits;
static volatile int marker = 12345;

static void *computing_thread(void *argument)
{
    for (;;)
        turns++;
    return argument;
}

static void *waiting_thread(void *argument)
{
    for (waits = 1;;)
        pause();
    return argument;
}

__attribute__((noinline)) static int crash_here(int depth, const char *how)
{
    if (depth > 0)
        return crash_here(depth - 1, how) + marker;
    if (strcmp(how, "fault") == 0)
        *(volatile int *)(long)(marker - 12345 + 16) = 1;
    else if (strcmp(how, "abort") == 0)
        abort();
    else
        raise(atoi(how));
    return marker;
}

int main(int argc, char *argv[])
{
    pthread_t computing, waiting;

    pthread_create(&computing, NULL, computing_thread, NULL);
    pthread_create(&waiting, NULL, waiting_thread, NULL);
    while (turns == 0 || waits == 0)
        continue;
    return crash_here(3, argc > 1 ? argv[1] : "") == 0;
}

/* For gdb: threads that wait, compute and call functions, a handled signal, an exit status. With an
 * argument: computes until gdb ends that, or reads. */
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile int counter, handled;
static volatile double fraction = 0.5;

__attribute__((noinline)) static int add(int a, int b)
{
    int sum = a + b;

    counter++;
    return sum;
}

__attribute__((noinline)) static int twice(int a)
{
    return add(a, a) + (fraction > 1 ? 100 : 0);
}

static void *work(void *argument)
{
    int total = 0;

    for (int i = 0; i < 3; i++)
        total = twice(total + *(int *)argument);
    return NULL;
}

static void *wait_for_it(void *argument)
{
    char c;

    if (read(*(int *)argument, &c, 1) == 1 && c == 'x')
        handled += 10;
    return NULL;
}

static void on_signal(int signal)
{
    handled += signal == SIGUSR1;
}

static int run_until_told(const char *how)
{
    char c = 0;
    ssize_t got = 0;

    puts("running");
    fflush(stdout);
    if (strcmp(how, "read") == 0)
        got = read(0, &c, 1);
    else
        while (fraction < 1)
            counter++;
    printf("read %zd %c\n", got, got == 1 ? c : '-');
    return 3;
}

int main(int argc, char *argv[])
{
    pthread_t worker, waiter;
    int one = 1, ends[2];

    if (argc > 1)
        return run_until_told(argv[1]);
    signal(SIGUSR1, on_signal);
    if (pipe(ends) < 0)
        return 1;
    pthread_create(&waiter, NULL, wait_for_it, &ends[0]);
    pthread_create(&worker, NULL, work, &one);
    pthread_join(worker, NULL);
    raise(SIGUSR1);
    if (write(ends[1], "x", 1) != 1)
        return 1;
    pthread_join(waiter, NULL);
    printf("%d calls, %d handled, result %d\n", counter, handled, twice(20));
    return 7;
}

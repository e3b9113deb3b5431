/* Prints what one thing costs, on average: the first argument says which, the second how often. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static void *nothing(void *argument)
{
    return argument;
}

static void once(const char *what, volatile char *memory, long i)
{
    pthread_t thread;
    pid_t pid;

    if (strcmp(what, "call") == 0) {
        syscall(SYS_getppid);
    } else if (strcmp(what, "touch") == 0) {
        memory[i * 4096] = 1;
    } else if (strcmp(what, "thread") == 0) {
        if (pthread_create(&thread, NULL, nothing, NULL) == 0)
            pthread_join(thread, NULL);
    } else if (strcmp(what, "fork") == 0) {
        pid = fork();
        if (pid == 0)
            _exit(0);
        waitpid(pid, NULL, 0);
    } else { /* "compute" */
        volatile unsigned sum = 0;

        for (unsigned n = 0; n < 1000000; n++)
            sum = sum * 31 + n;
    }
}

int main(int argc, char *argv[])
{
    long count = argc > 2 ? atol(argv[2]) : 1;
    struct timespec start, end;
    char *memory = mmap(NULL, (size_t)count * 4096, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    clock_gettime(CLOCK_MONOTONIC, &start);
    for (long i = 0; argc > 2 && i < count; i++)
        once(argv[1], memory, i);
    clock_gettime(CLOCK_MONOTONIC, &end);
    printf("%.2f\n", ((double)(end.tv_sec - start.tv_sec) * 1e6 +
                             (double)(end.tv_nsec - start.tv_nsec) / 1e3) /
                             (double)count);
    return 0;
}

/* Threads: start and join, mutexes, conditions, thread-local storage, many in turn. */
#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define THREADS 8
#define ROUNDS 2000

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t turn = PTHREAD_COND_INITIALIZER;
static long counter, whose;
static __thread long own;

static void *count(void *argument)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&lock);
        counter++;
        pthread_mutex_unlock(&lock);
        own++;
    }
    return (void *)(own + (long)argument);
}

static void counting(void)
{
    pthread_t threads[THREADS];
    long sum = 0;

    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, count, (void *)i);
    for (int i = 0; i < THREADS; i++) {
        void *result;

        pthread_join(threads[i], &result);
        sum += (long)result;
    }
    printf("counter %ld, results %ld, own %ld\n", counter, sum, own);
}

static void *pass_on(void *argument)
{
    for (int i = 0; i < 50; i++) {
        pthread_mutex_lock(&lock);
        while (whose != (long)argument)
            pthread_cond_wait(&turn, &lock);
        whose = (whose + 1) % 4;
        pthread_cond_broadcast(&turn);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void turns(void)
{
    pthread_t threads[4];

    for (long i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, pass_on, (void *)i);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    printf("whose turn: %ld\n", whose);
}

static void *double_it(void *argument)
{
    return (void *)((long)argument * 2);
}

static void in_turn(void)
{
    long sum = 0;

    for (long i = 0; i < 300; i++) {
        pthread_t thread;
        void *result;

        if (pthread_create(&thread, NULL, double_it, (void *)i) != 0)
            exit(1);
        pthread_join(thread, &result);
        sum += (long)result;
    }
    printf("300 in turn: %ld\n", sum);
}

static pthread_barrier_t barrier;

static void *meet(void *argument)
{
    pthread_barrier_wait(&barrier);
    return argument;
}

static void at_once(int count)
{
    pthread_t *threads = calloc((size_t)count, sizeof(*threads));

    pthread_barrier_init(&barrier, NULL, (unsigned)count + 1);
    for (long i = 0; i < count; i++)
        if (pthread_create(&threads[i], NULL, meet, NULL) != 0)
            exit(1);
    pthread_barrier_wait(&barrier);
    for (int i = 0; i < count; i++)
        pthread_join(threads[i], NULL);
    printf("%d at once\n", count);
    free(threads);
}

static pthread_mutex_t robust;

static void *die_with_it(void *argument)
{
    pthread_mutex_lock(&robust);
    return argument;
}

static void robust_mutex(void)
{
    pthread_mutexattr_t attributes;
    pthread_t thread;

    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attributes);
    pthread_create(&thread, NULL, die_with_it, NULL);
    pthread_join(thread, NULL);

    int rc = pthread_mutex_lock(&robust);

    printf("owner died: %d\n", rc == EOWNERDEAD);
    printf("consistent: %d\n", pthread_mutex_consistent(&robust));
    printf("unlocked: %d\n", pthread_mutex_unlock(&robust));
}

static char *shared;

static void *touch(void *argument)
{
    for (int i = 0; i < 20000; i++)
        if (shared[4096 * (i % 16)] != 1)
            return (void *)1;
    return argument;
}

/* Protection changes while other threads read: they see no fault. */
static void protection(void)
{
    pthread_t threads[3];
    long bad = 0;

    shared = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(shared, 1, 16 * 4096);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, touch, NULL);
    for (int i = 0; i < 100; i++)
        mprotect(shared, 16 * 4096, i % 2 ? PROT_READ | PROT_WRITE : PROT_READ);
    for (int i = 0; i < 3; i++) {
        void *result;

        pthread_join(threads[i], &result);
        bad += (long)result;
    }
    printf("protection changes: %ld bad\n", bad);
}

static void *end_process(void *argument)
{
    usleep(1000);
    printf("the last one ends the process\n");
    exit(7);
    return argument;
}

int main(int argc, char *argv[])
{
    int count = argc > 1 ? atoi(argv[1]) : 16;
    pthread_t thread;

    setvbuf(stdout, NULL, _IONBF, 0);
    counting();
    turns();
    in_turn();
    at_once(count);
    robust_mutex();
    protection();
    printf("ids differ: %d\n", getpid() == syscall(SYS_gettid));
    pthread_create(&thread, NULL, end_process, NULL);
    pthread_exit(NULL);
}

/*
 * Stopping all threads but one, to look at them: each is interrupted by a signal that only the
 * monitor uses, and waits when it next would enter the virtual machine.
 */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "km.h"

#define PATIENCE 5 /* seconds, for threads that the host's kernel does not let go */

static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;

void km_stop_join(struct km_thread *t)
{
    struct km_machine *m = t->machine;

    pthread_mutex_lock(&m->lock);
    t->next = m->thread_list;
    m->thread_list = t;
    pthread_mutex_unlock(&m->lock);
}

void km_stop_leave(struct km_thread *t)
{
    struct km_machine *m = t->machine;
    struct km_thread **at = &m->thread_list;

    pthread_mutex_lock(&m->lock);
    while (*at != NULL && *at != t)
        at = &(*at)->next;
    if (*at != NULL)
        *at = t->next;
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&m->lock);
}

bool km_stop_is_wanted(const struct km_thread *t)
{
    return __atomic_load_n(&t->machine->stopper, __ATOMIC_SEQ_CST) != NULL || t->held || t->asked;
}

/* Counts as stopped until no other thread stops it. The caller holds the machine's lock. */
static void wait_here(struct km_thread *t)
{
    t->stopped = true;
    pthread_cond_broadcast(&changed);
    while (t->machine->stopper != NULL || t->held)
        pthread_cond_wait(&changed, &t->machine->lock);
    t->stopped = false;
}

void km_stop_here(struct km_thread *t)
{
    struct km_machine *m = t->machine;
    bool asked;

    pthread_mutex_lock(&m->lock);
    wait_here(t);
    pthread_mutex_unlock(&m->lock);
    asked = t->asked;
    t->asked = 0;
    t->vcpu->run->immediate_exit = 0;
    /* A signal may have come meanwhile that this has undone. */
    if (t->pending || t->asked)
        t->vcpu->run->immediate_exit = 1;
    if (asked)
        km_gdb_look(t);
}

static bool all_stopped(const struct km_thread *but)
{
    for (const struct km_thread *t = but->machine->thread_list; t != NULL; t = t->next)
        if (t != but && !t->stopped)
            return false;
    return true;
}

void km_stop_others(struct km_thread *t)
{
    struct km_machine *m = t->machine;
    struct timespec limit;

    pthread_mutex_lock(&m->lock);
    /* Of two threads that stop the others, the second is one of these. */
    wait_here(t);
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += PATIENCE;
    __atomic_store_n(&m->stopper, t, __ATOMIC_SEQ_CST);
    for (const struct km_thread *other = m->thread_list; other != NULL; other = other->next)
        if (other != t)
            syscall(SYS_tgkill, getpid(), other->tid, KM_STOP_SIGNAL);
    while (!all_stopped(t))
        if (pthread_cond_timedwait(&changed, &m->lock, &limit) == ETIMEDOUT)
            break;
    pthread_mutex_unlock(&m->lock);
}

void km_stop_release(struct km_thread *t)
{
    struct km_machine *m = t->machine;

    pthread_mutex_lock(&m->lock);
    __atomic_store_n(&m->stopper, NULL, __ATOMIC_SEQ_CST);
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&m->lock);
}

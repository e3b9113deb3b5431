/*
 * The payload's threads. Each is a thread of the host's process with a processor of the virtual
 * machine; its id is the host's.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "km.h"

/* The monitor's own stack for a thread: system calls with vectors need the most. */
#define HOST_STACK (256 << 10)

/* futex(2), FUTEX_WAKE_OP: *uaddr2 = 1 << 30, FUTEX_OWNER_DIED, which is too large for a plain
 * operand; wake nobody else. */
#define SET_OWNER_DIED                                                                             \
    ((0u | FUTEX_OP_SET | FUTEX_OP_OPARG_SHIFT) << 28 | FUTEX_OP_CMP_LT << 24 | 30 << 12)

#define MAX_ROBUST 2048 /* mutexes of a list that may be damaged, or a circle */

_Thread_local struct km_thread *km_self;

static void do_call(struct km_thread *t)
{
    const struct kvm_regs *regs = &t->vcpu->run->s.regs.regs;
    const uint64_t args[6] = {regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9};
    struct km_interrupted interrupted = {.number = regs->rax};
    int64_t result = km_call(t, interrupted.number, args);

    if (result != KM_REGISTERS_SET)
        km_vcpu_return(t->machine, t->vcpu, result);
    interrupted.always = result == KM_RESTART;
    interrupted.is_call = interrupted.always || result == -EINTR;
    if (!t->ended)
        km_signal_deliver(t, &interrupted);
}

static int run(struct km_thread *t)
{
    static const struct km_interrupted no_call;
    struct km_fault fault;

    while (!t->ended) {
        int exit;

        km_signal_deliver(t, &no_call);
        if (km_stop_is_wanted(t)) {
            km_stop_here(t);
            continue;
        }
        exit = km_vcpu_run(t->machine, t->vcpu, &fault);
        if (exit < 0)
            return exit;
        __atomic_fetch_add(&t->machine->stats.exits[exit], 1, __ATOMIC_RELAXED);
        if (exit != KM_EXIT_BUS)
            t->bus_errors = 0;
        if (exit == KM_EXIT_CALL)
            do_call(t);
        else if (exit == KM_EXIT_FAULT)
            km_fault_x86_64(t, &fault);
        else if (exit == KM_EXIT_BUS)
            km_fault_bus_x86_64(t);
    }
    return 0;
}

void km_thread_main(struct km_thread *t)
{
    int rc;

    km_self = t;
    if (!t->shares_memory)
        km_stop_join(t);
    km_signal_unblock(t);
    if (t->machine->options->gdb_port >= 0 && t->tid == getpid() && !t->shares_memory)
        km_gdb_begin(t);
    rc = run(t);
    if (rc < 0) {
        km_error("the virtual machine failed: %s", strerror(-rc));
        t->machine->end(t->machine, KM_STATUS_MONITOR, 0);
    }
    if (t->tid == getpid()) {
        /* The process lives on without its first thread, which the C library could not end. */
        for (;;)
            syscall(SYS_exit, 0);
    }
    free(t);
    pthread_exit(NULL);
}

/* What a new thread of the host needs to begin. */
struct beginning {
    struct km_thread *thread;
    uint64_t flags, parent_tid, child_tid;
    pid_t tid;   /* set by the new thread */
    sem_t begun; /* the ids are written; the new thread may end at any time from now */
};

static void *begin(void *argument)
{
    struct beginning *b = argument;
    struct km_thread *t = b->thread;

    b->tid = t->tid = gettid();
    /* The C library may use one place for both: neither is written after the thread runs. */
    if (b->flags & CLONE_PARENT_SETTID)
        km_guest_write(t->machine, b->parent_tid, &t->tid, sizeof(t->tid));
    if (b->flags & CLONE_CHILD_SETTID)
        km_guest_write(t->machine, b->child_tid, &t->tid, sizeof(t->tid));
    sem_post(&b->begun);
    km_thread_main(t);
}

/* Gives the child the parent's registers, but for those that clone(2) changes. */
static int copy_registers(
        struct km_thread *t, struct km_thread *child, uint64_t flags, uint64_t stack, uint64_t tls)
{
    struct km_registers registers;
    void *xsave = calloc(1, t->machine->xsave_size);
    int rc = xsave == NULL ? -ENOMEM : km_vcpu_get_xsave(t->machine, t->vcpu, xsave);

    if (rc == 0)
        rc = km_vcpu_set_xsave(child->vcpu, xsave);
    free(xsave);
    if (rc == 0)
        rc = km_vcpu_get(t->vcpu, &registers);
    if (rc < 0)
        return rc;
    registers.general.rax = 0;
    if (stack != 0)
        registers.general.rsp = stack;
    if (flags & CLONE_SETTLS)
        registers.fs_base = tls;
    return km_vcpu_set(t->machine, child->vcpu, &registers);
}

static int start(struct beginning *b, pid_t *tid)
{
    pthread_attr_t attributes;
    pthread_t thread;
    int rc;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, HOST_STACK);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sem_init(&b->begun, 0, 0);
    /* The new thread can take no signal before it knows whose it is. */
    km_signal_block();
    rc = -pthread_create(&thread, &attributes, begin, b);
    km_signal_unblock(km_self);
    if (rc == 0) {
        while (sem_wait(&b->begun) < 0 && errno == EINTR)
            continue;
        *tid = b->tid;
    }
    sem_destroy(&b->begun);
    pthread_attr_destroy(&attributes);
    return rc;
}

static void count_threads(struct km_machine *m, int change, unsigned *left)
{
    pthread_mutex_lock(&m->lock);
    m->threads += (unsigned)change;
    if (left != NULL)
        *left = m->threads;
    pthread_mutex_unlock(&m->lock);
}

int64_t km_thread_clone(struct km_thread *t, uint64_t flags, uint64_t stack, uint64_t parent_tid,
        uint64_t child_tid, uint64_t tls)
{
    struct km_machine *m = t->machine;
    struct km_thread *child = calloc(1, sizeof(*child));
    struct beginning b = {
            .thread = child, .flags = flags, .parent_tid = parent_tid, .child_tid = child_tid};
    pid_t tid = 0;
    int rc;

    if (child == NULL)
        return -ENOMEM;
    child->machine = m;
    child->mask = t->mask;
    child->actions = t->actions;
    child->clear_child_tid = flags & CLONE_CHILD_CLEARTID ? child_tid : 0;
    rc = km_vcpu_acquire(m, &child->vcpu);
    if (rc < 0) {
        free(child);
        return -EAGAIN;
    }
    rc = copy_registers(t, child, flags, stack, tls);
    count_threads(m, 1, NULL);
    if (rc == 0)
        rc = start(&b, &tid);
    if (rc < 0) {
        count_threads(m, -1, NULL);
        km_vcpu_release(m, child->vcpu);
        free(child);
        return rc;
    }
    return tid;
}

static void wake(uint64_t futex)
{
    syscall(SYS_futex, futex, FUTEX_WAKE, 1, NULL, NULL, 0);
}

/*
 * Marks a mutex of the thread as left by a dead owner (get_robust_list(2)). The kernel sets the
 * word, and wakes all that wait, so that none relies on the mark of waiting that is gone.
 */
static void leave_mutex(struct km_thread *t, uint64_t futex)
{
    uint32_t word;

    if (futex % sizeof(word) != 0 || km_guest_read(t->machine, &word, futex, sizeof(word)) < 0 ||
            (word & FUTEX_TID_MASK) != (uint32_t)t->tid)
        return;
    syscall(SYS_futex, futex, FUTEX_WAKE_OP, INT_MAX, 0, futex, SET_OWNER_DIED);
}

static void leave_mutexes(struct km_thread *t)
{
    struct {
        uint64_t next, offset, pending;
    } head;
    uint64_t entry;

    if (t->robust_list == 0 || km_guest_read(t->machine, &head, t->robust_list, sizeof(head)) < 0)
        return;
    entry = head.next;
    for (int i = 0; i < MAX_ROBUST && entry != t->robust_list; i++) {
        uint64_t next;
        int rc = km_guest_read(t->machine, &next, entry & ~1ull, sizeof(next));

        if (entry != head.pending)
            leave_mutex(t, (entry & ~1ull) + head.offset);
        if (rc < 0)
            break;
        entry = next;
    }
    if (head.pending != 0)
        leave_mutex(t, (head.pending & ~1ull) + head.offset);
}

void km_thread_exit(struct km_thread *t, int status)
{
    struct km_machine *m = t->machine;
    const uint32_t zero = 0;
    unsigned left;

    if (t->shares_memory)
        m->end(m, status, 0);
    km_signal_block();
    leave_mutexes(t);
    if (t->clear_child_tid != 0 && km_guest_write(m, t->clear_child_tid, &zero, sizeof(zero)) == 0)
        wake(t->clear_child_tid);
    if (t->tid == getpid())
        m->exit_status = status;
    count_threads(m, -1, &left);
    if (left == 0)
        m->end(m, m->exit_status, 0);
    t->ended = true;
    km_stop_leave(t);
    km_vcpu_release(m, t->vcpu);
}

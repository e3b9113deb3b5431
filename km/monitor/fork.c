/*
 * New processes. A forked one has a copy of the payload's memory, the page tables in it included,
 * but no virtual machine: KVM's belongs to the parent's address space. It makes its own, with the
 * same slots. A child of vfork(2) shares memory and virtual machine with its parent, whose thread
 * waits in the host's kernel, and runs on that thread's processor.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "km.h"

#define VFORK_STACK (256 << 10)
#define KNOWN                                                                                      \
    (CLONE_VM | CLONE_VFORK | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID |    \
            CLONE_SETTLS | CSIGNAL)

/* The parent's thread as the child begins with it. */
struct snapshot {
    struct km_registers registers;
    void *xsave;
};

static int take(struct km_thread *t, struct snapshot *s)
{
    int rc;

    s->xsave = calloc(1, t->machine->xsave_size);
    rc = s->xsave == NULL ? -ENOMEM : km_vcpu_get_xsave(t->machine, t->vcpu, s->xsave);
    return rc < 0 ? rc : km_vcpu_get(t->vcpu, &s->registers);
}

static int put(struct km_thread *t, const struct snapshot *s)
{
    int rc = km_vcpu_set_xsave(t->vcpu, s->xsave);

    return rc < 0 ? rc : km_vcpu_set(t->machine, t->vcpu, &s->registers);
}

/* In this order wherever several are held. */
static void lock_all(struct km_machine *m, int (*each)(pthread_mutex_t *))
{
    each(&m->lock);
    each(&m->actions.lock);
    each(&m->memory.lock);
    each(&km_fd_lock);
}

static int renew(pthread_mutex_t *lock)
{
    return pthread_mutex_init(lock, NULL);
}

/* A virtual machine for this process, with a processor for its only thread. */
static int rebuild(struct km_thread *t)
{
    struct km_machine *m = t->machine;
    int rc = km_guest_init();

    if (rc == 0)
        rc = km_machine_renew(m);
    if (rc == 0)
        rc = km_slots_renew(m);
    return rc < 0 ? rc : km_vcpu_acquire(m, &t->vcpu);
}

static void child_of_fork(
        struct km_thread *t, struct snapshot *s, uint64_t flags, uint64_t child_tid)
{
    struct km_machine *m = t->machine;
    int rc;

    lock_all(m, renew);
    t->tid = gettid();
    t->pending = 0;
    t->robust_list = 0;
    t->clear_child_tid = flags & CLONE_CHILD_CLEARTID ? child_tid : 0;
    m->threads = 1;
    m->thread_list = t;
    m->stopper = NULL;
    t->next = NULL;
    m->exit_status = 0;
    memset(&m->stats, 0, sizeof(m->stats));
    rc = rebuild(t);
    if (rc == 0)
        rc = put(t, s);
    if (rc == 0)
        km_gdb_forget(t);
    if (rc < 0) {
        km_error("cannot make a virtual machine for a new process: %s", strerror(-rc));
        m->end(m, KM_STATUS_MONITOR, 0);
    }
    if (flags & CLONE_CHILD_SETTID)
        km_guest_write(m, child_tid, &t->tid, sizeof(t->tid));
}

static int64_t copy_process(
        struct km_thread *t, struct snapshot *s, uint64_t flags, uint64_t child_tid)
{
    pid_t pid;

    lock_all(t->machine, pthread_mutex_lock);
    pid = fork();
    if (pid == 0) {
        child_of_fork(t, s, flags, child_tid);
        return KM_REGISTERS_SET;
    }
    pid = pid < 0 ? -errno : pid;
    lock_all(t->machine, pthread_mutex_unlock);
    return pid;
}

static int child_of_vfork(void *argument)
{
    struct km_thread *child = argument;

    child->tid = gettid();
    km_thread_main(child);
}

/* The child changes registers, dispositions and km_self, whose like it gets for itself or which are
 * restored. Its memory is the parent's, as vfork(2) promises. */
static int64_t share_process(
        struct km_thread *t, struct snapshot *s, const struct km_registers *parent)
{
    struct km_thread child = *t;
    struct km_actions actions;
    char *stack = mmap(NULL, VFORK_STACK, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    int rc;
    pid_t pid;

    if (stack == MAP_FAILED)
        return -ENOMEM;
    pthread_mutex_lock(&t->actions->lock);
    actions = *t->actions;
    pthread_mutex_unlock(&t->actions->lock);
    renew(&actions.lock);
    child.actions = &actions;
    child.shares_memory = true;
    child.next = NULL;
    child.pending = 0;
    child.clear_child_tid = child.robust_list = 0;
    rc = put(&child, s);
    pid = rc < 0 ? rc
                 : clone(child_of_vfork, stack + VFORK_STACK, CLONE_VM | CLONE_VFORK | SIGCHLD,
                           &child);
    if (rc == 0 && pid < 0)
        pid = -errno;
    km_self = t;
    munmap(stack, VFORK_STACK);
    s->registers = *parent;
    s->registers.general.rax = (uint64_t)(int64_t)pid;
    rc = put(t, s);
    return rc < 0 ? rc : pid;
}

int64_t km_fork(struct km_thread *t, uint64_t flags, uint64_t stack, uint64_t parent_tid,
        uint64_t child_tid, uint64_t tls)
{
    struct snapshot s = {0};
    struct km_registers parent;
    bool share = (flags & CLONE_VM) != 0;
    int64_t result;

    if ((flags & ~(uint64_t)KNOWN) != 0 || (flags & CSIGNAL) != SIGCHLD ||
            (share && (flags & CLONE_VFORK) == 0))
        return -EINVAL;
    result = take(t, &s);
    if (result == 0) {
        parent = s.registers;
        s.registers.general.rax = 0;
        if (stack != 0)
            s.registers.general.rsp = stack;
        if (flags & CLONE_SETTLS)
            s.registers.fs_base = tls;
        km_signal_block();
        result = share ? share_process(t, &s, &parent) : copy_process(t, &s, flags, child_tid);
        if (result > 0 && (flags & CLONE_PARENT_SETTID))
            km_guest_write(t->machine, parent_tid, &(int){(int)result}, sizeof(int));
        km_signal_unblock(t);
    }
    free(s.xsave);
    return result;
}

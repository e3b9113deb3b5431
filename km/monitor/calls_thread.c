/* The calling thread: its identity, its processor's state, what it waits on. */
#include <asm/prctl.h>
#include <errno.h>
#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include "calls.h"

#define CANONICAL (1ull << 47)

static int64_t sys_exit(struct km_thread *t, const uint64_t a[6])
{
    km_thread_exit(t, (int)(a[0] & 255));
    return 0;
}

#define THREAD (CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD)

static int64_t sys_clone(struct km_thread *t, const uint64_t a[6])
{
    if ((a[0] & CLONE_THREAD) == 0)
        return km_fork(t, a[0], a[1], a[2], a[3], a[4]);
    if ((a[0] & THREAD) != THREAD || t->shares_memory)
        return -EINVAL;
    return km_thread_clone(t, a[0], a[1], a[2], a[3], a[4]);
}

static int64_t sys_fork(struct km_thread *t, const uint64_t a[6])
{
    (void)a;
    return km_fork(t, SIGCHLD, 0, 0, 0, 0);
}

static int64_t sys_vfork(struct km_thread *t, const uint64_t a[6])
{
    (void)a;
    return km_fork(t, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
}

static int64_t sys_execve(struct km_thread *t, const uint64_t a[6])
{
    return km_exec(t, a[0], a[1], a[2]);
}

static int64_t sys_arch_prctl(struct km_thread *t, const uint64_t a[6])
{
    struct km_registers registers;
    int rc;

    switch ((int)a[0]) {
    case ARCH_SET_FS:
    case ARCH_SET_GS:
        if (a[1] >= CANONICAL)
            return -EPERM;
        return km_vcpu_set_base(t->vcpu, (int)a[0] == ARCH_SET_FS, a[1]);
    case ARCH_GET_FS:
    case ARCH_GET_GS:
        rc = km_vcpu_get(t->vcpu, &registers);
        if (rc < 0)
            return rc;
        return km_guest_write(t->machine, a[1],
                (int)a[0] == ARCH_GET_FS ? &registers.fs_base : &registers.gs_base, 8);
    default:
        return -EINVAL;
    }
}

static int64_t sys_set_tid_address(struct km_thread *t, const uint64_t a[6])
{
    t->clear_child_tid = a[0];
    return t->tid;
}

/* The second value is a time limit for some operations, a number for others (futex(2)). */
static int64_t sys_futex(struct km_thread *t, const uint64_t a[6])
{
    int operation = (int)a[1] & FUTEX_CMD_MASK;
    bool has_timeout = operation == FUTEX_WAIT || operation == FUTEX_LOCK_PI ||
                       operation == FUTEX_LOCK_PI2 || operation == FUTEX_WAIT_BITSET ||
                       operation == FUTEX_WAIT_REQUEUE_PI;
    bool has_second = operation == FUTEX_REQUEUE || operation == FUTEX_CMP_REQUEUE ||
                      operation == FUTEX_WAKE_OP || operation == FUTEX_WAIT_REQUEUE_PI ||
                      operation == FUTEX_CMP_REQUEUE_PI;

    if (has_timeout && a[3] != 0 && !km_guest_ok(t->machine, a[3], sizeof(struct timespec)))
        return -EFAULT;
    if (has_second && !km_guest_ok(t->machine, a[4], sizeof(uint32_t)))
        return -EFAULT;
    return km_host_call(SYS_futex, a);
}

static int64_t sys_set_robust_list(struct km_thread *t, const uint64_t a[6])
{
    if (a[1] != sizeof(struct robust_list_head))
        return -EINVAL;
    t->robust_list = a[0];
    return 0;
}

static int64_t sys_get_robust_list(struct km_thread *t, const uint64_t a[6])
{
    const uint64_t size = sizeof(struct robust_list_head);
    int rc;

    if ((pid_t)a[0] != 0 && (pid_t)a[0] != t->tid)
        return -EPERM;
    rc = km_guest_write(t->machine, a[1], &t->robust_list, sizeof(t->robust_list));
    return rc < 0 ? rc : km_guest_write(t->machine, a[2], &size, sizeof(size));
}

/* Calls that the C libraries try, and do without. */
static int64_t refuse(struct km_thread *t, const uint64_t a[6])
{
    (void)t;
    (void)a;
    return -ENOSYS;
}

#define sys_rseq refuse
#define sys_clone3 refuse

#define PARAM KM_O(sizeof(struct sched_param))
#define TIMESPEC KM_O(sizeof(struct timespec))

const struct km_call km_calls_thread[] = {
        KM_CALL(exit, KM_V),
        KM_CALL(clone, KM_V, KM_V, KM_O(sizeof(pid_t)), KM_O(sizeof(pid_t))),
        KM_CALL(clone3, KM_V),
        KM_CALL(fork, KM_V),
        KM_CALL(vfork, KM_V),
        KM_CALL(execve, KM_S),
        KM_CALL(arch_prctl, KM_V),
        KM_CALL(set_tid_address, KM_V),
        KM_CALL(futex, KM_O(sizeof(uint32_t))),
        KM_CALL(set_robust_list, KM_O(sizeof(struct robust_list_head))),
        KM_CALL(get_robust_list, KM_V),
        KM_CALL(rseq, KM_V),
        KM_FORWARD(gettid, KM_V),
        KM_FORWARD(sched_yield, KM_V),
        KM_FORWARD(sched_getaffinity, KM_V, KM_V, KM_B(1)),
        KM_FORWARD(sched_setaffinity, KM_V, KM_V, KM_B(1)),
        KM_FORWARD(sched_getparam, KM_V, PARAM),
        KM_FORWARD(sched_setparam, KM_V, PARAM),
        KM_FORWARD(sched_getscheduler, KM_V),
        KM_FORWARD(sched_setscheduler, KM_V, KM_V, PARAM),
        KM_FORWARD(sched_get_priority_max, KM_V),
        KM_FORWARD(sched_get_priority_min, KM_V),
        KM_FORWARD(sched_getattr, KM_V, KM_B(2)),
        KM_FORWARD(membarrier, KM_V),
        KM_FORWARD(sched_rr_get_interval, KM_V, TIMESPEC),
        {0},
};

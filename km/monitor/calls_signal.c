/* Signals: dispositions, masks, stacks, waiting, sending. What signal.c does not do itself is the
 * host's: its masks and queues are the payload's. */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>
#include <time.h>

#include "calls.h"

#define SET_SIZE 8
#define MIN_STACK 2048 /* MINSIGSTKSZ of the kernel's interface */

static int64_t sys_rt_sigaction(struct km_thread *t, const uint64_t a[6])
{
    struct km_action set, old;
    int rc;

    if (a[3] != SET_SIZE)
        return -EINVAL;
    if (a[1] != 0 && km_guest_read(t->machine, &set, a[1], sizeof(set)) < 0)
        return -EFAULT;
    rc = km_signal_action(t, (int)a[0], a[1] != 0 ? &set : NULL, a[2] != 0 ? &old : NULL);
    if (rc == 0 && a[2] != 0)
        rc = km_guest_write(t->machine, a[2], &old, sizeof(old));
    return rc;
}

static int64_t sys_rt_sigprocmask(struct km_thread *t, const uint64_t a[6])
{
    uint64_t set = 0, old = t->mask;
    int rc = 0;

    if (a[3] != SET_SIZE)
        return -EINVAL;
    if (a[1] != 0) {
        if (km_guest_read(t->machine, &set, a[1], sizeof(set)) < 0)
            return -EFAULT;
        if ((int)a[0] == SIG_BLOCK)
            rc = km_signal_mask(t, old | set);
        else if ((int)a[0] == SIG_UNBLOCK)
            rc = km_signal_mask(t, old & ~set);
        else
            rc = (int)a[0] == SIG_SETMASK ? km_signal_mask(t, set) : -EINVAL;
    }
    if (rc == 0 && a[2] != 0)
        rc = km_guest_write(t->machine, a[2], &old, sizeof(old));
    return rc;
}

static int64_t sys_rt_sigreturn(struct km_thread *t, const uint64_t a[6])
{
    uint64_t mask;

    (void)a;
    if (km_frame_pop_x86_64(t, &mask) < 0) {
        km_error("the payload was ended by signal %d: no signal frame to return from", SIGSEGV);
        t->machine->end(t->machine, 0, SIGSEGV);
    }
    /* When a signal came first, its frame takes this mask, and then it holds. */
    if (km_signal_mask(t, mask) == KM_RESTART)
        t->mask = mask;
    return KM_REGISTERS_SET;
}

static int64_t sys_sigaltstack(struct km_thread *t, const uint64_t a[6])
{
    struct km_altstack set, old = t->altstack;
    struct km_registers registers;
    int rc = km_vcpu_get(t->vcpu, &registers);
    uint64_t rsp = registers.general.rsp;
    bool inside = rc == 0 && rsp > old.start && rsp - old.start <= old.size;

    if (rc < 0)
        return rc;
    if (old.size == 0)
        old = (struct km_altstack){.flags = SS_DISABLE};
    else
        old.flags = inside ? SS_ONSTACK : 0;
    if (a[0] != 0) {
        if (km_guest_read(t->machine, &set, a[0], sizeof(set)) < 0)
            return -EFAULT;
        if (inside)
            return -EPERM;
        if (set.flags != 0 && set.flags != SS_DISABLE && set.flags != SS_ONSTACK)
            return -EINVAL;
        if (set.flags == SS_DISABLE)
            set = (struct km_altstack){0};
        else if (set.size < MIN_STACK)
            return -ENOMEM;
        set.flags = 0;
        t->altstack = set;
    }
    return a[1] != 0 ? km_guest_write(t->machine, a[1], &old, sizeof(old)) : 0;
}

#define SET KM_O(SET_SIZE)
#define INFO KM_O(sizeof(siginfo_t))
#define TIMER KM_O(sizeof(struct itimerspec))

const struct km_call km_calls_signal[] = {
        KM_CALL(rt_sigaction, KM_V),
        KM_CALL(rt_sigprocmask, KM_V),
        KM_CALL(rt_sigreturn, KM_V),
        KM_CALL(sigaltstack, KM_V),
        KM_FORWARD(rt_sigpending, SET),
        KM_FORWARD(rt_sigsuspend, SET),
        KM_FORWARD(rt_sigtimedwait, SET, INFO, KM_O(sizeof(struct timespec))),
        KM_FORWARD(pause, KM_V),
        KM_FORWARD(signalfd, KM_F, SET),
        KM_FORWARD(signalfd4, KM_F, SET),
        KM_FORWARD(kill, KM_V),
        KM_FORWARD(tkill, KM_V),
        KM_FORWARD(tgkill, KM_V),
        KM_FORWARD(rt_sigqueueinfo, KM_V, KM_V, INFO),
        KM_FORWARD(rt_tgsigqueueinfo, KM_V, KM_V, KM_V, INFO),
        KM_FORWARD(timer_create, KM_V, KM_O(sizeof(struct sigevent)), KM_O(sizeof(int))),
        KM_FORWARD(timer_settime, KM_V, KM_V, TIMER, TIMER),
        KM_FORWARD(timer_gettime, KM_V, TIMER),
        KM_FORWARD(timer_getoverrun, KM_V),
        KM_FORWARD(timer_delete, KM_V),
        {0},
};

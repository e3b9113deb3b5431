/* Signals: dispositions, masks. */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#include "km.h"

#define SET KM_O(8)

/* As the kernel has it, which differs from the C library's struct sigaction. */
struct action {
    uint64_t handler, flags, restorer, mask;
};

/* A disposition is the host process's too: the kernel ignores and kills as the payload wants. */
static int64_t sys_rt_sigaction(struct km_thread *t, const uint64_t a[6])
{
    struct action action;

    if (a[1] != 0) {
        if (km_guest_read(t->machine, &action, a[1], sizeof(action)) < 0)
            return -EFAULT;
        if (action.handler != (uint64_t)SIG_DFL && action.handler != (uint64_t)SIG_IGN)
            return -ENOSYS;
    }
    return km_host_call(SYS_rt_sigaction, a);
}

const struct km_call km_calls_signal[] = {
        KM_CALL(rt_sigaction, KM_V, KM_O(sizeof(struct action)), KM_O(sizeof(struct action))),
        KM_FORWARD(rt_sigprocmask, KM_V, SET, SET),
        KM_FORWARD(rt_sigpending, KM_B(1)),
        {0},
};

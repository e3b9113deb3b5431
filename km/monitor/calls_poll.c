/* Waiting for descriptors. */
#include <errno.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <time.h>

#include "calls.h"

#define SIGNALS 8 /* bytes of the kernel's signal set */

/* The sets are arrays of words with a bit for each descriptor below the first argument. */
static int check_sets(const struct km_thread *t, const uint64_t a[6])
{
    int count = (int)a[0];
    uint64_t size;

    if (count < 0)
        return -EINVAL;
    size = ((uint64_t)count + 63) / 64 * 8;
    for (unsigned i = 1; i <= 3; i++)
        if (a[i] != 0 && !km_guest_ok(t->machine, a[i], size))
            return -EFAULT;
    return 0;
}

static int64_t sys_select(struct km_thread *t, const uint64_t a[6])
{
    int rc = check_sets(t, a);

    return rc < 0 ? rc : km_host_call(SYS_select, a);
}

/* The last argument is a pointer to a signal set's address and size. */
static int64_t sys_pselect6(struct km_thread *t, const uint64_t a[6])
{
    uint64_t set[2] = {0, SIGNALS};
    const uint64_t args[6] = {a[0], a[1], a[2], a[3], a[4], (uint64_t)set};
    int rc = check_sets(t, a);

    if (rc == 0 && a[5] != 0)
        rc = km_guest_read(t->machine, set, a[5], sizeof(set));
    if (rc == 0 && set[0] != 0 && !km_guest_ok(t->machine, set[0], SIGNALS))
        rc = -EFAULT;
    return rc < 0 ? rc : km_host_call(SYS_pselect6, args);
}

#define EVENT sizeof(struct epoll_event)
#define TIMESPEC KM_O(sizeof(struct timespec))

const struct km_call km_calls_poll[] = {
        KM_FORWARD(poll, KM_A(1, sizeof(struct pollfd))),
        KM_FORWARD(ppoll, KM_A(1, sizeof(struct pollfd)), KM_V, TIMESPEC, KM_O(SIGNALS)),
        KM_CALL(select, KM_V, KM_V, KM_V, KM_V, KM_O(sizeof(struct timeval))),
        KM_CALL(pselect6, KM_V, KM_V, KM_V, KM_V, TIMESPEC),
        KM_FORWARD(epoll_create, KM_V),
        KM_FORWARD(epoll_create1, KM_V),
        KM_FORWARD(epoll_ctl, KM_F, KM_V, KM_F, KM_O(EVENT)),
        KM_FORWARD(epoll_wait, KM_F, KM_A(2, EVENT)),
        KM_FORWARD(epoll_pwait, KM_F, KM_A(2, EVENT), KM_V, KM_V, KM_O(SIGNALS)),
        KM_FORWARD(epoll_pwait2, KM_F, KM_A(2, EVENT), KM_V, TIMESPEC, KM_O(SIGNALS)),
        {0},
};

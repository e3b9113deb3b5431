/* Calls with vectors of buffers: each buffer is checked, in a copy that the payload cannot change.
 */
#include <errno.h>
#include <limits.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "calls.h"

int km_guest_iovec(const struct km_machine *m, struct iovec *to, uint64_t addr, uint64_t count)
{
    if (count > IOV_MAX)
        return -EINVAL;
    if (count > 0 && km_guest_read(m, to, addr, count * sizeof(*to)) < 0)
        return -EFAULT;
    for (uint64_t i = 0; i < count; i++) {
        if ((int64_t)to[i].iov_len < 0)
            return -EINVAL;
        if (to[i].iov_len > 0 && !km_guest_ok(m, (uint64_t)to[i].iov_base, to[i].iov_len))
            return -EFAULT;
    }
    return 0;
}

static int64_t vector(struct km_thread *t, uint64_t number, const uint64_t a[6])
{
    struct iovec iov[IOV_MAX];
    const uint64_t args[6] = {a[0], (uint64_t)iov, a[2], a[3], a[4], a[5]};
    int rc = km_guest_iovec(t->machine, iov, a[1], a[2]);

    return rc < 0 ? rc : km_host_call(number, args);
}

#define VECTOR(name)                                                                               \
    static int64_t sys_##name(struct km_thread *t, const uint64_t a[6])                            \
    {                                                                                              \
        return vector(t, SYS_##name, a);                                                           \
    }

VECTOR(readv)
VECTOR(writev)
VECTOR(preadv)
VECTOR(pwritev)
VECTOR(preadv2)
VECTOR(pwritev2)

const struct km_call km_calls_vector[] = {
        KM_CALL(readv, KM_F),
        KM_CALL(writev, KM_F),
        KM_CALL(preadv, KM_F),
        KM_CALL(pwritev, KM_F),
        KM_CALL(preadv2, KM_F),
        KM_CALL(pwritev2, KM_F),
        {0},
};

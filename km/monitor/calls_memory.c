/* The payload's memory: what memory_map.c does, and what only advises or locks. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#include "calls.h"

static int64_t sys_mmap(struct km_thread *t, const uint64_t a[6])
{
    bool anonymous = ((int)a[3] & MAP_ANONYMOUS) != 0;

    if (!anonymous && !km_fd_ok(a[4]))
        return -EBADF;
    return km_mmap(t->machine, a[0], a[1], (int)a[2], (int)a[3], anonymous ? -1 : (int)a[4], a[5]);
}

static int64_t sys_munmap(struct km_thread *t, const uint64_t a[6])
{
    return km_munmap(t->machine, a[0], a[1]);
}

static int64_t sys_mprotect(struct km_thread *t, const uint64_t a[6])
{
    return km_mprotect(t->machine, a[0], a[1], (int)a[2]);
}

static int64_t sys_mremap(struct km_thread *t, const uint64_t a[6])
{
    return km_mremap(t->machine, a[0], a[1], a[2], (int)a[3], a[4]);
}

static int64_t sys_brk(struct km_thread *t, const uint64_t a[6])
{
    return km_brk(t->machine, a[0]);
}

/* Only for a range of the payload's; what is free in it is reserved on the host, and so the kernel
 * does not say ENOMEM. */
static int64_t ranged(struct km_thread *t, uint64_t number, const uint64_t a[6])
{
    int64_t result = km_guest_ok(t->machine, a[0], a[1]) ? km_host_call(number, a) : -ENOMEM;

    return result == 0 && !km_mem_is_full(t->machine, a[0], a[1]) ? -ENOMEM : result;
}

static int64_t sys_madvise(struct km_thread *t, const uint64_t a[6])
{
    switch ((int)a[2]) {
    case MADV_NORMAL:
    case MADV_RANDOM:
    case MADV_SEQUENTIAL:
    case MADV_WILLNEED:
    case MADV_DONTNEED:
    case MADV_FREE:
    case MADV_REMOVE:
    case MADV_HUGEPAGE:
    case MADV_NOHUGEPAGE:
    case MADV_DONTDUMP:
    case MADV_DODUMP:
    case MADV_COLD:
    case MADV_PAGEOUT:
    case MADV_POPULATE_READ:
    case MADV_POPULATE_WRITE:
    case MADV_WIPEONFORK:
    case MADV_KEEPONFORK:
        return ranged(t, SYS_madvise, a);
    default: /* MADV_DONTFORK would leave holes in the reservation, others concern the host */
        return -EINVAL;
    }
}

static int64_t sys_msync(struct km_thread *t, const uint64_t a[6])
{
    return ranged(t, SYS_msync, a);
}

static int64_t sys_mlock(struct km_thread *t, const uint64_t a[6])
{
    return ranged(t, SYS_mlock, a);
}

static int64_t sys_mlock2(struct km_thread *t, const uint64_t a[6])
{
    return ranged(t, SYS_mlock2, a);
}

static int64_t sys_munlock(struct km_thread *t, const uint64_t a[6])
{
    return ranged(t, SYS_munlock, a);
}

static int64_t sys_mincore(struct km_thread *t, const uint64_t a[6])
{
    if (!km_guest_ok(t->machine, a[2], (a[1] + KM_PAGE - 1) / KM_PAGE))
        return -EFAULT;
    return ranged(t, SYS_mincore, a);
}

const struct km_call km_calls_memory[] = {
        KM_CALL(mmap, KM_V),
        KM_CALL(munmap, KM_V),
        KM_CALL(mprotect, KM_V),
        KM_CALL(mremap, KM_V),
        KM_CALL(brk, KM_V),
        KM_CALL(madvise, KM_V),
        KM_CALL(msync, KM_V),
        KM_CALL(mlock, KM_V),
        KM_CALL(mlock2, KM_V),
        KM_CALL(munlock, KM_V),
        KM_CALL(mincore, KM_V),
        {0},
};

/* Reading and writing files, and what is known of an open one. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>

#include "calls.h"

/* The kernel transfers no more than this at once (read(2)), and checks no more either. */
#define MAX_TRANSFER 0x7ffff000ull

static int64_t transfer(struct km_thread *t, uint64_t number, const uint64_t a[6])
{
    uint64_t clamped[6] = {a[0], a[1], a[2] < MAX_TRANSFER ? a[2] : MAX_TRANSFER, a[3], a[4], a[5]};

    if ((int64_t)a[2] < 0 || (a[1] != 0 && !km_guest_ok(t->machine, a[1], clamped[2])))
        return -EFAULT;
    return km_host_call(number, clamped);
}

static int64_t sys_read(struct km_thread *t, const uint64_t a[6])
{
    return transfer(t, SYS_read, a);
}

static int64_t sys_write(struct km_thread *t, const uint64_t a[6])
{
    return transfer(t, SYS_write, a);
}

static int64_t sys_pread64(struct km_thread *t, const uint64_t a[6])
{
    return transfer(t, SYS_pread64, a);
}

static int64_t sys_pwrite64(struct km_thread *t, const uint64_t a[6])
{
    return transfer(t, SYS_pwrite64, a);
}

/* close_range(2) would reach the monitor's descriptors: it ends below them. */
static int64_t sys_close_range(struct km_thread *t, const uint64_t a[6])
{
    unsigned first = (unsigned)a[0], last = (unsigned)a[1], limit = (unsigned)km_fd_limit();
    const uint64_t args[6] = {first, last < limit ? last : limit - 1, a[2]};

    (void)t;
    if (first > last)
        return -EINVAL;
    return first >= limit ? 0 : km_host_call(SYS_close_range, args);
}

const struct km_call km_calls_file[] = {
        KM_CALL(read, KM_F),
        KM_CALL(write, KM_F),
        KM_CALL(pread64, KM_F),
        KM_CALL(pwrite64, KM_F),
        KM_FORWARD(close, KM_F),
        KM_CALL(close_range, KM_V),
        KM_FORWARD(lseek, KM_F),
        KM_FORWARD(fstat, KM_F, KM_O(sizeof(struct stat))),
        KM_FORWARD(fstatfs, KM_F, KM_O(sizeof(struct statfs))),
        KM_FORWARD(fsync, KM_F),
        KM_FORWARD(fdatasync, KM_F),
        KM_FORWARD(ftruncate, KM_F),
        KM_FORWARD(fallocate, KM_F),
        KM_FORWARD(fadvise64, KM_F),
        KM_FORWARD(readahead, KM_F),
        KM_FORWARD(sync_file_range, KM_F),
        KM_FORWARD(syncfs, KM_F),
        KM_FORWARD(sync, KM_V),
        KM_FORWARD(fchmod, KM_F),
        KM_FORWARD(fchown, KM_F),
        KM_FORWARD(flock, KM_F),
        KM_FORWARD(getdents64, KM_F, KM_B(2)),
        KM_FORWARD(getdents, KM_F, KM_B(2)),
        KM_FORWARD(inotify_init, KM_V),
        KM_FORWARD(inotify_init1, KM_V),
        KM_FORWARD(inotify_add_watch, KM_F, KM_S),
        KM_FORWARD(inotify_rm_watch, KM_F),
        KM_FORWARD(sendfile, KM_F, KM_F, KM_O(sizeof(off_t))),
        KM_FORWARD(copy_file_range, KM_F, KM_O(8), KM_F, KM_O(8)),
        KM_FORWARD(splice, KM_F, KM_O(8), KM_F, KM_O(8)),
        KM_FORWARD(tee, KM_F, KM_F),
        KM_FORWARD(dup, KM_F),
        KM_FORWARD(dup2, KM_F, KM_F),
        KM_FORWARD(dup3, KM_F, KM_F),
        KM_FORWARD(pipe, KM_O(2 * sizeof(int))),
        KM_FORWARD(pipe2, KM_O(2 * sizeof(int))),
        KM_FORWARD(memfd_create, KM_S),
        KM_FORWARD(eventfd, KM_V),
        KM_FORWARD(eventfd2, KM_V),
        KM_FORWARD(umask, KM_V),
        KM_FORWARD(fgetxattr, KM_F, KM_S, KM_B(3)),
        KM_FORWARD(fsetxattr, KM_F, KM_S, KM_B(3)),
        KM_FORWARD(flistxattr, KM_F, KM_B(2)),
        KM_FORWARD(fremovexattr, KM_F, KM_S),
        {0},
};

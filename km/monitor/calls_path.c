/*
 * Calls that name a file. The payload must find itself, not the monitor, at /proc/self/exe, and it
 * must not open a process's memory, through which it could write to the monitor's.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <utime.h>

#include "calls.h"

/* Whether fd is /proc/<pid>/mem of any process, however it was reached. */
static bool is_memory_file(int fd)
{
    struct statfs fs;
    char link[64], name[256];
    ssize_t length;

    if (fstatfs(fd, &fs) < 0 || fs.f_type != PROC_SUPER_MAGIC)
        return false;
    snprintf(link, sizeof(link), "/proc/thread-self/fd/%d", fd);
    length = readlink(link, name, sizeof(name));
    return length < 0 || (length >= 4 && memcmp(name + length - 4, "/mem", 4) == 0);
}

static bool is_own_exe(const struct km_thread *t, uint64_t path)
{
    return km_proc_guest_name(t, path) == KM_PROC_EXE;
}

static int64_t open_checked(struct km_thread *t, int dir, uint64_t path, int flags, mode_t mode)
{
    enum km_proc own = km_proc_guest_name(t, path);
    const uint64_t args[6] = {(uint64_t)dir, own == KM_PROC_EXE ? (uint64_t)t->machine->exe : path,
            (uint64_t)flags, mode};
    int64_t fd;

    if (own == KM_PROC_CMDLINE || own == KM_PROC_AUXV)
        return km_proc_open(t->machine, own, flags);
    fd = km_host_call(SYS_openat, args);
    if (fd >= 0 && is_memory_file((int)fd)) {
        close((int)fd);
        return -EACCES;
    }
    return fd;
}

static int64_t sys_open(struct km_thread *t, const uint64_t a[6])
{
    return open_checked(t, AT_FDCWD, a[0], (int)a[1], (mode_t)a[2]);
}

static int64_t sys_openat(struct km_thread *t, const uint64_t a[6])
{
    return open_checked(t, (int)a[0], a[1], (int)a[2], (mode_t)a[3]);
}

static int64_t sys_creat(struct km_thread *t, const uint64_t a[6])
{
    return open_checked(t, AT_FDCWD, a[0], O_CREAT | O_WRONLY | O_TRUNC, (mode_t)a[1]);
}

static int64_t read_own_exe(struct km_thread *t, uint64_t buffer, uint64_t size)
{
    size_t length = strlen(t->machine->exe);

    if ((int)size <= 0)
        return -EINVAL;
    if (length > size)
        length = size;

    int rc = km_guest_write(t->machine, buffer, t->machine->exe, length);

    return rc < 0 ? rc : (int64_t)length;
}

static int64_t sys_readlink(struct km_thread *t, const uint64_t a[6])
{
    if (is_own_exe(t, a[0]))
        return read_own_exe(t, a[1], a[2]);
    return km_host_call(SYS_readlink, a);
}

static int64_t sys_readlinkat(struct km_thread *t, const uint64_t a[6])
{
    if (is_own_exe(t, a[1]))
        return read_own_exe(t, a[2], a[3]);
    return km_host_call(SYS_readlinkat, a);
}

/* With the payload's file in place of the monitor's. */
static int64_t sys_stat(struct km_thread *t, const uint64_t a[6])
{
    const uint64_t own[6] = {(uint64_t)t->machine->exe, a[1]};

    return km_host_call(SYS_stat, is_own_exe(t, a[0]) ? own : a);
}

static int64_t sys_newfstatat(struct km_thread *t, const uint64_t a[6])
{
    const uint64_t own[6] = {a[0], (uint64_t)t->machine->exe, a[2], a[3]};

    return km_host_call(SYS_newfstatat,
            is_own_exe(t, a[1]) && ((int)a[3] & AT_SYMLINK_NOFOLLOW) == 0 ? own : a);
}

#define STAT KM_O(sizeof(struct stat))
#define TIMES KM_O(2 * sizeof(struct timespec))

const struct km_call km_calls_path[] = {
        KM_CALL(open, KM_S),
        KM_CALL(openat, KM_F, KM_S),
        KM_CALL(creat, KM_S),
        KM_CALL(readlink, KM_S, KM_B(2)),
        KM_CALL(readlinkat, KM_F, KM_S, KM_B(3)),
        KM_CALL(stat, KM_S, STAT),
        KM_FORWARD(lstat, KM_S, STAT),
        KM_CALL(newfstatat, KM_F, KM_S, STAT),
        KM_FORWARD(statx, KM_F, KM_S, KM_V, KM_V, KM_O(sizeof(struct statx))),
        KM_FORWARD(statfs, KM_S, KM_O(sizeof(struct statfs))),
        KM_FORWARD(access, KM_S),
        KM_FORWARD(faccessat, KM_F, KM_S),
        KM_FORWARD(faccessat2, KM_F, KM_S),
        KM_FORWARD(mkdir, KM_S),
        KM_FORWARD(mkdirat, KM_F, KM_S),
        KM_FORWARD(mknod, KM_S),
        KM_FORWARD(mknodat, KM_F, KM_S),
        KM_FORWARD(rmdir, KM_S),
        KM_FORWARD(unlink, KM_S),
        KM_FORWARD(unlinkat, KM_F, KM_S),
        KM_FORWARD(rename, KM_S, KM_S),
        KM_FORWARD(renameat, KM_F, KM_S, KM_F, KM_S),
        KM_FORWARD(renameat2, KM_F, KM_S, KM_F, KM_S),
        KM_FORWARD(link, KM_S, KM_S),
        KM_FORWARD(linkat, KM_F, KM_S, KM_F, KM_S),
        KM_FORWARD(symlink, KM_S, KM_S),
        KM_FORWARD(symlinkat, KM_S, KM_F, KM_S),
        KM_FORWARD(chmod, KM_S),
        KM_FORWARD(fchmodat, KM_F, KM_S),
        KM_FORWARD(chown, KM_S),
        KM_FORWARD(lchown, KM_S),
        KM_FORWARD(fchownat, KM_F, KM_S),
        KM_FORWARD(truncate, KM_S),
        KM_FORWARD(utime, KM_S, KM_O(sizeof(struct utimbuf))),
        KM_FORWARD(utimes, KM_S, KM_O(2 * sizeof(struct timeval))),
        KM_FORWARD(futimesat, KM_F, KM_S, KM_O(2 * sizeof(struct timeval))),
        KM_FORWARD(utimensat, KM_F, KM_S, TIMES),
        KM_FORWARD(chdir, KM_S),
        KM_FORWARD(fchdir, KM_F),
        KM_FORWARD(getcwd, KM_B(1)),
        KM_FORWARD(getxattr, KM_S, KM_S, KM_B(3)),
        KM_FORWARD(lgetxattr, KM_S, KM_S, KM_B(3)),
        KM_FORWARD(setxattr, KM_S, KM_S, KM_B(3)),
        KM_FORWARD(lsetxattr, KM_S, KM_S, KM_B(3)),
        KM_FORWARD(listxattr, KM_S, KM_B(2)),
        KM_FORWARD(llistxattr, KM_S, KM_B(2)),
        KM_FORWARD(removexattr, KM_S, KM_S),
        KM_FORWARD(lremovexattr, KM_S, KM_S),
        {0},
};

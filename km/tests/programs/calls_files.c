/* Calls on files and descriptors that no other program makes, each by its number. The first
 * argument is an empty folder. */
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/vfs.h>
#include <sys/xattr.h>
#include <time.h>
#include <utime.h>

#include "calls.h"

static char buffer[4096];
static struct iovec iov[2] = {{buffer, 5}, {buffer + 5, 7}};

static void data(void)
{
    int fd = (int)CALL(open, "data", O_RDWR | O_CREAT, 0644);
    int copy = (int)CALL(creat, "copy", 0600), both[2];
    off_t offset = 0;

    CALL(write, fd, "some text to copy", 17);
    CALL(lseek, fd, 0, SEEK_SET);
    CALL(readv, fd, iov, 2);
    CALL(preadv, fd, iov, 2, 1, 0);
    CALL(preadv2, fd, iov, 2, 1, 0, 0);
    CALL(pwritev, fd, iov, 2, 20, 0);
    CALL(pwritev2, fd, iov, 2, 40, 0, 0);
    CALL(fallocate, fd, 0, 0, 8192);
    CALL(fadvise64, fd, 0, 4096, POSIX_FADV_WILLNEED);
    CALL(readahead, fd, 0, 4096);
    CALL(sync_file_range, fd, 0, 4096, 0);
    CALL(fsync, fd);
    CALL(fdatasync, fd);
    CALL(syncfs, fd);
    CALL(flock, fd, 6 /* LOCK_EX | LOCK_NB */);
    CALL(copy_file_range, fd, &offset, copy, NULL, 10, 0);
    CALL(sendfile, copy, fd, &offset, 4);
    CALL(pipe2, both, O_CLOEXEC);
    CALL(splice, fd, &offset, both[1], NULL, 3, 0);
    CALL(tee, both[0], both[1], 0, 0);
    CALL(read, both[0], buffer, 100);
    CALL(ftruncate, fd, 100);
    CALL(fchmod, fd, 0600);
    CALL(fchown, fd, (long)getuid(), (long)getgid());
    CALL(fsetxattr, fd, "user.a", "1", 1, 0);
    CALL(fgetxattr, fd, "user.a", buffer, 10);
    CALL(flistxattr, fd, buffer, 100);
    CALL(fremovexattr, fd, "user.a");
    CALL(dup, fd);
    CALL(sync);
    CALL(close_range, 50, 60, 0);
    CALL(close, fd);
    CALL(close, copy);
}

static void paths(void)
{
    struct timespec times[2] = {{1, 0}, {2, 0}};
    struct timeval values[2] = {{1, 0}, {2, 0}};
    struct utimbuf seconds = {1, 2};
    struct statx more;
    struct statfs fs;
    struct stat st;
    int dir = (int)CALL(open, ".", O_RDONLY | O_DIRECTORY);

    CALL(umask, 022);
    CALL(mkdirat, dir, "sub", 0755);
    CALL(link, "data", "hard");
    CALL(linkat, dir, "data", dir, "hard2", 0);
    CALL(symlinkat, "data", dir, "soft");
    CALL(readlinkat, dir, "soft", buffer, 100);
    CALL(lstat, "soft", &st);
    CALL(newfstatat, dir, "soft", &st, AT_SYMLINK_NOFOLLOW);
    CALL(statx, dir, "data", 0, STATX_SIZE, &more);
    CALL(statfs, ".", &fs);
    CALL(fstatfs, dir, &fs);
    CALL(access, "data", R_OK);
    CALL(faccessat, dir, "data", R_OK);
    CALL(faccessat2, dir, "none", R_OK, 0);
    CALL(mknod, "fifo", S_IFIFO | 0600, 0);
    CALL(mknodat, dir, "fifo2", S_IFIFO | 0600, 0);
    CALL(rename, "hard", "hard3");
    CALL(renameat, dir, "hard2", dir, "hard4");
    CALL(renameat2, dir, "hard3", dir, "hard4", 1 /* RENAME_NOREPLACE */);
    CALL(chmod, "data", 0640);
    CALL(fchmodat, dir, "data", 0600);
    CALL(chown, "data", (long)getuid(), (long)getgid());
    CALL(lchown, "soft", (long)getuid(), (long)getgid());
    CALL(fchownat, dir, "data", (long)getuid(), (long)getgid(), 0);
    CALL(truncate, "data", 50);
    CALL(utime, "data", &seconds);
    CALL(utimes, "data", values);
    CALL(futimesat, dir, "data", values);
    CALL(utimensat, dir, "data", times, 0);
    CALL(setxattr, "data", "user.b", "22", 2, 0);
    CALL(getxattr, "data", "user.b", buffer, 10);
    CALL(listxattr, "data", buffer, 100);
    CALL(removexattr, "data", "user.b");
    CALL(lsetxattr, "soft", "user.b", "2", 1, 0);
    CALL(lgetxattr, "soft", "user.b", buffer, 10);
    CALL(llistxattr, "soft", buffer, 100);
    CALL(lremovexattr, "soft", "user.b");
    CALL(fchdir, dir);
    CALL(unlinkat, dir, "sub", AT_REMOVEDIR);
    CALL(getdents64, dir, buffer, 4096);
    CALL(lseek, dir, 0, SEEK_SET);
    CALL(getdents, dir, buffer, 4096);
    CALL(close, dir);
}

static void waiting(void)
{
    struct epoll_event event = {.events = EPOLLIN}, events[4];
    struct timespec none = {0, 0};
    struct timeval soon = {0, 1000};
    struct itimerspec time = {.it_value = {0, 1}}, now;
    int counter = (int)CALL(eventfd2, 1, EFD_NONBLOCK), old = (int)CALL(eventfd, 0);
    int timer = (int)CALL(timerfd_create, CLOCK_MONOTONIC, 0);
    int epoll = (int)CALL(epoll_create1, 0), notify = (int)CALL(inotify_init1, IN_NONBLOCK);
    struct pollfd polled[2] = {{counter, POLLIN, 0}, {old, POLLIN, 0}};
    fd_set set;

    CALL(poll, polled, 2, 0);
    CALL(ppoll, polled, 2, &none, NULL, 8);
    FD_ZERO(&set);
    FD_SET(counter, &set);
    CALL(select, counter + 1, &set, NULL, NULL, &soon);
    CALL(pselect6, counter + 1, &set, NULL, NULL, &none, NULL);
    CALL(epoll_ctl, epoll, EPOLL_CTL_ADD, counter, &event);
    CALL(epoll_wait, epoll, events, 4, 0);
    CALL(epoll_pwait, epoll, events, 4, 0, NULL, 8);
    CALL(epoll_pwait2, epoll, events, 4, &none, NULL, 8);
    close((int)CALL(epoll_create, 1));
    CALL(timerfd_settime, timer, 0, &time, NULL);
    CALL(read, timer, buffer, 8);
    CALL(timerfd_gettime, timer, &now);
    CALL(inotify_add_watch, notify, ".", IN_CREATE);
    close((int)CALL(creat, "noticed", 0600));
    show("noticed", read(notify, buffer, sizeof(buffer)) > 0);
    CALL(inotify_rm_watch, notify, 1);
    close((int)CALL(inotify_init));
    close((int)CALL(memfd_create, "name", 0));
    CALL(dup3, counter, 30, O_CLOEXEC);
    CALL(dup2, counter, 31);
}

int main(int argc, char *argv[])
{
    if (argc < 2 || chdir(argv[1]) < 0)
        return 1;
    data();
    paths();
    waiting();
    return 0;
}

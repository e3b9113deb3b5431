/* System calls with pointers to nowhere fail with EFAULT, whoever would have followed them. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static void show(const char *what, long result)
{
    printf("  %s: %s\n", what, result < 0 ? strerror(errno) : "passed");
}

static void try(uintptr_t bad, int in, int out, int stream)
{
    struct iovec one = {(void *)bad, 16};
    struct msghdr nested = {.msg_iov = &one, .msg_iovlen = 1};
    struct msghdr vector = {.msg_iov = (struct iovec *)bad, .msg_iovlen = 1};

    show("read", syscall(SYS_read, in, bad, 16));
    show("write", syscall(SYS_write, out, bad, 16));
    show("pread", syscall(SYS_pread64, in, bad, 16, 0));
    show("readv", syscall(SYS_readv, in, bad, 1));
    show("readv nested", syscall(SYS_readv, in, &one, 1));
    show("writev nested", syscall(SYS_writev, out, &one, 1));
    show("open", syscall(SYS_open, bad, O_RDONLY));
    show("stat", syscall(SYS_stat, "/", bad));
    show("stat of", syscall(SYS_stat, bad, bad));
    show("fstat", syscall(SYS_fstat, in, bad));
    show("readlink", syscall(SYS_readlink, "/proc/self/exe", bad, 100));
    show("getcwd", syscall(SYS_getcwd, bad, 4096));
    show("pipe", syscall(SYS_pipe, bad));
    show("poll", syscall(SYS_poll, bad, 1, 0));
    show("select", syscall(SYS_select, 64, bad, 0, 0, 0));
    show("nanosleep", syscall(SYS_nanosleep, bad, 0));
    show("clock_gettime", syscall(SYS_clock_gettime, CLOCK_REALTIME_COARSE, bad));
    show("uname", syscall(SYS_uname, bad));
    show("sendmsg", syscall(SYS_sendmsg, stream, bad, 0));
    show("sendmsg vector", syscall(SYS_sendmsg, stream, &vector, 0));
    show("sendmsg nested", syscall(SYS_sendmsg, stream, &nested, 0));
    show("getsockname", syscall(SYS_getsockname, stream, bad, bad));
    show("ioctl", syscall(SYS_ioctl, in, 0x541b /* FIONREAD */, bad));
    show("fcntl", syscall(SYS_fcntl, in, F_GETLK, bad));
    show("getrandom", syscall(SYS_getrandom, bad, 16, 0));
}

int main(int argc, char *argv[])
{
    int in = open(argv[0], O_RDONLY), pair[2];
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    setvbuf(stdout, NULL, _IONBF, 0);
    if (argc < 2 || socketpair(AF_UNIX, SOCK_STREAM, 0, pair) < 0)
        return 1;

    int out = open(argv[1], O_WRONLY | O_CREAT, 0600);

    munmap(page + 4096, 4096);
    memset(page, 'x', 4096);
    printf("page zero\n");
    try(8, in, out, pair[0]);
    printf("kernel\n");
    try(0xffff800000001000, in, out, pair[0]);
    printf("above all\n");
    try(UINTPTR_MAX - 3, in, out, pair[0]);
    printf("not canonical\n");
    try(0x1234567800000000, in, out, pair[0]);
    printf("not mapped\n");
    try((uintptr_t)page + 4096, in, out, pair[0]);
    printf("string without end\n");
    show("open", syscall(SYS_open, page + 4000, O_RDONLY));
    return 0;
}

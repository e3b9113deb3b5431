/* Calls on the process, memory, time and sockets that no other program makes, each by its number.
 */
#include <linux/capability.h>
#include <linux/membarrier.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>

#include "calls.h"

static char buffer[4096];

static void process(void)
{
    struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
    struct __user_cap_data_struct capabilities[2];
    struct utsname name;
    struct rusage usage;
    struct rlimit limit;
    struct sysinfo info;
    uid_t ids[3];
    gid_t groups[64];
    siginfo_t child;
    int status = 0;

    if (syscall(SYS_fork) == 0)
        _exit(6);
    show("wait4", syscall(SYS_wait4, -1, &status, 0, &usage) > 0);
    show("status", status);
    CALL(getresuid, &ids[0], &ids[1], &ids[2]);
    CALL(setresuid, ids[0], ids[1], ids[2]);
    CALL(setreuid, ids[0], ids[1]);
    CALL(setuid, ids[0]);
    CALL(setfsuid, ids[0]);
    CALL(getresgid, &ids[0], &ids[1], &ids[2]);
    CALL(setresgid, ids[0], ids[1], ids[2]);
    CALL(setregid, ids[0], ids[1]);
    CALL(setgid, ids[0]);
    CALL(setfsgid, ids[0]);
    CALL(getgroups, 64, groups);
    CALL(setgroups, 0, groups);
    CALL(getrlimit, RLIMIT_CPU, &limit);
    CALL(setrlimit, RLIMIT_CORE, &limit);
    CALL(getpriority, PRIO_PROCESS, 0);
    CALL(setpriority, PRIO_PROCESS, 0, 0);
    CALL(ioprio_get, 1, 0);
    CALL(ioprio_set, 1, 0, 0);
    CALL(getrusage, RUSAGE_SELF, &usage);
    CALL(sysinfo, &info);
    CALL(uname, &name);
    CALL(capget, &header, capabilities);
    CALL(capset, &header, capabilities);
    CALL(prctl, PR_SET_NAME, "renamed");
    CALL(prctl, PR_GET_NAME, buffer);
    show(buffer, 0);
    CALL(sethostname, buffer, 1000000);
    CALL(setdomainname, buffer, 1000000);
    CALL(chroot, "/none");
    CALL(waitid, P_ALL, 0, &child, WEXITED | WNOHANG, NULL);
    show("pid", getpid() == syscall(SYS_getpgid, 0) || getpgrp() > 0);
    CALL(setpgid, 0, getpgrp() == getpid() ? 0 : getpgrp());
    show("session", syscall(SYS_getsid, 0) > 0);
    show("leader", syscall(SYS_setsid) != 0);
    show("group", syscall(SYS_getpgrp) > 0);
}

static void scheduling(void)
{
    struct sched_param parameter = {0};
    struct timespec time;
    uint64_t attributes[8], set[16];
    int cpu, node;

    show("sched_getaffinity", syscall(SYS_sched_getaffinity, 0, sizeof(set), set) > 0);
    CALL(sched_setaffinity, 0, sizeof(set), set);
    CALL(sched_getscheduler, 0);
    CALL(sched_setscheduler, 0, SCHED_OTHER, &parameter);
    CALL(sched_getparam, 0, &parameter);
    CALL(sched_setparam, 0, &parameter);
    CALL(sched_getattr, 0, attributes, 48, 0);
    CALL(sched_get_priority_max, SCHED_FIFO);
    CALL(sched_get_priority_min, SCHED_FIFO);
    CALL(sched_rr_get_interval, 0, &time);
    CALL(sched_yield);
    CALL(getcpu, &cpu, &node, NULL);
    show("membarrier", syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0) > 0);
}

static void times_and_memory(void)
{
    struct timespec short_time = {0, 1000}, time;
    struct itimerval interval;
    struct timeval now;
    struct tms ticks;
    char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    unsigned char resident[2] = {7, 7};

    CALL(gettimeofday, &now, NULL);
    show("time", syscall(SYS_time, NULL) > 0);
    show("times", syscall(SYS_times, &ticks) > 0);
    CALL(clock_getres, CLOCK_MONOTONIC, &time);
    CALL(clock_nanosleep, CLOCK_MONOTONIC, 0, &short_time, NULL);
    CALL(nanosleep, &short_time, NULL);
    CALL(alarm, 0);
    CALL(getitimer, ITIMER_REAL, &interval);
    CALL(setitimer, ITIMER_REAL, &interval, NULL);
    page[0] = 1;
    CALL(mlock, page, 4096);
    CALL(mlock2, page, 4096, 0);
    CALL(munlock, page, 4096);
    CALL(mincore, page, 8192, resident);
    show("resident", resident[0]);
    CALL(madvise, page, 8192, MADV_DONTNEED);
    show("emptied", page[0]);
    CALL(msync, page, 8192, MS_ASYNC);
    CALL(madvise, page, 8192, 12345);
}

static void sockets(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof(address), option_size = sizeof(int);
    struct iovec iov = {buffer, 10};
    struct mmsghdr messages[2] = {{.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}},
            {.msg_hdr = {.msg_iov = &iov, .msg_iovlen = 1}}};
    int listener = (int)CALL(socket, AF_INET, SOCK_STREAM, 0), pair[2], option = 1;
    int client = (int)CALL(socket, AF_INET, SOCK_STREAM, 0), served;

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CALL(setsockopt, listener, SOL_SOCKET, SO_REUSEADDR, &option, sizeof(option));
    CALL(bind, listener, &address, sizeof(address));
    CALL(listen, listener, 5);
    CALL(getsockname, listener, &address, &size);
    CALL(connect, client, &address, sizeof(address));
    served = (int)CALL(accept4, listener, &address, &size, SOCK_CLOEXEC);
    CALL(getpeername, client, &address, &size);
    CALL(getsockopt, client, SOL_SOCKET, SO_TYPE, &option, &option_size);
    show("type", option);
    CALL(sendto, client, "0123456789", 10, 0, NULL, 0);
    CALL(recvfrom, served, buffer, 4, 0, &address, &size);
    CALL(recvmsg, served, &messages[0].msg_hdr, 0);
    CALL(sendmsg, served, &messages[0].msg_hdr, 0);
    CALL(shutdown, client, SHUT_RDWR);
    CALL(accept, client, NULL, NULL);
    CALL(socketpair, AF_UNIX, SOCK_DGRAM, 0, pair);
    CALL(sendmmsg, pair[0], messages, 2, 0);
    CALL(recvmmsg, pair[1], messages, 2, 0, NULL);
    show("lengths", messages[0].msg_len + messages[1].msg_len);
}

static void signals(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    struct itimerspec time = {{0, 0}, {10, 0}};
    siginfo_t info = {.si_signo = SIGCHLD, .si_code = SI_QUEUE};
    uint64_t set = 0;
    int timer, fd = (int)syscall(SYS_pidfd_open, getpid(), 0);

    CALL(timer_create, CLOCK_MONOTONIC, &event, &timer);
    CALL(timer_settime, timer, 0, &time, NULL);
    CALL(timer_gettime, timer, &time);
    CALL(timer_getoverrun, timer);
    CALL(timer_delete, timer);
    CALL(signalfd, -1, &set, sizeof(set));
    CALL(tkill, syscall(SYS_gettid), 0);
    CALL(rt_sigqueueinfo, getpid(), SIGCHLD, &info);
    CALL(rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), SIGCHLD, &info);
    show("pidfd_open", fd >= 0);
    CALL(pidfd_send_signal, fd, SIGCHLD, NULL, 0);
}

int main(void)
{
    process();
    scheduling();
    times_and_memory();
    sockets();
    signals();
    return 0;
}

/* The process: ids, limits, names, its end. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/sysinfo.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"

static int64_t sys_exit_group(struct km_thread *t, const uint64_t a[6])
{
    t->machine->end(t->machine, (int)(a[0] & 255), 0);
    return 0;
}

static int64_t sys_prlimit64(struct km_thread *t, const uint64_t a[6])
{
    struct rlimit64 limit;

    if ((int)a[1] != RLIMIT_NOFILE || ((pid_t)a[0] != 0 && (pid_t)a[0] != getpid()))
        return km_host_call(SYS_prlimit64, a);
    if (a[2] != 0) {
        if (km_guest_read(t->machine, &limit, a[2], sizeof(limit)) < 0)
            return -EFAULT;

        struct rlimit64 old;
        int rc = km_fd_set_limit(&limit, &old);

        if (rc < 0)
            return rc;
        return a[3] != 0 ? km_guest_write(t->machine, a[3], &old, sizeof(old)) : 0;
    }
    km_fd_get_limit(&limit);
    return a[3] != 0 ? km_guest_write(t->machine, a[3], &limit, sizeof(limit)) : 0;
}

static int64_t sys_getrlimit(struct km_thread *t, const uint64_t a[6])
{
    const uint64_t args[6] = {0, a[0], 0, a[1]};

    return sys_prlimit64(t, args);
}

static int64_t sys_setrlimit(struct km_thread *t, const uint64_t a[6])
{
    const uint64_t args[6] = {0, a[0], a[1], 0};

    return a[1] == 0 ? -EFAULT : sys_prlimit64(t, args);
}

#define LIMIT KM_O(sizeof(struct rlimit64))
#define ID KM_O(sizeof(uid_t))

const struct km_call km_calls_process[] = {
        KM_CALL(exit_group, KM_V),
        KM_CALL(prlimit64, KM_V, KM_V, LIMIT, LIMIT),
        KM_CALL(getrlimit, KM_V, LIMIT),
        KM_CALL(setrlimit, KM_V, LIMIT),
        KM_FORWARD(getpid, KM_V),
        KM_FORWARD(getppid, KM_V),
        KM_FORWARD(getuid, KM_V),
        KM_FORWARD(geteuid, KM_V),
        KM_FORWARD(getgid, KM_V),
        KM_FORWARD(getegid, KM_V),
        KM_FORWARD(setuid, KM_V),
        KM_FORWARD(setgid, KM_V),
        KM_FORWARD(setreuid, KM_V),
        KM_FORWARD(setregid, KM_V),
        KM_FORWARD(setresuid, KM_V),
        KM_FORWARD(setresgid, KM_V),
        KM_FORWARD(setfsuid, KM_V),
        KM_FORWARD(setfsgid, KM_V),
        KM_FORWARD(getresuid, ID, ID, ID),
        KM_FORWARD(getresgid, ID, ID, ID),
        KM_FORWARD(getgroups, KM_V, KM_A(0, sizeof(gid_t))),
        KM_FORWARD(setgroups, KM_V, KM_A(0, sizeof(gid_t))),
        KM_FORWARD(getpgid, KM_V),
        KM_FORWARD(setpgid, KM_V),
        KM_FORWARD(getpgrp, KM_V),
        KM_FORWARD(getsid, KM_V),
        KM_FORWARD(setsid, KM_V),
        KM_FORWARD(getpriority, KM_V),
        KM_FORWARD(setpriority, KM_V),
        KM_FORWARD(getrusage, KM_V, KM_O(sizeof(struct rusage))),
        KM_FORWARD(sethostname, KM_B(1)),
        KM_FORWARD(setdomainname, KM_B(1)),
        KM_FORWARD(capget, KM_O(8), KM_O(24)),
        KM_FORWARD(capset, KM_O(8), KM_O(24)),
        KM_FORWARD(pidfd_open, KM_V),
        KM_FORWARD(pidfd_send_signal, KM_F, KM_V, KM_O(sizeof(siginfo_t))),
        KM_FORWARD(chroot, KM_S),
        KM_FORWARD(ioprio_get, KM_V),
        KM_FORWARD(ioprio_set, KM_V),
        KM_FORWARD(uname, KM_O(sizeof(struct utsname))),
        KM_FORWARD(sysinfo, KM_O(sizeof(struct sysinfo))),
        KM_FORWARD(wait4, KM_V, KM_O(sizeof(int)), KM_V, KM_O(sizeof(struct rusage))),
        KM_FORWARD(waitid, KM_V, KM_V, KM_O(sizeof(siginfo_t)), KM_V, KM_O(sizeof(struct rusage))),
        KM_FORWARD(getrandom, KM_B(1)),
        KM_FORWARD(getcpu, KM_O(sizeof(int)), KM_O(sizeof(int))),
        {0},
};

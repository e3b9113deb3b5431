/*
 * System calls with random numbers and arguments, in child processes, each from its own seed. Calls
 * that would harm the system that the test runs on are left out. Prints how many children ended,
 * and how many of them by a signal.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CALLS 400

static const int harmful[] = {SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo,
        SYS_rt_tgsigqueueinfo, SYS_reboot, SYS_clock_settime, SYS_settimeofday, SYS_sethostname,
        SYS_setdomainname, SYS_mount, SYS_umount2, SYS_pivot_root, SYS_chroot, SYS_swapon,
        SYS_swapoff, SYS_init_module, SYS_delete_module, SYS_kexec_load, SYS_sched_setscheduler,
        SYS_sched_setparam, SYS_sched_setattr, SYS_setpriority, SYS_prlimit64, SYS_ioprio_set,
        SYS_sync, SYS_syncfs, SYS_fork, SYS_vfork, SYS_clone, SYS_clone3, SYS_exit_group, SYS_exit,
        SYS_migrate_pages, SYS_acct, SYS_quotactl, SYS_iopl, SYS_ioperm, SYS_vhangup, SYS_fchmod,
        SYS_fchown, SYS_ftruncate, SYS_fallocate, SYS_adjtimex, SYS_clock_adjtime, SYS_pause,
        SYS_rt_sigreturn};

static uint64_t state;

static uint64_t next(void)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

static int is_harmful(uint64_t number)
{
    for (size_t i = 0; i < sizeof(harmful) / sizeof(harmful[0]); i++)
        if (number == (uint64_t)harmful[i])
            return 1;
    return 0;
}

static char *area;

static uint64_t argument(void)
{
    static const uint64_t edges[] = {0, 1, 2, 8, 4095, 4096, 1ull << 21, 1ull << 31, 1ull << 32,
            (1ull << 39) - (2ull << 30) - 8, (1ull << 39) - (2ull << 30), (1ull << 39) - 8,
            1ull << 39, 1ull << 46, (1ull << 47) - 16, 1ull << 63, ~0ull, ~0ull - 4095};

    switch (next() % 6) {
    case 0:
        return next() % 64;
    case 1:
        return edges[next() % (sizeof(edges) / sizeof(edges[0]))];
    case 2:
        return (uint64_t)area + next() % 65536;
    case 3:
        return (uint64_t)area + 65536 - next() % 64;
    case 4:
        return next();
    default:
        return 1ull << next() % 64;
    }
}

static void child(uint64_t seed)
{
    area = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    state = seed * 0x9e3779b97f4a7c15 + 1;
    for (int i = 0; i < 65536 / 8; i++)
        ((uint64_t *)area)[i] = next() % 3 ? argument() : 0;
    for (int i = 0; i < CALLS; i++) {
        uint64_t number = next() % 8 ? next() % 340 : next() % 1024;

        if (is_harmful(number))
            continue;
        syscall((long)number, argument(), argument(), argument(), argument(), argument(),
                argument());
    }
    _exit(0);
}

/* A child that waits for something is killed. */
static int wait_a_while(pid_t pid)
{
    const struct timespec pause = {0, 5000000};
    int status;

    for (int i = 0; i < 60; i++) {
        if (waitpid(pid, &status, WNOHANG) == pid)
            return status;
        nanosleep(&pause, NULL);
    }
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    return status;
}

int main(int argc, char *argv[])
{
    uint64_t first = argc > 1 ? strtoull(argv[1], NULL, 0) : 1;
    int count = argc > 2 ? atoi(argv[2]) : 1, faults = 0;

    for (int i = 0; i < count; i++) {
        pid_t pid = fork();

        if (pid == 0) {
            close(0);
            child(first + (uint64_t)i);
        }

        int status = wait_a_while(pid);

        faults += WIFSIGNALED(status) &&
                  (WTERMSIG(status) == SIGSEGV || WTERMSIG(status) == SIGBUS ||
                          WTERMSIG(status) == SIGABRT || WTERMSIG(status) == SIGILL);
    }
    printf("%d ended, %d by a fault\n", count, faults);
    return 0;
}

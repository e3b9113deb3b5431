/*
 * What a payload may try against its monitor, one subject for each first argument. Each line says
 * whether the monitor held. The monitor's memory is found where the host's kernel shows it, in
 * /proc/self/maps.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define MAX_TARGETS 200
#ifndef PAYLOAD_LIMIT
#define PAYLOAD_LIMIT (1ul << 39)
#endif

static uintptr_t targets[MAX_TARGETS];
static int target_count;

/* The first writable words, and others, of what is mapped outside the payload's range. */
static void find_targets(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    char line[512];

    while (maps != NULL && fgets(line, sizeof(line), maps) != NULL) {
        uintptr_t start, end;

        if (sscanf(line, "%lx-%lx", &start, &end) != 2 || target_count + 3 > MAX_TARGETS)
            continue;
        if (start < PAYLOAD_LIMIT - (2ul << 30))
            continue;
        targets[target_count++] = start;
        targets[target_count++] = end - 64;
    }
    /* The tables of the virtual machine, and the guard before them. */
    for (int i = 0; i < 3; i++)
        targets[target_count++] = PAYLOAD_LIMIT - (2ul << 30) + 4096ul * (uintptr_t)i * 500 - 64;
    fclose(maps);
}

static int tried, held;

/* The call must have failed. */
static void expect_failure(long result)
{
    tried++;
    held += result < 0;
    if (result >= 0)
        printf("call %d at a forbidden address passed\n", tried);
}

static void report(const char *what)
{
    printf("%s: %s\n", what, tried > 0 && tried == held ? "held" : "NOT HELD");
    tried = held = 0;
}

static int zero_fd, null_fd, stream[2];

static void plain(uintptr_t bad)
{
    expect_failure(syscall(SYS_read, zero_fd, bad, 16));
    expect_failure(syscall(SYS_write, stream[0], bad, 16));
    expect_failure(syscall(SYS_pread64, zero_fd, bad, 16, 0));
    expect_failure(syscall(SYS_getrandom, bad, 16, 0));
    expect_failure(syscall(SYS_fstat, zero_fd, bad));
    expect_failure(syscall(SYS_stat, "/", bad));
    expect_failure(syscall(SYS_uname, bad));
    expect_failure(syscall(SYS_getcwd, bad, 64));
    expect_failure(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, bad));
    expect_failure(syscall(SYS_pipe, bad));
    expect_failure(syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, bad));
    expect_failure(syscall(SYS_rt_sigaction, SIGUSR1, NULL, bad, 8));
    expect_failure(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, bad, 8));
    expect_failure(syscall(SYS_sigaltstack, NULL, bad));
    expect_failure(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, bad));
    expect_failure(syscall(SYS_prlimit64, 0, RLIMIT_CORE, NULL, bad));
    expect_failure(syscall(SYS_arch_prctl, 0x1003 /* ARCH_GET_FS */, bad));
    expect_failure(syscall(SYS_readlink, "/proc/self/exe", bad, 64));
    expect_failure(syscall(SYS_poll, bad, 1, 0));
    expect_failure(syscall(SYS_ioctl, stream[0], FIONREAD, bad));
    expect_failure(syscall(SYS_getdents64, zero_fd, bad, 64));
    expect_failure(syscall(SYS_prctl, PR_GET_NAME, bad));
    expect_failure(syscall(SYS_prctl, PR_SET_NAME, bad));
    expect_failure(syscall(SYS_open, bad, O_RDONLY));
    expect_failure(syscall(SYS_execve, bad, NULL, NULL));
    expect_failure(syscall(SYS_sched_getaffinity, 0, 8, bad));
    expect_failure(syscall(SYS_mincore, 0x400000, 4096, bad));
    expect_failure(syscall(SYS_get_robust_list, 0, bad, bad));
}

static void nested(uintptr_t bad)
{
    char buffer[64] = "";
    struct iovec bad_iov = {(void *)bad, 16}, good_iov = {buffer, 16};
    struct iovec across = {(void *)(bad & ~4095ul), 1ul << 62};
    struct msghdr name = {
            .msg_name = (void *)bad, .msg_namelen = 16, .msg_iov = &good_iov, .msg_iovlen = 1};
    struct msghdr control = {.msg_control = (void *)bad,
            .msg_controllen = 64,
            .msg_iov = &good_iov,
            .msg_iovlen = 1};
    struct msghdr data = {.msg_iov = &bad_iov, .msg_iovlen = 1};
    struct mmsghdr many = {.msg_hdr = data};
    uint64_t set[2] = {bad, 8};

    expect_failure(syscall(SYS_readv, zero_fd, &bad_iov, 1));
    expect_failure(syscall(SYS_readv, zero_fd, &across, 1));
    expect_failure(syscall(SYS_writev, stream[0], &bad_iov, 1));
    expect_failure(syscall(SYS_writev, stream[0], bad, 1));
    expect_failure(syscall(SYS_preadv, zero_fd, &bad_iov, 1, 0));
    expect_failure(syscall(SYS_sendmsg, stream[0], &name, 0));
    expect_failure(syscall(SYS_sendmsg, stream[0], &control, 0));
    expect_failure(syscall(SYS_sendmsg, stream[0], &data, 0));
    expect_failure(syscall(SYS_sendmmsg, stream[0], &many, 1, 0));
    expect_failure(syscall(SYS_recvmsg, stream[0], &control, MSG_DONTWAIT));
    expect_failure(syscall(SYS_recvmsg, stream[0], &data, MSG_DONTWAIT));
    expect_failure(syscall(SYS_getsockname, stream[0], bad, bad));
    expect_failure(syscall(SYS_getsockname, stream[0], buffer, bad));
    expect_failure(syscall(SYS_getsockopt, stream[0], SOL_SOCKET, SO_TYPE, bad, bad));
    expect_failure(syscall(SYS_setsockopt, stream[0], SOL_SOCKET, SO_SNDBUF, bad, 4));
    expect_failure(syscall(SYS_recvfrom, stream[0], bad, 16, MSG_DONTWAIT, NULL, NULL));
    expect_failure(syscall(SYS_pselect6, 0, NULL, NULL, NULL, NULL, set));
    expect_failure(syscall(SYS_futex, buffer, FUTEX_WAKE_OP, 1, 1, bad, 0));
    expect_failure(syscall(SYS_futex, bad, FUTEX_WAKE, 1, 0, 0, 0));
    expect_failure(syscall(SYS_futex, buffer, FUTEX_WAIT, 0, bad, 0, 0));
    expect_failure(syscall(SYS_execve, "/bin/true", bad, NULL));
    expect_failure(syscall(SYS_execve, "/bin/true", NULL, &bad));
}

static void mappings(uintptr_t bad)
{
    uintptr_t page = bad & ~4095ul;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS;
    void *mine = mmap(NULL, 4096, PROT_READ, flags, -1, 0);

    expect_failure(syscall(SYS_mmap, page, 4096, PROT_READ | PROT_WRITE, flags | MAP_FIXED, -1, 0));
    expect_failure(syscall(SYS_mmap, 0x10000, ~0ul - 0x20000, PROT_READ, flags | MAP_FIXED, -1, 0));
    expect_failure(syscall(SYS_munmap, page, 4096));
    expect_failure(syscall(SYS_munmap, 0x400000, page));
    expect_failure(syscall(SYS_mprotect, page, 4096, PROT_READ | PROT_WRITE));
    expect_failure(syscall(SYS_mremap, page, 4096, 8192, MREMAP_MAYMOVE));
    expect_failure(syscall(SYS_mremap, mine, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, page));
    expect_failure(syscall(SYS_madvise, page, 4096, MADV_DONTNEED));
    expect_failure(syscall(SYS_madvise, page, 4096, MADV_REMOVE));
    expect_failure(syscall(SYS_mlock, page, 4096));
    expect_failure(syscall(SYS_msync, page, 4096, MS_SYNC));
    munmap(mine, 4096);
}

static void for_all(void (*attack)(uintptr_t), const char *what)
{
    for (int i = 0; i < target_count; i++)
        attack(targets[i]);
    report(what);
}

/* A thread whose end the kernel, or the monitor in its place, marks at these addresses. */
static void *end_badly(void *argument)
{
    uint64_t list[3] = {(uint64_t)argument, 0, (uint64_t)argument};

    syscall(SYS_set_tid_address, argument);
    syscall(SYS_set_robust_list, list, 24);
    syscall(SYS_exit, 0);
    return NULL;
}

static void thread_ends(void)
{
    static char stacks[MAX_TARGETS][4096] __attribute__((aligned(16)));

    for (int i = 0; i < target_count; i++) {
        int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD |
                    CLONE_CHILD_SETTID | CLONE_PARENT_SETTID;
        pid_t pid = fork();

        if (pid == 0) {
            syscall(SYS_clone, flags, stacks[i] + 2048, targets[i], targets[i], 0);
            end_badly((void *)targets[i]);
        }
        expect_failure(waitpid(pid, NULL, 0) == pid ? -1 : 0);
    }
    report("ends of threads");
}

static void ignore(int signal)
{
    (void)signal;
}

/* The frame of a signal on a stack that is not the payload's. */
static void signal_stacks(void)
{
    for (int i = 0; i < target_count; i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0) {
            stack_t stack = {.ss_sp = (void *)((targets[i] & ~4095ul) - 65536), .ss_size = 131072};
            struct sigaction action = {.sa_handler = ignore, .sa_flags = SA_ONSTACK};

            sigaltstack(&stack, NULL);
            sigaction(SIGUSR1, &action, NULL);
            raise(SIGUSR1);
            _exit(0);
        }
        waitpid(pid, &status, 0);
        expect_failure(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV ? -1 : 0);
    }
    for (int i = 0; i < target_count; i++) {
        pid_t pid = fork();
        int status;

        if (pid == 0)
            __asm__ volatile("mov %0, %%rsp; mov $15, %%eax; syscall" ::"r"(targets[i])
                             : "rax", "rcx", "r11", "memory");
        waitpid(pid, &status, 0);
        expect_failure(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV ? -1 : 0);
    }
    report("signal frames");
}

static void memory_files(void)
{
    char path[128];
    int dir = open("/proc/self", O_RDONLY | O_DIRECTORY), via;

    snprintf(path, sizeof(path), "/proc/%d/mem", getpid());
    expect_failure(open("/proc/self/mem", O_RDWR));
    expect_failure(open("/proc/thread-self/mem", O_RDWR));
    expect_failure(open(path, O_RDONLY));
    expect_failure(openat(dir, "mem", O_RDWR));
    expect_failure(openat(dir, "task/../mem", O_RDONLY));
    expect_failure(open("/proc/self/mem", O_PATH));
    snprintf(path, sizeof(path), "%s/km-hostile-%d", getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp",
            getpid());
    if (symlink("/proc/self/mem", path) == 0) {
        expect_failure(open(path, O_RDWR));
        unlink(path);
    }
    via = openat(dir, "task", O_RDONLY | O_DIRECTORY);
    snprintf(path, sizeof(path), "%d/mem", getpid());
    expect_failure(openat(via, path, O_RDWR));
    expect_failure(syscall(SYS_process_vm_writev, getpid(), NULL, 0, NULL, 0, 0));
    expect_failure(syscall(SYS_ptrace, 0, 0, 0, 0));
    report("memory through files");
}

/* Every descriptor that the process has and the payload did not open. */
static void descriptors(void)
{
    char path[64], control[CMSG_SPACE(sizeof(int))];
    DIR *dir = opendir("/proc/self/fd");
    struct dirent *entry;
    struct rlimit limit;

    getrlimit(RLIMIT_NOFILE, &limit);
    while ((entry = readdir(dir)) != NULL) {
        int fd = atoi(entry->d_name);
        char byte = 'x';
        struct iovec iov = {&byte, 1};
        struct msghdr message = {.msg_iov = &iov,
                .msg_iovlen = 1,
                .msg_control = control,
                .msg_controllen = sizeof(control)};
        struct cmsghdr *header = CMSG_FIRSTHDR(&message);
        int opened;

        if (fd < (int)limit.rlim_max)
            continue;
        *header = (struct cmsghdr){CMSG_LEN(sizeof(int)), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(header), &fd, sizeof(fd));
        expect_failure(sendmsg(stream[0], &message, 0));
        expect_failure(close(fd));
        expect_failure(dup(fd));
        expect_failure(dup2(zero_fd, fd));
        expect_failure(dup2(fd, 100));
        expect_failure(fcntl(fd, F_DUPFD, 0));
        expect_failure(ioctl(fd, 0xae00 /* KVM_GET_API_VERSION */, 0));
        expect_failure(read(fd, &byte, 1));
        expect_failure(write(fd, &byte, 1));
        expect_failure(sendfile(stream[0], fd, NULL, 16));
        expect_failure(
                mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) == MAP_FAILED ? -1 : 0);
        snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
        opened = open(path, O_RDWR);
        expect_failure(opened < 0 ? -1 : ioctl(opened, 0xae01 /* KVM_CREATE_VM */, 0));
    }
    expect_failure(close_range(3, ~0u, 0) == 0 && getppid() > 0 ? -1 : 0);
    report("the monitor's descriptors");
}

static void lengths(void)
{
    static char buffer[4096];
    struct iovec iov[2000];

    for (int i = 0; i < 2000; i++)
        iov[i] = (struct iovec){buffer, 1ul << 60};
    expect_failure(syscall(SYS_read, zero_fd, buffer, ~0ul));
    expect_failure(syscall(SYS_write, null_fd, buffer, ~0ul - 4095));
    expect_failure(syscall(SYS_readv, zero_fd, iov, 2000));
    expect_failure(syscall(SYS_readv, zero_fd, iov, ~0ul));
    expect_failure(syscall(SYS_readv, zero_fd, iov, 1024));
    expect_failure(syscall(SYS_poll, buffer, ~0u, 0));
    expect_failure(syscall(SYS_getrandom, buffer, 1ul << 40, 0));
    expect_failure(syscall(SYS_sched_getaffinity, 0, 0xffffffff, buffer));
    expect_failure(syscall(SYS_mmap, 0, ~0ul, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    expect_failure(syscall(SYS_mmap, 0, 1ul << 46, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    expect_failure(syscall(SYS_munmap, 0x400000, ~0ul));
    expect_failure(syscall(SYS_mremap, buffer, ~0ul, ~0ul, MREMAP_MAYMOVE));
    expect_failure(syscall(SYS_setsockopt, stream[0], SOL_SOCKET, SO_SNDBUF, buffer, ~0u));
    report("huge lengths");
}

/* Instructions in a child each: it must end by a signal, or go on. */
static void run_code(const unsigned char *code, size_t size)
{
    unsigned char *page = mmap(
            NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pid_t pid;
    int status;

    memset(page, 0x90, 64);
    memcpy(page, code, size);
    page[size] = 0xc3;
    pid = fork();
    if (pid == 0) {
        ((void (*)(void))page)();
        _exit(0);
    }
    waitpid(pid, &status, 0);
    munmap(page, 4096);
    expect_failure((WIFEXITED(status) && WEXITSTATUS(status) == 0) || WIFSIGNALED(status) ? -1 : 0);
}

#define CODE(...)                                                                                  \
    do {                                                                                           \
        static const unsigned char bytes[] = {__VA_ARGS__};                                        \
        run_code(bytes, sizeof(bytes));                                                            \
    } while (0)

static void instructions(void)
{
    CODE(0xf4);                               /* hlt */
    CODE(0xfa);                               /* cli */
    CODE(0xfb);                               /* sti */
    CODE(0x0f, 0x01, 0xc1);                   /* vmcall */
    CODE(0x0f, 0x01, 0xd9);                   /* vmmcall */
    CODE(0x0f, 0x01, 0x10);                   /* lgdt (%rax) */
    CODE(0x0f, 0x01, 0x18);                   /* lidt (%rax) */
    CODE(0x0f, 0x00, 0xd8);                   /* ltr %eax */
    CODE(0x0f, 0x20, 0xd8);                   /* mov %cr3, %rax */
    CODE(0x0f, 0x22, 0xd8);                   /* mov %rax, %cr3 */
    CODE(0x0f, 0x30);                         /* wrmsr */
    CODE(0x0f, 0x32);                         /* rdmsr */
    CODE(0x0f, 0x01, 0xd1);                   /* xsetbv */
    CODE(0x0f, 0x09);                         /* wbinvd */
    CODE(0x0f, 0x01, 0xf8);                   /* swapgs */
    CODE(0x48, 0x0f, 0x07);                   /* sysretq */
    CODE(0x0f, 0x34);                         /* sysenter */
    CODE(0x48, 0xcf);                         /* iretq */
    CODE(0xcb);                               /* lret */
    CODE(0x0f, 0x05);                         /* syscall */
    CODE(0xcd, 0x80);                         /* int $0x80 */
    CODE(0xcd, 0x02);                         /* int $2 */
    CODE(0xcd, 0x0e);                         /* int $14 */
    CODE(0xcd, 0xff);                         /* int $255 */
    CODE(0xcc);                               /* int3 */
    CODE(0xf1);                               /* int1 */
    CODE(0x0f, 0xa2);                         /* cpuid */
    CODE(0x0f, 0x0b);                         /* ud2 */
    CODE(0x0f, 0x01, 0xc8);                   /* monitor */
    CODE(0x0f, 0x01, 0xc9);                   /* mwait */
    CODE(0x8e, 0xd0);                         /* mov %eax, %ss */
    CODE(0x8e, 0xd8);                         /* mov %eax, %ds */
    CODE(0x9d);                               /* popf */
    CODE(0x48, 0x31, 0xe4, 0x50);             /* xor %rsp, %rsp; push %rax */
    CODE(0xb8, 0xff, 0xff, 0, 0, 0xe7, 0x81); /* an unknown system call by OUT */
    report("instructions");
}

static void ports(void)
{
    for (unsigned port = 0x7e; port < 0x94; port++) {
        unsigned char in8[] = {0xe4, (unsigned char)port}, in32[] = {0xe5, (unsigned char)port};
        unsigned char out8[] = {0xe6, (unsigned char)port};
        unsigned char out16[] = {0x66, 0xe7, (unsigned char)port};
        /* mov $0xffff, %eax: a system call that there is not */
        unsigned char out32[] = {0xb8, 0xff, 0xff, 0, 0, 0xe7, (unsigned char)port};
        unsigned char string[] = {0x66, 0xba, (unsigned char)port, 0, 0xb9, 3, 0, 0, 0, 0xf3, 0x6e};
        unsigned char input[] = {0x66, 0xba, (unsigned char)port, 0, 0xb9, 3, 0, 0, 0, 0xf3, 0x6c};

        run_code(in8, sizeof(in8));
        run_code(in32, sizeof(in32));
        run_code(out8, sizeof(out8));
        run_code(out16, sizeof(out16));
        run_code(out32, sizeof(out32));
        run_code(string, sizeof(string));
        run_code(input, sizeof(input));
    }
    CODE(0x66, 0xba, 0x81, 0x80, 0xef); /* out %eax, port 0x8081 */
    CODE(0x66, 0xba, 0xff, 0xff, 0xef); /* out %eax, port 0xffff */
    report("ports");
}

/* Jumps to the monitor's pages in the virtual machine, and reads and writes of them. */
static void stubs(void)
{
    uintptr_t sys = PAYLOAD_LIMIT - (2ul << 30);

    for (uintptr_t at = sys; at < sys + 24 * 4096; at += at < sys + 5 * 4096 ? 509 : 4096) {
        unsigned char jump[] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};
        unsigned char store[] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xc6, 0x00, 0x90};

        memcpy(jump + 2, &at, sizeof(at));
        memcpy(store + 2, &at, sizeof(at));
        run_code(jump, sizeof(jump));
        run_code(store, sizeof(store));
    }
    for (uintptr_t at = sys + 3 * 4096; at < sys + 3 * 4096 + 24; at++) {
        unsigned char jump[] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0};

        memcpy(jump + 2, &at, sizeof(at));
        run_code(jump, sizeof(jump));
    }
    report("the monitor's stubs");
}

int main(int argc, char *argv[])
{
    const char *what = argc > 1 ? argv[1] : "";

    setvbuf(stdout, NULL, _IONBF, 0);
    zero_fd = open("/dev/zero", O_RDWR);
    null_fd = open("/dev/null", O_RDWR);
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, stream) < 0)
        return 1;
    find_targets();
    if (strcmp(what, "plain") == 0)
        for_all(plain, what);
    else if (strcmp(what, "nested") == 0)
        for_all(nested, what);
    else if (strcmp(what, "mappings") == 0)
        for_all(mappings, what);
    else if (strcmp(what, "thread-ends") == 0)
        thread_ends();
    else if (strcmp(what, "signal-stacks") == 0)
        signal_stacks();
    else if (strcmp(what, "memory-files") == 0)
        memory_files();
    else if (strcmp(what, "descriptors") == 0)
        descriptors();
    else if (strcmp(what, "lengths") == 0)
        lengths();
    else if (strcmp(what, "instructions") == 0)
        instructions();
    else if (strcmp(what, "ports") == 0)
        ports();
    else if (strcmp(what, "stubs") == 0)
        stubs();
    return 0;
}

/* Signals, one subject for each first argument. */
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

static volatile sig_atomic_t count, last;
static sigjmp_buf back;

/* Called with the result, it sees the error that came with it. */
static void show(const char *what, long result)
{
    printf("%s: %ld, error %d\n", what, result, result < 0 ? errno : 0);
}

static void note(int signal)
{
    count++;
    last = signal;
}

static void handle(int signal, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};

    sigaction(signal, &action, NULL);
}

static void basic(void)
{
    struct sigaction old;

    handle(SIGUSR1, note, 0);
    raise(SIGUSR1);
    kill(getpid(), SIGUSR1);
    printf("handled %d, last %d\n", count, last);
    sigaction(SIGUSR1, NULL, &old);
    printf("handler known: %d\n", old.sa_handler == note);
    handle(SIGUSR1, SIG_IGN, 0);
    raise(SIGUSR1);
    sigaction(SIGUSR1, NULL, &old);
    printf("ignored: %d %d\n", count, old.sa_handler == SIG_IGN);
    handle(SIGUSR2, note, SA_RESETHAND);
    raise(SIGUSR2);
    sigaction(SIGUSR2, NULL, &old);
    printf("reset: %d %d\n", count, old.sa_handler == SIG_DFL);
    int rc = sigaction(SIGKILL, &old, NULL);

    printf("kill: %d %d\n", rc, errno == EINVAL);
}

static void masks(void)
{
    sigset_t set, pending;

    handle(SIGUSR1, note, 0);
    handle(SIGRTMIN + 1, note, 0);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigaddset(&set, SIGRTMIN + 1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    raise(SIGUSR1);
    raise(SIGUSR1);
    raise(SIGRTMIN + 1);
    raise(SIGRTMIN + 1);
    sigpending(&pending);
    printf("pending %d %d, handled %d\n", sigismember(&pending, SIGUSR1),
            sigismember(&pending, SIGUSR2), count);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
    printf("then handled %d\n", count);
}

static void nested_second(int signal)
{
    printf("second %d inside\n", signal);
}

static void nested_first(int signal)
{
    printf("first %d begins\n", signal);
    raise(SIGUSR1); /* blocked by itself: comes afterwards */
    raise(SIGUSR2);
    printf("first %d ends\n", signal);
    if (count++ > 0)
        handle(SIGUSR1, SIG_IGN, 0);
}

static void nested(void)
{
    handle(SIGUSR1, nested_first, 0);
    handle(SIGUSR2, nested_second, 0);
    raise(SIGUSR1);
    printf("done\n");
}

static void show_fault(int signal, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;

    printf("signal %d code %d address %p, error %llx, trap %llu, cr2 equal %d, sp inside %d\n",
            signal, info->si_code, info->si_addr, uc->uc_mcontext.gregs[REG_ERR],
            uc->uc_mcontext.gregs[REG_TRAPNO],
            (void *)uc->uc_mcontext.gregs[REG_CR2] == info->si_addr,
            (uintptr_t)uc->uc_mcontext.gregs[REG_RSP] > (uintptr_t)&uc);
    siglongjmp(back, 1);
}

static void fault(volatile char *at, int write)
{
    if (sigsetjmp(back, 1) == 0) {
        if (write)
            *at = 1;
        else
            printf("read %d\n", *at);
    }
}

static volatile int zero;

static void faults(void)
{
    struct sigaction action = {.sa_sigaction = show_fault, .sa_flags = SA_SIGINFO};
    char *page = mmap(
            (void *)0x70000000, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    volatile double one = 1, none = 0;

    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGBUS, &action, NULL);
    fault((char *)8, 0);
    fault((char *)8, 1);
    fault(page, 0);
    fault(page, 1);
    mprotect(page, 4096, PROT_NONE);
    fault(page, 0);
    fault((char *)0x0100000000000000, 0);
    if (sigsetjmp(back, 1) == 0)
        ((void (*)(void))page)();
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile("hlt");
    action.sa_flags |= SA_NODEFER;
    sigaction(SIGSEGV, &action, NULL);
    fault((char *)16, 0);
    printf("float %d\n", (int)(one / none > 1));
}

static void print_fault(int signal, siginfo_t *info, void *context)
{
    printf("signal %d code %d, addr set %d\n", signal, info->si_code, info->si_addr != NULL);
    (void)context;
    siglongjmp(back, 1);
}

static void traps(void)
{
    struct sigaction action = {.sa_sigaction = print_fault, .sa_flags = SA_SIGINFO};
    volatile int numerator = 1;
    unsigned control = 0x1f80 & ~0x200u; /* division by zero is not masked */

    sigaction(SIGFPE, &action, NULL);
    sigaction(SIGILL, &action, NULL);
    sigaction(SIGTRAP, &action, NULL);
    if (sigsetjmp(back, 1) == 0)
        printf("%d\n", numerator / zero);
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile("ud2");
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile("int3");
    if (sigsetjmp(back, 1) == 0)
        __asm__ volatile("ldmxcsr %0; xorps %%xmm0, %%xmm0; mov $1, %%eax; cvtsi2ss %%eax, %%xmm1; "
                         "divss %%xmm0, %%xmm1" ::"m"(control)
                         : "eax", "xmm0", "xmm1");
    printf("done\n");
}

static char alternate[65536];

static void on_alternate(int signal, siginfo_t *info, void *context)
{
    char here;
    stack_t stack;

    (void)context;
    sigaltstack(NULL, &stack);
    printf("signal %d, on the stack %d, flags %d, near the top %d\n", signal,
            &here > alternate && &here < alternate + sizeof(alternate), stack.ss_flags,
            info->si_addr != NULL);
    siglongjmp(back, 1);
}

static int recurse(volatile char *above, int depth)
{
    volatile char here[4096];

    here[0] = above[0];
    return depth == 0 ? 0 : recurse(here, depth - 1) + here[0];
}

static void altstack(void)
{
    struct sigaction action = {.sa_sigaction = on_alternate, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    stack_t stack = {.ss_sp = alternate, .ss_size = sizeof(alternate)}, old;
    char start = 0;

    sigaltstack(NULL, &old);
    printf("at first: flags %d\n", old.ss_flags);
    printf("set: %d\n", sigaltstack(&stack, NULL));
    sigaction(SIGSEGV, &action, NULL);
    if (sigsetjmp(back, 1) == 0)
        recurse(&start, 1 << 30);
    stack.ss_size = 10;
    printf("too small: %d\n", sigaltstack(&stack, NULL));
    printf("alive\n");
}

static void alarm_after(int microseconds, int interval)
{
    struct itimerval timer = {{0, interval}, {0, microseconds}};

    setitimer(ITIMER_REAL, &timer, NULL);
}

static void interrupted(void)
{
    struct timespec second = {5, 0}, rest;
    int pipes[2];
    char byte = 'x';
    sigset_t none;

    handle(SIGALRM, note, 0);
    alarm_after(20000, 0);
    printf("nanosleep %d", nanosleep(&second, &rest));
    printf(" %d, rest %d\n", errno == EINTR, rest.tv_sec == 4);
    if (pipe(pipes) < 0)
        return;
    alarm_after(20000, 0);
    show("read", read(pipes[0], &byte, 1));
    sigemptyset(&none);
    alarm_after(20000, 0);
    show("sigsuspend", sigsuspend(&none));
    alarm_after(20000, 0);
    show("pause", pause());
    printf("handled %d\n", count);
}

static int restart_pipe[2];

static void feed(int signal)
{
    note(signal);
    if (write(restart_pipe[1], "y", 1) < 0)
        abort();
}

static void restarted(void)
{
    char byte = 'x';
    ssize_t got;

    if (pipe(restart_pipe) < 0)
        return;
    handle(SIGALRM, feed, SA_RESTART);
    alarm_after(20000, 0);
    got = read(restart_pipe[0], &byte, 1);
    printf("read %zd %c, handled %d\n", got, byte, count);
}

static void spinning(void)
{
    handle(SIGALRM, note, 0);
    alarm_after(5000, 2000);
    while (count < 10)
        continue;
    alarm_after(0, 0);
    printf("ten signals while computing\n");
}

/* Registers, flags and vector registers are those of before the signal. */
static void preserved(void)
{
    double sum = 0, expected = 0;

    for (int i = 1; i < 100000; i++)
        expected += 1.0 / i;
    handle(SIGALRM, note, 0);
    alarm_after(1000, 1000);
    for (int round = 0; round < 200 || count < 5; round++) {
        sum = 0;
        for (int i = 1; i < 100000; i++)
            sum += 1.0 / i;
        if (sum != expected) {
            printf("changed in round %d\n", round);
            return;
        }
    }
    alarm_after(0, 0);
    printf("preserved\n");
}

static void waiting(void)
{
    struct timespec soon = {0, 1000000};
    struct signalfd_siginfo read_info;
    siginfo_t info;
    sigset_t set;
    int fd;

    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    sigprocmask(SIG_BLOCK, &set, NULL);
    show("timed out", sigtimedwait(&set, &info, &soon));
    sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 42});
    printf("got %d", sigwaitinfo(&set, &info));
    printf(" value %d code %d\n", info.si_value.sival_int, info.si_code);
    fd = signalfd(-1, &set, 0);
    raise(SIGUSR1);
    printf("signalfd %zd", read(fd, &read_info, sizeof(read_info)));
    printf(" signal %d\n", read_info.ssi_signo);
}

static atomic_int ready, seen, awake;

static void note_thread(int signal)
{
    (void)signal;
    seen = (int)syscall(SYS_gettid);
}

static void *spin(void *argument)
{
    ready = (int)syscall(SYS_gettid);
    while (seen == 0)
        continue;
    return argument;
}

static void *sleep_long(void *argument)
{
    struct timespec second = {5, 0};

    ready = (int)syscall(SYS_gettid);
    *(int *)argument = nanosleep(&second, NULL);
    awake = 1;
    return argument;
}

static void threads(void)
{
    pthread_t thread;
    int result = 0;

    handle(SIGUSR1, note_thread, 0);
    pthread_create(&thread, NULL, spin, NULL);
    while (ready == 0)
        continue;
    pthread_kill(thread, SIGUSR1);
    pthread_join(thread, NULL);
    printf("computing thread: %d\n", seen == ready);
    ready = seen = 0;
    pthread_create(&thread, NULL, sleep_long, &result);
    while (ready == 0)
        continue;
    while (awake == 0) { /* the first ones may come before it sleeps */
        pthread_kill(thread, SIGUSR1);
        usleep(1000);
    }
    pthread_join(thread, NULL);
    printf("sleeping thread: %d %d\n", seen == ready, result);
}

static void *cancelled(void *argument)
{
    for (;;)
        pause();
    return argument;
}

static void cancel(void)
{
    pthread_t thread;
    void *result;

    pthread_create(&thread, NULL, cancelled, NULL);
    pthread_cancel(thread);
    pthread_join(thread, &result);
    printf("cancelled %d\n", result == PTHREAD_CANCELED);
}

static void timers(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct itimerspec time = {.it_value = {0, 5000000}};
    timer_t timer;

    handle(SIGRTMIN, note, 0);
    printf("create %d\n", timer_create(CLOCK_MONOTONIC, &event, &timer));
    printf("set %d\n", timer_settime(timer, 0, &time, NULL));
    while (count == 0)
        pause();
    printf("came\n");
}

/* Not every KVM tells the address. */
static void print_code(int signal, siginfo_t *info, void *context)
{
    printf("signal %d code %d\n", signal, info->si_code);
    (void)context;
    siglongjmp(back, 1);
}

static void truncated(void)
{
    struct sigaction action = {.sa_sigaction = print_code, .sa_flags = SA_SIGINFO};
    FILE *file = tmpfile();
    char *at;

    if (file == NULL || ftruncate(fileno(file), 4096) < 0)
        return;
    at = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fileno(file), 0);
    at[0] = 1;
    sigaction(SIGBUS, &action, NULL);
    if (sigsetjmp(back, 1) == 0)
        at[4096] = 1;
    printf("alive\n");
}

static void hold(void)
{
    sigset_t set;

    handle(SIGTERM, note, 0);
    sigemptyset(&set);
    printf("holding\n");
    while (count == 0)
        sigsuspend(&set);
    printf("terminated politely\n");
    exit(5);
}

static void die(const char *how)
{
    if (strcmp(how, "blocked") == 0) {
        sigset_t set;

        sigfillset(&set);
        sigprocmask(SIG_BLOCK, &set, NULL);
        handle(SIGSEGV, note, 0);
        *(volatile char *)(uintptr_t)(8 + zero) = 1;
    } else if (strcmp(how, "ignored") == 0) {
        handle(SIGSEGV, SIG_IGN, 0);
        *(volatile char *)(uintptr_t)(8 + zero) = 1;
    } else if (strcmp(how, "no-stack") == 0) {
        handle(SIGUSR1, note, 0);
        __asm__ volatile(
                "mov $8, %%rsp; mov %0, %%eax; mov %1, %%edi; mov %2, %%esi; syscall" ::"i"(
                        SYS_kill),
                "r"(getpid()), "i"(SIGUSR1)
                : "rax", "rdi", "rsi", "rcx", "r11", "memory");
    } else {
        raise(atoi(how));
    }
}

int main(int argc, char *argv[])
{
    static const struct {
        const char *name;
        void (*run)(void);
    } subjects[] = {{"basic", basic}, {"masks", masks}, {"nested", nested}, {"faults", faults},
            {"traps", traps}, {"altstack", altstack}, {"interrupted", interrupted},
            {"restarted", restarted}, {"spinning", spinning}, {"preserved", preserved},
            {"waiting", waiting}, {"threads", threads}, {"cancel", cancel}, {"timers", timers},
            {"truncated", truncated}, {"hold", hold}};

    setvbuf(stdout, NULL, _IONBF, 0);
    for (size_t i = 0; argc > 1 && i < sizeof(subjects) / sizeof(subjects[0]); i++)
        if (strcmp(argv[1], subjects[i].name) == 0)
            subjects[i].run();
    if (argc > 2)
        die(argv[2]);
    return 0;
}

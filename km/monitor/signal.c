/*
 * Signals. The host's kernel keeps the payload's masks, ignores, queues and default actions: the
 * host thread's mask is the payload's, and what the payload ignores or leaves at the default is so
 * for the process. Only where the payload has a handler the process has one too, the one here. It
 * notes the signal, blocks all others, and gets the thread out of the virtual machine or out of a
 * system call; the thread then puts a frame on the payload's stack and restores the mask.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/ucontext.h>
#include <unistd.h>

#include "km.h"

#define SA_RESTORER 0x04000000
#define MASK_SIZE 8
#define BIT(signal) (1ull << ((signal)-1))
#define UNMASKABLE (BIT(SIGKILL) | BIT(SIGSTOP))

/* Flags that concern the kernel and not the handler. */
#define HOST_FLAGS (SA_NOCLDSTOP | SA_NOCLDWAIT)

/* What leaves a core file by default (signal(7)). */
#define CORE_SIGNALS                                                                               \
    (BIT(SIGQUIT) | BIT(SIGILL) | BIT(SIGTRAP) | BIT(SIGABRT) | BIT(SIGBUS) | BIT(SIGFPE) |        \
            BIT(SIGSEGV) | BIT(SIGXCPU) | BIT(SIGXFSZ) | BIT(SIGSYS))

static void on_signal(int signal, siginfo_t *info, void *context)
{
    struct km_thread *t = km_self;
    ucontext_t *uc = context;
    greg_t *rip = &uc->uc_mcontext.gregs[REG_RIP];

    (void)signal;
    t->signal_info = *info;
    t->pending = 1;
    t->vcpu->run->immediate_exit = 1;
    memset(&uc->uc_sigmask, 0xff, MASK_SIZE);
    if (*rip >= (greg_t)km_host_call_begin && *rip <= (greg_t)km_host_call_end)
        *rip = (greg_t)km_host_call_cancel;
}

/* Gets the thread out of the virtual machine, or of a system call, so that it stops. */
static void on_stop(int signal, siginfo_t *info, void *context)
{
    ucontext_t *uc = context;
    greg_t *rip = &uc->uc_mcontext.gregs[REG_RIP];

    (void)signal;
    (void)info;
    km_self->asked = 1;
    km_self->vcpu->run->immediate_exit = 1;
    if (*rip >= (greg_t)km_host_call_begin && *rip <= (greg_t)km_host_call_end)
        *rip = (greg_t)km_host_call_cancel;
}

static int host_action(int signal, const struct km_action *set, struct km_action *old)
{
    return syscall(SYS_rt_sigaction, signal, set, old, MASK_SIZE) < 0 ? -errno : 0;
}

/* Makes this process handle the signal by the function. */
static int host_handler(int signal, void (*handler)(int, siginfo_t *, void *), uint64_t flags,
        struct km_action *old)
{
    const struct km_action action = {
            .handler = (uint64_t)handler,
            .flags = SA_SIGINFO | SA_RESTORER | flags,
            .restorer = (uint64_t)km_signal_return_x86_64,
            .mask = ~0ull,
    };

    return host_action(signal, &action, old);
}

/* Signals that by default do not end the process (signal(7)). */
#define HARMLESS                                                                                   \
    (BIT(SIGCHLD) | BIT(SIGCONT) | BIT(SIGURG) | BIT(SIGWINCH) | BIT(SIGSTOP) | BIT(SIGTSTP) |     \
            BIT(SIGTTIN) | BIT(SIGTTOU))

/* Whether the monitor has something to do where the payload wants the default. */
static bool has_default(const struct km_thread *t, int signal)
{
    const struct km_options *options = t->machine->options;

    return (options->core_file != NULL && (BIT(signal) & CORE_SIGNALS) != 0) ||
           (options->gdb_port >= 0 &&
                   (BIT(signal) & (HARMLESS | UNMASKABLE | BIT(KM_STOP_SIGNAL))) == 0);
}

/* Whether KM_STOP_SIGNAL is the monitor's. */
static bool can_stop(const struct km_thread *t)
{
    return t->machine->options->core_file != NULL || t->machine->options->gdb_port >= 0;
}

/* Not the C library's functions: they keep two signals for themselves. */
static void host_mask(uint64_t mask)
{
    if (km_self != NULL && can_stop(km_self))
        mask &= ~BIT(KM_STOP_SIGNAL);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, MASK_SIZE);
}

static bool is_handler(const struct km_action *action)
{
    return action->handler != (uint64_t)SIG_DFL && action->handler != (uint64_t)SIG_IGN;
}

void km_signal_init(struct km_thread *t)
{
    t->actions = &t->machine->actions;
    pthread_mutex_init(&t->actions->lock, NULL);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, NULL, &t->mask, MASK_SIZE);
    if (!can_stop(t))
        return;
    host_handler(KM_STOP_SIGNAL, on_stop, 0, NULL);
    for (int signal = 1; signal <= KM_SIGNALS; signal++) {
        struct km_action action;

        if (has_default(t, signal) && host_action(signal, NULL, &action) == 0 &&
                action.handler == (uint64_t)SIG_DFL)
            host_handler(signal, on_signal, 0, NULL);
    }
}

int km_signal_action(
        struct km_thread *t, int signal, const struct km_action *set, struct km_action *old)
{
    struct km_actions *actions = t->actions;
    struct km_action before = {0};
    int rc;

    if (signal < 1 || signal > KM_SIGNALS || (set != NULL && (BIT(signal) & UNMASKABLE)) ||
            (signal == KM_STOP_SIGNAL && can_stop(t)))
        return -EINVAL;
    pthread_mutex_lock(&actions->lock);
    if (set == NULL)
        rc = host_action(signal, NULL, &before);
    else if (is_handler(set) || (set->handler == (uint64_t)SIG_DFL && has_default(t, signal)))
        rc = host_handler(signal, on_signal, set->flags & HOST_FLAGS, &before);
    else
        rc = host_action(signal, set, &before);
    if (before.handler == (uint64_t)on_signal)
        before = actions->at[signal];
    if (rc == 0 && old != NULL)
        *old = before;
    if (rc == 0 && set != NULL) {
        actions->at[signal] = *set;
        actions->at[signal].mask &= ~UNMASKABLE;
    }
    pthread_mutex_unlock(&actions->lock);
    return rc;
}

int km_signal_mask(struct km_thread *t, uint64_t mask)
{
    mask &= ~UNMASKABLE;

    uint64_t host = can_stop(t) ? mask & ~BIT(KM_STOP_SIGNAL) : mask;
    const uint64_t args[6] = {SIG_SETMASK, (uint64_t)&host, 0, MASK_SIZE};
    int rc = (int)km_host_call(SYS_rt_sigprocmask, args);

    if (rc == 0)
        t->mask = mask;
    return rc;
}

void km_signal_block(void)
{
    host_mask(~0ull);
}

void km_signal_unblock(struct km_thread *t)
{
    /* With a signal pending all stay blocked until it is delivered. */
    km_signal_mask(t, t->mask);
}

/* The action for a signal that is about to be delivered, which SA_RESETHAND changes. */
static struct km_action take_action(struct km_thread *t, int signal)
{
    struct km_actions *actions = t->actions;
    struct km_action action;

    pthread_mutex_lock(&actions->lock);
    action = actions->at[signal];
    if (is_handler(&action) && (action.flags & SA_RESETHAND)) {
        const struct km_action none = {0};

        actions->at[signal] = none;
        if (!has_default(t, signal))
            host_action(signal, &none, NULL);
    }
    pthread_mutex_unlock(&actions->lock);
    return action;
}

/* Whether a call goes on after a handler with SA_RESTART (signal(7)). */
static bool is_restarted(const struct km_interrupted *call)
{
    switch (call->number) {
    case SYS_poll:
    case SYS_ppoll:
    case SYS_select:
    case SYS_pselect6:
    case SYS_epoll_wait:
    case SYS_epoll_pwait:
    case SYS_epoll_pwait2:
    case SYS_nanosleep:
    case SYS_clock_nanosleep:
    case SYS_pause:
    case SYS_rt_sigsuspend:
    case SYS_rt_sigtimedwait:
        return false;
    default:
        return true;
    }
}

static void restart(const struct km_interrupted *call, struct km_registers *registers)
{
    registers->general.rax = call->number;
    registers->general.rip -= 2; /* SYSCALL, and OUT with an immediate port */
}

/* The frame, and the mask of the handler. A payload without a stack for it dies, as on Linux. */
static void enter_handler(struct km_thread *t, const struct km_action *action,
        const struct km_exception *exception, struct km_registers *registers)
{
    int signal = exception->info.si_signo;

    if (km_frame_push_x86_64(t, action, exception, registers) < 0) {
        km_error("the payload was ended by signal %d: no stack for the handler of signal %d, rsp "
                 "%#llx",
                SIGSEGV, signal, registers->general.rsp);
        t->machine->end(t->machine, 0, SIGSEGV);
    }
    t->mask |= action->mask | (action->flags & SA_NODEFER ? 0 : BIT(signal));
}

void km_signal_end(struct km_thread *t, const siginfo_t *info)
{
    const char *file = t->machine->options->core_file;

    if (file != NULL && !t->shares_memory && (BIT(info->si_signo) & CORE_SIGNALS)) {
        int rc = km_core_write_x86_64(t, info);

        if (rc < 0)
            km_error("cannot write the core file %s: %s", file, strerror(-rc));
        else
            km_error("core file: %s", file);
    }
    t->machine->end(t->machine, 0, info->si_signo);
    abort();
}

static void deliver_one(struct km_thread *t, const struct km_interrupted *call)
{
    struct km_exception exception = {.info = t->signal_info};
    int signal = km_gdb_signal(t, exception.info.si_signo);
    struct km_action action = {.handler = (uint64_t)SIG_IGN};

    exception.info.si_signo = signal;
    if (signal != 0)
        action = take_action(t, signal);

    bool handled = is_handler(&action);
    struct km_registers registers;

    if (handled || call->is_call) {
        if (km_vcpu_get(t->vcpu, &registers) < 0)
            return;
        if (call->is_call &&
                (call->always || !handled || ((action.flags & SA_RESTART) && is_restarted(call))))
            restart(call, &registers);
        if (handled)
            enter_handler(t, &action, &exception, &registers);
        km_vcpu_set(t->machine, t->vcpu, &registers);
    }
    t->vcpu->run->immediate_exit = 0;
    t->pending = 0;
    if (!handled && action.handler == (uint64_t)SIG_DFL && has_default(t, signal))
        km_signal_end(t, &exception.info);
    /* The payload changed its mind after the signal came: the kernel does what it wants now. */
    if (!handled && action.handler == (uint64_t)SIG_DFL)
        syscall(SYS_tgkill, getpid(), t->tid, signal);
    host_mask(t->mask);
}

static void make_again(struct km_thread *t, const struct km_interrupted *call)
{
    struct km_registers registers;

    if (km_vcpu_get(t->vcpu, &registers) < 0)
        return;
    restart(call, &registers);
    km_vcpu_set(t->machine, t->vcpu, &registers);
}

void km_signal_deliver(struct km_thread *t, const struct km_interrupted *call)
{
    static const struct km_interrupted none;

    /* Another signal may come as soon as the mask allows it: its frame goes on top. */
    for (; t->pending; call = &none)
        deliver_one(t, call);
    /* Interrupted by the monitor itself. */
    if (call->is_call && t->asked && !t->pending)
        make_again(t, call);
}

bool km_signal_force(struct km_thread *t, const struct km_exception *exception)
{
    int signal = exception->info.si_signo;
    struct km_registers registers;
    struct km_action action;

    if (t->mask & BIT(signal))
        return false;
    action = take_action(t, signal);
    if (!is_handler(&action) || km_vcpu_get(t->vcpu, &registers) < 0)
        return false;
    enter_handler(t, &action, exception, &registers);
    km_vcpu_set(t->machine, t->vcpu, &registers);
    km_signal_unblock(t);
    return true;
}

/*
 * System calls of the payload: the table, the check of their arguments, the policy for those that
 * the monitor lacks.
 */
#include <errno.h>
#include <signal.h>
#include <sys/syscall.h>

#include "calls.h"

#define MAX_CALLS 512

static const struct km_call *const families[] = {km_calls_file, km_calls_path, km_calls_vector,
        km_calls_control, km_calls_memory, km_calls_process, km_calls_time, km_calls_poll,
        km_calls_socket, km_calls_thread, km_calls_signal};
static const struct km_call *table[MAX_CALLS];

void km_calls_init(void)
{
    for (size_t i = 0; i < sizeof(families) / sizeof(families[0]); i++)
        for (const struct km_call *call = families[i]; call->name != NULL; call++)
            table[call->number] = call;
}

int64_t km_host_call(uint64_t number, const uint64_t args[6])
{
    return km_host_call_x86_64(&km_self->pending, number, args);
}

static int check(
        const struct km_machine *m, const struct km_arg *arg, const uint64_t args[6], unsigned i)
{
    uint64_t value = args[i], size = 1;

    switch (arg->kind) {
    case KM_VALUE:
        return 0;
    case KM_FD:
        return km_fd_ok(value) ? 0 : -EBADF;
    case KM_STRING:
        break;
    case KM_BYTES:
        size = args[arg->count];
        break;
    case KM_ARRAY:
        /* Counts are 32 bits wide in every call that has such an array. */
        size = (args[arg->count] & UINT32_MAX) * arg->size;
        break;
    case KM_OBJECT:
        size = arg->size;
        break;
    }
    return value == 0 || km_guest_ok(m, value, size) ? 0 : -EFAULT;
}

static int64_t unknown(struct km_thread *t, uint64_t number)
{
    const char *name = km_call_name(number);

    if (t->machine->options->kill_unimplemented) {
        km_error("the payload was ended: system call %s (%lu) is not implemented",
                name != NULL ? name : "unknown", number);
        t->machine->end(t->machine, 0, SIGSYS);
    }
    km_trace("%s (%lu) is not implemented: ENOSYS", name != NULL ? name : "unknown", number);
    return -ENOSYS;
}

int64_t km_call(struct km_thread *t, uint64_t number, const uint64_t args[6])
{
    const struct km_call *call = number < MAX_CALLS ? table[number] : NULL;
    int64_t result = 0;

    if (number < MAX_CALLS)
        __atomic_fetch_add(&t->machine->stats.calls[number], 1, __ATOMIC_RELAXED);
    if (call == NULL)
        return unknown(t, number);
    for (unsigned i = 0; i < 6 && result == 0; i++)
        result = check(t->machine, &call->args[i], args, i);
    if (result == 0)
        result = call->run != NULL ? call->run(t, args) : km_host_call(number, args);
    km_trace("%s(%#lx, %#lx, %#lx, %#lx, %#lx, %#lx) = %ld", call->name, args[0], args[1], args[2],
            args[3], args[4], args[5], result);
    return result;
}

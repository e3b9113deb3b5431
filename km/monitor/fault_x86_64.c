/*
 * Exceptions of the payload become the signals that Linux makes of them.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "km.h"

/* Bits of a page fault's error code (SDM volume 3, 4.7). */
#define PF_WRITE 2
#define PF_RESERVED 8
#define PF_FETCH 16

static const char *const names[] = {"divide error", "debug exception", "NMI", "breakpoint",
        "overflow", "bound exceeded", "invalid opcode", "no coprocessor", "double fault",
        "coprocessor overrun", "invalid task state", "segment not present", "stack fault",
        "general protection fault", "page fault", "reserved exception", "floating point error",
        "misaligned access", "machine check", "SIMD floating point error"};

static int signal_of(unsigned vector)
{
    switch (vector) {
    case 0:
    case 16:
    case 19:
        return SIGFPE;
    case 1:
    case 3:
        return SIGTRAP;
    case 6:
        return SIGILL;
    case 12:
    case 17:
        return SIGBUS;
    default:
        return SIGSEGV;
    }
}

/* Whether the access is allowed after all: another thread was changing the mapping. */
static bool is_spurious(struct km_machine *m, const struct km_fault *fault)
{
    int prot = km_mem_prot(m, fault->address);

    if (prot <= 0 || (fault->error & PF_RESERVED))
        return false;
    if (fault->error & PF_WRITE)
        return (prot & PROT_WRITE) != 0;
    return (fault->error & PF_FETCH) == 0 || (prot & PROT_EXEC) != 0;
}

static void kill_payload(struct km_thread *t, int signal, const char *what, uint64_t address)
{
    struct km_registers registers;

    if (km_vcpu_get(t->vcpu, &registers) < 0)
        memset(&registers, 0, sizeof(registers));
    km_error("the payload was ended by signal %d (%s): %s at address %#lx, rip %#llx", signal,
            strsignal(signal), what, address, registers.general.rip);
    t->machine->end(t->machine, 0, signal);
}

void km_fault_x86_64(struct km_thread *t, const struct km_fault *fault)
{
    struct km_registers registers;

    if (fault->vector == KM_VECTOR_PF && is_spurious(t->machine, fault)) {
        if (km_vcpu_get(t->vcpu, &registers) == 0 &&
                km_vcpu_set(t->machine, t->vcpu, &registers) == 0)
            return;
    }
    kill_payload(t, signal_of(fault->vector),
            fault->vector < sizeof(names) / sizeof(names[0]) ? names[fault->vector]
                                                             : "software interrupt",
            fault->vector == KM_VECTOR_PF ? fault->address : 0);
}

void km_fault_bus_x86_64(struct km_thread *t)
{
    kill_payload(t, SIGBUS, "access behind the end of a mapped file", 0);
}

/*
 * Exceptions of the payload become the signals that Linux makes of them (SDM volume 3, chapter 6;
 * sigaction(2) for the codes).
 */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "km.h"

/* Bits of a page fault's error code (SDM volume 3, 4.7). */
#define PF_WRITE 2
#define PF_RESERVED 8
#define PF_FETCH 16

#define MXCSR 24          /* offset in the XSAVE area (SDM volume 1, 10.5.1) */
#define MAX_BUS_ERRORS 16 /* before one is believed */

/* KVM API, KVM_EXIT_MEMORY_FAULT: newer than the headers may be. */
#define EXIT_MEMORY_FAULT 39

static const struct {
    const char *name;
    uint8_t signal;
    uint8_t code; /* si_code; 0x80 is SI_KERNEL */
    bool at_rip;  /* si_addr is rip, not 0 */
} exceptions[] = {
        [0] = {"divide error", SIGFPE, FPE_INTDIV, true},
        [1] = {"debug exception", SIGTRAP, TRAP_TRACE, true},
        [2] = {"NMI", SIGSEGV, 0x80, false},
        [3] = {"breakpoint", SIGTRAP, 0x80, false},
        [4] = {"overflow", SIGSEGV, 0x80, false},
        [5] = {"bound exceeded", SIGSEGV, 0x80, false},
        [6] = {"invalid opcode", SIGILL, ILL_ILLOPN, true},
        [7] = {"no coprocessor", SIGSEGV, 0x80, false},
        [8] = {"double fault", SIGSEGV, 0x80, false},
        [9] = {"coprocessor overrun", SIGFPE, 0x80, false},
        [10] = {"invalid task state", SIGSEGV, 0x80, false},
        [11] = {"segment not present", SIGBUS, 0x80, false},
        [12] = {"stack fault", SIGBUS, 0x80, false},
        [13] = {"general protection fault", SIGSEGV, 0x80, false},
        [14] = {"page fault", SIGSEGV, SEGV_MAPERR, false},
        [15] = {"reserved exception", SIGSEGV, 0x80, false},
        [16] = {"floating point error", SIGFPE, 0, true},
        [17] = {"misaligned access", SIGBUS, BUS_ADRALN, false},
        [18] = {"machine check", SIGBUS, 0x80, false},
        [19] = {"SIMD floating point error", SIGFPE, 0, true},
};

/* Whether the access is allowed after all: another thread was changing the mapping. */
static bool is_spurious(const struct km_fault *fault, int prot)
{
    if (prot <= 0 || (fault->error & PF_RESERVED))
        return false;
    if (fault->error & PF_WRITE)
        return (prot & PROT_WRITE) != 0;
    return (fault->error & PF_FETCH) == 0 || (prot & PROT_EXEC) != 0;
}

/* The condition that raised a floating point exception: the first that is set and not masked. */
static int float_code(const struct km_thread *t, bool simd)
{
    uint8_t *area = calloc(1, t->machine->xsave_size);
    unsigned raised = 0;

    if (area != NULL && km_vcpu_get_xsave(t->machine, t->vcpu, area) == 0) {
        uint32_t mxcsr;
        uint16_t control, status;

        memcpy(&mxcsr, area + MXCSR, sizeof(mxcsr));
        memcpy(&control, area, sizeof(control));
        memcpy(&status, area + 2, sizeof(status));
        raised = simd ? mxcsr & ~(mxcsr >> 7) : (unsigned)(status & ~control);
    }
    free(area);
    return raised & 1    ? FPE_FLTINV
           : raised & 4  ? FPE_FLTDIV
           : raised & 8  ? FPE_FLTOVF
           : raised & 18 ? FPE_FLTUND
           : raised & 32 ? FPE_FLTRES
                         : 0;
}

/* To the payload's handler; without one the payload ends here. */
static void force(struct km_thread *t, struct km_exception *e, const char *what)
{
    struct km_registers registers;
    int signal = km_gdb_signal(t, e->info.si_signo);

    e->info.si_signo = signal;
    if (signal == 0)
        km_signal_unblock(t);
    if (signal == 0 || km_signal_force(t, e))
        return;
    if (km_vcpu_get(t->vcpu, &registers) < 0)
        memset(&registers, 0, sizeof(registers));
    km_error("the payload was ended by signal %d (%s): %s at address %#lx, rip %#llx", signal,
            strsignal(signal), what, (uint64_t)e->info.si_addr, registers.general.rip);
    km_signal_end(t, &e->info);
}

/* Makes the processor leave the exception handler where it came from. */
static int leave_handler(struct km_thread *t, struct km_registers *registers)
{
    int rc = km_vcpu_get(t->vcpu, registers);

    return rc < 0 ? rc : km_vcpu_set(t->machine, t->vcpu, registers);
}

void km_fault_x86_64(struct km_thread *t, const struct km_fault *fault)
{
    unsigned vector = fault->vector < sizeof(exceptions) / sizeof(exceptions[0]) ? fault->vector
                                                                                 : KM_VECTOR_GP;
    int prot = vector == KM_VECTOR_PF ? km_mem_prot(t->machine, fault->address) : 0;
    struct km_registers registers;

    if (leave_handler(t, &registers) == 0 && vector == KM_VECTOR_PF && is_spurious(fault, prot))
        return;

    if ((vector == KM_VECTOR_DB || vector == KM_VECTOR_BP) &&
            km_gdb_has_trap(t, vector, registers.general.rip)) {
        km_gdb_trap(t, vector, &registers);
        return;
    }

    struct km_exception e = {
            .info = {.si_signo = exceptions[vector].signal, .si_code = exceptions[vector].code},
            .vector = vector,
            .error = fault->error,
            .address = fault->address,
    };

    if (vector == KM_VECTOR_PF) {
        e.info.si_addr = (void *)fault->address;
        e.info.si_code = prot < 0 ? SEGV_MAPERR : SEGV_ACCERR;
    } else if (exceptions[vector].at_rip) {
        e.info.si_addr = (void *)registers.general.rip;
    }
    if (e.info.si_code == 0)
        e.info.si_code = float_code(t, vector == 19);
    force(t, &e, exceptions[vector].name);
}

void km_fault_bus_x86_64(struct km_thread *t)
{
    const struct kvm_run *run = t->vcpu->run;
    struct km_exception e = {.info = {.si_signo = SIGBUS, .si_code = BUS_ADRERR}, .vector = 14};

    if (run->exit_reason == EXIT_MEMORY_FAULT) {
        uint64_t address;

        memcpy(&address, (const char *)&run->hw + sizeof(uint64_t), sizeof(address));
        e.info.si_addr = (void *)address;
        e.address = address;
    }
    /* Perhaps another thread was changing the mapping; with the lock held it is not. */
    km_mem_prot(t->machine, e.address);
    if (++t->bus_errors <= MAX_BUS_ERRORS)
        return;
    force(t, &e, "access behind the end of a mapped file");
    t->bus_errors = 0;
}

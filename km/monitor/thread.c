#include <errno.h>
#include <signal.h>

#include "km.h"

static void do_call(struct km_thread *t)
{
    const struct kvm_regs *regs = &t->vcpu.run->s.regs.regs;
    const uint64_t args[6] = {regs->rdi, regs->rsi, regs->rdx, regs->r10, regs->r8, regs->r9};

    km_vcpu_return(t->machine, &t->vcpu, km_call(t, regs->rax, args));
}

int km_thread_run(struct km_thread *t)
{
    struct km_fault fault;

    for (;;) {
        int exit = km_vcpu_run(t->machine, &t->vcpu, &fault);

        if (exit < 0)
            return exit;
        __atomic_fetch_add(&t->machine->stats.exits[exit], 1, __ATOMIC_RELAXED);
        if (exit == KM_EXIT_CALL)
            do_call(t);
        else if (exit == KM_EXIT_FAULT)
            km_fault_x86_64(t, &fault);
        else if (exit == KM_EXIT_BUS)
            km_fault_bus_x86_64(t);
    }
}

/*
 * The frame of a signal on the payload's stack, as Linux lays it out on x86-64 (its
 * arch/x86/include/uapi/asm/sigcontext.h and ucontext.h): return address, context, siginfo; above
 * them the vector registers as XSAVE has them.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "km.h"

#define SA_RESTORER 0x04000000
#define RED_ZONE 128
#define FRAME_ALIGNMENT 64 /* of the XSAVE area */
#define SOFTWARE_BYTES 464 /* in it, SDM volume 1, 13.4.1 */
#define XSTATE_HEADER 512
#define USER_LIMIT (1ull << 47)
#define UC_FLAGS 7 /* UC_FP_XSTATE, UC_SIGCONTEXT_SS, UC_STRICT_RESTORE_SS */

#define RFLAGS_USER 0x244dd5ull /* ID AC OF DF TF SF ZF AF PF CF: what a handler may change */
#define RFLAGS_FIXED 0x202ull
#define RFLAGS_CLEARED 0x50500ull /* RF DF TF, when a handler begins */

struct frame {
    uint64_t restorer;
    uint64_t flags, link;
    struct km_altstack stack;
    struct sigcontext context;
    uint64_t mask;
    siginfo_t info;
};

static bool on_altstack(const struct km_thread *t, uint64_t rsp)
{
    return rsp > t->altstack.start && rsp - t->altstack.start <= t->altstack.size;
}

static void fill_context(struct sigcontext *c, const struct km_registers *registers,
        const struct km_exception *exception, const struct km_thread *t)
{
    const struct kvm_regs *r = &registers->general;

    *c = (struct sigcontext){
            .r8 = r->r8,
            .r9 = r->r9,
            .r10 = r->r10,
            .r11 = r->r11,
            .r12 = r->r12,
            .r13 = r->r13,
            .r14 = r->r14,
            .r15 = r->r15,
            .rdi = r->rdi,
            .rsi = r->rsi,
            .rbp = r->rbp,
            .rbx = r->rbx,
            .rdx = r->rdx,
            .rax = r->rax,
            .rcx = r->rcx,
            .rsp = r->rsp,
            .rip = r->rip,
            .eflags = r->rflags,
            .cs = 0x33,
            .__pad0 = 0x2b, /* ss */
            .err = exception->error,
            .trapno = exception->vector,
            .oldmask = t->mask,
            .cr2 = exception->address,
    };
}

/* Writes the vector registers to the payload at addr, with the marks that Linux leaves. */
static int push_vector_registers(struct km_thread *t, uint64_t addr, uint32_t size)
{
    const uint32_t end = FP_XSTATE_MAGIC2;
    uint8_t *area = calloc(1, t->machine->xsave_size);
    int rc = area == NULL ? -ENOMEM : km_vcpu_get_xsave(t->machine, t->vcpu, area);

    if (rc == 0) {
        struct _fpx_sw_bytes software = {
                .magic1 = FP_XSTATE_MAGIC1,
                .extended_size = size + (uint32_t)sizeof(end),
                .xstate_size = size,
        };

        memcpy(&software.xstate_bv, area + XSTATE_HEADER, sizeof(software.xstate_bv));
        memcpy(area + SOFTWARE_BYTES, &software, sizeof(software));
        rc = km_guest_write(t->machine, addr, area, size);
    }
    if (rc == 0)
        rc = km_guest_write(t->machine, addr + size, &end, sizeof(end));
    free(area);
    return rc;
}

int km_frame_push_x86_64(struct km_thread *t, const struct km_action *action,
        const struct km_exception *exception, struct km_registers *registers)
{
    struct kvm_regs *r = &registers->general;
    uint32_t size = km_vcpu_xstate_size();
    bool inside = on_altstack(t, r->rsp);
    uint64_t sp = r->rsp - RED_ZONE, vectors;
    struct frame frame = {
            .restorer = action->restorer,
            .flags = UC_FLAGS,
            .stack = t->altstack,
            .mask = t->mask,
            .info = exception->info,
    };

    if ((action->flags & SA_RESTORER) == 0)
        return -EFAULT;
    if ((action->flags & SA_ONSTACK) && t->altstack.size != 0 && !inside)
        sp = t->altstack.start + t->altstack.size;
    vectors = (sp - size - sizeof(uint32_t)) & ~(uint64_t)(FRAME_ALIGNMENT - 1);
    sp = ((vectors - sizeof(frame)) & ~15ull) - 8;
    if ((action->flags & SA_ONSTACK) && inside && !on_altstack(t, sp))
        return -EFAULT;
    if (t->altstack.size == 0)
        frame.stack.flags = SS_DISABLE;
    fill_context(&frame.context, registers, exception, t);
    frame.context.fpstate = (struct _fpstate *)vectors;

    int rc = push_vector_registers(
            t, vectors, size < t->machine->xsave_size ? size : (uint32_t)t->machine->xsave_size);

    if (rc == 0)
        rc = km_guest_write(t->machine, sp, &frame, sizeof(frame));
    if (rc < 0)
        return rc;
    r->rsp = sp;
    r->rip = action->handler;
    r->rdi = (uint64_t)exception->info.si_signo;
    r->rsi = sp + offsetof(struct frame, info);
    r->rdx = sp + offsetof(struct frame, flags);
    r->rax = 0;
    r->rflags &= ~RFLAGS_CLEARED;
    return r->rip < USER_LIMIT ? 0 : -EFAULT;
}

static int pop_vector_registers(struct km_thread *t, uint64_t addr)
{
    uint32_t size = km_vcpu_xstate_size();
    uint8_t *area = calloc(1, t->machine->xsave_size);
    int rc = area == NULL ? -ENOMEM : 0;

    if (rc == 0)
        rc = km_guest_read(t->machine, area, addr,
                size < t->machine->xsave_size ? size : t->machine->xsave_size);
    if (rc == 0)
        rc = km_vcpu_set_xsave(t->vcpu, area);
    free(area);
    return rc;
}

int km_frame_pop_x86_64(struct km_thread *t, uint64_t *mask)
{
    struct km_registers registers;
    struct kvm_regs *r = &registers.general;
    struct frame frame;
    int rc = km_vcpu_get(t->vcpu, &registers);

    /* The handler's return took the restorer's address off the stack. */
    if (rc == 0)
        rc = km_guest_read(t->machine, &frame, r->rsp - 8, sizeof(frame));
    if (rc == 0 && frame.context.rip >= USER_LIMIT)
        rc = -EFAULT;
    if (rc == 0 && frame.context.fpstate != NULL)
        rc = pop_vector_registers(t, (uint64_t)frame.context.fpstate);
    if (rc < 0)
        return rc;

    const struct sigcontext *c = &frame.context;

    *r = (struct kvm_regs){
            .r8 = c->r8,
            .r9 = c->r9,
            .r10 = c->r10,
            .r11 = c->r11,
            .r12 = c->r12,
            .r13 = c->r13,
            .r14 = c->r14,
            .r15 = c->r15,
            .rdi = c->rdi,
            .rsi = c->rsi,
            .rbp = c->rbp,
            .rbx = c->rbx,
            .rdx = c->rdx,
            .rax = c->rax,
            .rcx = c->rcx,
            .rsp = c->rsp,
            .rip = c->rip,
            .rflags = (c->eflags & RFLAGS_USER) | RFLAGS_FIXED,
    };
    *mask = frame.mask;
    return km_vcpu_set(t->machine, t->vcpu, &registers);
}

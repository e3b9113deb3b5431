/*
 * The little that the monitor has inside the virtual machine, at the start of its part of the
 * address space: descriptor tables, exception handlers of one instruction, the entry for SYSCALL,
 * and a task state with an exception stack per processor. All but the SYSCALL entry is for
 * privilege level 0; that entry is read and executed by the payload too, see vcpu_x86_64.c.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "km.h"

/* Pages from the start of the monitor's part. */
enum {
    GDT_PAGE,
    IDT_PAGE,
    HANDLER_PAGE,
    STUB_PAGE = HANDLER_PAGE + 1,
    TSS_PAGE = 16, /* one for each processor */
};

/* Selectors as Linux has them: signal frames show them to the payload. */
#define KERNEL_CS 0x10
#define USER32_CS 0x23
#define USER_DS 0x2b
#define USER_CS 0x33
#define TSS_SELECTOR 0x40
#define CPU_NUMBER 0x7b

#define HANDLER_SIZE 8
#define PROBE 16      /* offset in the stub's page */
#define IO_BITMAP 104 /* offset in the task state: behind its fixed part (SDM vol. 3, 8.7) */
#define TSS_SIZE (IO_BITMAP + 0x100 / 8 + 1)

#define OUT_EAX 0xe7 /* out %eax, $imm8 */

static uint64_t page(const struct km_machine *m, unsigned index)
{
    return m->memory.sys + index * KM_PAGE;
}

uint64_t km_system_stub_x86_64(const struct km_machine *m)
{
    return page(m, STUB_PAGE);
}

uint64_t km_system_probe_x86_64(const struct km_machine *m)
{
    return page(m, STUB_PAGE) + PROBE;
}

unsigned km_system_vector_x86_64(const struct km_machine *m, uint64_t rip)
{
    uint64_t offset = rip - page(m, HANDLER_PAGE);

    return offset < 256 * HANDLER_SIZE ? (unsigned)(offset / HANDLER_SIZE) : 256;
}

uint64_t km_system_stack_x86_64(uint64_t tss)
{
    return tss + KM_PAGE;
}

/* Code and data descriptors (SDM vol. 3, 3.4.5), accessed already, so that none is written to. */
static void fill_gdt(uint64_t *gdt)
{
    gdt[KERNEL_CS / 8] = 0x00af9b000000ffff;
    gdt[KERNEL_CS / 8 + 1] = 0x00cf93000000ffff;
    gdt[USER_DS / 8] = 0x00cff3000000ffff;
    gdt[USER_CS / 8] = 0x00affb000000ffff;
    /* The vDSO takes the processor's number, 0, from this one's limit. */
    gdt[CPU_NUMBER / 8] = 0x0040f50000000000;
}

/* 64-bit interrupt gates (SDM vol. 3, 6.14.1); only INT3 and INTO may be called by the payload. */
static void fill_idt(uint64_t *idt, uint64_t handlers)
{
    for (unsigned vector = 0; vector < 256; vector++) {
        uint64_t to = handlers + vector * HANDLER_SIZE;
        uint64_t type = vector == 3 || vector == 4 ? 0xee : 0x8e;

        idt[vector * 2] = (to & 0xffff) | KERNEL_CS << 16 | type << 40 | (to >> 16 & 0xffff) << 48;
        idt[vector * 2 + 1] = to >> 32;
    }
}

int km_system_init_x86_64(struct km_machine *m)
{
    static const uint8_t entry[] = {OUT_EAX, KM_PORT_CALL, 0x48, 0x0f, 0x07 /* sysretq */};
    static const uint8_t probe[] = {0x0f, 0x31 /* rdtsc */, 0x0f, 0x05 /* syscall */};
    struct km_memory *mem = &m->memory;
    uint8_t *handlers = (uint8_t *)page(m, HANDLER_PAGE), *stub = (uint8_t *)page(m, STUB_PAGE);
    int rc = km_slots_cover(m, mem->sys, mem->pt.pool_start + 64 * KM_PAGE);

    if (rc < 0)
        return rc;
    fill_gdt((uint64_t *)page(m, GDT_PAGE));
    fill_idt((uint64_t *)page(m, IDT_PAGE), page(m, HANDLER_PAGE));
    for (unsigned vector = 0; vector < 256; vector++) {
        handlers[vector * HANDLER_SIZE] = OUT_EAX;
        handlers[vector * HANDLER_SIZE + 1] = KM_PORT_FAULT;
    }
    memcpy(stub, entry, sizeof(entry));
    memcpy(stub + PROBE, probe, sizeof(probe));

    rc = km_pt_set(&mem->pt, page(m, GDT_PAGE), page(m, HANDLER_PAGE), PROT_READ, false);
    if (rc == 0)
        rc = km_pt_set(&mem->pt, page(m, HANDLER_PAGE), page(m, STUB_PAGE), PROT_EXEC, false);
    if (rc == 0)
        rc = km_pt_set(&mem->pt, page(m, STUB_PAGE), page(m, STUB_PAGE + 1), PROT_EXEC, true);
    return rc;
}

int64_t km_system_tss_x86_64(struct km_machine *m, unsigned id)
{
    uint64_t addr = page(m, TSS_PAGE + id), stack = addr + KM_PAGE;
    uint8_t *tss = (uint8_t *)addr;
    uint16_t bitmap = IO_BITMAP;

    if (id >= KM_MAX_VCPUS)
        return -EAGAIN;
    memset(tss, 0, KM_PAGE);
    memcpy(tss + 4, &stack, sizeof(stack)); /* RSP0 */
    memcpy(tss + 102, &bitmap, sizeof(bitmap));
    /* A set bit forbids a port. A 32-bit OUT needs the four ports from its own on. */
    memset(tss + IO_BITMAP, 0xff, TSS_SIZE - IO_BITMAP);
    for (unsigned port = KM_PORT_CALL; port < KM_PORT_CALL + 4; port++)
        tss[IO_BITMAP + port / 8] &= (uint8_t) ~(1u << port % 8);

    pthread_mutex_lock(&m->memory.lock);

    int rc = km_pt_set(&m->memory.pt, addr, addr + KM_PAGE, PROT_READ | PROT_WRITE, false);

    pthread_mutex_unlock(&m->memory.lock);
    return rc < 0 ? rc : (int64_t)addr;
}

void km_system_sregs_x86_64(const struct km_machine *m, uint64_t tss, struct kvm_sregs *sregs)
{
    struct kvm_segment data = {.limit = ~0u,
            .selector = USER_DS,
            .type = 3,
            .present = 1,
            .dpl = 3,
            .db = 1,
            .s = 1,
            .g = 1};
    struct kvm_segment code = {.limit = ~0u,
            .selector = USER_CS,
            .type = 11,
            .present = 1,
            .dpl = 3,
            .l = 1,
            .s = 1,
            .g = 1};

    sregs->cs = code;
    sregs->ss = data;
    /* As Linux starts a program: the other selectors are null. */
    data.selector = 0;
    sregs->ds = sregs->es = sregs->fs = sregs->gs = data;
    sregs->tr = (struct kvm_segment){
            .base = tss, .limit = TSS_SIZE - 1, .selector = TSS_SELECTOR, .type = 11, .present = 1};
    sregs->ldt = (struct kvm_segment){.unusable = 1};
    sregs->gdt = (struct kvm_dtable){.base = page(m, GDT_PAGE), .limit = KM_PAGE - 1};
    sregs->idt = (struct kvm_dtable){.base = page(m, IDT_PAGE), .limit = KM_PAGE - 1};
    sregs->cr3 = m->memory.pt.pool_start;
    sregs->cr0 = 0x80050033; /* PG AM WP NE ET MP PE */
    sregs->cr4 = 0x6b0;      /* OSXMMEXCPT OSFXSR PGE PAE PSE */
    sregs->efer = 0xd01;     /* NXE LMA LME SCE */
}

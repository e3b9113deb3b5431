/*
 * A processor of the virtual machine (KVM API documentation; SDM volume 3).
 *
 * The payload runs at privilege level 3. Two things bring it to the monitor:
 *
 * - A system call. SYSCALL jumps to the stub (OUT; SYSRET), on most hosts at privilege level 0, so
 *   that setting rax and running on suffices; there are hosts where it stays at level 3, and the
 *   monitor does what SYSRET would. A payload may also have the OUT in its own text.
 * - An exception: the processor has put the payload's rip, flags and rsp on the exception stack,
 *   and executes the handler's OUT. It never returns from there by itself.
 *
 * KVM completes an OUT only when the processor runs again: until then rip may be at it or behind.
 */
#include <cpuid.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "km.h"

#define CR4_OSXSAVE (1u << 18)
#define CPUID_1_ECX_XSAVE (1u << 26)
#define RFLAGS_USER 0x202 /* IF, and the bit that is always set */

#define MSR_STAR 0xc0000081
#define MSR_LSTAR 0xc0000082
#define MSR_FMASK 0xc0000084

#define MAX_CPUID 256

/* The frame of an exception that has an error code, and of one that has none, end alike. */
struct frame {
    uint64_t error, rip, cs, rflags, rsp, ss;
};

static const struct frame *frame_of(const struct km_vcpu *vcpu)
{
    return (const struct frame *)km_system_stack_x86_64(vcpu->tss) - 1;
}

static bool host_has_xsave(void)
{
    unsigned a, b, c = 0, d;

    return __get_cpuid(1, &a, &b, &c, &d) && (c & CPUID_1_ECX_XSAVE);
}

/* What the host's kernel has enabled; the payload's libraries look at it before they use AVX. */
uint64_t km_vcpu_features(void)
{
    uint32_t low, high;

    if (!host_has_xsave())
        return 3;

    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

uint32_t km_vcpu_xstate_size(void)
{
    unsigned a, size = 0, c, d;

    /* SDM, CPUID leaf 0DH: EBX is the size for the features in XCR0. */
    if (host_has_xsave())
        __cpuid_count(0xd, 0, a, size, c, d);
    return size < 576 ? 576 : size;
}

/* What processors show of themselves: KVM takes a while to say what it supports, so once. */
static int make_cpuid(struct km_machine *m)
{
    struct kvm_cpuid2 *cpuid = calloc(1, sizeof(*cpuid) + MAX_CPUID * sizeof(cpuid->entries[0]));

    if (cpuid == NULL)
        return -ENOMEM;
    cpuid->nent = MAX_CPUID;
    if (ioctl(m->kvm_fd, KVM_GET_SUPPORTED_CPUID, cpuid) < 0) {
        int rc = -errno;

        free(cpuid);
        return rc;
    }
    /* Some hosts leave XSAVE out of the list, and have it all the same. */
    for (unsigned i = 0; i < cpuid->nent; i++)
        if (cpuid->entries[i].function == 1 && host_has_xsave())
            cpuid->entries[i].ecx |= CPUID_1_ECX_XSAVE;
    m->cpuid = cpuid;
    return 0;
}

static int set_cpuid(struct km_machine *m, int fd)
{
    int rc = m->cpuid == NULL ? make_cpuid(m) : 0;

    if (rc == 0 && ioctl(fd, KVM_SET_CPUID2, m->cpuid) < 0)
        rc = -errno;
    return rc;
}

/* Of the host's features those that KVM supports (SDM, CPUID leaf 0DH: EDX:EAX). */
static uint64_t guest_features(const struct km_machine *m)
{
    uint64_t features = km_vcpu_features();

    for (unsigned i = 0; i < m->cpuid->nent; i++) {
        const struct kvm_cpuid_entry2 *entry = &m->cpuid->entries[i];

        if (entry->function == 0xd && entry->index == 0 && entry->eax != 0)
            features &= (uint64_t)entry->edx << 32 | entry->eax;
    }
    return features;
}

static int set_msrs(const struct km_machine *m, int fd)
{
    struct {
        struct kvm_msrs head;
        struct kvm_msr_entry entry[3];
    } msrs = {
            .head.nmsrs = 3,
            .entry =
                    {
                            {.index = MSR_STAR, .data = 0x23ull << 48 | 0x10ull << 32},
                            {.index = MSR_LSTAR, .data = km_system_stub_x86_64(m)},
                            {.index = MSR_FMASK, .data = 0x47700}, /* AC NT IOPL DF IF TF */
                    },
    };

    return ioctl(fd, KVM_SET_MSRS, &msrs) == 3 ? 0 : -EIO;
}

static int set_state(struct km_machine *m, struct km_vcpu *vcpu)
{
    struct kvm_sregs sregs;

    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return -errno;
    km_system_sregs_x86_64(m, vcpu->tss, &sregs);
    if (host_has_xsave())
        sregs.cr4 |= CR4_OSXSAVE;
    if (ioctl(vcpu->fd, KVM_SET_SREGS, &sregs) < 0)
        return -errno;
    if (host_has_xsave()) {
        struct kvm_xcrs xcrs = {.nr_xcrs = 1, .xcrs[0].value = guest_features(m)};

        /* Where KVM does not offer all that the host has, it keeps its own default. */
        if (ioctl(vcpu->fd, KVM_SET_XCRS, &xcrs) < 0)
            km_trace("KVM keeps its own XCR0");
    }
    return set_msrs(m, vcpu->fd);
}

/* Makes the payload's time stamp counter the host's, where KVM can: see vdso_x86_64.c. */
static void share_counter(int fd)
{
    uint64_t offset = 0;
    struct kvm_device_attr attribute = {
            .group = KVM_VCPU_TSC_CTRL,
            .attr = KVM_VCPU_TSC_OFFSET,
            .addr = (uint64_t)&offset,
    };

    if (ioctl(fd, KVM_SET_DEVICE_ATTR, &attribute) < 0)
        km_trace("KVM cannot set the time stamp counter");
}

static int create(struct km_machine *m, unsigned id, struct km_vcpu **created)
{
    int64_t tss = km_system_tss_x86_64(m, id);
    struct km_vcpu *vcpu = tss < 0 ? NULL : calloc(1, sizeof(*vcpu));
    int fd;

    if (vcpu == NULL)
        return tss < 0 ? (int)tss : -ENOMEM;
    *vcpu = (struct km_vcpu){.next = m->all_vcpus, .fd = -1, .id = id, .tss = (uint64_t)tss};
    m->all_vcpus = *created = vcpu;
    fd = ioctl(m->vm_fd, KVM_CREATE_VCPU, id);
    if (fd < 0)
        return -errno;
    vcpu->fd = km_fd_own(fd);
    if (vcpu->fd < 0)
        return vcpu->fd;
    vcpu->run = mmap(NULL, m->run_size, PROT_READ | PROT_WRITE, MAP_SHARED, vcpu->fd, 0);
    if (vcpu->run == MAP_FAILED) {
        vcpu->run = NULL;
        return -errno;
    }
    vcpu->run->kvm_valid_regs = KVM_SYNC_X86_REGS;
    km_trace("processor %u", id);

    share_counter(vcpu->fd);

    int rc = set_cpuid(m, vcpu->fd);

    return rc < 0 ? rc : set_state(m, vcpu);
}

int km_vcpu_acquire(struct km_machine *m, struct km_vcpu **vcpu)
{
    int rc = 0;

    pthread_mutex_lock(&m->lock);
    *vcpu = m->free_vcpus;
    if (*vcpu != NULL) {
        m->free_vcpus = (*vcpu)->next_free;
        (*vcpu)->run->immediate_exit = 0;
    } else {
        /* An id that failed is not tried again: KVM may have taken it. */
        rc = create(m, m->vcpus++, vcpu);
    }
    pthread_mutex_unlock(&m->lock);
    return rc;
}

void km_vcpu_release(struct km_machine *m, struct km_vcpu *vcpu)
{
    pthread_mutex_lock(&m->lock);
    vcpu->next_free = m->free_vcpus;
    m->free_vcpus = vcpu;
    pthread_mutex_unlock(&m->lock);
}

static bool has_error_code(unsigned vector)
{
    /* SDM volume 3, table 6-1. */
    return vector == 8 || (vector >= 10 && vector <= 14) || vector == 17 || vector == 21;
}

/* Reads from and writes to ports are what the payload does to call the monitor, but for those that
 * its port permissions let through beside. */
static int at_port(struct km_machine *m, struct km_vcpu *vcpu, struct km_fault *fault)
{
    const struct kvm_run *run = vcpu->run;
    uint64_t rip = run->s.regs.regs.rip;

    if (run->io.port == KM_PORT_FAULT) {
        struct kvm_sregs sregs;

        if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
            return -errno;
        vcpu->at = KM_AT_HANDLER;
        fault->vector = km_system_vector_x86_64(m, rip);
        fault->error = has_error_code(fault->vector) ? frame_of(vcpu)->error : 0;
        fault->address = sregs.cr2;
        return KM_EXIT_FAULT;
    }
    vcpu->at = rip - km_system_stub_x86_64(m) <= 2 ? KM_AT_STUB : KM_AT_OUT;
    if (run->io.port != KM_PORT_CALL || run->io.direction != KVM_EXIT_IO_OUT) {
        *fault = (struct km_fault){.vector = KM_VECTOR_GP};
        return KM_EXIT_FAULT;
    }
    return KM_EXIT_CALL;
}

static int refuse(const struct km_vcpu *vcpu)
{
    const struct kvm_run *run = vcpu->run;

    km_error("KVM stopped the virtual machine: exit reason %u (suberror %u) at %#llx",
            run->exit_reason,
            run->exit_reason == KVM_EXIT_INTERNAL_ERROR ? run->internal.suberror : 0,
            run->s.regs.regs.rip);
    return -EIO;
}

/* Whether the processor is about to call the monitor, for a system call or an exception. */
static bool is_calling(struct km_machine *m, const struct km_vcpu *vcpu)
{
    uint64_t rip = vcpu->run->s.regs.regs.rip;

    return rip == km_system_stub_x86_64(m) || km_system_vector_x86_64(m, rip) < 256;
}

int km_vcpu_run(struct km_machine *m, struct km_vcpu *vcpu, struct km_fault *fault)
{
    while (ioctl(vcpu->fd, KVM_RUN, 0) < 0) {
        vcpu->at = vcpu->run->s.regs.regs.rip == km_system_stub_x86_64(m) + 2 ? KM_AT_STUB
                                                                              : KM_AT_USER;
        if (errno == EFAULT)
            return KM_EXIT_BUS;
        if (errno != EINTR && errno != EAGAIN)
            return -errno;
        if (!is_calling(m, vcpu))
            return KM_EXIT_SIGNAL;
        vcpu->run->immediate_exit = 0;
    }
    if (vcpu->run->exit_reason != KVM_EXIT_IO)
        return refuse(vcpu);
    return at_port(m, vcpu, fault);
}

int km_vcpu_probe(struct km_machine *m, struct km_vcpu *vcpu, struct km_probe *probe)
{
    struct km_registers registers;
    struct kvm_sregs sregs;
    struct km_fault fault;
    const struct kvm_regs *regs = &vcpu->run->s.regs.regs;
    int rc;

    km_vcpu_start(&registers, km_system_probe_x86_64(m), 0);
    rc = km_vcpu_set(m, vcpu, &registers);
    probe->before = __builtin_ia32_rdtsc();
    if (rc == 0)
        rc = km_vcpu_run(m, vcpu, &fault);
    probe->after = __builtin_ia32_rdtsc();
    if (rc < 0)
        return rc;
    if (rc != KM_EXIT_CALL || vcpu->at != KM_AT_STUB)
        return -EIO;
    probe->inside = (regs->rdx & UINT32_MAX) << 32 | (regs->rax & UINT32_MAX);
    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return -errno;
    m->stub_in_kernel = sregs.cs.dpl == 0;
    return 0;
}

int km_vcpu_get_xsave(const struct km_machine *m, const struct km_vcpu *vcpu, void *area)
{
    bool large = m->xsave_size > sizeof(struct kvm_xsave);

    return ioctl(vcpu->fd, large ? KVM_GET_XSAVE2 : KVM_GET_XSAVE, area) < 0 ? -errno : 0;
}

int km_vcpu_set_xsave(const struct km_vcpu *vcpu, const void *area)
{
    return ioctl(vcpu->fd, KVM_SET_XSAVE, area) < 0 ? -errno : 0;
}

int km_vcpu_set_base(struct km_vcpu *vcpu, bool fs, uint64_t base)
{
    struct kvm_sregs sregs;

    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return -errno;
    if (fs)
        sregs.fs.base = base;
    else
        sregs.gs.base = base;
    return ioctl(vcpu->fd, KVM_SET_SREGS, &sregs) < 0 ? -errno : 0;
}

void km_vcpu_start(struct km_registers *registers, uint64_t rip, uint64_t rsp)
{
    *registers = (struct km_registers){.general = {.rip = rip, .rsp = rsp, .rflags = RFLAGS_USER}};
}

void km_vcpu_return(struct km_machine *m, struct km_vcpu *vcpu, int64_t result)
{
    struct kvm_regs *regs = &vcpu->run->s.regs.regs;

    regs->rax = (uint64_t)result;
    if (vcpu->at == KM_AT_STUB && !m->stub_in_kernel) {
        regs->rip = regs->rcx;
        regs->rflags = regs->r11;
        vcpu->at = KM_AT_USER;
    }
    vcpu->run->kvm_dirty_regs |= KVM_SYNC_X86_REGS;
}

/* Lets KVM complete an OUT without running the payload. */
static int complete(struct km_vcpu *vcpu)
{
    uint8_t before = vcpu->run->immediate_exit;
    int rc;

    vcpu->run->immediate_exit = 1;
    rc = ioctl(vcpu->fd, KVM_RUN, 0) < 0 && errno == EINTR ? 0 : -EIO;
    vcpu->run->immediate_exit = before;
    return rc;
}

int km_vcpu_get(struct km_vcpu *vcpu, struct km_registers *registers)
{
    struct kvm_regs *general = &registers->general;
    struct kvm_sregs sregs;

    if (vcpu->at == KM_AT_OUT) {
        if (complete(vcpu) < 0)
            return -EIO;
        vcpu->at = KM_AT_USER;
    }
    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return -errno;
    *general = vcpu->run->s.regs.regs;
    if (vcpu->at == KM_AT_STUB) {
        general->rip = general->rcx;
        general->rflags = general->r11;
    } else if (vcpu->at == KM_AT_HANDLER) {
        general->rip = frame_of(vcpu)->rip;
        general->rflags = frame_of(vcpu)->rflags;
        general->rsp = frame_of(vcpu)->rsp;
    }
    registers->fs_base = sregs.fs.base;
    registers->gs_base = sregs.gs.base;
    return 0;
}

int km_vcpu_set(struct km_machine *m, struct km_vcpu *vcpu, const struct km_registers *registers)
{
    struct kvm_sregs sregs;

    if (ioctl(vcpu->fd, KVM_GET_SREGS, &sregs) < 0)
        return -errno;

    uint64_t cr4 = sregs.cr4;

    km_system_sregs_x86_64(m, vcpu->tss, &sregs);
    sregs.cr4 = cr4;
    sregs.fs.base = registers->fs_base;
    sregs.gs.base = registers->gs_base;
    if (ioctl(vcpu->fd, KVM_SET_SREGS, &sregs) < 0)
        return -errno;
    vcpu->run->s.regs.regs = registers->general;
    vcpu->run->kvm_dirty_regs |= KVM_SYNC_X86_REGS;
    vcpu->at = KM_AT_USER;
    return 0;
}

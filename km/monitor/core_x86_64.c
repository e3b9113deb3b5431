/*
 * A core file of the payload (elf(5), core(5)): its threads' registers and its memory, in the form
 * that gdb reads. It is written beside and renamed.
 */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/procfs.h>
#include <sys/user.h>
#include <unistd.h>

#include "km.h"

#define CHUNK (64u << 10)
#define XCR0_AT 464 /* in a core file's XSAVE area: the features that it may have */

/* A block that grows, or is marked as failed. */
static void add(struct km_block *block, int *rc, const void *data, size_t size)
{
    if (*rc == 0)
        *rc = km_proc_note(block, data, size);
}

static void add_note(struct km_block *notes, int *rc, const char *name, uint32_t type,
        const void *data, size_t size)
{
    static const char zeroes[4];
    const Elf64_Nhdr header = {(uint32_t)strlen(name) + 1, (uint32_t)size, type};

    add(notes, rc, &header, sizeof(header));
    add(notes, rc, name, header.n_namesz);
    add(notes, rc, zeroes, -header.n_namesz & 3);
    add(notes, rc, data, size);
    add(notes, rc, zeroes, -size & 3);
}

static void fill_registers(struct user_regs_struct *to, const struct km_registers *from)
{
    const struct kvm_regs *r = &from->general;

    *to = (struct user_regs_struct){
            .r15 = r->r15,
            .r14 = r->r14,
            .r13 = r->r13,
            .r12 = r->r12,
            .rbp = r->rbp,
            .rbx = r->rbx,
            .r11 = r->r11,
            .r10 = r->r10,
            .r9 = r->r9,
            .r8 = r->r8,
            .rax = r->rax,
            .rcx = r->rcx,
            .rdx = r->rdx,
            .rsi = r->rsi,
            .rdi = r->rdi,
            .orig_rax = ~0ull,
            .rip = r->rip,
            .cs = 0x33,
            .eflags = r->rflags,
            .rsp = r->rsp,
            .ss = 0x2b,
            .fs_base = from->fs_base,
            .gs_base = from->gs_base,
    };
}

static void add_thread(struct km_block *notes, int *rc, struct km_thread *t, int signal)
{
    struct elf_prstatus status = {.pr_info.si_signo = signal, .pr_fpvalid = 1};
    uint8_t *area = calloc(1, t->machine->xsave_size);
    struct km_registers registers = {0};

    if (area == NULL)
        *rc = -ENOMEM;
    if (*rc == 0)
        *rc = km_vcpu_get(t->vcpu, &registers);
    if (*rc == 0)
        *rc = km_vcpu_get_xsave(t->machine, t->vcpu, area);
    if (*rc == 0) {
        const uint64_t features = km_vcpu_features();

        status.pr_cursig = (short)signal;
        status.pr_pid = t->tid;
        status.pr_ppid = getppid();
        status.pr_pgrp = getpgrp();
        status.pr_sid = getsid(0);
        status.pr_sighold = t->mask;
        fill_registers((struct user_regs_struct *)&status.pr_reg, &registers);
        add_note(notes, rc, "CORE", NT_PRSTATUS, &status, sizeof(status));
        add_note(notes, rc, "CORE", NT_FPREGSET, area, sizeof(struct user_fpregs_struct));
        memcpy(area + XCR0_AT, &features, sizeof(features));
        add_note(notes, rc, "LINUX", NT_X86_XSTATE, area, km_vcpu_xstate_size());
    }
    free(area);
}

static void add_process(struct km_block *notes, int *rc, const struct km_machine *m)
{
    struct elf_prpsinfo info = {.pr_sname = 'R'};
    const char *name = strrchr(m->exe, '/') != NULL ? strrchr(m->exe, '/') + 1 : m->exe;

    info.pr_uid = (unsigned)getuid();
    info.pr_gid = (unsigned)getgid();
    info.pr_pid = getpid();
    info.pr_ppid = getppid();
    info.pr_pgrp = getpgrp();
    info.pr_sid = getsid(0);
    snprintf(info.pr_fname, sizeof(info.pr_fname), "%.15s", name);
    for (size_t i = 0; i < m->cmdline.size && i < sizeof(info.pr_psargs) - 1; i++) {
        char c = ((const char *)m->cmdline.data)[i];

        info.pr_psargs[i] = c == '\0' ? ' ' : c;
    }
    add_note(notes, rc, "CORE", NT_PRPSINFO, &info, sizeof(info));
    add_note(notes, rc, "CORE", NT_AUXV, m->auxv.data, m->auxv.size);
}

/* The thread that the core file is about comes first. */
static int make_notes(struct km_thread *t, const siginfo_t *info, struct km_block *notes)
{
    int rc = 0;

    add_thread(notes, &rc, t, info->si_signo);
    add_process(notes, &rc, t->machine);
    add_note(notes, &rc, "CORE", NT_SIGINFO, info, sizeof(*info));
    for (struct km_thread *other = t->machine->thread_list; other != NULL; other = other->next)
        if (other != t && other->stopped)
            add_thread(notes, &rc, other, 0);
    return rc;
}

static int write_at(int fd, const void *data, size_t size, uint64_t offset)
{
    while (size > 0) {
        ssize_t done = pwrite(fd, data, size, (off_t)offset);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return done < 0 ? -errno : -ENOSPC;
        data = (const char *)data + done;
        size -= (size_t)done;
        offset += (uint64_t)done;
    }
    return 0;
}

static bool is_zero(const uint8_t *data, size_t size)
{
    return data[0] == 0 && memcmp(data, data + 1, size - 1) == 0;
}

/* Pages of zeroes, and pages that cannot be read, become holes. */
static int write_memory(
        const struct km_machine *m, int fd, uint64_t start, uint64_t end, uint64_t offset)
{
    static uint8_t buffer[CHUNK];
    int rc = 0;

    while (start < end && rc == 0) {
        size_t size = end - start < CHUNK ? end - start : CHUNK;

        if (km_guest_read(m, buffer, start, size) < 0) {
            size = KM_PAGE;
            if (km_guest_read(m, buffer, start, size) < 0)
                memset(buffer, 0, size);
        }
        if (!is_zero(buffer, size))
            rc = write_at(fd, buffer, size, offset);
        start += size;
        offset += size;
    }
    return rc;
}

static Elf64_Phdr segment_of(const struct km_region *region, uint64_t offset)
{
    uint32_t prot = KM_ATTR_PROT(region->attr);
    uint64_t size = region->end - region->start;

    return (Elf64_Phdr){
            .p_type = PT_LOAD,
            .p_flags = (prot & 1 ? PF_R : 0) | (prot & 2 ? PF_W : 0) | (prot & 4 ? PF_X : 0),
            .p_offset = offset,
            .p_vaddr = region->start,
            .p_filesz = prot != 0 ? size : 0,
            .p_memsz = size,
            .p_align = KM_PAGE,
    };
}

static int write_core(const struct km_machine *m, int fd, const struct km_block *notes)
{
    const struct km_map *map = &m->memory.map;
    size_t count = map->count + 1;
    Elf64_Phdr *ph = calloc(count, sizeof(*ph));
    Elf64_Ehdr header = {
            .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
            .e_type = ET_CORE,
            .e_machine = EM_X86_64,
            .e_version = EV_CURRENT,
            .e_phoff = sizeof(header),
            .e_ehsize = sizeof(header),
            .e_phentsize = sizeof(*ph),
            .e_phnum = (Elf64_Half)count,
    };
    uint64_t offset = sizeof(header) + count * sizeof(*ph);
    int rc;

    if (ph == NULL)
        return -ENOMEM;
    if (count >= PN_XNUM) {
        free(ph);
        return -EOVERFLOW;
    }
    ph[0] = (Elf64_Phdr){.p_type = PT_NOTE, .p_offset = offset, .p_filesz = notes->size};
    offset = (offset + notes->size + KM_PAGE - 1) & ~(KM_PAGE - 1);
    for (size_t i = 0; i < map->count; i++) {
        ph[i + 1] = segment_of(&map->at[i], offset);
        offset += ph[i + 1].p_filesz;
    }
    rc = write_at(fd, &header, sizeof(header), 0);
    if (rc == 0)
        rc = write_at(fd, ph, count * sizeof(*ph), sizeof(header));
    if (rc == 0)
        rc = write_at(fd, notes->data, notes->size, ph[0].p_offset);
    for (size_t i = 1; i < count && rc == 0; i++)
        rc = write_memory(m, fd, ph[i].p_vaddr, ph[i].p_vaddr + ph[i].p_filesz, ph[i].p_offset);
    if (rc == 0 && ftruncate(fd, (off_t)offset) < 0)
        rc = -errno;
    free(ph);
    return rc;
}

int km_core_write_x86_64(struct km_thread *t, const siginfo_t *info)
{
    const char *file = t->machine->options->core_file;
    char beside[4096];
    struct km_block notes = {0};
    int fd, rc;

    km_signal_block();
    km_stop_others(t);
    rc = make_notes(t, info, &notes);
    snprintf(beside, sizeof(beside), "%s.%d", file, getpid());
    fd = rc < 0 ? rc : open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (rc == 0 && fd < 0)
        rc = -errno;
    if (rc == 0) {
        pthread_mutex_lock(&t->machine->memory.lock);
        rc = write_core(t->machine, fd, &notes);
        pthread_mutex_unlock(&t->machine->memory.lock);
        if (close(fd) < 0 && rc == 0)
            rc = -errno;
        if (rc == 0 && rename(beside, file) < 0)
            rc = -errno;
        if (rc < 0)
            unlink(beside);
    }
    free(notes.data);
    return rc;
}

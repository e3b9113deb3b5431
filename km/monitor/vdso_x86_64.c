/*
 * The host's vDSO for the payload (vdso(7)): its code and the kernel's data before it are one more,
 * read-only slot at the top of the monitor's part of the address space, so that clocks are read
 * without leaving the virtual machine. Only where the payload's time stamp counter is the host's:
 * the code computes with it.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "km.h"

#define MAX_PAGES 64

struct vdso {
    uint64_t start, code, end; /* data, then code */
};

/* Where the host's kernel put it for this process. */
static int find(struct vdso *v)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];

    *v = (struct vdso){0};
    if (maps == NULL)
        return -errno;
    while (fgets(line, sizeof(line), maps) != NULL) {
        uint64_t start, end;

        if (strstr(line, "[vvar") == NULL && strstr(line, "[vdso]") == NULL)
            continue;
        if (sscanf(line, "%lx-%lx", &start, &end) != 2 || (v->end != 0 && v->end != start))
            break;
        if (v->start == 0)
            v->start = start;
        if (strstr(line, "[vdso]") != NULL)
            v->code = start;
        v->end = end;
    }
    fclose(maps);
    if (v->code == 0 || v->code != getauxval(AT_SYSINFO_EHDR) ||
            v->end - v->start > MAX_PAGES * KM_PAGE)
        return -ENOENT;
    return 0;
}

static uint64_t place(const struct km_machine *m)
{
    return m->memory.sys + KM_SYS_SIZE - KM_VDSO_SIZE;
}

int km_vdso_slot_x86_64(struct km_machine *m)
{
    struct vdso v;
    int rc = m->memory.vdso != 0 ? find(&v) : 0;

    return m->memory.vdso == 0 || rc < 0
                   ? rc
                   : km_slots_add(m, place(m), v.start, v.end - v.start, KVM_MEM_READONLY);
}

/* Whether the counter at the probe was between the host's before and after it. */
static bool same_counter(const struct km_probe *probe)
{
    return probe->before <= probe->inside && probe->inside <= probe->after;
}

void km_vdso_init_x86_64(struct km_machine *m, const struct km_probe *probe)
{
    struct km_pt *pt = &m->memory.pt;
    struct vdso v;
    uint64_t at = place(m), code;

    if (!same_counter(probe) || ioctl(m->kvm_fd, KVM_CHECK_EXTENSION, KVM_CAP_READONLY_MEM) <= 0 ||
            find(&v) < 0)
        return;
    code = at + (v.code - v.start);
    if (km_slots_cover(m, m->memory.sys, pt->pool_start + (pt->used + 8) * KM_PAGE) < 0 ||
            km_slots_add(m, at, v.start, v.end - v.start, KVM_MEM_READONLY) < 0 ||
            km_pt_set(pt, at, code, PROT_READ, true) < 0 ||
            km_pt_set(pt, code, at + (v.end - v.start), PROT_READ | PROT_EXEC, true) < 0)
        return;
    m->memory.vdso = code;
    km_trace("vDSO at %#lx", code);
}

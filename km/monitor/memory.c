/*
 * The payload's address space. Guest virtual, guest physical and the monitor's own addresses are
 * the same, so the host's kernel takes the payload's pointers as they are.
 *
 * A change goes in three steps: the range disappears from the guest's page tables; the host's
 * mapping changes, whereupon KVM drops every translation that it had cached; the range appears
 * again. A processor that meets the gap meanwhile faults, waits for the lock, finds the page
 * mapped, and tries again (fault_x86_64.c).
 */
#include <cpuid.h>
#include <errno.h>
#include <sys/mman.h>

#include "memory.h"

#define RESERVE_FLAGS (MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE)

/* The first address behind what the processor's physical addresses and one root table reach. */
static uint64_t address_limit(void)
{
    unsigned a = 0, b, c, d;

    /* SDM, CPUID leaf 80000008H: EAX bits 7-0 are the bits of a physical address. */
    if (__get_cpuid(0x80000008, &a, &b, &c, &d) == 0 || (a & 255) < 36)
        return 1ull << 36;
    return (a & 255) < 39 ? 1ull << (a & 255) : KM_PT_LIMIT;
}

static int reserve(uint64_t start, uint64_t size, int prot)
{
    void *at = mmap((void *)start, size, prot, RESERVE_FLAGS | MAP_FIXED_NOREPLACE, -1, 0);

    if (at == MAP_FAILED)
        return -errno;
    return at == (void *)start ? 0 : -EEXIST;
}

int km_mem_init(struct km_machine *m)
{
    struct km_memory *mem = &m->memory;
    uint64_t limit = address_limit() < KM_MEM_LIMIT ? address_limit() : KM_MEM_LIMIT;
    uint64_t root_pages = 16 + KM_MAX_VCPUS;
    int rc;

    pthread_mutex_init(&mem->lock, NULL);
    mem->sys = limit - KM_SYS_SIZE;
    mem->end = mem->sys - KM_GUARD;
    rc = reserve(KM_MEM_START, mem->sys - KM_MEM_START, PROT_NONE);
    if (rc == 0)
        rc = reserve(mem->sys, KM_SYS_SIZE, PROT_READ | PROT_WRITE);
    if (rc < 0)
        return rc;

    /* The monitor's other pages come first (system_x86_64.c), then the tables. */
    uint64_t pool = mem->sys + root_pages * KM_PAGE;

    return km_pt_init(
            &mem->pt, (void *)pool, pool, (KM_SYS_SIZE - KM_VDSO_SIZE) / KM_PAGE - root_pages);
}

int km_mem_host_prot(int prot)
{
    if ((prot & (PROT_READ | PROT_WRITE | PROT_EXEC)) == 0)
        return PROT_NONE;
    return PROT_READ | (prot & PROT_WRITE);
}

int km_mem_hide(struct km_machine *m, uint64_t start, uint64_t end)
{
    return km_pt_set(&m->memory.pt, start, end, PROT_NONE, true);
}

/* Both slots and tables are there before a processor can see an entry that needs them. */
static int show(struct km_machine *m, uint64_t start, uint64_t end, int prot)
{
    struct km_pt *pt = &m->memory.pt;
    uint64_t tables = pt->pool_start + (pt->used + km_pt_need(start, end)) * KM_PAGE;
    uint64_t pool_end = pt->pool_start + pt->pool_pages * KM_PAGE;

    if (km_mem_host_prot(prot) == PROT_NONE)
        return 0;

    int rc = km_slots_cover(m, start, end);

    if (rc == 0)
        rc = km_slots_cover(m, m->memory.sys, tables < pool_end ? tables : pool_end);
    return rc < 0 ? rc : km_pt_set(pt, start, end, prot, true);
}

int km_mem_show(struct km_machine *m, uint64_t start, uint64_t end, int prot)
{
    int rc = km_map_set(&m->memory.map, start, end, KM_ATTR_MAPPED | KM_ATTR_PROT((uint32_t)prot));

    return rc < 0 ? rc : show(m, start, end, prot);
}

int km_mem_release(struct km_machine *m, uint64_t start, uint64_t end)
{
    if (mmap((void *)start, end - start, PROT_NONE, RESERVE_FLAGS | MAP_FIXED, -1, 0) == MAP_FAILED)
        return -errno;
    return km_map_set(&m->memory.map, start, end, 0);
}

void km_mem_restore(struct km_machine *m, uint64_t start, uint64_t end)
{
    const struct km_region *region;

    for (; start < end && (region = km_map_from(&m->memory.map, start)) != NULL &&
            region->start < end;
            start = region->end) {
        uint64_t from = region->start > start ? region->start : start;
        uint64_t to = region->end < end ? region->end : end;

        /* Nothing new is needed: the range was shown with these slots and tables before. */
        km_pt_set(&m->memory.pt, from, to, (int)KM_ATTR_PROT(region->attr), true);
    }
}

int km_mem_protect(struct km_machine *m, uint64_t start, uint64_t end, int prot)
{
    int rc = km_mem_hide(m, start, end);

    if (rc == 0 && mprotect((void *)start, end - start, km_mem_host_prot(prot)) < 0) {
        rc = -errno;
        km_mem_restore(m, start, end);
    }
    return rc < 0 ? rc : km_mem_show(m, start, end, prot);
}

int km_mem_prot(struct km_machine *m, uint64_t addr)
{
    pthread_mutex_lock(&m->memory.lock);

    uint32_t attr = km_map_attr(&m->memory.map, addr);

    pthread_mutex_unlock(&m->memory.lock);
    return attr == 0 ? -EFAULT : (int)KM_ATTR_PROT(attr);
}

bool km_mem_is_full(struct km_machine *m, uint64_t addr, uint64_t size)
{
    uint64_t start = addr & ~(KM_PAGE - 1), end = (addr + size + KM_PAGE - 1) & ~(KM_PAGE - 1);
    bool full;

    pthread_mutex_lock(&m->memory.lock);
    full = size == 0 || km_map_is_full(&m->memory.map, start, end);
    pthread_mutex_unlock(&m->memory.lock);
    return full;
}

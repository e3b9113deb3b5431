/*
 * mmap(2), munmap(2), mprotect(2), mremap(2) and brk(2) for the payload.
 */
#include <errno.h>
#include <sys/mman.h>

#include "memory.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define LOW_LIMIT (1ull << 31) /* of MAP_32BIT */

static uint64_t page_up(uint64_t value)
{
    return (value + KM_PAGE - 1) & ~(KM_PAGE - 1);
}

/* Whether [addr, addr + size) is a range of whole pages that the payload may map. */
static bool in_range(const struct km_machine *m, uint64_t addr, uint64_t size)
{
    return addr % KM_PAGE == 0 && size != 0 && km_guest_ok(m, addr, size);
}

/* Where a mapping of this size goes: at the hint if that is free, else as high as possible. */
static uint64_t choose(struct km_machine *m, uint64_t hint, uint64_t size, int flags)
{
    const struct km_memory *mem = &m->memory;
    uint64_t ceiling = flags & MAP_32BIT ? LOW_LIMIT : mem->end;

    hint = hint & ~(KM_PAGE - 1);
    if (hint != 0 && in_range(m, hint, size) && hint + size <= ceiling &&
            km_map_is_free(&mem->map, hint, hint + size))
        return hint;
    return km_map_gap(&mem->map, KM_MEM_START, ceiling, size);
}

/* Lock held; addr and size are whole pages in range, nothing there need be kept. */
static int64_t map_at(struct km_machine *m, uint64_t addr, uint64_t size, int prot, int flags,
        int fd, uint64_t offset)
{
    int rc = km_mem_hide(m, addr, addr + size);

    if (rc < 0)
        return rc;
    if (mmap((void *)addr, size, km_mem_host_prot(prot), flags | MAP_FIXED, fd, (off_t)offset) ==
            MAP_FAILED) {
        rc = -errno;
        km_mem_restore(m, addr, addr + size);
        return rc;
    }
    rc = km_mem_show(m, addr, addr + size, prot);
    if (rc < 0) {
        km_mem_hide(m, addr, addr + size);
        km_mem_release(m, addr, addr + size);
        return rc;
    }
    return (int64_t)addr;
}

int64_t km_mmap(struct km_machine *m, uint64_t addr, uint64_t size, int prot, int flags, int fd,
        uint64_t offset)
{
    /* Growing down is for the stack alone, which has its full size from the start. */
    int host_flags = flags & ~(MAP_FIXED | MAP_FIXED_NOREPLACE | MAP_32BIT | MAP_GROWSDOWN);
    bool fixed = (flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) != 0;
    int64_t result;

    if (size == 0 || size > page_up(size) || offset % KM_PAGE != 0)
        return -EINVAL;
    if (flags & MAP_HUGETLB)
        return -ENOMEM;
    size = page_up(size);
    if (fixed && addr % KM_PAGE != 0)
        return -EINVAL;
    if (size > m->memory.end || (fixed && !in_range(m, addr, size)))
        return -ENOMEM;

    pthread_mutex_lock(&m->memory.lock);
    if (!fixed)
        addr = choose(m, addr, size, flags);
    if (addr == 0)
        result = -ENOMEM;
    else if ((flags & MAP_FIXED_NOREPLACE) && !km_map_is_free(&m->memory.map, addr, addr + size))
        result = -EEXIST;
    else
        result = map_at(m, addr, size, prot, host_flags, fd, offset);
    pthread_mutex_unlock(&m->memory.lock);
    return result;
}

int64_t km_munmap(struct km_machine *m, uint64_t addr, uint64_t size)
{
    if (addr % KM_PAGE != 0 || size == 0 || size > page_up(size))
        return -EINVAL;
    size = page_up(size);
    if (!in_range(m, addr, size))
        return -EINVAL;

    pthread_mutex_lock(&m->memory.lock);

    int rc = km_mem_hide(m, addr, addr + size);

    if (rc == 0)
        rc = km_mem_release(m, addr, addr + size);
    if (rc < 0)
        km_mem_restore(m, addr, addr + size);
    pthread_mutex_unlock(&m->memory.lock);
    return rc;
}

int64_t km_mprotect(struct km_machine *m, uint64_t addr, uint64_t size, int prot)
{
    int rc;

    if (addr % KM_PAGE != 0 || (prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC)) != 0)
        return -EINVAL;
    if (size == 0)
        return 0;
    if (size > page_up(size) || !in_range(m, addr, page_up(size)))
        return -ENOMEM;
    size = page_up(size);

    pthread_mutex_lock(&m->memory.lock);
    if (km_map_is_full(&m->memory.map, addr, addr + size))
        rc = km_mem_protect(m, addr, addr + size, prot);
    else
        rc = -ENOMEM;
    pthread_mutex_unlock(&m->memory.lock);
    return rc;
}

/* Lock held. Grows [addr, addr + old_size) where it is, into pages that are free. */
static int64_t grow(
        struct km_machine *m, uint64_t addr, uint64_t old_size, uint64_t new_size, int prot)
{
    uint64_t old_end = addr + old_size, new_end = addr + new_size;

    /* The host's mapping can only grow into addresses that it has free. */
    if (munmap((void *)old_end, new_end - old_end) < 0)
        return -errno;
    if (mremap((void *)addr, old_size, new_size, 0) == MAP_FAILED) {
        int rc = -errno;

        km_mem_release(m, old_end, new_end);
        return rc;
    }

    int rc = km_mem_show(m, old_end, new_end, prot);

    if (rc < 0) {
        km_mem_hide(m, old_end, new_end);
        km_mem_release(m, old_end, new_end);
        return rc;
    }
    return (int64_t)addr;
}

/* Lock held. Moves the mapping to new_addr, where nothing need be kept. */
static int64_t move(struct km_machine *m, uint64_t addr, uint64_t old_size, uint64_t new_addr,
        uint64_t new_size, int flags, int prot)
{
    int rc = km_mem_hide(m, addr, addr + old_size);

    if (rc == 0)
        rc = km_mem_hide(m, new_addr, new_addr + new_size);
    if (rc == 0 && mremap((void *)addr, old_size, new_size,
                           MREMAP_MAYMOVE | MREMAP_FIXED | (flags & MREMAP_DONTUNMAP),
                           (void *)new_addr) == MAP_FAILED)
        rc = -errno;
    if (rc < 0) {
        km_mem_restore(m, addr, addr + old_size);
        km_mem_restore(m, new_addr, new_addr + new_size);
        return rc;
    }
    if (flags & MREMAP_DONTUNMAP)
        km_mem_restore(m, addr, addr + old_size);
    else
        rc = km_mem_release(m, addr, addr + old_size);
    if (rc == 0)
        rc = km_mem_show(m, new_addr, new_addr + new_size, prot);
    return rc < 0 ? rc : (int64_t)new_addr;
}

/* Lock held; sizes are whole pages, the old range is mapped. */
static int64_t remap(struct km_machine *m, uint64_t addr, uint64_t old_size, uint64_t new_size,
        int flags, uint64_t new_addr)
{
    const struct km_map *map = &m->memory.map;
    int prot = (int)KM_ATTR_PROT(km_map_attr(map, addr));

    if (flags & MREMAP_FIXED)
        return move(m, addr, old_size, new_addr, new_size, flags, prot);
    if ((flags & MREMAP_DONTUNMAP) == 0) {
        if (new_size == old_size)
            return (int64_t)addr;
        if (new_size < old_size) {
            int rc = km_mem_hide(m, addr + new_size, addr + old_size);

            if (rc == 0)
                rc = km_mem_release(m, addr + new_size, addr + old_size);
            return rc < 0 ? rc : (int64_t)addr;
        }
        if (km_guest_ok(m, addr, new_size) &&
                km_map_is_free(map, addr + old_size, addr + new_size)) {
            int64_t result = grow(m, addr, old_size, new_size, prot);

            if (result >= 0 || (flags & MREMAP_MAYMOVE) == 0)
                return result;
        }
    }
    new_addr = flags & MREMAP_MAYMOVE ? choose(m, 0, new_size, 0) : 0;
    return new_addr == 0 ? -ENOMEM : move(m, addr, old_size, new_addr, new_size, flags, prot);
}

int64_t km_mremap(struct km_machine *m, uint64_t addr, uint64_t old_size, uint64_t new_size,
        int flags, uint64_t new_addr)
{
    int64_t result;

    if (addr % KM_PAGE != 0 || new_size == 0 || new_size > page_up(new_size) ||
            (flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP)) != 0 ||
            ((flags & (MREMAP_FIXED | MREMAP_DONTUNMAP)) && (flags & MREMAP_MAYMOVE) == 0))
        return -EINVAL;
    /* An old size of zero would duplicate a shared mapping. */
    if (old_size == 0 || old_size > page_up(old_size))
        return -EINVAL;
    old_size = page_up(old_size);
    new_size = page_up(new_size);
    if (!in_range(m, addr, old_size))
        return -EFAULT;
    if (new_size > m->memory.end)
        return -ENOMEM;
    if ((flags & MREMAP_DONTUNMAP) && old_size != new_size)
        return -EINVAL;
    if ((flags & MREMAP_FIXED) &&
            (!in_range(m, new_addr, new_size) ||
                    (new_addr < addr + old_size && addr < new_addr + new_size)))
        return -EINVAL;

    pthread_mutex_lock(&m->memory.lock);
    if (km_map_is_full(&m->memory.map, addr, addr + old_size))
        result = remap(m, addr, old_size, new_size, flags, new_addr);
    else
        result = -EFAULT;
    pthread_mutex_unlock(&m->memory.lock);
    return result;
}

int64_t km_brk(struct km_machine *m, uint64_t addr)
{
    struct km_memory *mem = &m->memory;

    pthread_mutex_lock(&mem->lock);

    uint64_t old_end = page_up(mem->brk), new_end = page_up(addr);

    if (addr >= mem->brk_start && addr < mem->end) {
        if (new_end < old_end) {
            if (km_mem_hide(m, new_end, old_end) == 0 && km_mem_release(m, new_end, old_end) == 0)
                mem->brk = addr;
        } else if (new_end == old_end) {
            mem->brk = addr;
        } else if (km_map_is_free(&mem->map, old_end, new_end) &&
                   map_at(m, old_end, new_end - old_end, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) >= 0) {
            mem->brk = addr;
        }
    }

    int64_t result = (int64_t)mem->brk;

    pthread_mutex_unlock(&mem->lock);
    return result;
}

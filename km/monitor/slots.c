/*
 * Memory slots (KVM API, KVM_SET_USER_MEMORY_REGION). KVM needs time and memory in proportion to a
 * slot's size, so slots are added as the payload's memory grows, each about as large as all before
 * it on that side: few slots, none much larger than what is used.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "km.h"

#define GRANULE (2ull << 20)
#define MAX_GROWTH (1ull << 30)

int km_slots_add(struct km_machine *m, uint64_t guest, uint64_t host, uint64_t size, uint32_t flags)
{
    struct kvm_userspace_memory_region region = {
            .slot = m->memory.slots.next_id,
            .flags = flags,
            .guest_phys_addr = guest,
            .memory_size = size,
            .userspace_addr = host,
    };

    if (ioctl(m->vm_fd, KVM_SET_USER_MEMORY_REGION, &region) < 0)
        return -errno;
    km_trace("slot %u: %#lx-%#lx", region.slot, guest, guest + size);
    m->memory.slots.next_id++;
    return 0;
}

static int tell(struct km_machine *m, uint64_t start, uint64_t end)
{
    return km_slots_add(m, start, start, end - start, 0);
}

int km_slots_renew(struct km_machine *m)
{
    const struct km_slots *slots = &m->memory.slots;
    int rc = 0;

    m->memory.slots.next_id = 0;
    for (size_t i = 0; i < slots->count && rc == 0; i++)
        rc = tell(m, slots->at[i].start, slots->at[i].end);
    return rc < 0 ? rc : km_vdso_slot_x86_64(m);
}

static int add(struct km_machine *m, size_t index, uint64_t start, uint64_t end)
{
    struct km_slots *slots = &m->memory.slots;
    int rc;

    if (slots->count == slots->room) {
        size_t room = slots->room ? slots->room * 2 : 32;
        struct km_range *at = realloc(slots->at, room * sizeof(*at));

        if (at == NULL)
            return -ENOMEM;
        slots->at = at;
        slots->room = room;
    }
    rc = tell(m, start, end);
    if (rc < 0)
        return rc;
    memmove(slots->at + index + 1, slots->at + index, (slots->count - index) * sizeof(*slots->at));
    slots->at[index] = (struct km_range){start, end};
    slots->count++;
    return 0;
}

/* Adds a slot for [start, end), in the gap [low, high) before slots->at[index]. It grows away from
 * the neighbour that it touches, by that one's size. */
static int fill(struct km_machine *m, size_t index, uint64_t low, uint64_t high, uint64_t start,
        uint64_t end)
{
    const struct km_slots *slots = &m->memory.slots;
    uint64_t growth;

    start = start / GRANULE * GRANULE;
    end = (end + GRANULE - 1) / GRANULE * GRANULE;
    if (index < slots->count && end == high && slots->at[index].start == high) {
        growth = slots->at[index].end - high;
        growth = growth > MAX_GROWTH ? MAX_GROWTH : growth;
        if (end - start < growth)
            start = end - low > growth ? end - growth : low;
    } else if (index > 0 && start == low && slots->at[index - 1].end == low) {
        growth = low - slots->at[index - 1].start;
        growth = growth > MAX_GROWTH ? MAX_GROWTH : growth;
        if (end - start < growth)
            end = high - start > growth ? start + growth : high;
    }
    return add(m, index, start, end);
}

int km_slots_cover(struct km_machine *m, uint64_t start, uint64_t end)
{
    const struct km_slots *slots = &m->memory.slots;
    uint64_t top = m->memory.sys + KM_SYS_SIZE - KM_VDSO_SIZE;

    for (size_t i = 0; start < end; i++) {
        uint64_t low = i > 0 ? slots->at[i - 1].end : 0;
        uint64_t high = i < slots->count ? slots->at[i].start : top;

        if (start < high) {
            uint64_t stop = end < high ? end : high;
            int rc = fill(m, i, low, high, start, stop);

            if (rc < 0)
                return rc;
        }
        if (start < slots->at[i].end)
            start = slots->at[i].end;
    }
    return 0;
}

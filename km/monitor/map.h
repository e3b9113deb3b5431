/*
 * An ordered map from address ranges to attributes: which part of the payload's address space is
 * mapped, and how. It knows nothing of the host or of the virtual machine.
 */
#ifndef KM_MAP_H
#define KM_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Never zero for a mapped range: zero means free. The low three bits are PROT_READ, PROT_WRITE and
 * PROT_EXEC of mmap(2). */
#define KM_ATTR_MAPPED 0x100u
#define KM_ATTR_PROT(attr) ((attr)&7u)

struct km_region {
    uint64_t start, end; /* start < end */
    uint32_t attr;
};

/* Regions are sorted and disjoint; neighbours that touch differ in their attributes. */
struct km_map {
    struct km_region *at;
    size_t count, room;
};

/* Gives [start, end) the attributes attr; 0 frees it. -ENOMEM leaves the map as it was. */
int km_map_set(struct km_map *map, uint64_t start, uint64_t end, uint32_t attr);

/* The first region that ends after addr, which need not contain it; NULL when there is none. */
const struct km_region *km_map_from(const struct km_map *map, uint64_t addr);

/* The attributes at addr, 0 when it is free. */
uint32_t km_map_attr(const struct km_map *map, uint64_t addr);

bool km_map_is_free(const struct km_map *map, uint64_t start, uint64_t end);
bool km_map_is_full(const struct km_map *map, uint64_t start, uint64_t end);

/* The highest free range of size bytes inside [floor, ceiling): its start, 0 when there is none. */
uint64_t km_map_gap(const struct km_map *map, uint64_t floor, uint64_t ceiling, uint64_t size);

void km_map_done(struct km_map *map);

#endif

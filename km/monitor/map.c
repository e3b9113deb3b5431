#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "map.h"

/* The index of the first region that ends after addr. */
static size_t find(const struct km_map *map, uint64_t addr)
{
    size_t low = 0, high = map->count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (map->at[middle].end <= addr)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Replaces `gone` regions at index i by the `come` ones of `with`. There is room for them. */
static void splice(
        struct km_map *map, size_t i, size_t gone, const struct km_region *with, size_t come)
{
    memmove(map->at + i + come, map->at + i + gone,
            (map->count - i - gone) * sizeof(struct km_region));
    memcpy(map->at + i, with, come * sizeof(struct km_region));
    map->count += come - gone;
}

int km_map_set(struct km_map *map, uint64_t start, uint64_t end, uint32_t attr)
{
    if (map->count + 2 > map->room) {
        size_t room = map->room ? map->room * 2 : 64;
        struct km_region *at = realloc(map->at, room * sizeof(*at));

        if (at == NULL)
            return -ENOMEM;
        map->at = at;
        map->room = room;
    }

    size_t first = find(map, start), last = first;
    struct km_region middle = {start, end, attr}, with[3];
    size_t come = 0;

    while (last < map->count && map->at[last].start < end)
        last++;
    if (first < last && map->at[first].start < start)
        with[come++] = (struct km_region){map->at[first].start, start, map->at[first].attr};
    if (attr != 0) {
        /* Neighbours alike are merged, whether they are cut here or only touch. */
        if (come == 1 && with[0].attr == attr)
            middle.start = with[--come].start;
        else if (come == 0 && first > 0 && map->at[first - 1].end == start &&
                 map->at[first - 1].attr == attr)
            middle.start = map->at[--first].start;
        with[come++] = middle;
    }
    if (last > first && map->at[last - 1].end > end) {
        if (attr != 0 && map->at[last - 1].attr == attr)
            with[come - 1].end = map->at[last - 1].end;
        else
            with[come++] = (struct km_region){end, map->at[last - 1].end, map->at[last - 1].attr};
    } else if (attr != 0 && last < map->count && map->at[last].start == end &&
               map->at[last].attr == attr) {
        with[come - 1].end = map->at[last++].end;
    }
    splice(map, first, last - first, with, come);
    return 0;
}

const struct km_region *km_map_from(const struct km_map *map, uint64_t addr)
{
    size_t i = find(map, addr);

    return i < map->count ? &map->at[i] : NULL;
}

uint32_t km_map_attr(const struct km_map *map, uint64_t addr)
{
    const struct km_region *region = km_map_from(map, addr);

    return region != NULL && region->start <= addr ? region->attr : 0;
}

bool km_map_is_free(const struct km_map *map, uint64_t start, uint64_t end)
{
    const struct km_region *region = km_map_from(map, start);

    return region == NULL || region->start >= end;
}

bool km_map_is_full(const struct km_map *map, uint64_t start, uint64_t end)
{
    for (size_t i = find(map, start); start < end; start = map->at[i++].end)
        if (i == map->count || map->at[i].start > start)
            return false;
    return true;
}

uint64_t km_map_gap(const struct km_map *map, uint64_t floor, uint64_t ceiling, uint64_t size)
{
    size_t i = find(map, ceiling - 1);

    if (i < map->count && map->at[i].start < ceiling)
        ceiling = map->at[i].start;
    while (ceiling > floor) {
        uint64_t below = i > 0 ? map->at[i - 1].end : 0;

        if (below < floor)
            below = floor;
        if (below < ceiling && ceiling - below >= size)
            return ceiling - size;
        if (i == 0)
            break;
        ceiling = map->at[--i].start;
    }
    return 0;
}

void km_map_done(struct km_map *map)
{
    free(map->at);
    *map = (struct km_map){0};
}

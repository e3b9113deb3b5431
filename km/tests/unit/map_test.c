#include "../../monitor/map.c"

#include "tap.h"

#define CELLS 64

/* Sorted, disjoint, merged, and equal to the plain array. */
static int agrees(const struct km_map *map, const uint32_t cells[CELLS])
{
    for (size_t i = 0; i < map->count; i++) {
        const struct km_region *r = &map->at[i];

        if (r->start >= r->end || r->attr == 0)
            return 0;
        if (i > 0 && (r[-1].end > r->start || (r[-1].end == r->start && r[-1].attr == r->attr)))
            return 0;
    }
    for (uint64_t cell = 0; cell < CELLS; cell++)
        if (km_map_attr(map, cell * 10 + 5) != cells[cell])
            return 0;
    return 1;
}

static int queries_agree(
        const struct km_map *map, const uint32_t cells[CELLS], unsigned from, unsigned to)
{
    int all_free = 1, all_full = 1;

    for (unsigned i = from; i < to; i++) {
        all_free &= cells[i] == 0;
        all_full &= cells[i] != 0;
    }
    return km_map_is_free(map, from * 10, to * 10) == all_free &&
           km_map_is_full(map, from * 10, to * 10) == all_full;
}

/* The highest run of free cells inside [from, to). */
static uint64_t slow_gap(const uint32_t cells[CELLS], unsigned from, unsigned to, unsigned size)
{
    for (unsigned start = to; start-- > from;) {
        unsigned run = 0;

        while (start + run < to && cells[start + run] == 0)
            run++;
        if (run >= size)
            return start * 10;
    }
    return 0;
}

static void random_changes(void)
{
    struct km_map map = {0};
    uint32_t cells[CELLS] = {0};
    int good = 1, queries = 1, gaps = 1;

    srand(1);
    for (int round = 0; round < 200000; round++) {
        unsigned from = (unsigned)rand() % CELLS, to = from + 1 + (unsigned)rand() % (CELLS - from);
        uint32_t attr = (uint32_t)rand() % 4;

        good &= km_map_set(&map, from * 10, to * 10, attr) == 0;
        for (unsigned i = from; i < to; i++)
            cells[i] = attr;
        good &= agrees(&map, cells);
        from = 1 + (unsigned)rand() % (CELLS - 1);
        to = from + 1 + (unsigned)rand() % (CELLS - from);
        queries &= queries_agree(&map, cells, from, to);
        unsigned size = 1 + (unsigned)rand() % 8;
        uint64_t gap = km_map_gap(&map, from * 10, to * 10, size * 10),
                 slow = slow_gap(cells, from, to, size);
        gaps &= gap == slow;
    }
    ok(good, "the map agrees with an array after random changes");
    ok(queries, "free and full ranges are told");
    ok(gaps, "the highest gap is found");
    km_map_done(&map);
}

static void edges(void)
{
    struct km_map map = {0};

    ok(km_map_from(&map, 0) == NULL && km_map_attr(&map, 5) == 0, "an empty map has no region");
    ok(km_map_gap(&map, 10, 100, 90) == 10, "an empty map is one gap");
    ok(km_map_gap(&map, 10, 100, 91) == 0, "a gap that is too small is none");
    km_map_set(&map, 10, 20, 1);
    km_map_set(&map, 20, 30, 1);
    ok(map.count == 1 && map.at[0].end == 30, "neighbours alike are merged");
    km_map_set(&map, 15, 25, 2);
    ok(map.count == 3, "a change in the middle splits");
    km_map_set(&map, 0, UINT64_MAX, 0);
    ok(map.count == 0, "everything can be freed at once");
    km_map_done(&map);
}

int main(void)
{
    edges();
    random_changes();
    return done();
}

#include <stdlib.h>

#include "km.h"

static const char *const exit_names[] = {
        [KM_EXIT_CALL] = "system calls",
        [KM_EXIT_FAULT] = "exceptions",
        [KM_EXIT_BUS] = "bus errors",
        [KM_EXIT_SIGNAL] = "signals",
};

struct line {
    const char *name;
    uint64_t count;
};

static int by_count(const void *a, const void *b)
{
    const struct line *x = a, *y = b;

    return x->count < y->count ? 1 : x->count > y->count ? -1 : 0;
}

void km_stats_print(const struct km_machine *m)
{
    struct line lines[sizeof(m->stats.calls) / sizeof(m->stats.calls[0])];
    size_t count = 0;

    if (m->stats.exits[KM_EXIT_CALL] + m->stats.exits[KM_EXIT_FAULT] == 0)
        return; /* the payload never ran */
    for (size_t i = 0; i < sizeof(exit_names) / sizeof(exit_names[0]); i++)
        km_error("exits: %8lu %s", m->stats.exits[i], exit_names[i]);
    for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
        if (m->stats.calls[i] > 0)
            lines[count++] = (struct line){km_call_name(i), m->stats.calls[i]};
    qsort(lines, count, sizeof(lines[0]), by_count);
    for (size_t i = 0; i < count; i++)
        km_error("calls: %8lu %s", lines[i].count, lines[i].name ? lines[i].name : "unknown");
}

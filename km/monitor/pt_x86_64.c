#include <errno.h>
#include <stddef.h>
#include <sys/mman.h>

#include "pt_x86_64.h"

#define TABLE_SPAN (KM_PAGE * 512)
#define DIRECTORY_SPAN (TABLE_SPAN * 512)
#define ADDRESS 0x000ffffffffff000ull

/* Accessed and dirty are set in advance, so that neither the processor nor KVM writes to a table
 * while the monitor does. */
#define TABLE_FLAGS (KM_PTE_P | KM_PTE_W | KM_PTE_U | KM_PTE_A)

int km_pt_init(struct km_pt *pt, void *pool, uint64_t pool_start, uint64_t pool_pages)
{
    if (pool_pages == 0)
        return -ENOMEM;
    *pt = (struct km_pt){
            .pool = pool, .pool_start = pool_start, .pool_pages = pool_pages, .used = 1};
    return 0;
}

uint64_t km_pt_need(uint64_t start, uint64_t end)
{
    return (end - start) / TABLE_SPAN + 2 + (end - start) / DIRECTORY_SPAN + 2 + 1;
}

/* The host's view of the table that the entry refers to. */
static uint64_t *table_of(const struct km_pt *pt, uint64_t entry)
{
    return (uint64_t *)(pt->pool + ((entry & ADDRESS) - pt->pool_start));
}

/* The table for addr at the last level; NULL when missing and not wanted, or the pool is empty. */
static uint64_t *last_table(struct km_pt *pt, uint64_t addr, bool wanted)
{
    uint64_t *table = (uint64_t *)pt->pool;

    for (int shift = 39; shift > 12; shift -= 9) {
        uint64_t *entry = &table[(addr >> shift) & 511];

        if ((*entry & KM_PTE_P) == 0) {
            if (!wanted || pt->used == pt->pool_pages)
                return NULL;
            *entry = (pt->pool_start + pt->used++ * KM_PAGE) | TABLE_FLAGS;
        }
        table = table_of(pt, *entry);
    }
    return table;
}

static uint64_t flags_of(int prot, bool user)
{
    if ((prot & (PROT_READ | PROT_WRITE | PROT_EXEC)) == 0)
        return 0;
    return KM_PTE_P | KM_PTE_A | KM_PTE_D | (prot & PROT_WRITE ? KM_PTE_W : 0) |
           (prot & PROT_EXEC ? 0 : KM_PTE_NX) | (user ? KM_PTE_U : 0);
}

int km_pt_set(struct km_pt *pt, uint64_t start, uint64_t end, int prot, bool user)
{
    uint64_t flags = flags_of(prot, user);

    while (start < end) {
        uint64_t stop = (start / TABLE_SPAN + 1) * TABLE_SPAN;
        uint64_t *table = last_table(pt, start, flags != 0);

        if (stop > end)
            stop = end;
        if (table == NULL && flags != 0)
            return -ENOMEM;
        /* The guest's processors walk the tables meanwhile: each entry is written at once. */
        for (; table != NULL && start < stop; start += KM_PAGE)
            __atomic_store_n(
                    &table[(start / KM_PAGE) & 511], flags ? start | flags : 0, __ATOMIC_RELEASE);
        start = stop;
    }
    return 0;
}

int km_pt_set_page(struct km_pt *pt, uint64_t addr, uint64_t physical, int prot, bool user)
{
    uint64_t *table = last_table(pt, addr, true);

    if (table == NULL)
        return -ENOMEM;
    __atomic_store_n(
            &table[(addr / KM_PAGE) & 511], physical | flags_of(prot, user), __ATOMIC_RELEASE);
    return 0;
}

uint64_t km_pt_entry(const struct km_pt *pt, uint64_t addr)
{
    const uint64_t *table = (const uint64_t *)pt->pool;

    for (int shift = 39; shift > 12; shift -= 9) {
        uint64_t entry = table[(addr >> shift) & 511];

        if ((entry & KM_PTE_P) == 0)
            return 0;
        table = table_of(pt, entry);
    }
    return table[(addr / KM_PAGE) & 511];
}

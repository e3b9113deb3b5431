#include "../../monitor/pt_x86_64.c"

#include <stdlib.h>

#include "tap.h"

#define POOL_PAGES 64
#define POOL_START 0x7f80000000ull

static uint8_t *pool;

static struct km_pt fresh(uint64_t pages)
{
    struct km_pt pt;

    free(pool);
    pool = aligned_alloc(KM_PAGE, POOL_PAGES * KM_PAGE);
    for (size_t i = 0; i < POOL_PAGES * KM_PAGE; i++)
        pool[i] = 0;
    km_pt_init(&pt, pool, POOL_START, pages);
    return pt;
}

static void entries(void)
{
    struct km_pt pt = fresh(POOL_PAGES);
    uint64_t rx = KM_PTE_P | KM_PTE_U | KM_PTE_A | KM_PTE_D;

    ok(km_pt_entry(&pt, 0x400000) == 0, "nothing is mapped at first");
    km_pt_set(&pt, 0x400000, 0x402000, PROT_READ | PROT_EXEC, true);
    ok(km_pt_entry(&pt, 0x400000) == (0x400000 | rx), "code is readable and executable");
    ok(km_pt_entry(&pt, 0x402000) == 0, "the page behind is not mapped");
    km_pt_set(&pt, 0x401000, 0x402000, PROT_READ | PROT_WRITE, true);
    ok(km_pt_entry(&pt, 0x401000) == (0x401000 | rx | KM_PTE_W | KM_PTE_NX),
            "data is writable, not executable");
    km_pt_set(&pt, 0x400000, 0x401000, PROT_READ, false);
    ok((km_pt_entry(&pt, 0x400000) & KM_PTE_U) == 0, "the monitor's pages are not the payload's");
    km_pt_set(&pt, 0x400000, 0x402000, PROT_NONE, true);
    ok(km_pt_entry(&pt, 0x400000) == 0 && km_pt_entry(&pt, 0x401000) == 0, "pages are unmapped");
    km_pt_set_page(&pt, 0x400000, 0x12345000, PROT_READ, true);
    ok((km_pt_entry(&pt, 0x400000) & 0xfffff000) == 0x12345000, "one page is mapped elsewhere");
}

static void bounds(void)
{
    struct km_pt pt = fresh(POOL_PAGES);
    int good = 1;

    ok(km_pt_set(&pt, 0, KM_PT_LIMIT, PROT_NONE, true) == 0 && pt.used == 1,
            "unmapping takes nothing from the pool");
    km_pt_set(&pt, KM_PT_LIMIT - KM_PAGE, KM_PT_LIMIT, PROT_READ, true);
    ok(km_pt_entry(&pt, KM_PT_LIMIT - KM_PAGE) != 0, "the last page can be mapped");
    for (int i = 0; i < 2000; i++) {
        uint64_t start = (uint64_t)(rand() % 40) << 21 | (uint64_t)(rand() % 512) << 12;
        uint64_t end = start + ((uint64_t)(rand() % 3000) << 12), before;

        pt = fresh(POOL_PAGES);
        before = pt.used;
        good &= km_pt_set(&pt, start, end, PROT_READ, true) == 0;
        good &= pt.used - before <= km_pt_need(start, end);
    }
    ok(good, "no mapping needs more tables than foretold");
    pt = fresh(3);
    ok(km_pt_set(&pt, 0, KM_PAGE, PROT_READ, true) == -ENOMEM, "a pool that is too small is told");
    ok(km_pt_set(&pt, 0, KM_PAGE, PROT_NONE, true) == 0, "and does not prevent unmapping");
}

int main(void)
{
    entries();
    bounds();
    free(pool);
    return done();
}

/*
 * Page tables of the virtual machine (SDM volume 3, section 4.5, 4-level paging), for addresses
 * below 512 GiB, where guest physical equals guest virtual. Tables are taken from a pool and never
 * given back: an entry above the last level, once present, does not change.
 */
#ifndef KM_PT_X86_64_H
#define KM_PT_X86_64_H

#include <stdbool.h>
#include <stdint.h>

#define KM_PAGE 4096ull
#define KM_PT_LIMIT (1ull << 39)

#define KM_PTE_P (1ull << 0)
#define KM_PTE_W (1ull << 1)
#define KM_PTE_U (1ull << 2)
#define KM_PTE_A (1ull << 5)
#define KM_PTE_D (1ull << 6)
#define KM_PTE_NX (1ull << 63)

struct km_pt {
    uint8_t *pool;       /* where the host sees the tables; zeroed */
    uint64_t pool_start; /* where the guest's physical memory has them */
    uint64_t pool_pages;
    uint64_t used; /* pages; the first is the root */
};

int km_pt_init(struct km_pt *pt, void *pool, uint64_t pool_start, uint64_t pool_pages);

/* An upper bound of the tables that mapping [start, end) may take from the pool. */
uint64_t km_pt_need(uint64_t start, uint64_t end);

/*
 * Maps [start, end) to itself with prot, of mmap(2), for the payload (user) or for the monitor's
 * own pages in the guest. Without PROT_READ, PROT_WRITE or PROT_EXEC it is unmapped, which takes
 * nothing from the pool. x86-64 cannot express a page that is written or executed but not read.
 * -ENOMEM when the pool is used up.
 */
int km_pt_set(struct km_pt *pt, uint64_t start, uint64_t end, int prot, bool user);

/* As km_pt_set for one page, at another physical address. */
int km_pt_set_page(struct km_pt *pt, uint64_t addr, uint64_t physical, int prot, bool user);

/* The last-level entry for addr, 0 when there is no table for it. */
uint64_t km_pt_entry(const struct km_pt *pt, uint64_t addr);

#endif

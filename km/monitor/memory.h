/* Shared by memory.c and memory_map.c alone. The caller holds the memory's lock. */
#ifndef KM_MEMORY_H
#define KM_MEMORY_H

#include "km.h"

/* What the host maps for a protection of the payload: never executable, and readable if at all. */
int km_mem_host_prot(int prot);
/* Takes [start, end) away from the payload's processors, before the host's mapping changes. */
int km_mem_hide(struct km_machine *m, uint64_t start, uint64_t end);
/* Notes [start, end), which the host has mapped, and shows it to the payload's processors. */
int km_mem_show(struct km_machine *m, uint64_t start, uint64_t end, int prot);
/* Makes [start, end) free: reserved on the host, unknown to the payload. */
int km_mem_release(struct km_machine *m, uint64_t start, uint64_t end);
/* Shows [start, end) again as the map has it, after a change that failed. */
void km_mem_restore(struct km_machine *m, uint64_t start, uint64_t end);

#endif

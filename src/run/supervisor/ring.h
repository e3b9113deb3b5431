/* Bytes between a writer and a slower reader. */
#ifndef RING_H
#define RING_H

#include <stddef.h>
#include <sys/types.h>

struct sup_ring {
    unsigned char *bytes;
    size_t capacity, begin, size;
};

int sup_ring_init(struct sup_ring *ring, size_t capacity);
void sup_ring_free(struct sup_ring *ring);
/* Returns -ENOBUFS where there is no room for all of it. */
int sup_ring_put(struct sup_ring *ring, const unsigned char *data, size_t size);
/* Writes what a descriptor takes. Returns the bytes taken, or -errno. */
ssize_t sup_ring_write(struct sup_ring *ring, int fd);

#endif

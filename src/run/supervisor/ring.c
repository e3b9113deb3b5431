#include "ring.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>

int sup_ring_init(struct sup_ring *ring, size_t capacity)
{
    *ring = (struct sup_ring){.bytes = malloc(capacity), .capacity = capacity};
    return ring->bytes == NULL ? -ENOMEM : 0;
}

void sup_ring_free(struct sup_ring *ring)
{
    free(ring->bytes);
    *ring = (struct sup_ring){0};
}

int sup_ring_put(struct sup_ring *ring, const unsigned char *data, size_t size)
{
    if (size > ring->capacity - ring->size) {
        return -ENOBUFS;
    }
    size_t end = (ring->begin + ring->size) % ring->capacity;
    size_t first = size < ring->capacity - end ? size : ring->capacity - end;
    memcpy(ring->bytes + end, data, first);
    memcpy(ring->bytes, data + first, size - first);
    ring->size += size;
    return 0;
}

ssize_t sup_ring_write(struct sup_ring *ring, int fd)
{
    size_t straight = ring->capacity - ring->begin;
    size_t first = ring->size < straight ? ring->size : straight;
    const struct iovec parts[] = {
            {.iov_base = ring->bytes + ring->begin, .iov_len = first},
            {.iov_base = ring->bytes, .iov_len = ring->size - first},
    };
    ssize_t written = writev(fd, parts, 2);
    if (written < 0) {
        return -errno;
    }
    ring->begin = (ring->begin + (size_t)written) % ring->capacity;
    ring->size -= (size_t)written;
    return written;
}

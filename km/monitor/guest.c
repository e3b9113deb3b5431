/*
 * Access to the payload's memory. Its addresses are the monitor's own, but what is mapped there can
 * change at any time, and may be a truncated file: the kernel copies, through a pipe, and reports
 * what it cannot read or write (EFAULT) instead of a signal to the monitor. A pipe is what every
 * container allows; process_vm_readv(2) is not.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include "km.h"

/* Bytes at a time: what a pipe of any capacity takes at once (pipe(7)). */
#define CHUNK KM_PAGE

static pthread_mutex_t lock;
static int pipe_end[2] = {-1, -1};

int km_guest_init(void)
{
    int ends[2];

    pthread_mutex_init(&lock, NULL);
    for (int i = 0; i < 2; i++)
        if (pipe_end[i] >= 0)
            close(pipe_end[i]);
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
        return -errno;
    for (int i = 0; i < 2; i++)
        pipe_end[i] = km_fd_own(ends[i]);
    for (int i = 0; i < 2; i++)
        if (pipe_end[i] < 0)
            return pipe_end[i];
    return 0;
}

/* At most CHUNK bytes. What a fault leaves in the pipe is taken out again. */
static bool copy_chunk(void *to, const void *from, size_t size)
{
    char rest[CHUNK];
    bool copied;

    pthread_mutex_lock(&lock);
    copied = write(pipe_end[1], from, size) == (ssize_t)size &&
             read(pipe_end[0], to, size) == (ssize_t)size;
    while (!copied && read(pipe_end[0], rest, sizeof(rest)) > 0)
        continue;
    pthread_mutex_unlock(&lock);
    return copied;
}

static int copy(void *to, const void *from, size_t size)
{
    for (size_t done = 0; done < size; done += CHUNK) {
        size_t part = size - done < CHUNK ? size - done : CHUNK;

        if (!copy_chunk((char *)to + done, (const char *)from + done, part))
            return -EFAULT;
    }
    return 0;
}

bool km_guest_ok(const struct km_machine *m, uint64_t addr, uint64_t size)
{
    uint64_t end = m->memory.end;

    return addr >= KM_MEM_START && addr <= end && size <= end - addr;
}

int km_guest_read(const struct km_machine *m, void *to, uint64_t addr, size_t size)
{
    return km_guest_ok(m, addr, size) ? copy(to, (const void *)addr, size) : -EFAULT;
}

int km_guest_write(const struct km_machine *m, uint64_t addr, const void *from, size_t size)
{
    return km_guest_ok(m, addr, size) ? copy((void *)addr, from, size) : -EFAULT;
}

ssize_t km_guest_string(const struct km_machine *m, char *to, uint64_t addr, size_t size)
{
    size_t done = 0;

    /* Page by page: the string may end just before memory that is not mapped. */
    while (done < size) {
        size_t part = KM_PAGE - (addr + done) % KM_PAGE;

        if (part > size - done)
            part = size - done;

        int rc = km_guest_read(m, to + done, addr + done, part);

        if (rc < 0)
            return rc;

        const char *end = memchr(to + done, '\0', part);

        if (end != NULL)
            return end - to;
        done += part;
    }
    return -ENAMETOOLONG;
}

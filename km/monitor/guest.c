/*
 * Access to the payload's memory. Its addresses are the monitor's own, but what is mapped there can
 * change at any time, and may be a truncated file: the kernel copies, and reports what it cannot
 * read or write (process_vm_readv(2)) instead of a signal to the monitor. The process is named by
 * this thread's id: its first thread may have ended.
 */
#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "km.h"

bool km_guest_ok(const struct km_machine *m, uint64_t addr, uint64_t size)
{
    uint64_t end = m->memory.end;

    return addr >= KM_MEM_START && addr <= end && size <= end - addr;
}

int km_guest_read(const struct km_machine *m, void *to, uint64_t addr, size_t size)
{
    struct iovec local = {to, size}, remote = {(void *)addr, size};

    if (!km_guest_ok(m, addr, size))
        return -EFAULT;
    return process_vm_readv(gettid(), &local, 1, &remote, 1, 0) == (ssize_t)size ? 0 : -EFAULT;
}

int km_guest_write(const struct km_machine *m, uint64_t addr, const void *from, size_t size)
{
    struct iovec local = {(void *)from, size}, remote = {(void *)addr, size};

    if (!km_guest_ok(m, addr, size))
        return -EFAULT;
    return process_vm_writev(gettid(), &local, 1, &remote, 1, 0) == (ssize_t)size ? 0 : -EFAULT;
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

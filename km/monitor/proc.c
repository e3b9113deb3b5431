/*
 * What the payload finds of itself in /proc/self: its own program, arguments and auxiliary vector,
 * not the monitor's.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "km.h"

enum km_proc km_proc_name(const char *path)
{
    char own[32];
    size_t length = 0;

    snprintf(own, sizeof(own), "/proc/%d/", getpid());

    const char *const prefixes[] = {"/proc/self/", "/proc/thread-self/", own};

    for (int i = 0; i < 3 && length == 0; i++)
        if (strncmp(path, prefixes[i], strlen(prefixes[i])) == 0)
            length = strlen(prefixes[i]);
    if (length == 0)
        return KM_PROC_OTHER;
    return strcmp(path + length, "exe") == 0       ? KM_PROC_EXE
           : strcmp(path + length, "cmdline") == 0 ? KM_PROC_CMDLINE
           : strcmp(path + length, "auxv") == 0    ? KM_PROC_AUXV
                                                   : KM_PROC_OTHER;
}

enum km_proc km_proc_guest_name(const struct km_thread *t, uint64_t path)
{
    static const char prefix[] = "/proc/";
    char text[64];

    /* Most paths are told apart by their first bytes. */
    if (km_guest_read(t->machine, text, path, sizeof(prefix) - 1) < 0 ||
            memcmp(text, prefix, sizeof(prefix) - 1) != 0 ||
            km_guest_string(t->machine, text, path, sizeof(text)) < 0)
        return KM_PROC_OTHER;
    return km_proc_name(text);
}

int km_proc_note(struct km_block *block, const void *data, size_t size)
{
    void *grown = realloc(block->data, block->size + size);

    if (grown == NULL)
        return -ENOMEM;
    memcpy((char *)grown + block->size, data, size);
    block->data = grown;
    block->size += size;
    return 0;
}

int km_proc_open(const struct km_machine *m, enum km_proc which, int flags)
{
    const struct km_block *block = which == KM_PROC_AUXV ? &m->auxv : &m->cmdline;
    int fd, rc;

    if ((flags & O_ACCMODE) != O_RDONLY)
        return -EACCES;
    fd = memfd_create("proc", flags & O_CLOEXEC ? MFD_CLOEXEC : 0);
    if (fd < 0)
        return -errno;
    rc = pwrite(fd, block->data, block->size, 0) == (ssize_t)block->size ? 0 : -EIO;
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return fd;
}

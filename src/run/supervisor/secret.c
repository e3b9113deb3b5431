#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FOLDER "/run/secrets/"

int sup_secret_decode(struct sup_secret *secret, const unsigned char *payload, size_t size)
{
    const unsigned char *end = memchr(payload, '\0', size);
    if (end == NULL || payload[0] == '.' || end == payload || end - payload > SUP_SECRET_NAME ||
            memchr(payload, '/', (size_t)(end - payload)) != NULL) {
        return -EPROTO;
    }
    secret->name = (const char *)payload;
    secret->content = end + 1;
    secret->size = size - (size_t)(end + 1 - payload);
    return 0;
}

static int write_all(int fd, const unsigned char *data, size_t size)
{
    while (size > 0) {
        ssize_t written = write(fd, data, size);
        if (written < 0 && errno != EINTR) {
            return -errno;
        }
        if (written > 0) {
            data += written;
            size -= (size_t)written;
        }
    }
    return 0;
}

/* No name of a secret begins with a dot, and no two sessions have the same process. */
int sup_secret_write(const struct sup_settings *settings, const struct sup_secret *secret)
{
    char path[sizeof FOLDER + SUP_SECRET_NAME], beside[sizeof FOLDER + 16];
    snprintf(path, sizeof path, FOLDER "%s", secret->name);
    snprintf(beside, sizeof beside, FOLDER ".%d", (int)getpid());
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400);
    if (fd < 0) {
        return -errno;
    }
    int error = write_all(fd, secret->content, secret->size);
    if (error == 0 && (fchown(fd, settings->uid, settings->gid) < 0 || fchmod(fd, 0400) < 0 ||
                              rename(beside, path) < 0)) {
        error = -errno;
    }
    close(fd);
    if (error < 0) {
        unlink(beside);
    }
    return error;
}

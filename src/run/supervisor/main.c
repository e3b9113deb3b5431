#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* Words before the folders; protocol.md describes them. */
enum {
    MODE = 1,
    SOCKET,
    IDLE,
    GRACE,
    UID,
    GID,
    GROUPS,
    NAME,
    HOME,
    FOLDERS
};

int64_t sup_now(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int sup_set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 ? -errno : 0;
}

/* A decimal number; the caller of this program is trusted to write one. */
static unsigned long number(const char *text)
{
    return strtoul(text, NULL, 10);
}

/* Numbers with commas between them. */
static int read_groups(struct sup_settings *settings, const char *text)
{
    settings->groups = calloc(strlen(text) + 1, sizeof *settings->groups);
    if (settings->groups == NULL) {
        return -ENOMEM;
    }
    while (*text != '\0') {
        char *end;
        settings->groups[settings->group_count++] = (gid_t)strtoul(text, &end, 10);
        text = *end == ',' ? end + 1 : "";
    }
    return 0;
}

static int serve(const struct sup_settings *settings, char **argv)
{
    if (strcmp(argv[MODE], "stream") == 0) {
        return sup_serve_stream(settings);
    }
    unsigned long idle = number(argv[IDLE]);
    bool many = strcmp(argv[MODE], "many") == 0;
    return sup_serve_socket(settings, argv[SOCKET], many, idle < INT_MAX ? (int)idle : INT_MAX);
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0) {
        puts(PROGRAM_VERSION);
        return 0;
    }
    if (argc <= FOLDERS) {
        fputs("supervisor: buildenv starts this program\n", stderr);
        return 2;
    }
    struct sup_settings settings = {
            .uid = (uid_t)number(argv[UID]),
            .gid = (gid_t)number(argv[GID]),
            .name = argv[NAME],
            .home = argv[HOME],
            .grace = (int)number(argv[GRACE]),
    };
    int error = read_groups(&settings, argv[GROUPS]);
    char **word = argv + FOLDERS;
    if (error == 0) {
        error = sup_make_user(&settings);
    }
    for (; error == 0 && *word != NULL && strcmp(*word, "--") != 0; word++) {
        error = sup_give(&settings, *word);
    }
    settings.entrypoint = *word == NULL ? word : word + 1;
    if (error == 0) {
        error = serve(&settings, argv);
    }
    free(settings.groups);
    if (error < 0) {
        fprintf(stderr, "supervisor: %s\n", strerror(-error));
        return 1;
    }
    return 0;
}

#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSWD "/etc/passwd"
#define GROUP "/etc/group"

/* Reads a file, followed by NUL; a file that is not there is empty. NULL without memory. */
static char *read_file(const char *path)
{
    size_t size = 0, capacity = 1 << 16;
    char *text = malloc(capacity);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    while (text != NULL && fd >= 0) {
        if (size + 1 == capacity) {
            char *larger = realloc(text, capacity *= 2);
            if (larger == NULL) {
                free(text);
                text = NULL;
                break;
            }
            text = larger;
        }
        ssize_t got = read(fd, text + size, capacity - 1 - size);
        if (got <= 0) {
            break;
        }
        size += (size_t)got;
    }
    if (fd >= 0) {
        close(fd);
    }
    if (text != NULL) {
        text[size] = '\0';
    }
    return text;
}

/* Writes a file beside another and puts it in its place. */
static int replace_file(const char *path, const char *first, const char *second)
{
    char beside[64];
    snprintf(beside, sizeof beside, "%s.buildenv", path);
    FILE *file = fopen(beside, "we");
    if (file == NULL) {
        return -errno;
    }
    bool written = fputs(first, file) >= 0 && fputs(second, file) >= 0;
    if (fclose(file) != 0 || !written || chmod(beside, 0644) < 0 || rename(beside, path) < 0) {
        int error = -errno;
        unlink(beside);
        return error;
    }
    return 0;
}

/* The line after this one, or NULL. */
static const char *next_line(const char *line)
{
    const char *end = strchr(line, '\n');
    return end == NULL || end[1] == '\0' ? NULL : end + 1;
}

/* Whether a line has the value in a field; fields are counted from 0 and parted by colons. */
static bool has_field(const char *line, int field, const char *value)
{
    for (; field > 0; field--) {
        line += strcspn(line, ":\n");
        if (*line != ':') {
            return false;
        }
        line++;
    }
    size_t size = strlen(value);
    return strncmp(line, value, size) == 0 && strchr(":\n", line[size]) != NULL;
}

static bool any_line_has(const char *text, int field, const char *value)
{
    for (const char *line = text; line != NULL; line = next_line(line)) {
        if (has_field(line, field, value)) {
            return true;
        }
    }
    return false;
}

/*
 * The user comes first, so that its id is its name's, whatever the image calls it. Root is the
 * image's own, where it has one; one by the name of 0 is Podman's stopgap. passwd(5)
 */
static int add_user(const struct sup_settings *settings)
{
    char *accounts = read_file(PASSWD);
    if (accounts == NULL) {
        return -ENOMEM;
    }
    int error = 0;
    bool has_root = any_line_has(accounts, 2, "0") && !any_line_has(accounts, 0, "0");
    if (settings->uid != 0 || !has_root) {
        char line[PATH_MAX + 512];
        int size = snprintf(line, sizeof line, "%s:x:%u:%u::%s:/bin/sh\n", settings->name,
                settings->uid, settings->gid, settings->home);
        error = size < (int)sizeof line ? replace_file(PASSWD, line, accounts) : -ENAMETOOLONG;
    }
    free(accounts);
    return error;
}

/* A name for each group of the user that the image has none for: the user's own, or of its id. */
static int add_groups(const struct sup_settings *settings)
{
    char *groups = read_file(GROUP);
    char *lines = calloc(settings->group_count + 1, 512);
    int error = groups == NULL || lines == NULL ? -ENOMEM : 0;
    size_t size = 0;
    for (size_t i = 0; error == 0 && i <= settings->group_count; i++) {
        gid_t gid = i == 0 ? settings->gid : settings->groups[i - 1];
        char id[16];
        snprintf(id, sizeof id, "%u", gid);
        if (any_line_has(groups, 2, id) || (i > 0 && any_line_has(lines, 2, id))) {
            continue;
        }
        bool named = i == 0 && !any_line_has(groups, 0, settings->name);
        size += (size_t)snprintf(lines + size, 512, "%.200s%s:x:%s:\n",
                named ? settings->name : "group", named ? "" : id, id);
    }
    if (error == 0 && size > 0) {
        error = replace_file(GROUP, lines, groups);
    }
    free(groups);
    free(lines);
    return error;
}

/* Makes a folder and those above it; only one that is new is given to the user. */
static int make_home(const struct sup_settings *settings)
{
    char path[PATH_MAX];
    if (strlen(settings->home) >= sizeof path) {
        return -ENAMETOOLONG;
    }
    strcpy(path, settings->home);
    for (char *slash = strchr(path + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    if (mkdir(path, settings->uid == 0 ? 0700 : 0755) == 0) {
        return sup_give(settings, path);
    }
    return errno == EEXIST ? 0 : -errno;
}

int sup_make_user(const struct sup_settings *settings)
{
    if (settings->name[0] == '\0') {
        return 0;
    }
    mkdir("/etc", 0755);
    int user = add_user(settings);
    int groups = add_groups(settings);
    int home = make_home(settings);
    return user < 0 ? user : groups < 0 ? groups : home;
}

int sup_give(const struct sup_settings *settings, const char *path)
{
    struct stat status;
    if (lstat(path, &status) < 0) {
        return -errno;
    }
    if (status.st_uid == settings->uid && status.st_gid == settings->gid) {
        return 0;
    }
    return lchown(path, settings->uid, settings->gid) < 0 ? -errno : 0;
}

int sup_become_user(const struct sup_settings *settings)
{
    if (setgroups(settings->group_count, settings->groups) < 0 ||
            setresgid(settings->gid, settings->gid, settings->gid) < 0 ||
            setresuid(settings->uid, settings->uid, settings->uid) < 0) {
        return -errno;
    }
    return 0;
}

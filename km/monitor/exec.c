/*
 * execve(2) of the payload: the monitor executes itself, with the new program as its payload. The
 * host's kernel does the rest: other threads end, descriptors are closed, handlers are reset. What
 * would make the new monitor refuse the program is found out before, while the old one can return
 * an error.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "elf_file.h"
#include "km.h"

#define MAX_STRING (128u << 10) /* of one argument, and */
#define MAX_TOTAL (6u << 20)    /* of all, as in the kernel */
#define MAX_STRINGS (MAX_TOTAL / 8)
#define OPTIONS 20

/* A list of strings copied from the payload. */
struct strings {
    char **at; /* ends with NULL; NULL while there is none */
    size_t count, room, total;
};

static void strings_done(struct strings *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->at[i]);
    free(s->at);
}

static int append(struct strings *s, char *text)
{
    if (s->count + 1 >= s->room) {
        size_t room = s->room * 2 + 16;
        char **at = realloc(s->at, room * sizeof(*at));

        if (at == NULL)
            return -ENOMEM;
        s->at = at;
        s->room = room;
    }
    s->at[s->count++] = text;
    s->at[s->count] = NULL;
    return 0;
}

/* buffer has MAX_STRING bytes. */
static int read_strings(const struct km_machine *m, struct strings *s, uint64_t list, char *buffer)
{
    for (uint64_t i = 0; list != 0; i++) {
        uint64_t addr;
        ssize_t length;
        char *text;
        int rc = km_guest_read(m, &addr, list + i * sizeof(addr), sizeof(addr));

        if (rc < 0)
            return rc;
        if (addr == 0)
            break;
        length = km_guest_string(m, buffer, addr, MAX_STRING);
        if (length < 0)
            return length == -ENAMETOOLONG ? -E2BIG : (int)length;
        s->total += (size_t)length + 1;
        if (i == MAX_STRINGS || s->total > MAX_TOTAL)
            return -E2BIG;
        text = strdup(buffer);
        if (text == NULL)
            return -ENOMEM;
        rc = append(s, text);
        if (rc < 0) {
            free(text);
            return rc;
        }
    }
    return 0;
}

/* Whether the new monitor will be able to load it. */
static int check(const char *path, char *const argv[])
{
    struct km_program program;
    struct km_elf *elf = malloc(sizeof(*elf));
    const char *why;
    int rc = elf == NULL ? -ENOMEM : km_program_find(&program, path, argv);

    if (elf == NULL)
        return rc;
    if (rc == 0) {
        int fd = open(program.path, O_RDONLY | O_CLOEXEC);

        rc = fd < 0 ? -errno : km_elf_read(fd, elf, &why);
        if (fd >= 0)
            close(fd);
    }
    if (rc == 0 && elf->interpreter[0] != '\0' && access(elf->interpreter, R_OK) < 0)
        rc = -errno;
    km_program_done(&program);
    free(elf);
    return rc;
}

/* The monitor's own options, as it was started with, then where the program and its name are. The
 * new monitor may have no right to open /dev/kvm any more, so it gets this one's. */
static size_t options_for(
        const struct km_machine *m, char *options[OPTIONS], char kvm[16], char *path, char *name)
{
    const struct km_options *o = m->options;
    size_t n = 0;

    options[n++] = (char *)"km";
    if (o->verbose)
        options[n++] = (char *)"--verbose";
    if (o->stats)
        options[n++] = (char *)"--hcall-stats";
    if (o->kill_unimplemented)
        options[n++] = (char *)"--kill-unimplemented";
    if (o->log_file != NULL) {
        options[n++] = (char *)"--km-log-to";
        options[n++] = (char *)o->log_file;
    }
    if (o->core_file != NULL) {
        options[n++] = (char *)"--coredump";
        options[n++] = (char *)o->core_file;
    }
    snprintf(kvm, 16, "%d", m->kvm_fd);
    options[n++] = (char *)"--kvm-fd";
    options[n++] = kvm;
    options[n++] = (char *)"--argv0";
    options[n++] = name;
    options[n++] = (char *)"--";
    options[n++] = path;
    return n;
}

static int64_t execute(struct km_thread *t, char *path, struct strings *args, char **environment)
{
    char *options[OPTIONS], kvm[16], *name = args->count > 0 ? args->at[0] : (char *)"";
    size_t n = options_for(t->machine, options, kvm, path, name);
    size_t rest = args->count > 0 ? args->count - 1 : 0;
    char **argv = calloc(n + rest + 1, sizeof(*argv)), *no_environment[] = {NULL};
    int64_t rc;

    if (argv == NULL)
        return -ENOMEM;
    memcpy(argv, options, n * sizeof(*argv));
    if (rest > 0)
        memcpy(argv + n, args->at + 1, rest * sizeof(*argv));

    const uint64_t call[6] = {(uint64_t)t->machine->exe_fd, (uint64_t) "", (uint64_t)argv,
            (uint64_t)(environment != NULL ? environment : no_environment), AT_EMPTY_PATH};

    fcntl(t->machine->kvm_fd, F_SETFD, 0);
    rc = km_host_call(SYS_execveat, call);
    fcntl(t->machine->kvm_fd, F_SETFD, FD_CLOEXEC);
    free(argv);
    return rc;
}

int64_t km_exec(struct km_thread *t, uint64_t path, uint64_t argv, uint64_t environment)
{
    struct km_machine *m = t->machine;
    struct strings args = {0}, variables = {0};
    char *buffer = malloc(MAX_STRING), name[PATH_MAX];
    int64_t rc = buffer == NULL ? -ENOMEM : km_guest_string(m, name, path, sizeof(name));

    if (rc >= 0 && km_proc_name(name) == KM_PROC_EXE)
        strcpy(name, m->exe);
    if (rc >= 0)
        rc = name[0] == '\0' ? -ENOENT : read_strings(m, &args, argv, buffer);
    if (rc == 0)
        rc = read_strings(m, &variables, environment, buffer);
    free(buffer);
    if (rc == 0)
        rc = check(name, args.at != NULL ? args.at : (char *[]){NULL});
    if (rc == 0)
        rc = execute(t, name, &args, variables.at);
    strings_done(&args);
    strings_done(&variables);
    return rc;
}

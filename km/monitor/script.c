/* Scripts: "#!" in the first line names the program that reads them (execve(2)). */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "km.h"

#define MAX_LINE 256 /* more of the first line is not looked at */
#define MAX_DEPTH 5
#define BLANK " \t"

/* Opens a file that may be executed. */
static int open_program(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc = 0;

    if (fd < 0)
        return -errno;
    if (fstat(fd, &st) < 0)
        rc = -errno;
    else if (!S_ISREG(st.st_mode))
        rc = -EACCES;
    else if (faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0)
        rc = -errno;
    if (rc < 0) {
        close(fd);
        return rc;
    }
    return fd;
}

/* The interpreter and its argument, "" when there is none, from the script's line: 1; 0 when the
 * file is no script. */
static int read_line(int fd, char line[MAX_LINE + 1], char **interpreter, char **argument)
{
    ssize_t length = pread(fd, line, MAX_LINE, 0);

    if (length < 0)
        return -errno;
    line[length] = '\0';
    if (line[0] != '#' || line[1] != '!')
        return 0;
    line[strcspn(line, "\n")] = '\0';
    *interpreter = line + 2 + strspn(line + 2, BLANK);
    *argument = *interpreter + strcspn(*interpreter, BLANK);
    if (**interpreter == '\0')
        return -ENOEXEC;
    if (**argument != '\0')
        *(*argument)++ = '\0';
    *argument += strspn(*argument, BLANK);
    for (char *end = *argument + strlen(*argument);
            end > *argument && strchr(BLANK, end[-1]) != NULL;)
        *--end = '\0';
    return 1;
}

/* Puts the interpreter, its argument and the script's path in place of the first argument. */
static int prepend(struct km_program *p, const char *interpreter, const char *argument)
{
    size_t count = 0, used;
    char **argv, *texts;

    while (p->argv[count] != NULL)
        count++;
    used = strlen(interpreter) + strlen(argument) + strlen(p->path) + 3;
    argv = calloc(count + 4, sizeof(*argv));
    texts = malloc(sizeof(char *) + used);
    if (argv == NULL || texts == NULL) {
        free(argv);
        free(texts);
        return -ENOMEM;
    }
    /* The texts of all steps are a list, for km_program_done(). */
    memcpy(texts, &p->texts, sizeof(char *));
    p->texts = texts;
    texts += sizeof(char *);

    size_t n = 0;

    argv[n++] = strcpy(texts, interpreter);
    texts += strlen(texts) + 1;
    if (*argument != '\0') {
        argv[n++] = strcpy(texts, argument);
        texts += strlen(texts) + 1;
    }
    argv[n++] = strcpy(texts, p->path);
    for (size_t i = 1; i < count; i++)
        argv[n++] = p->argv[i];
    free(p->argv);
    p->argv = argv;
    return 0;
}

static int set_path(struct km_program *p, const char *path)
{
    if (strlen(path) >= sizeof(p->path))
        return -ENAMETOOLONG;
    strcpy(p->path, path);
    return 0;
}

int km_program_find(struct km_program *p, const char *path, char *const argv[])
{
    size_t count = 0;
    int rc;

    while (argv[count] != NULL)
        count++;
    *p = (struct km_program){.argv = calloc(count + 2, sizeof(*argv))};
    if (p->argv == NULL)
        return -ENOMEM;
    memcpy(p->argv, argv, count * sizeof(*argv));
    if (count == 0)
        p->argv[0] = (char *)"";
    rc = set_path(p, path);
    for (int depth = 0; rc == 0; depth++) {
        char line[MAX_LINE + 1], *interpreter = line, *argument = line;
        int fd = open_program(p->path), found;

        if (fd < 0)
            return fd;
        found = read_line(fd, line, &interpreter, &argument);
        close(fd);
        if (found <= 0)
            return found;
        if (depth == MAX_DEPTH)
            return -ELOOP;
        rc = prepend(p, interpreter, argument);
        if (rc == 0)
            rc = set_path(p, interpreter);
    }
    return rc;
}

void km_program_done(struct km_program *p)
{
    while (p->texts != NULL) {
        char *texts = p->texts;

        memcpy(&p->texts, texts, sizeof(char *));
        free(texts);
    }
    free(p->argv);
    p->argv = NULL;
}

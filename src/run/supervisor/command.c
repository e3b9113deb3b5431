#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* Bytes that the kernel keeps for a pipe: fewer and larger reads than with its own 64 KiB. */
#define PIPE_SIZE (1 << 18)

/* The descriptors of a command while it is started: ours, and its own. */
struct streams {
    int ours[3];
    int own[3];
};

struct failure {
    int stage;
    int error;
};

static void close_all(const int fds[3])
{
    for (int i = 0; i < 3; i++) {
        if (fds[i] >= 0 && (i == 0 || fds[i] != fds[0])) {
            close(fds[i]);
        }
    }
}

/* The command can open its pipes by their names in /dev, as files of its own. */
static int open_pipes(struct streams *streams, const struct sup_settings *settings)
{
    for (int i = 0; i < 3; i++) {
        int ends[2];
        if (pipe2(ends, O_CLOEXEC) < 0) {
            return -errno;
        }
        bool input = i == STDIN_FILENO;
        streams->ours[i] = ends[input ? 1 : 0];
        streams->own[i] = ends[input ? 0 : 1];
        fcntl(ends[0], F_SETPIPE_SZ, PIPE_SIZE);
        if (fchown(ends[0], settings->uid, settings->gid) < 0) {
            return -errno;
        }
    }
    return 0;
}

static int open_terminal(struct streams *streams, const struct sup_settings *settings,
        const struct sup_request *request)
{
    const struct winsize size = {.ws_row = request->rows, .ws_col = request->columns};
    int unlock = 0;
    int master = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (master < 0) {
        return -errno;
    }
    for (int i = 0; i < 3; i++) {
        streams->ours[i] = master;
    }
    if (ioctl(master, TIOCSPTLCK, &unlock) < 0) {
        return -errno;
    }
    int own = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (own < 0) {
        return -errno;
    }
    for (int i = 0; i < 3; i++) {
        streams->own[i] = own;
    }
    ioctl(own, TIOCSWINSZ, &size);
    if (fchown(own, settings->uid, settings->gid) < 0 || fchmod(own, 0620) < 0) {
        return -errno;
    }
    return 0;
}

/* Signals as a program expects them that a shell starts. */
static void reset_signals(void)
{
    sigset_t none;
    for (int number = 1; number < NSIG; number++) {
        signal(number, SIG_DFL);
    }
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* Variables over those of this process, which are the image's. */
static int set_variables(char *const env[])
{
    for (; *env != NULL; env++) {
        if (strchr(*env, '=') != NULL && putenv(*env) != 0) {
            return -ENOMEM;
        }
    }
    return 0;
}

static int set_streams(const int own[3], bool terminal)
{
    if (setsid() < 0) {
        return -errno;
    }
    if (terminal && ioctl(own[0], TIOCSCTTY, 0) < 0) {
        return -errno;
    }
    for (int i = 0; i < 3; i++) {
        if (dup2(own[i], i) < 0) {
            return -errno;
        }
    }
    return 0;
}

/* The entrypoint and the command after it. */
static char **whole_command(char *const *entrypoint, char *const *argv)
{
    size_t before = 0, count = 0;
    while (entrypoint[before] != NULL) {
        before++;
    }
    while (argv[count] != NULL) {
        count++;
    }
    char **whole = calloc(before + count + 1, sizeof *whole);
    if (whole != NULL) {
        memcpy(whole, entrypoint, before * sizeof *whole);
        memcpy(whole + before, argv, count * sizeof *whole);
    }
    return whole;
}

/* Becomes the command; returns where that failed. */
static struct failure execute(
        const int own[3], const struct sup_settings *settings, const struct sup_request *request)
{
    reset_signals();
    int error = set_streams(own, request->terminal);
    if (error == 0) {
        error = sup_become_user(settings);
    }
    if (error == 0) {
        error = set_variables(request->env);
    }
    char **argv = whole_command(settings->entrypoint, request->argv);
    if (error < 0 || argv == NULL) {
        return (struct failure){SUP_PREPARE, error < 0 ? -error : ENOMEM};
    }
    if (chdir(request->cwd) < 0) {
        return (struct failure){SUP_CHDIR, errno};
    }
    execvp(argv[0], argv);
    return (struct failure){SUP_EXEC, errno};
}

/* Starts the process, and waits until it is the command or has failed. */
static int start(pid_t *pid, const int own[3], const struct sup_settings *settings,
        const struct sup_request *request, enum sup_stage *stage)
{
    int report[2];
    struct failure failure = {SUP_PREPARE, 0};
    if (pipe2(report, O_CLOEXEC) < 0) {
        return -errno;
    }
    *pid = fork();
    if (*pid == 0) {
        failure = execute(own, settings, request);
        (void)!write(report[1], &failure, sizeof failure);
        _exit(127);
    }
    int error = *pid < 0 ? -errno : 0;
    close(report[1]);
    if (error == 0 && read(report[0], &failure, sizeof failure) == sizeof failure) {
        waitpid(*pid, NULL, 0);
        error = -failure.error;
    }
    close(report[0]);
    *stage = (enum sup_stage)failure.stage;
    return error;
}

int sup_command_start(struct sup_command *command, const struct sup_settings *settings,
        const struct sup_request *request, enum sup_stage *stage)
{
    struct streams streams = {.ours = {-1, -1, -1}, .own = {-1, -1, -1}};
    *stage = SUP_PREPARE;
    int error = request->terminal ? open_terminal(&streams, settings, request)
                                  : open_pipes(&streams, settings);
    for (int i = 0; error == 0 && i < 3; i++) {
        error = sup_set_nonblocking(streams.ours[i]);
    }
    if (error == 0) {
        error = start(&command->pid, streams.own, settings, request, stage);
    }
    close_all(streams.own);
    if (error < 0) {
        close_all(streams.ours);
        return error;
    }
    command->terminal = request->terminal;
    command->in = streams.ours[STDIN_FILENO];
    command->out = streams.ours[STDOUT_FILENO];
    command->err = request->terminal ? -1 : streams.ours[STDERR_FILENO];
    return 0;
}

void sup_command_signal(const struct sup_command *command, int number)
{
    kill(-command->pid, number);
    pid_t foreground = command->terminal && command->out >= 0 ? tcgetpgrp(command->out) : -1;
    if (foreground > 0 && foreground != command->pid) {
        kill(-foreground, number);
    }
}

void sup_command_resize(
        const struct sup_command *command, unsigned short rows, unsigned short columns)
{
    const struct winsize size = {.ws_row = rows, .ws_col = columns};
    if (command->terminal && command->out >= 0) {
        ioctl(command->out, TIOCSWINSZ, &size);
    }
}

/* Kills the children of this process's one thread, which proc(5) lists; false where it does not. */
static bool kill_children(void)
{
    char path[64];
    int pid;
    snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    while (fscanf(file, "%d", &pid) == 1) {
        kill(pid, SIGKILL);
    }
    fclose(file);
    return true;
}

void sup_kill_descendants(void)
{
    for (;;) {
        pid_t ended = waitpid(-1, NULL, WNOHANG);
        if (ended < 0) {
            return;
        }
        if (ended == 0) {
            // The children of one that is killed become ours, and are seen in the next round.
            if (!kill_children()) {
                return;
            }
            waitpid(-1, NULL, 0);
        }
    }
}

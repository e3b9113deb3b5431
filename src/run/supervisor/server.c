#include "supervisor.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define BACKLOG 64

/* Process 1: it starts sessions, reaps, and ends when there is nothing left to do. */
struct server {
    const struct sup_settings *settings;
    const char *path;
    int listener;
    int signals;
    pid_t *sessions;
    size_t count;
};

static int open_signals(void)
{
    static const int numbers[] = {SIGCHLD, SIGTERM, SIGINT, SIGHUP, SIGQUIT};
    sigset_t set;
    sigemptyset(&set);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        sigaddset(&set, numbers[i]);
    }
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal(SIGPIPE, SIG_IGN);
    int fd = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/*
 * A socket to which the owner of its folder alone can connect, whoever commands run as. It has its
 * name once it takes clients.
 */
static int open_listener(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int size = snprintf(address.sun_path, sizeof address.sun_path, "%s.new", path);
    if (size >= (int)sizeof address.sun_path) {
        return -ENAMETOOLONG;
    }
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return -errno;
    }
    const char *name = address.sun_path;
    char parent[sizeof address.sun_path];
    struct stat folder;
    memcpy(parent, name, sizeof parent);
    if (stat(dirname(parent), &folder) < 0 ||
            bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || chmod(name, 0600) < 0 ||
            chown(name, folder.st_uid, folder.st_gid) < 0 || listen(fd, BACKLOG) < 0 ||
            rename(name, path) < 0) {
        int error = -errno;
        close(fd);
        return error;
    }
    return fd;
}

static void close_listener(struct server *server)
{
    if (server->listener >= 0) {
        unlink(server->path);
        close(server->listener);
    }
    server->listener = -1;
}

static int start_session(struct server *server, int in, int out)
{
    pid_t *sessions = realloc(server->sessions, (server->count + 1) * sizeof *sessions);
    if (sessions == NULL) {
        return -ENOMEM;
    }
    server->sessions = sessions;
    pid_t pid = fork();
    if (pid < 0) {
        return -errno;
    }
    if (pid == 0) {
        close(server->signals);
        if (server->listener >= 0) {
            close(server->listener);
        }
        _exit(sup_session(server->settings, in, out));
    }
    sessions[server->count++] = pid;
    return 0;
}

static void reap(struct server *server)
{
    pid_t pid;
    while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
        for (size_t i = 0; i < server->count; i++) {
            if (server->sessions[i] == pid) {
                server->sessions[i] = server->sessions[--server->count];
                break;
            }
        }
    }
}

/* Ends with all that it has started: each session ends its command. */
static void stop(struct server *server)
{
    close_listener(server);
    for (size_t i = 0; i < server->count; i++) {
        kill(server->sessions[i], SIGTERM);
    }
}

static void take_signals(struct server *server)
{
    struct signalfd_siginfo info;
    while (read(server->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD) {
            reap(server);
        } else {
            stop(server);
        }
    }
}

static void take_client(struct server *server, bool many)
{
    int client = accept4(server->listener, NULL, NULL, SOCK_CLOEXEC);
    if (client < 0) {
        return;
    }
    if (!many) {
        close_listener(server);
    }
    start_session(server, client, client);
    close(client);
}

int sup_serve_stream(const struct sup_settings *settings)
{
    struct server server = {.settings = settings, .listener = -1, .signals = open_signals()};
    if (server.signals < 0) {
        return server.signals;
    }
    int error = start_session(&server, STDIN_FILENO, STDOUT_FILENO);
    close(STDIN_FILENO);
    close(STDOUT_FILENO);
    while (error == 0 && server.count > 0) {
        struct pollfd fd = {.fd = server.signals, .events = POLLIN};
        poll(&fd, 1, -1);
        take_signals(&server);
    }
    free(server.sessions);
    return error;
}

int sup_serve_socket(const struct sup_settings *settings, const char *path, bool many, int idle)
{
    struct server server = {.settings = settings, .path = path, .signals = open_signals()};
    if (server.signals < 0) {
        return server.signals;
    }
    server.listener = open_listener(path);
    if (server.listener < 0) {
        return server.listener;
    }
    int64_t idle_since = sup_now();
    while (server.listener >= 0 || server.count > 0) {
        struct pollfd fds[] = {
                {.fd = server.signals, .events = POLLIN},
                {.fd = server.listener, .events = POLLIN},
        };
        int64_t left = idle_since + idle - sup_now();
        poll(fds, 2, server.count > 0 ? -1 : left > 0 ? (int)left : 0);
        if (fds[0].revents != 0) {
            take_signals(&server);
        }
        if (fds[1].revents != 0 && server.listener >= 0) {
            take_client(&server, many);
        }
        if (server.count > 0) {
            idle_since = sup_now();
        } else if (sup_now() - idle_since >= idle) {
            close_listener(&server);
        }
    }
    free(server.sessions);
    return 0;
}

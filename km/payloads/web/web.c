/*
 * A small web server: a thread for each connection, until SIGTERM. Usage: web [PORT]
 *
 * GET /           a greeting
 * GET /count      how many requests came before this one
 * GET /sum/A/B    A + B
 */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define REQUEST_SIZE 4096
#define PATIENCE 10 /* seconds, for a client that sends or reads nothing */

static atomic_uint requests, open_connections;
static volatile sig_atomic_t ending;

static bool send_all(int fd, const char *data, size_t size)
{
    while (size > 0) {
        ssize_t sent = send(fd, data, size, MSG_NOSIGNAL);

        if (sent < 0 && errno == EINTR)
            continue;
        if (sent <= 0)
            return false;
        data += sent;
        size -= (size_t)sent;
    }
    return true;
}

/* Up to the empty line that ends a request's head. */
static bool receive_head(int fd, char head[REQUEST_SIZE])
{
    size_t length = 0;

    while (length < REQUEST_SIZE - 1) {
        ssize_t got = recv(fd, head + length, REQUEST_SIZE - 1 - length, 0);

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        length += (size_t)got;
        head[length] = '\0';
        if (strstr(head, "\r\n\r\n") != NULL)
            return true;
    }
    return false;
}

static const char *body_for(const char *path, unsigned before, char *body, size_t size)
{
    long a, b;
    char end;

    if (strcmp(path, "/") == 0)
        snprintf(body, size, "Hello from the web server\n");
    else if (strcmp(path, "/count") == 0)
        snprintf(body, size, "%u\n", before);
    else if (sscanf(path, "/sum/%ld/%ld%c", &a, &b, &end) == 2)
        snprintf(body, size, "%ld\n", a + b);
    else
        return snprintf(body, size, "there is no %s\n", path), "404 Not Found";
    return "200 OK";
}

static void answer(int fd)
{
    char head[REQUEST_SIZE], path[256] = "", body[512], reply[1024];
    const char *status = "400 Bad Request";
    unsigned before;
    int length;

    if (!receive_head(fd, head))
        return;
    before = atomic_fetch_add(&requests, 1);
    body[0] = '\0';
    if (sscanf(head, "GET %255s HTTP/1.%*1[01]", path) == 1)
        status = body_for(path, before, body, sizeof(body));
    length = snprintf(reply, sizeof(reply),
            "HTTP/1.1 %s\r\nContent-Type: text/plain\r\nContent-Length: %zu\r\n"
            "Connection: close\r\n\r\n%s",
            status, strlen(body), body);
    send_all(fd, reply, (size_t)length);
}

static void *serve(void *argument)
{
    int fd = (int)(long)argument;

    answer(fd);
    shutdown(fd, SHUT_WR);
    close(fd);
    atomic_fetch_sub(&open_connections, 1);
    return NULL;
}

static void accept_one(int listener)
{
    const struct timeval patience = {.tv_sec = PATIENCE};
    int fd = accept(listener, NULL, NULL);
    pthread_t thread;

    if (fd < 0)
        return;
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
    atomic_fetch_add(&open_connections, 1);
    if (pthread_create(&thread, NULL, serve, (void *)(long)fd) == 0)
        pthread_detach(thread);
    else
        serve((void *)(long)fd);
}

static void end(int signal)
{
    ending = signal;
}

int main(int argc, char *argv[])
{
    const struct sigaction action = {.sa_handler = end}; /* no SA_RESTART: accept() has to return */
    struct sockaddr_in address = {
            .sin_family = AF_INET,
            .sin_port = htons((uint16_t)(argc > 1 ? atoi(argv[1]) : 8080)),
    };
    socklen_t size = sizeof(address);
    const int on = 1;
    int listener = socket(AF_INET, SOCK_STREAM, 0);

    sigaction(SIGTERM, &action, NULL);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, size) < 0 ||
            listen(listener, SOMAXCONN) < 0 ||
            getsockname(listener, (struct sockaddr *)&address, &size) < 0) {
        perror("web");
        return 1;
    }
    printf("listening on port %d\n", ntohs(address.sin_port));
    fflush(stdout);
    while (!ending)
        accept_one(listener);
    close(listener);
    while (atomic_load(&open_connections) > 0)
        usleep(1000);
    printf("answered %u requests\n", atomic_load(&requests));
    return 0;
}

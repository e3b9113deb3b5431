/*
 * Packets of gdb's remote protocol (gdb's manual, appendix E) over one TCP connection on the
 * loopback interface.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "gdb.h"

#define ESCAPE '}'
#define ESCAPED 0x20

static int listener = -1, link_fd = -1;
static bool acknowledges;

void km_gdb_add(struct km_gdb_text *text, const char *format, ...)
{
    size_t room = sizeof(text->data) - text->length;
    va_list args;
    int length;

    va_start(args, format);
    length = vsnprintf(text->data + text->length, room, format, args);
    va_end(args);
    if (length > 0 && (size_t)length < room)
        text->length += (size_t)length;
}

void km_gdb_add_bytes(struct km_gdb_text *text, const void *data, size_t size)
{
    if (size > sizeof(text->data) - text->length)
        return;
    memcpy(text->data + text->length, data, size);
    text->length += size;
}

void km_gdb_add_hex(struct km_gdb_text *text, const void *data, size_t size)
{
    for (size_t i = 0; i < size; i++)
        km_gdb_add(text, "%02x", ((const uint8_t *)data)[i]);
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

size_t km_gdb_from_hex(uint8_t *to, size_t size, const char *digits)
{
    size_t i = 0;

    for (; i < size; i++) {
        int high = digit(digits[i * 2]), low = high < 0 ? -1 : digit(digits[i * 2 + 1]);

        if (low < 0)
            break;
        to[i] = (uint8_t)(high << 4 | low);
    }
    return i;
}

int km_gdb_listen(uint16_t port)
{
    struct sockaddr_in address = {
            .sin_family = AF_INET,
            .sin_port = htons(port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
    };
    socklen_t size = sizeof(address);
    const int on = 1;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    if (fd < 0)
        return -errno;
    listener = km_fd_own(fd);
    if (listener < 0)
        return listener;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
    if (bind(listener, (struct sockaddr *)&address, size) < 0 || listen(listener, 1) < 0 ||
            getsockname(listener, (struct sockaddr *)&address, &size) < 0)
        return -errno;
    return ntohs(address.sin_port);
}

int km_gdb_link_accept(void)
{
    const int on = 1;
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

    if (fd < 0)
        return -errno;
    link_fd = km_fd_own(fd);
    if (link_fd < 0)
        return link_fd;
    acknowledges = true;
    setsockopt(link_fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
    close(listener);
    listener = -1;
    return 0;
}

bool km_gdb_link_is_open(void)
{
    return link_fd >= 0;
}

void km_gdb_link_close(void)
{
    if (link_fd >= 0)
        close(link_fd);
    if (listener >= 0)
        close(listener);
    link_fd = listener = -1;
}

void km_gdb_link_trust(void)
{
    acknowledges = false;
}

void km_gdb_link_watch(bool on)
{
    int flags = fcntl(link_fd, F_GETFL);

    fcntl(link_fd, F_SETOWN, getpid());
    fcntl(link_fd, F_SETSIG, KM_STOP_SIGNAL);
    fcntl(link_fd, F_SETFL, on ? flags | O_ASYNC : flags & ~O_ASYNC);
}

bool km_gdb_link_is_ready(void)
{
    struct pollfd ready = {.fd = link_fd, .events = POLLIN};

    return poll(&ready, 1, 0) > 0;
}

static ssize_t receive_some(void *to, size_t size)
{
    ssize_t got;

    do
        got = recv(link_fd, to, size, 0);
    while (got < 0 && errno == EINTR);
    return got > 0 ? got : got == 0 ? -EPIPE : -errno;
}

static int get(void)
{
    static uint8_t buffer[4096];
    static size_t at, end;

    if (at == end) {
        ssize_t got = receive_some(buffer, sizeof(buffer));

        if (got < 0)
            return (int)got;
        at = 0;
        end = (size_t)got;
    }
    return buffer[at++];
}

static int put(const void *data, size_t size)
{
    while (size > 0) {
        ssize_t done = send(link_fd, data, size, MSG_NOSIGNAL);

        if (done < 0 && errno == EINTR)
            continue;
        if (done < 0)
            return -errno;
        data = (const char *)data + done;
        size -= (size_t)done;
    }
    return 0;
}

/* What stands between '$' and '#': its length, -EBADMSG when it is too long. */
static ssize_t get_body(char packet[KM_GDB_PACKET + 1], uint8_t *sum)
{
    size_t length = 0;
    int c;

    for (*sum = 0; (c = get()) != '#';) {
        if (c < 0)
            return c;
        *sum = (uint8_t)(*sum + c);
        if (c == ESCAPE) {
            c = get();
            if (c < 0)
                return c;
            *sum = (uint8_t)(*sum + c);
            c ^= ESCAPED;
        }
        if (length == KM_GDB_PACKET)
            return -EBADMSG;
        packet[length++] = (char)c;
    }
    packet[length] = '\0';
    return (ssize_t)length;
}

ssize_t km_gdb_receive(char packet[KM_GDB_PACKET + 1])
{
    for (;;) {
        int c = get();
        char digits[2];
        uint8_t sum, told;
        ssize_t length;

        if (c < 0)
            return c;
        /* An interrupt comes without a frame. */
        if (c == 3)
            return packet[0] = 3, packet[1] = '\0', 1;
        if (c != '$')
            continue;
        length = get_body(packet, &sum);
        if (length < 0)
            return length;
        for (int i = 0; i < 2; i++) {
            c = get();
            if (c < 0)
                return c;
            digits[i] = (char)c;
        }
        if (!acknowledges)
            return length;
        if (km_gdb_from_hex(&told, 1, digits) == 1 && told == sum)
            return put("+", 1) < 0 ? -EPIPE : length;
        put("-", 1);
    }
}

void km_gdb_send(const struct km_gdb_text *text)
{
    static char frame[2 * KM_GDB_PACKET + 8];
    size_t length = 0;
    uint8_t sum = 0;
    int answer;

    frame[length++] = '$';
    for (size_t i = 0; i < text->length; i++) {
        char c = text->data[i];

        if (c == '#' || c == '$' || c == ESCAPE || c == '*') {
            frame[length++] = ESCAPE;
            c ^= ESCAPED;
        }
        frame[length++] = c;
    }
    for (size_t i = 1; i < length; i++)
        sum = (uint8_t)(sum + (uint8_t)frame[i]);
    length += (size_t)snprintf(frame + length, 4, "#%02x", sum);
    do
        answer = put(frame, length) < 0 ? -EPIPE : acknowledges ? get() : '+';
    while (answer == '-');
}

/*
 * Sockets. Sizes and message headers that the kernel would read from the payload's memory are
 * copied first: the payload could change them between the check and the use.
 */
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <linux/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>

#include "calls.h"

#define PACKET_FILTERS 64 /* the first option of the packet filters' tables */
#define MAX_CONTROL (64u << 10)
#define MAX_MESSAGES 1024

/* Calls that fill a[at], as many bytes as the number at a[at + 1] says, and change that number. */
static int64_t sized(struct km_thread *t, uint64_t number, const uint64_t a[6], unsigned at)
{
    uint64_t args[6] = {a[0], a[1], a[2], a[3], a[4], a[5]};
    socklen_t size = 0;

    if (a[at] == 0 || a[at + 1] == 0)
        return km_host_call(number, a);
    if (km_guest_read(t->machine, &size, a[at + 1], sizeof(size)) < 0)
        return -EFAULT;
    if (!km_guest_ok(t->machine, a[at], size))
        return (int)size < 0 ? -EINVAL : -EFAULT;
    args[at + 1] = (uint64_t)&size;

    int64_t result = km_host_call(number, args);

    if (result >= 0 && km_guest_write(t->machine, a[at + 1], &size, sizeof(size)) < 0)
        return -EFAULT;
    return result;
}

static int64_t sys_accept(struct km_thread *t, const uint64_t a[6])
{
    return sized(t, SYS_accept, a, 1);
}

static int64_t sys_accept4(struct km_thread *t, const uint64_t a[6])
{
    return sized(t, SYS_accept4, a, 1);
}

static int64_t sys_getsockname(struct km_thread *t, const uint64_t a[6])
{
    return sized(t, SYS_getsockname, a, 1);
}

static int64_t sys_getpeername(struct km_thread *t, const uint64_t a[6])
{
    return sized(t, SYS_getpeername, a, 1);
}

static int64_t sys_recvfrom(struct km_thread *t, const uint64_t a[6])
{
    return sized(t, SYS_recvfrom, a, 4);
}

/* Options whose value holds pointers, or whose size is not in bytes, are not passed on. */
static bool is_plain(int level, int option)
{
    switch (level) {
    case SOL_SOCKET:
        return option != SO_ATTACH_FILTER && option != SO_ATTACH_REUSEPORT_CBPF &&
               option != SO_ATTACH_BPF && option != SO_ATTACH_REUSEPORT_EBPF;
    case IPPROTO_IP:
        return option < PACKET_FILTERS;
    case IPPROTO_IPV6:
        return option != PACKET_FILTERS && option != PACKET_FILTERS + 1;
    case IPPROTO_TCP:
        return option != TCP_ZEROCOPY_RECEIVE;
    case IPPROTO_UDP:
    case SOL_NETLINK:
        return true;
    default:
        return false;
    }
}

static int64_t sys_getsockopt(struct km_thread *t, const uint64_t a[6])
{
    return is_plain((int)a[1], (int)a[2]) ? sized(t, SYS_getsockopt, a, 3) : -ENOPROTOOPT;
}

static int64_t sys_setsockopt(struct km_thread *t, const uint64_t a[6])
{
    (void)t;
    return is_plain((int)a[1], (int)a[2]) ? km_host_call(SYS_setsockopt, a) : -ENOPROTOOPT;
}

/* Whether the control data passes one of the monitor's own descriptors to somebody. */
static bool passes_own_fd(struct msghdr *message)
{
    const char *end = (const char *)message->msg_control + message->msg_controllen;

    for (struct cmsghdr *c = CMSG_FIRSTHDR(message); c != NULL; c = CMSG_NXTHDR(message, c)) {
        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        for (const char *p = (const char *)CMSG_DATA(c);
                p + sizeof(int) <= end && p + sizeof(int) <= (const char *)c + c->cmsg_len;
                p += sizeof(int)) {
            int fd;

            memcpy(&fd, p, sizeof(fd));
            if (!km_fd_ok((uint64_t)fd))
                return true;
        }
    }
    return false;
}

/* Copies the header and its vector, and checks all that they refer to. */
static int read_header(
        struct km_thread *t, uint64_t addr, struct msghdr *message, struct iovec iov[IOV_MAX])
{
    const struct km_machine *m = t->machine;

    if (km_guest_read(m, message, addr, sizeof(*message)) < 0)
        return -EFAULT;
    if (message->msg_iovlen > IOV_MAX)
        return -EMSGSIZE;

    int rc = km_guest_iovec(m, iov, (uint64_t)message->msg_iov, message->msg_iovlen);

    message->msg_iov = iov;
    if (rc == 0 && message->msg_name != NULL &&
            !km_guest_ok(m, (uint64_t)message->msg_name, message->msg_namelen))
        rc = -EFAULT;
    if (rc == 0 && message->msg_controllen > 0 &&
            !km_guest_ok(m, (uint64_t)message->msg_control, message->msg_controllen))
        rc = -EFAULT;
    return rc;
}

static int64_t send_one(struct km_thread *t, uint64_t fd, uint64_t addr, uint64_t flags)
{
    struct iovec iov[IOV_MAX];
    struct msghdr message;
    uint64_t args[6] = {fd, (uint64_t)&message, flags};
    void *control = NULL;
    int64_t rc = read_header(t, addr, &message, iov);

    if (rc == 0 && message.msg_controllen > MAX_CONTROL)
        rc = -ENOBUFS;
    if (rc == 0 && message.msg_controllen > 0) {
        control = malloc(message.msg_controllen);
        rc = control == NULL ? -ENOMEM
                             : km_guest_read(t->machine, control, (uint64_t)message.msg_control,
                                       message.msg_controllen);
        message.msg_control = control;
        if (rc == 0 && passes_own_fd(&message))
            rc = -EBADF;
    }
    if (rc == 0)
        rc = km_host_call(SYS_sendmsg, args);
    free(control);
    return rc;
}

static int64_t receive_one(struct km_thread *t, uint64_t fd, uint64_t addr, uint64_t flags)
{
    struct iovec iov[IOV_MAX];
    struct msghdr message, after;
    uint64_t args[6] = {fd, (uint64_t)&message, flags};
    int64_t rc = read_header(t, addr, &message, iov);

    if (rc == 0)
        rc = km_host_call(SYS_recvmsg, args);
    if (rc < 0)
        return rc;
    if (km_guest_read(t->machine, &after, addr, sizeof(after)) < 0)
        return -EFAULT;
    after.msg_namelen = message.msg_namelen;
    after.msg_controllen = message.msg_controllen;
    after.msg_flags = message.msg_flags;
    return km_guest_write(t->machine, addr, &after, sizeof(after)) < 0 ? -EFAULT : rc;
}

static int64_t sys_sendmsg(struct km_thread *t, const uint64_t a[6])
{
    return send_one(t, a[0], a[1], a[2]);
}

static int64_t sys_recvmsg(struct km_thread *t, const uint64_t a[6])
{
    return receive_one(t, a[0], a[1], a[2]);
}

/* Several messages, one by one; an error counts only when it is the first one's. */
static int64_t many(struct km_thread *t, const uint64_t a[6],
        int64_t (*one)(struct km_thread *, uint64_t, uint64_t, uint64_t), int later_flags)
{
    uint32_t count = (uint32_t)a[2] < MAX_MESSAGES ? (uint32_t)a[2] : MAX_MESSAGES;
    uint64_t flags = a[3];

    for (uint32_t i = 0; i < count; i++) {
        uint64_t addr = a[1] + i * sizeof(struct mmsghdr);
        int64_t rc = one(t, a[0], addr, flags);
        uint32_t length = (uint32_t)rc;

        if (rc >= 0)
            rc = km_guest_write(
                    t->machine, addr + offsetof(struct mmsghdr, msg_len), &length, sizeof(length));
        if (rc < 0)
            return i > 0 ? (int64_t)i : rc;
        flags |= (uint64_t)later_flags;
    }
    return count;
}

static int64_t sys_sendmmsg(struct km_thread *t, const uint64_t a[6])
{
    return many(t, a, send_one, 0);
}

/* Without the time limit, which Linux looks at between messages only. */
static int64_t sys_recvmmsg(struct km_thread *t, const uint64_t a[6])
{
    const uint64_t args[6] = {a[0], a[1], a[2], a[3] & ~(uint64_t)MSG_WAITFORONE};

    return many(t, args, receive_one, a[3] & MSG_WAITFORONE ? MSG_DONTWAIT : 0);
}

const struct km_call km_calls_socket[] = {
        KM_FORWARD(socket, KM_V),
        KM_FORWARD(socketpair, KM_V, KM_V, KM_V, KM_O(2 * sizeof(int))),
        KM_FORWARD(bind, KM_F, KM_B(2)),
        KM_FORWARD(connect, KM_F, KM_B(2)),
        KM_FORWARD(listen, KM_F),
        KM_FORWARD(shutdown, KM_F),
        KM_CALL(accept, KM_F),
        KM_CALL(accept4, KM_F),
        KM_CALL(getsockname, KM_F),
        KM_CALL(getpeername, KM_F),
        KM_CALL(getsockopt, KM_F),
        KM_CALL(setsockopt, KM_F, KM_V, KM_V, KM_B(4)),
        KM_FORWARD(sendto, KM_F, KM_B(2), KM_V, KM_V, KM_B(5)),
        KM_CALL(recvfrom, KM_F, KM_B(2)),
        KM_CALL(sendmsg, KM_F),
        KM_CALL(recvmsg, KM_F),
        KM_CALL(sendmmsg, KM_F),
        KM_CALL(recvmmsg, KM_F),
        {0},
};

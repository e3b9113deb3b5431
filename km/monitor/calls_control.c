/*
 * Calls whose arguments depend on a request: ioctl(2), fcntl(2), prctl(2). Only requests that are
 * listed here pass; the size of what each refers to is known, and nothing in it is a pointer.
 */
#include <asm/termbits.h>
#include <fcntl.h>
#include <errno.h>
#include <linux/fs.h>
#include <linux/prctl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "calls.h"

#define IFREQ 40 /* struct ifreq, netdevice(7) */

struct request {
    uint32_t number;
    uint16_t size; /* of what the argument points to; 0 for a plain number */
};

static const struct request ioctls[] = {
        {TCGETS, sizeof(struct termios)},
        {TCSETS, sizeof(struct termios)},
        {TCSETSW, sizeof(struct termios)},
        {TCSETSF, sizeof(struct termios)},
        {TCSBRK, 0},
        {TCXONC, 0},
        {TCFLSH, 0},
        {TIOCSCTTY, 0},
        {TIOCNOTTY, 0},
        {TIOCGPGRP, sizeof(int)},
        {TIOCSPGRP, sizeof(int)},
        {TIOCGSID, sizeof(int)},
        {TIOCGWINSZ, 8},
        {TIOCSWINSZ, 8},
        {TIOCOUTQ, sizeof(int)},
        {TIOCGPTN, sizeof(int)},
        {TIOCSPTLCK, sizeof(int)},
        {FIONREAD, sizeof(int)},
        {FIONBIO, sizeof(int)},
        {FIOASYNC, sizeof(int)},
        {FIOCLEX, 0},
        {FIONCLEX, 0},
        {FIGETBSZ, sizeof(int)},
        {FICLONE, 0},
        {BLKGETSIZE64, sizeof(uint64_t)},
        {SIOCATMARK, sizeof(int)},
        {SIOCGIFNAME, IFREQ},
        {SIOCGIFINDEX, IFREQ},
        {SIOCGIFFLAGS, IFREQ},
        {SIOCGIFADDR, IFREQ},
        {SIOCGIFNETMASK, IFREQ},
        {SIOCGIFBRDADDR, IFREQ},
        {SIOCGIFDSTADDR, IFREQ},
        {SIOCGIFHWADDR, IFREQ},
        {SIOCGIFMTU, IFREQ},
};

static const struct request prctls[] = {
        {PR_SET_PDEATHSIG, 0},
        {PR_GET_PDEATHSIG, sizeof(int)},
        {PR_SET_NAME, 16},
        {PR_GET_NAME, 16},
        {PR_GET_DUMPABLE, 0},
        {PR_SET_NO_NEW_PRIVS, 0},
        {PR_GET_NO_NEW_PRIVS, 0},
        {PR_SET_KEEPCAPS, 0},
        {PR_GET_KEEPCAPS, 0},
        {PR_CAPBSET_READ, 0},
        {PR_SET_CHILD_SUBREAPER, 0},
        {PR_GET_CHILD_SUBREAPER, sizeof(int)},
        {PR_SET_TIMERSLACK, 0},
        {PR_GET_TIMERSLACK, 0},
};

static const struct request *find(const struct request *list, size_t count, uint64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].number == (uint32_t)number)
            return &list[i];
    return NULL;
}

#define FIND(list, number) find(list, sizeof(list) / sizeof(list[0]), number)

static int64_t sys_ioctl(struct km_thread *t, const uint64_t a[6])
{
    const struct request *request = FIND(ioctls, a[1]);

    if (request == NULL)
        return -ENOTTY;
    if (request->number == FICLONE && !km_fd_ok(a[2]))
        return -EBADF;
    if (request->size != 0 && !km_guest_ok(t->machine, a[2], request->size))
        return -EFAULT;
    return km_host_call(SYS_ioctl, a);
}

static int64_t sys_fcntl(struct km_thread *t, const uint64_t a[6])
{
    switch ((int)a[1]) {
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        if (!km_guest_ok(t->machine, a[2], sizeof(struct flock)))
            return -EFAULT;
        break;
    case F_GETOWN_EX:
    case F_SETOWN_EX:
    case F_GET_RW_HINT:
    case F_SET_RW_HINT:
    case F_GET_FILE_RW_HINT:
    case F_SET_FILE_RW_HINT:
        if (!km_guest_ok(t->machine, a[2], 8))
            return -EFAULT;
        break;
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_GETFD:
    case F_SETFD:
    case F_GETFL:
    case F_SETFL:
    case F_GETOWN:
    case F_SETOWN:
    case F_GETSIG:
    case F_SETSIG:
    case F_GETLEASE:
    case F_SETLEASE:
    case F_GETPIPE_SZ:
    case F_SETPIPE_SZ:
    case F_ADD_SEALS:
    case F_GET_SEALS:
        break;
    default:
        return -EINVAL;
    }
    return km_host_call(SYS_fcntl, a);
}

static int64_t sys_prctl(struct km_thread *t, const uint64_t a[6])
{
    const struct request *request = FIND(prctls, a[0]);

    if (request == NULL)
        return -EINVAL;
    if (request->size != 0 && !km_guest_ok(t->machine, a[1], request->size))
        return -EFAULT;
    return km_host_call(SYS_prctl, a);
}

const struct km_call km_calls_control[] = {
        KM_CALL(ioctl, KM_F),
        KM_CALL(fcntl, KM_F),
        KM_CALL(prctl, KM_V),
        {0},
};

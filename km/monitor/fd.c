/*
 * The payload's descriptors are the monitor's, except for those that the monitor needs itself: they
 * have the highest numbers, above the limit that the payload sees and the kernel enforces.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km.h"

#define OWN_MAX (KM_MAX_VCPUS + 64)

static int limit;           /* the first number that is the monitor's */
static rlim_t hard;         /* the highest limit that the monitor may set itself */
static rlim_t visible_hard; /* the payload's hard limit: never above `limit` */
pthread_mutex_t km_fd_lock = PTHREAD_MUTEX_INITIALIZER;

int km_fd_init(void)
{
    struct rlimit rl;

    if (getrlimit(RLIMIT_NOFILE, &rl) < 0)
        return -errno;
    hard = rl.rlim_max < 1 << 20 ? rl.rlim_max : 1 << 20;

    rlim_t reserve = hard / 4 < OWN_MAX ? hard / 4 : OWN_MAX;

    limit = (int)(hard - reserve);
    if (limit < 8)
        return -EMFILE;
    visible_hard = (rlim_t)limit;
    if (rl.rlim_cur > visible_hard)
        rl.rlim_cur = visible_hard;
    return setrlimit(RLIMIT_NOFILE, &rl) < 0 ? -errno : 0;
}

int km_fd_own(int fd)
{
    struct rlimit rl;
    int own;

    pthread_mutex_lock(&km_fd_lock);
    if (getrlimit(RLIMIT_NOFILE, &rl) < 0) {
        own = -errno;
    } else {
        struct rlimit raised = {hard, rl.rlim_max};

        setrlimit(RLIMIT_NOFILE, &raised);
        own = fcntl(fd, F_DUPFD_CLOEXEC, limit);
        if (own < 0)
            own = -errno;
        setrlimit(RLIMIT_NOFILE, &rl);
    }
    pthread_mutex_unlock(&km_fd_lock);
    close(fd);
    return own;
}

bool km_fd_ok(uint64_t fd)
{
    return (int)fd < limit;
}

int km_fd_limit(void)
{
    return limit;
}

void km_fd_get_limit(struct rlimit64 *now)
{
    struct rlimit rl = {0, 0};

    pthread_mutex_lock(&km_fd_lock);
    getrlimit(RLIMIT_NOFILE, &rl);
    *now = (struct rlimit64){rl.rlim_cur, visible_hard};
    pthread_mutex_unlock(&km_fd_lock);
}

int km_fd_set_limit(const struct rlimit64 *wanted, struct rlimit64 *old)
{
    struct rlimit rl;
    int rc = 0;

    km_fd_get_limit(old);
    if (wanted->rlim_cur > wanted->rlim_max)
        return -EINVAL;
    pthread_mutex_lock(&km_fd_lock);
    if (wanted->rlim_max > visible_hard) {
        rc = -EPERM;
    } else if (getrlimit(RLIMIT_NOFILE, &rl) == 0) {
        rl.rlim_cur = wanted->rlim_cur;
        rc = setrlimit(RLIMIT_NOFILE, &rl) < 0 ? -errno : 0;
        if (rc == 0)
            visible_hard = wanted->rlim_max;
    }
    pthread_mutex_unlock(&km_fd_lock);
    return rc;
}

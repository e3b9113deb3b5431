#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "km.h"

static int open_kvm(const struct km_options *options)
{
    int fd = options->kvm_fd >= 0 ? options->kvm_fd : open("/dev/kvm", O_RDWR | O_CLOEXEC);

    if (fd < 0) {
        int rc = -errno;

        km_error("cannot open /dev/kvm: %s; the machine needs KVM, and this user access to it",
                strerror(errno));
        return rc;
    }
    return km_fd_own(fd);
}

static int check_kvm(int fd)
{
    int version = ioctl(fd, KVM_GET_API_VERSION, 0);
    int sync = ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_SYNC_REGS);

    if (version != KVM_API_VERSION || sync < 0 || (sync & KVM_SYNC_X86_REGS) == 0 ||
            ioctl(fd, KVM_CHECK_EXTENSION, KVM_CAP_IMMEDIATE_EXIT) <= 0) {
        km_error("this KVM is too old: it lacks KVM_CAP_SYNC_REGS or KVM_CAP_IMMEDIATE_EXIT");
        return -ENOSYS;
    }
    return 0;
}

static int create_vm(struct km_machine *m)
{
    int fd = ioctl(m->kvm_fd, KVM_CREATE_VM, 0), size;

    if (fd < 0)
        return -errno;
    m->vm_fd = km_fd_own(fd);
    if (m->vm_fd < 0)
        return m->vm_fd;
    size = ioctl(m->kvm_fd, KVM_GET_VCPU_MMAP_SIZE, 0);
    if (size < (int)sizeof(struct kvm_run))
        return size < 0 ? -errno : -EINVAL;
    m->run_size = (size_t)size;
    size = ioctl(m->vm_fd, KVM_CHECK_EXTENSION, KVM_CAP_XSAVE2);
    m->xsave_size = size > (int)sizeof(struct kvm_xsave) ? (size_t)size : sizeof(struct kvm_xsave);
    return 0;
}

int km_machine_renew(struct km_machine *m)
{
    while (m->all_vcpus != NULL) {
        struct km_vcpu *vcpu = m->all_vcpus;

        m->all_vcpus = vcpu->next;
        if (vcpu->run != NULL)
            munmap(vcpu->run, m->run_size);
        if (vcpu->fd >= 0)
            close(vcpu->fd);
        free(vcpu);
    }
    close(m->vm_fd);
    m->free_vcpus = NULL;
    m->vcpus = 0;
    return create_vm(m);
}

/* The monitor's program, for execve(2) of the payload; also where /proc is not mounted. */
static int open_self(void)
{
    int fd = open("/proc/self/exe", O_PATH | O_CLOEXEC);

    if (fd < 0)
        fd = open((const char *)getauxval(AT_EXECFN), O_PATH | O_CLOEXEC);
    return fd < 0 ? -errno : km_fd_own(fd);
}

int km_machine_init(struct km_machine *m, const struct km_options *options)
{
    int rc = km_fd_init();

    m->options = options;
    pthread_mutex_init(&m->lock, NULL);
    if (rc < 0) {
        km_error("cannot set descriptors aside: %s", strerror(-rc));
        return rc;
    }
    m->kvm_fd = open_kvm(options);
    if (m->kvm_fd < 0)
        return m->kvm_fd;
    rc = check_kvm(m->kvm_fd);
    if (rc < 0)
        return rc;
    m->exe_fd = open_self();
    rc = create_vm(m);
    if (rc < 0) {
        km_error("cannot create a virtual machine: %s", strerror(-rc));
        return rc;
    }
    rc = km_mem_init(m);
    if (rc == 0)
        rc = km_system_init_x86_64(m);
    if (rc < 0)
        km_error("cannot set up the payload's memory: %s", strerror(-rc));
    return rc;
}

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km.h"

static void end(struct km_machine *m, int status, int signal) __attribute__((noreturn));

static void end(struct km_machine *m, int status, int signal)
{
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;

    /* Of several threads that end the process, the first does. */
    pthread_mutex_lock(&once);
    if (m->options->stats)
        km_stats_print(m);
    if (signal != 0) {
        const struct rlimit none = {0, 0};
        sigset_t set;

        /* A core file of the monitor would say nothing of the payload. */
        setrlimit(RLIMIT_CORE, &none);
        sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
        sigemptyset(&set);
        sigaddset(&set, signal);
        sigprocmask(SIG_UNBLOCK, &set, NULL);
        raise(signal);
        /* Still here: the kernel spares process 1 of a container. */
        status = 128 + signal;
    }
    _exit(status);
}

static int explain(const char *path, int error, const char *why)
{
    if (why[0] != '\0')
        km_error("cannot run %s: %s", path, why);
    else
        km_error("cannot run %s: %s", path, strerror(-error));
    return error == -ENOENT && why[0] == '\0' ? KM_STATUS_NOT_FOUND : KM_STATUS_CANNOT_RUN;
}

/* Loads the payload and runs it; returns, when it cannot, the exit status that says so. */
static int run(struct km_machine *m, struct km_thread *t)
{
    const struct km_options *options = m->options;
    const char *path = options->payload[0], *why = "";
    struct km_registers registers;
    struct km_image image;
    uint64_t rsp = 0;

    if (realpath(path, m->exe) == NULL)
        return explain(path, -errno, "");

    int rc = km_stack_reserve(m);

    if (rc == 0)
        rc = km_load(m, path, &image, &why);
    if (rc < 0)
        return explain(path, rc, why);
    rc = km_stack_x86_64(m, &image, options->payload, options->environment, &rsp);
    if (rc < 0)
        return explain(path, rc, "");
    km_trace("entry %#lx, stack %#lx, brk %#lx", image.entry, rsp, m->memory.brk);
    rc = km_vcpu_acquire(m, &t->vcpu);
    if (rc == 0)
        rc = km_vcpu_probe(m, t->vcpu);
    if (rc == 0) {
        km_vcpu_start(&registers, image.entry, rsp);
        rc = km_vcpu_set(m, t->vcpu, &registers);
    }
    if (rc < 0) {
        km_error("cannot create a processor: %s", strerror(-rc));
        return KM_STATUS_MONITOR;
    }
    m->threads = 1;
    km_thread_main(t);
}

int main(int argc, char *argv[], char *environment[])
{
    static struct km_options options;
    static struct km_machine machine = {.end = end};
    static struct km_thread thread = {.machine = &machine};

    if (km_options_parse(&options, argc, argv, environment) < 0)
        return KM_STATUS_USAGE;
    if (options.help) {
        km_options_help(stdout);
        return fflush(stdout) == 0 ? 0 : KM_STATUS_MONITOR;
    }
    if (options.version) {
        printf("km %s\n", km_version);
        return fflush(stdout) == 0 ? 0 : KM_STATUS_MONITOR;
    }
    if (options.payload == NULL) {
        fputs("km: no payload given; see km --help\n", stderr);
        return KM_STATUS_USAGE;
    }
    machine.options = &options;
    km_calls_init();
    if (km_machine_init(&machine, &options) < 0)
        return KM_STATUS_MONITOR;

    int rc = km_log_open(&options);

    if (rc < 0) {
        km_error("cannot open %s: %s", options.log_file, strerror(-rc));
        return KM_STATUS_MONITOR;
    }
    thread.tid = gettid();
    km_signal_init(&thread);
    rc = run(&machine, &thread);
    end(&machine, rc, 0);
}

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "km.h"

static void end(struct km_machine *m, int status, int signal) __attribute__((noreturn));

/* Ends the process as the signal does by default. */
static void end_by_signal(int signal)
{
    const struct rlimit none = {0, 0};
    sigset_t set;

    /* A core file of the monitor would say nothing of the payload. */
    setrlimit(RLIMIT_CORE, &none);
    sigaction(signal, &(struct sigaction){.sa_handler = SIG_DFL}, NULL);
    syscall(SYS_tgkill, getpid(), gettid(), signal);
    sigemptyset(&set);
    sigaddset(&set, signal);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void end(struct km_machine *m, int status, int signal)
{
    static pthread_mutex_t once = PTHREAD_MUTEX_INITIALIZER;

    /* Of several threads that end the process, the first does. */
    if (km_self == NULL || !km_self->shares_memory) {
        pthread_mutex_lock(&once);
        if (m->options->stats)
            km_stats_print(m);
        km_gdb_end(km_self, status, signal);
    }
    if (signal != 0) {
        end_by_signal(signal);
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

/* Loads the payload; on an error *why says more, or is empty. */
static int load(struct km_machine *m, const struct km_program *program, const char *file,
        struct km_registers *registers, const char **why)
{
    struct km_image image;
    uint64_t rsp = 0;
    int rc = realpath(program->path, m->exe) == NULL ? -errno : km_stack_reserve(m);

    if (rc == 0)
        rc = km_load(m, program->path, &image, why);
    if (rc == 0)
        rc = km_stack_x86_64(m, &image, file, program->argv, m->options->environment, &rsp);
    for (char **arg = program->argv; rc == 0 && *arg != NULL; arg++)
        rc = km_proc_note(&m->cmdline, *arg, strlen(*arg) + 1);
    if (rc < 0)
        return rc;
    km_trace("entry %#lx, stack %#lx, brk %#lx", image.entry, rsp, m->memory.brk);
    km_vcpu_start(registers, image.entry, rsp);
    return 0;
}

/* The first thread's processor, and what has to be known of processors before the payload runs. */
static int start_processor(struct km_machine *m, struct km_thread *t)
{
    struct km_probe probe;
    int rc = km_vcpu_acquire(m, &t->vcpu);

    if (rc == 0)
        rc = km_vcpu_probe(m, t->vcpu, &probe);
    if (rc == 0)
        km_vdso_init_x86_64(m, &probe);
    return rc;
}

/* Loads the payload and runs it; returns, when it cannot, the exit status that says so. */
static int run(struct km_machine *m, struct km_thread *t)
{
    const char *path = m->options->payload[0], *why = "";
    struct km_program program;
    struct km_registers registers;
    int rc = 0;

    if (m->options->argv0 != NULL)
        m->options->payload[0] = (char *)m->options->argv0;
    rc = km_program_find(&program, path, m->options->payload);
    if (rc < 0) {
        km_program_done(&program);
        return explain(path, rc, why);
    }
    rc = start_processor(m, t);
    if (rc < 0) {
        km_error("cannot create a processor: %s", strerror(-rc));
        return KM_STATUS_MONITOR;
    }
    rc = load(m, &program, path, &registers, &why);
    km_program_done(&program);
    if (rc == 0)
        rc = km_vcpu_set(m, t->vcpu, &registers);
    if (rc < 0)
        return explain(path, rc, why);
    prctl(PR_SET_NAME, strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path);
    m->threads = 1;
    km_thread_main(t);
}

static int open_for_gdb(const struct km_options *options)
{
    int port = km_gdb_listen((uint16_t)options->gdb_port);

    if (port < 0)
        km_error("cannot open port %d for gdb: %s", options->gdb_port, strerror(-port));
    else
        km_error("waiting for gdb; tell it: target remote 127.0.0.1:%d", port);
    return port;
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
    if (options.gdb_port >= 0 && open_for_gdb(&options) < 0)
        return KM_STATUS_MONITOR;
    km_signal_init(&thread);
    rc = run(&machine, &thread);
    end(&machine, rc, 0);
}

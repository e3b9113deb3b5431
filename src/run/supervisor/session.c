#include "supervisor.h"
#include "ring.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

/* Most of the output that goes into one frame. */
#define CHUNK (1u << 18)
/* Room behind it for frames without output. */
#define RESERVE 128
#define CREDIT_STEP (SUP_WINDOW / 4)
#define END_OF_INPUT 4

enum phase {
    /* Until the client has said what to start. */
    WAITING,
    RUNNING,
    /* The command has ended; what is left of its output is sent. */
    DRAINING,
    /* All is said; the client closes. */
    CLOSING,
    DONE,
};

struct session {
    const struct sup_settings *settings;
    enum phase phase;
    /* Of a secret that could not be written, which keeps the command from starting. */
    int secret_error;
    /* The client's connection, and whether it has broken. */
    int in, out;
    bool gone;
    struct sup_parser parser;
    struct sup_command command;
    int signals;
    int wait_status;
    /* When the command is killed, in milliseconds of sup_now(); 0 for never. */
    int64_t kill_at;
    struct sup_ring input;
    bool input_ended;
    /* Bytes of input that the client may still send, and that it may send again once it knows. */
    uint32_t allowed, consumed;
    unsigned char received[CHUNK];
    unsigned char sending[SUP_HEADER + CHUNK + RESERVE];
    size_t sent, to_send;
};

static void close_fd(int *fd)
{
    if (*fd >= 0) {
        close(*fd);
    }
    *fd = -1;
}

static void begin_grace(struct session *session)
{
    if (session->kill_at == 0) {
        session->kill_at = sup_now() + session->settings->grace;
    }
}

/* Asks the command to end, and sees to it that it does. */
static void terminate(struct session *session)
{
    if (session->phase == RUNNING) {
        if (session->command.terminal) {
            // What shells wait for when their terminal goes away: they leave TERM alone.
            sup_command_signal(&session->command, SIGHUP);
        }
        sup_command_signal(&session->command, SIGTERM);
        sup_command_signal(&session->command, SIGCONT);
        begin_grace(session);
    } else if (session->phase == WAITING) {
        session->phase = DONE;
    }
}

static void lose_client(struct session *session)
{
    if (session->gone) {
        return;
    }
    session->gone = true;
    session->sent = session->to_send = 0;
    if (session->phase == CLOSING) {
        session->phase = DONE;
    }
    terminate(session);
}

static void flush(struct session *session)
{
    while (!session->gone && session->sent < session->to_send) {
        ssize_t written = write(
                session->out, session->sending + session->sent, session->to_send - session->sent);
        if (written < 0 && errno == EAGAIN) {
            return;
        }
        if (written < 0 && errno != EINTR) {
            lose_client(session);
            return;
        }
        session->sent += written > 0 ? (size_t)written : 0;
    }
    session->sent = session->to_send = 0;
}

/* Sends a short frame; false where there is no room for it yet. */
static bool send_frame(
        struct session *session, enum sup_frame type, const void *payload, uint32_t size)
{
    if (session->gone) {
        return true;
    }
    if (sizeof session->sending - session->to_send < SUP_HEADER + size) {
        return false;
    }
    sup_header(session->sending + session->to_send, type, size);
    memcpy(session->sending + session->to_send + SUP_HEADER, payload, size);
    session->to_send += SUP_HEADER + size;
    flush(session);
    return true;
}

static void give_credit(struct session *session)
{
    unsigned char bytes[4];
    sup_put_u32(bytes, session->consumed);
    if (session->consumed >= CREDIT_STEP && send_frame(session, SUP_CREDIT, bytes, sizeof bytes)) {
        session->allowed += session->consumed;
        session->consumed = 0;
    }
}

/* The command takes no more input; what still comes is dropped, and not credited. */
static void close_input(struct session *session)
{
    if (!session->command.terminal) {
        close_fd(&session->command.in);
    }
    session->input.begin = session->input.size = 0;
}

static void end_input(struct session *session)
{
    if (session->phase != RUNNING || !session->input_ended || session->input.size > 0) {
        return;
    }
    if (session->command.terminal) {
        (void)!write(session->command.in, &(char){END_OF_INPUT}, 1);
        session->input_ended = false;
    } else {
        close_input(session);
    }
}

static void write_input(struct session *session)
{
    ssize_t written = sup_ring_write(&session->input, session->command.in);
    if (written > 0) {
        session->consumed += (uint32_t)written;
        give_credit(session);
    } else if (written != -EAGAIN && written != -EINTR) {
        close_input(session);
    }
    end_input(session);
}

static int on_secret(void *context, const unsigned char *payload, size_t size)
{
    struct session *session = context;
    struct sup_secret secret;
    if (session->phase != WAITING) {
        return -EPROTO;
    }
    int error = sup_secret_decode(&secret, payload, size);
    if (error == 0 && session->secret_error == 0) {
        session->secret_error = sup_secret_write(session->settings, &secret);
    }
    return error;
}

static int on_start(void *context, const unsigned char *payload, size_t size)
{
    struct session *session = context;
    struct sup_request request;
    enum sup_stage stage = SUP_SECRETS;
    if (session->phase != WAITING) {
        return -EPROTO;
    }
    int error = sup_request_decode(&request, payload, size);
    if (error < 0) {
        return error;
    }
    error = session->secret_error;
    if (error == 0) {
        error = sup_command_start(&session->command, session->settings, &request, &stage);
    }
    sup_request_free(&request);
    session->phase = RUNNING;
    if (error < 0) {
        unsigned char report[5] = {(unsigned char)stage};
        sup_put_u32(report + 1, (uint32_t)-error);
        session->phase = CLOSING;
        send_frame(session, SUP_FAILED, report, sizeof report);
    }
    return 0;
}

static int on_input(void *context, const unsigned char *data, size_t size)
{
    struct session *session = context;
    if (session->phase == WAITING || session->input_ended || size > session->allowed) {
        return -EPROTO;
    }
    session->allowed -= (uint32_t)size;
    if (session->phase != RUNNING || session->command.in < 0) {
        return 0;
    }
    bool was_empty = session->input.size == 0;
    int error = sup_ring_put(&session->input, data, size);
    if (error == 0 && was_empty) {
        write_input(session);
    }
    return error;
}

static int on_input_end(void *context)
{
    struct session *session = context;
    if (session->phase == WAITING) {
        return -EPROTO;
    }
    session->input_ended = true;
    end_input(session);
    return 0;
}

static int on_signal(void *context, int number)
{
    struct session *session = context;
    if (session->phase == WAITING) {
        return -EPROTO;
    }
    if (session->phase == RUNNING) {
        sup_command_signal(&session->command, number);
        if (number == SIGTERM || number == SIGHUP) {
            begin_grace(session);
        }
    }
    return 0;
}

static int on_resize(void *context, unsigned short rows, unsigned short columns)
{
    struct session *session = context;
    if (session->phase == RUNNING) {
        sup_command_resize(&session->command, rows, columns);
    }
    return 0;
}

static void receive(struct session *session)
{
    static const struct sup_sink sink = {
            .start = on_start,
            .input = on_input,
            .input_end = on_input_end,
            .signal = on_signal,
            .resize = on_resize,
            .secret = on_secret,
    };
    ssize_t size = read(session->in, session->received, sizeof session->received);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        return;
    }
    if (size <= 0 ||
            sup_parse(&session->parser, &sink, session, session->received, (size_t)size) < 0) {
        lose_client(session);
    }
}

/* Passes output on. At the command's end what nobody writes any more ends too. */
static void read_output(struct session *session, int *fd, enum sup_frame type)
{
    if (*fd < 0 || session->to_send > 0) {
        return;
    }
    ssize_t size = read(*fd, session->sending + SUP_HEADER, CHUNK);
    if (size > 0 && !session->gone) {
        sup_header(session->sending, type, (uint32_t)size);
        session->to_send = SUP_HEADER + (size_t)size;
        flush(session);
        return;
    }
    bool later = size < 0 && (errno == EINTR || (errno == EAGAIN && session->phase == RUNNING));
    if (size <= 0 && !later) {
        close_fd(fd);
        if (session->command.terminal) {
            session->command.in = -1;
        }
    }
}

static void report_end(struct session *session)
{
    int status = session->wait_status;
    bool signalled = WIFSIGNALED(status);
    unsigned char report[2] = {
            signalled, (unsigned char)(signalled ? WTERMSIG(status) : WEXITSTATUS(status))};
    session->phase = session->gone ? DONE : CLOSING;
    send_frame(session, SUP_EXIT, report, sizeof report);
}

/* Reaps; the command's end is the end of all that it has left. */
static void reap(struct session *session)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        if (session->phase == RUNNING && pid == session->command.pid) {
            session->wait_status = status;
            session->phase = DRAINING;
            session->kill_at = 0;
        }
    }
    if (session->phase == DRAINING) {
        sup_kill_descendants();
        close_input(session);
    }
}

static void take_signal(struct session *session)
{
    struct signalfd_siginfo info;
    while (read(session->signals, &info, sizeof info) == sizeof info) {
        if (info.ssi_signo == SIGCHLD) {
            reap(session);
        } else {
            terminate(session);
        }
    }
}

static int time_left(const struct session *session)
{
    if (session->kill_at == 0) {
        return -1;
    }
    int64_t left = session->kill_at - sup_now();
    return left > 0 ? (int)left : 0;
}

static void wait_for_work(struct session *session)
{
    enum {
        SIGNALS,
        IN,
        OUT,
        INPUT,
        OUTPUT,
        ERRORS,
        COUNT
    };
    bool idle = session->to_send == 0;
    struct pollfd fds[COUNT] = {
            [SIGNALS] = {.fd = session->signals, .events = POLLIN},
            [IN] = {.fd = session->gone ? -1 : session->in, .events = POLLIN},
            [OUT] = {.fd = idle ? -1 : session->out, .events = POLLOUT},
            [INPUT] = {.fd = session->input.size > 0 ? session->command.in : -1, .events = POLLOUT},
            [OUTPUT] = {.fd = idle ? session->command.out : -1, .events = POLLIN},
            [ERRORS] = {.fd = idle ? session->command.err : -1, .events = POLLIN},
    };
    if (poll(fds, COUNT, time_left(session)) < 0) {
        return;
    }
    if (fds[SIGNALS].revents != 0) {
        take_signal(session);
    }
    if (fds[IN].revents != 0) {
        receive(session);
    }
    if (fds[OUT].revents != 0) {
        flush(session);
        give_credit(session);
    }
    if (fds[INPUT].revents != 0 && session->input.size > 0 && session->command.in >= 0) {
        write_input(session);
    }
    if (fds[OUTPUT].revents != 0) {
        read_output(session, &session->command.out, SUP_STDOUT);
    }
    if (fds[ERRORS].revents != 0) {
        read_output(session, &session->command.err, SUP_STDERR);
    }
}

static void step(struct session *session)
{
    if (session->kill_at != 0 && time_left(session) == 0) {
        sup_command_signal(&session->command, SIGKILL);
        session->kill_at = 0;
    }
    if (session->phase == DRAINING) {
        read_output(session, &session->command.out, SUP_STDOUT);
        read_output(session, &session->command.err, SUP_STDERR);
        if (session->command.out < 0 && session->command.err < 0) {
            report_end(session);
            return;
        }
        if (session->to_send == 0) {
            return;
        }
    }
    if (session->phase == CLOSING && session->to_send == 0 && session->input_ended &&
        session->in != session->out) {
        // A pipe keeps what was written to it, and nothing is lost where no more input comes: an
        // engine that cannot deliver some may end the stream with what it has not passed on.
        session->phase = DONE;
        return;
    }
    wait_for_work(session);
}

static int open_signals(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    return signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
}

int sup_session(const struct sup_settings *settings, int in, int out)
{
    // What the command leaves behind becomes this process's, and ends with it.
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    struct session *session = calloc(1, sizeof *session);
    if (session == NULL || sup_ring_init(&session->input, SUP_WINDOW) < 0 ||
            sup_set_nonblocking(in) < 0 || sup_set_nonblocking(out) < 0) {
        return 1;
    }
    session->settings = settings;
    session->in = in;
    session->out = out;
    session->allowed = SUP_WINDOW;
    session->command = (struct sup_command){.in = -1, .out = -1, .err = -1};
    session->signals = open_signals();
    send_frame(session, SUP_HELLO, PROGRAM_VERSION, sizeof PROGRAM_VERSION - 1);
    while (session->phase != DONE) {
        step(session);
    }
    sup_parser_free(&session->parser);
    sup_ring_free(&session->input);
    free(session);
    return 0;
}

/*
 * The supervisor: process 1 of a container in which buildenv runs commands. protocol.md says what
 * it and its client tell each other. Functions return 0 or -errno; only main.c and processes of
 * their own (a session, a command) end the process.
 */
#ifndef SUPERVISOR_H
#define SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* Bytes of standard input that a client may send before they are credited. */
#define SUP_WINDOW (1u << 20)
/* Longest payload of a frame other than standard input. */
#define SUP_CONTROL_MAX (4u << 20)
#define SUP_HEADER 5
/* Longest name of a secret, and longest payload of its frame: 1 MiB with the name before it. */
#define SUP_SECRET_NAME 64
#define SUP_SECRET_MAX ((1u << 20) + SUP_SECRET_NAME + 1)

enum sup_frame {
    SUP_START = 0x01,
    SUP_STDIN = 0x02,
    SUP_STDIN_END = 0x03,
    SUP_SIGNAL = 0x04,
    SUP_RESIZE = 0x05,
    SUP_SECRET = 0x06,

    SUP_HELLO = 0x81,
    SUP_STDOUT = 0x82,
    SUP_STDERR = 0x83,
    SUP_CREDIT = 0x84,
    SUP_EXIT = 0x85,
    SUP_FAILED = 0x86,
};

/* Where a command failed that could not be started. */
enum sup_stage {
    SUP_PREPARE = 0,
    SUP_CHDIR = 1,
    SUP_EXEC = 2,
    SUP_SECRETS = 3,
};

/* Parses the client's frames out of a stream of bytes. All zero is its first state. */
struct sup_parser {
    unsigned char header[SUP_HEADER];
    size_t header_size;
    uint32_t left;
    unsigned char *body;
    size_t body_size;
};

/* What frames are turned into; each returns 0, or -errno, which ends the parsing. */
struct sup_sink {
    int (*start)(void *context, const unsigned char *payload, size_t size);
    int (*input)(void *context, const unsigned char *data, size_t size);
    int (*input_end)(void *context);
    int (*signal)(void *context, int number);
    int (*resize)(void *context, unsigned short rows, unsigned short columns);
    int (*secret)(void *context, const unsigned char *payload, size_t size);
};

/* Returns -EPROTO for bytes that are no frames, -ENOMEM, or what a function of the sink returns. */
int sup_parse(struct sup_parser *parser, const struct sup_sink *sink, void *context,
        const unsigned char *data, size_t size);
void sup_parser_free(struct sup_parser *parser);

/* The header of a frame. */
void sup_header(unsigned char header[SUP_HEADER], enum sup_frame type, uint32_t size);
void sup_put_u32(unsigned char bytes[4], uint32_t value);

/* What a client asks for with SUP_START. */
struct sup_request {
    bool terminal;
    unsigned short rows, columns;
    /* Point into `text`; argv and env end with NULL. */
    char *cwd;
    char **argv;
    char **env;
    char *text;
};

/* Returns -EPROTO for a payload that is none, -ENOMEM. */
int sup_request_decode(struct sup_request *request, const unsigned char *payload, size_t size);
void sup_request_free(struct sup_request *request);

/* Whom commands run as, and what is the same for all commands of a container. */
struct sup_settings {
    uid_t uid;
    gid_t gid;
    gid_t *groups;
    size_t group_count;
    const char *name;
    const char *home;
    /* Milliseconds from TERM to KILL. */
    int grace;
    /* The image's own entrypoint, before every command; ends with NULL. */
    char **entrypoint;
};

/* Gives the user a name and a home in the container, where the image has none for it. */
int sup_make_user(const struct sup_settings *settings);
/* Gives a folder to the user. */
int sup_give(const struct sup_settings *settings, const char *path);
/* A file of the command that is in memory alone. Points into its payload. */
struct sup_secret {
    const char *name;
    const unsigned char *content;
    size_t size;
};

/* Returns -EPROTO for a payload that is none. */
int sup_secret_decode(struct sup_secret *secret, const unsigned char *payload, size_t size);
/* Puts it where the user, and nobody else, reads it. */
int sup_secret_write(const struct sup_settings *settings, const struct sup_secret *secret);
/* Becomes the user. */
int sup_become_user(const struct sup_settings *settings);

/* A started command. Descriptors do not block; with a terminal all are its one. -1 is closed. */
struct sup_command {
    pid_t pid;
    bool terminal;
    int in, out, err;
};

/* Starts a command. On failure `stage` says where. */
int sup_command_start(struct sup_command *command, const struct sup_settings *settings,
        const struct sup_request *request, enum sup_stage *stage);
void sup_command_signal(const struct sup_command *command, int number);
void sup_command_resize(
        const struct sup_command *command, unsigned short rows, unsigned short columns);
/* Kills every other descendant of this process, which is their reaper, and waits for their end. */
void sup_kill_descendants(void);

/* Serves one client, until it or its command is gone. Returns the exit status of its process. */
int sup_session(const struct sup_settings *settings, int in, int out);

/* One client, on descriptors that are open already. */
int sup_serve_stream(const struct sup_settings *settings);
/*
 * Clients at a socket: the first one only, or (`many`) one after the other and at the same time.
 * Ends when none came for `idle` milliseconds.
 */
int sup_serve_socket(const struct sup_settings *settings, const char *path, bool many, int idle);

/* Milliseconds of a clock that only goes forward. */
int64_t sup_now(void);
int sup_set_nonblocking(int fd);

#endif

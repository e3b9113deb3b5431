/*
 * Feeds the parsers of the supervisor with streams that were valid before bytes of them were changed,
 * in pieces of any size, under sanitizers: fuzz SEED ROUNDS. The same seed gives the same streams.
 */
#include "../../src/run/supervisor/supervisor.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STREAM 4096

static uint64_t state;
static unsigned long frames, requests, secrets, refused;

/* xorshift64* */
static uint32_t next_random(void)
{
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return (uint32_t)(state * 0x2545F4914F6CDD1Dull >> 32);
}

static size_t below(size_t limit)
{
    return next_random() % limit;
}

static void check(bool holds, const char *what)
{
    if (!holds) {
        fprintf(stderr, "%s\n", what);
        abort();
    }
}

static int on_start(void *context, const unsigned char *payload, size_t size)
{
    (void)context;
    struct sup_request request;
    frames++;
    if (sup_request_decode(&request, payload, size) == 0) {
        size_t length = 0;
        check(request.cwd[0] == '/', "a working directory that is not absolute");
        check(request.argv[0] != NULL, "a command without words");
        for (char **word = request.argv; *word != NULL; word++) {
            length += strlen(*word) + 1;
        }
        for (char **variable = request.env; *variable != NULL; variable++) {
            length += strlen(*variable) + 1;
        }
        check(length <= size, "words from outside of the payload");
        sup_request_free(&request);
        requests++;
    }
    return 0;
}

static int on_input(void *context, const unsigned char *data, size_t size)
{
    unsigned char *sum = context;
    frames++;
    check(size > 0 && size <= SUP_WINDOW, "input of a wrong size");
    for (size_t i = 0; i < size; i++) {
        *sum ^= data[i];
    }
    return 0;
}

static int on_input_end(void *context)
{
    (void)context;
    frames++;
    return 0;
}

static int on_signal(void *context, int number)
{
    (void)context;
    frames++;
    check(number >= 1 && number <= 64, "a signal that is none");
    return 0;
}

static int on_resize(void *context, unsigned short rows, unsigned short columns)
{
    (void)context;
    (void)rows;
    (void)columns;
    frames++;
    return 0;
}

static int on_secret(void *context, const unsigned char *payload, size_t size)
{
    unsigned char *sum = context;
    struct sup_secret secret;
    frames++;
    if (sup_secret_decode(&secret, payload, size) == 0) {
        check(secret.name[0] != '.' && strchr(secret.name, '/') == NULL, "a secret elsewhere");
        check(strlen(secret.name) + 1 + secret.size == size, "a secret of a wrong size");
        for (size_t i = 0; i < secret.size; i++) {
            *sum ^= secret.content[i];
        }
        secrets++;
    }
    return 0;
}

static size_t put_frame(unsigned char *stream, enum sup_frame type, const void *payload, size_t size)
{
    sup_header(stream, type, (uint32_t)size);
    memcpy(stream + SUP_HEADER, payload, size);
    return SUP_HEADER + size;
}

static size_t valid_stream(unsigned char *stream)
{
    static const char start[] = "terminal\00024\00080\0/tmp\0003\0sh\0-c\0true\0A=b\0PATH=/bin";
    static const char secret[] = "token\0of\0bytes";
    static const unsigned char bytes[] = {0, 24, 0, 80, 255, 1, 2, 3};
    size_t size = put_frame(stream, SUP_SECRET, secret, sizeof secret);
    size += put_frame(stream + size, SUP_START, start, sizeof start);
    for (size_t count = below(20); count > 0; count--) {
        switch (below(4)) {
        case 0:
            size += put_frame(stream + size, SUP_STDIN, bytes, below(sizeof bytes));
            break;
        case 1:
            size += put_frame(stream + size, SUP_SIGNAL, &(unsigned char){15}, 1);
            break;
        case 2:
            size += put_frame(stream + size, SUP_RESIZE, bytes, 4);
            break;
        default:
            size += put_frame(stream + size, SUP_STDIN_END, bytes, 0);
        }
    }
    return size;
}

static void feed(const unsigned char *stream, size_t size)
{
    static const struct sup_sink sink = {
            on_start, on_input, on_input_end, on_signal, on_resize, on_secret};
    struct sup_parser parser = {0};
    unsigned char sum = 0;
    for (size_t at = 0; at < size;) {
        size_t piece = 1 + below(below(2) == 0 ? 8 : size);
        if (piece > size - at) {
            piece = size - at;
        }
        // A copy of its own size, so that a read beyond it is seen.
        unsigned char *copy = malloc(piece);
        check(copy != NULL, "no memory");
        memcpy(copy, stream + at, piece);
        int error = sup_parse(&parser, &sink, &sum, copy, piece);
        free(copy);
        at += piece;
        if (error < 0) {
            refused++;
            break;
        }
    }
    sup_parser_free(&parser);
}

int main(int argc, char **argv)
{
    state = argc > 1 ? strtoull(argv[1], NULL, 10) | 1 : 1;
    unsigned long rounds = argc > 2 ? strtoul(argv[2], NULL, 10) : 100000;
    for (unsigned long round = 0; round < rounds; round++) {
        unsigned char stream[STREAM];
        size_t size = valid_stream(stream);
        for (size_t changes = below(6); changes > 0; changes--) {
            stream[below(size)] = below(3) == 0 ? 0 : (unsigned char)next_random();
        }
        feed(stream, size - (below(4) == 0 ? below(size) : 0));
    }
    printf("%lu rounds, %lu frames, %lu requests, %lu secrets, %lu refused\n", rounds, frames,
            requests, secrets, refused);
    return 0;
}

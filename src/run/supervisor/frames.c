#include "supervisor.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static uint32_t get_u32(const unsigned char *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static unsigned short get_u16(const unsigned char *bytes)
{
    return (unsigned short)(bytes[0] << 8 | bytes[1]);
}

void sup_put_u32(unsigned char bytes[4], uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (unsigned char)(value >> (24 - 8 * i));
    }
}

void sup_header(unsigned char header[SUP_HEADER], enum sup_frame type, uint32_t size)
{
    header[0] = (unsigned char)type;
    sup_put_u32(header + 1, size);
}

/* Whether a frame of this type may have a payload of this size. */
static bool is_size(unsigned char type, uint32_t size)
{
    switch (type) {
    case SUP_START:
        return size <= SUP_CONTROL_MAX;
    case SUP_STDIN:
        return size <= SUP_WINDOW;
    case SUP_STDIN_END:
        return size == 0;
    case SUP_SIGNAL:
        return size == 1;
    case SUP_RESIZE:
        return size == 4;
    case SUP_SECRET:
        return size > 0 && size <= SUP_SECRET_MAX;
    default:
        return false;
    }
}

static int deliver(struct sup_parser *parser, const struct sup_sink *sink, void *context)
{
    const unsigned char *body = parser->body;
    switch (parser->header[0]) {
    case SUP_START:
        return sink->start(context, body, parser->body_size);
    case SUP_STDIN_END:
        return sink->input_end(context);
    case SUP_SIGNAL:
        return body[0] >= 1 && body[0] < NSIG ? sink->signal(context, body[0]) : -EPROTO;
    case SUP_RESIZE:
        return sink->resize(context, get_u16(body), get_u16(body + 2));
    case SUP_SECRET:
        return sink->secret(context, body, parser->body_size);
    default:
        return 0;
    }
}

static int begin_frame(struct sup_parser *parser)
{
    parser->left = get_u32(parser->header + 1);
    if (!is_size(parser->header[0], parser->left)) {
        return -EPROTO;
    }
    if (parser->header[0] != SUP_STDIN && parser->left > 0) {
        parser->body = malloc(parser->left);
        if (parser->body == NULL) {
            return -ENOMEM;
        }
    }
    return 0;
}

static void end_frame(struct sup_parser *parser)
{
    free(parser->body);
    *parser = (struct sup_parser){0};
}

/* Takes what it can of a payload. Returns the bytes taken, or -errno. */
static ssize_t take_payload(struct sup_parser *parser, const struct sup_sink *sink, void *context,
        const unsigned char *data, size_t size)
{
    size_t part = size < parser->left ? size : parser->left;
    if (parser->header[0] == SUP_STDIN) {
        int error = part > 0 ? sink->input(context, data, part) : 0;
        if (error < 0) {
            return error;
        }
    } else if (part > 0) {
        memcpy(parser->body + parser->body_size, data, part);
        parser->body_size += part;
    }
    parser->left -= (uint32_t)part;
    return (ssize_t)part;
}

int sup_parse(struct sup_parser *parser, const struct sup_sink *sink, void *context,
        const unsigned char *data, size_t size)
{
    while (size > 0) {
        size_t missing = SUP_HEADER - parser->header_size;
        if (missing > 0) {
            size_t part = size < missing ? size : missing;
            memcpy(parser->header + parser->header_size, data, part);
            parser->header_size += part;
            data += part;
            size -= part;
            if (part < missing) {
                return 0;
            }
            int error = begin_frame(parser);
            if (error < 0) {
                return error;
            }
        }
        ssize_t taken = take_payload(parser, sink, context, data, size);
        if (taken < 0) {
            return (int)taken;
        }
        data += taken;
        size -= (size_t)taken;
        if (parser->left == 0) {
            int error = deliver(parser, sink, context);
            if (error < 0) {
                return error;
            }
            end_frame(parser);
        }
    }
    return 0;
}

void sup_parser_free(struct sup_parser *parser)
{
    end_frame(parser);
}

#include "supervisor.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The strings of a payload, each ended by NUL. */
struct strings {
    char *next;
    char *end;
};

static char *next_string(struct strings *strings)
{
    char *string = strings->next;
    if (string == strings->end) {
        return NULL;
    }
    strings->next += strlen(string) + 1;
    return string;
}

/* A decimal number without a sign, at most `max`. */
static bool parse_number(const char *text, unsigned long max, unsigned long *value)
{
    if (text == NULL || *text == '\0') {
        return false;
    }
    *value = 0;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9') {
            return false;
        }
        *value = *value * 10 + (unsigned long)(*text - '0');
        if (*value > max) {
            return false;
        }
    }
    return true;
}

static size_t count_strings(const struct strings *strings)
{
    size_t count = 0;
    for (const char *at = strings->next; at < strings->end; at += strlen(at) + 1) {
        count++;
    }
    return count;
}

/* The next `count` strings, as a list that ends with NULL; NULL without memory. */
static char **take_list(struct strings *strings, size_t count)
{
    char **list = calloc(count + 1, sizeof *list);
    for (size_t i = 0; list != NULL && i < count; i++) {
        list[i] = next_string(strings);
    }
    return list;
}

static int decode(struct sup_request *request, struct strings *strings)
{
    const char *streams = next_string(strings);
    unsigned long rows, columns, words;
    if (streams == NULL) {
        return -EPROTO;
    }
    request->terminal = strcmp(streams, "terminal") == 0;
    if (!request->terminal && strcmp(streams, "pipes") != 0) {
        return -EPROTO;
    }
    if (!parse_number(next_string(strings), 0xffff, &rows) ||
            !parse_number(next_string(strings), 0xffff, &columns)) {
        return -EPROTO;
    }
    request->rows = (unsigned short)rows;
    request->columns = (unsigned short)columns;
    request->cwd = next_string(strings);
    if (request->cwd == NULL || request->cwd[0] != '/') {
        return -EPROTO;
    }
    if (!parse_number(next_string(strings), SUP_CONTROL_MAX, &words) || words == 0 ||
            words > count_strings(strings)) {
        return -EPROTO;
    }
    request->argv = take_list(strings, words);
    request->env = take_list(strings, count_strings(strings));
    return request->argv == NULL || request->env == NULL ? -ENOMEM : 0;
}

int sup_request_decode(struct sup_request *request, const unsigned char *payload, size_t size)
{
    *request = (struct sup_request){0};
    if (size == 0 || payload[size - 1] != '\0') {
        return -EPROTO;
    }
    request->text = malloc(size);
    if (request->text == NULL) {
        return -ENOMEM;
    }
    memcpy(request->text, payload, size);
    struct strings strings = {.next = request->text, .end = request->text + size};
    int error = decode(request, &strings);
    if (error < 0) {
        sup_request_free(request);
    }
    return error;
}

void sup_request_free(struct sup_request *request)
{
    free(request->text);
    free(request->argv);
    free(request->env);
    *request = (struct sup_request){0};
}

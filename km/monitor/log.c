#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

#include "km.h"

bool km_tracing;
static int log_fd = STDERR_FILENO;

/* The log keeps working when the payload closes or replaces its standard error. */
int km_log_open(const struct km_options *options)
{
    int fd = options->log_file != NULL
                     ? open(options->log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)
                     : dup(STDERR_FILENO);

    km_tracing = options->verbose;
    if (fd < 0)
        return options->log_file != NULL ? -errno : 0;
    fd = km_fd_own(fd);
    if (fd < 0)
        return fd;
    log_fd = fd;
    return 0;
}

/* One write for each line, so that lines of several threads do not mix. */
static void line(const char *format, va_list args)
{
    char text[1024] = "km: ";
    int length = vsnprintf(text + 4, sizeof(text) - 5, format, args);

    if (length < 0)
        return;
    length = length < (int)sizeof(text) - 6 ? length + 4 : (int)sizeof(text) - 2;
    text[length++] = '\n';
    while (write(log_fd, text, (size_t)length) < 0 && errno == EINTR)
        continue;
}

void km_error(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    line(format, args);
    va_end(args);
}

void km_trace(const char *format, ...)
{
    va_list args;

    if (!km_tracing)
        return;
    va_start(args, format);
    line(format, args);
    va_end(args);
}

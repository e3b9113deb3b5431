/* Makes a system call by its name and prints its result, or its error's number. */
#ifndef CALLS_H
#define CALLS_H

#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

static long show(const char *what, long result)
{
    printf("%s: %ld, error %d\n", what, result, result < 0 ? errno : 0);
    return result;
}

#define CALL(name, ...) show(#name, syscall(SYS_##name, ##__VA_ARGS__))

#endif

/* The Test Anything Protocol, as much as is needed. */
#ifndef TAP_H
#define TAP_H

#include <stdio.h>

static int tap_count, tap_failed;

/* A condition that holds in every round of a test is checked with `good &= ...` first. */
static inline void ok(int good, const char *what)
{
    printf("%sok %d %s\n", good ? "" : "not ", ++tap_count, what);
    tap_failed += !good;
}

static inline int done(void)
{
    printf("1..%d\n", tap_count);
    return tap_failed > 0;
}

#endif

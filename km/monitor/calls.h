/*
 * The table of system calls: one family per calls_*.c, dispatched by calls.c.
 */
#ifndef KM_CALLS_H
#define KM_CALLS_H

#include "km.h"

struct iovec;

/* What one argument of a system call is. Pointers may be NULL: the kernel decides about that. */
struct km_arg {
    enum {
        KM_VALUE,
        KM_FD,     /* one of the payload's descriptors, or a negative number */
        KM_STRING, /* ends with NUL; the kernel reads no further than the guard */
        KM_BYTES,  /* as many bytes as argument number `count` says */
        KM_ARRAY,  /* as many elements of `size` bytes as argument number `count` says */
        KM_OBJECT, /* `size` bytes */
    } kind;
    uint8_t count;
    uint16_t size;
};

struct km_call {
    const char *name; /* NULL ends a family */
    uint16_t number;
    /* Called after the arguments were checked as described. Returns what the payload gets. */
    int64_t (*run)(struct km_thread *t, const uint64_t args[6]);
    struct km_arg args[6];
};

/* clang-format off */
#define KM_V {KM_VALUE, 0, 0}
#define KM_F {KM_FD, 0, 0}
#define KM_S {KM_STRING, 0, 0}
#define KM_B(count) {KM_BYTES, count, 0}
#define KM_A(count, size) {KM_ARRAY, count, size}
#define KM_O(size) {KM_OBJECT, 0, size}
/* A call handed to the host's kernel as it is, once its arguments were checked. */
#define KM_FORWARD(number, ...) {#number, SYS_##number, NULL, {__VA_ARGS__}}
/* A call that sys_NAME() performs. */
#define KM_CALL(number, ...) {#number, SYS_##number, sys_##number, {__VA_ARGS__}}
/* clang-format on */

extern const struct km_call km_calls_file[], km_calls_path[], km_calls_vector[], km_calls_memory[],
        km_calls_process[], km_calls_time[], km_calls_thread[], km_calls_poll[], km_calls_socket[],
        km_calls_control[], km_calls_signal[];

/* Copies the payload's vector and checks what it refers to. There is room for IOV_MAX elements. */
int km_guest_iovec(const struct km_machine *m, struct iovec *to, uint64_t addr, uint64_t count);

#endif

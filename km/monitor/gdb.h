/* Shared by the parts of the gdb stub alone: gdb.c, gdb_link.c, gdb_registers_x86_64.c. */
#ifndef KM_GDB_H
#define KM_GDB_H

#include "km.h"

#define KM_GDB_PACKET 0x4000 /* bytes of a packet, its frame aside */

/* An answer while it is put together; what does not fit is left out. */
struct km_gdb_text {
    char data[KM_GDB_PACKET];
    size_t length;
};

void km_gdb_add(struct km_gdb_text *text, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
void km_gdb_add_bytes(struct km_gdb_text *text, const void *data, size_t size);
void km_gdb_add_hex(struct km_gdb_text *text, const void *data, size_t size);
/* Reads pairs of hexadecimal digits; how many bytes they were. */
size_t km_gdb_from_hex(uint8_t *to, size_t size, const char *digits);

/* ---- gdb_link.c: packets over a connection ---- */

/* Waits for gdb; -EINTR when a signal came first. */
int km_gdb_link_accept(void);
bool km_gdb_link_is_open(void);
void km_gdb_link_close(void);
/* The next packet, with 0 behind it: its length, or -errno at the end of the connection. */
ssize_t km_gdb_receive(char packet[KM_GDB_PACKET + 1]);
void km_gdb_send(const struct km_gdb_text *text);
/* From now on packets are not acknowledged. */
void km_gdb_link_trust(void);
/* Whether KM_STOP_SIGNAL is to come when gdb sends something. */
void km_gdb_link_watch(bool on);
/* Whether gdb has sent something, or is gone. */
bool km_gdb_link_is_ready(void);

/* ---- gdb_registers_x86_64.c ---- */

#define KM_GDB_REGISTERS_SIZE 600

/* All registers of a thread that is stopped, in the order of the target description. */
int km_gdb_registers_get(struct km_thread *t, uint8_t bytes[KM_GDB_REGISTERS_SIZE]);
int km_gdb_registers_set(struct km_thread *t, const uint8_t bytes[KM_GDB_REGISTERS_SIZE]);
size_t km_gdb_registers_size(void);
/* Where one of them is among those bytes; its size, 0 when there is none of this number. */
size_t km_gdb_register_at(unsigned number, size_t *offset);
/* The target description (gdb's manual, appendix G). */
void km_gdb_registers_describe(struct km_gdb_text *text);

#endif

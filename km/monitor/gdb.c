/*
 * The stub for gdb's remote protocol (gdb's manual, appendix E), in all-stop mode. Whatever stops
 * the payload - a breakpoint, a step, a signal, gdb's own interrupt - is found by one of its
 * threads; this one stops the others and then does what gdb says, until that is to go on.
 *
 * A forked child is left to itself, and so is a program that execve(2) starts.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "gdb.h"

#define INT3 0xcc
#define TRAP_FLAG 0x100
#define MAX_BREAKPOINTS 1024

/* gdb's numbers of signals (gdb's include/gdb/signals.def), by Linux's. */
static const uint8_t gdb_signals[] = {0, 1, 2, 3, 4, 5, 6, 10, 8, 9, 30, 11, 31, 13, 14, 15, 0, 20,
        19, 17, 18, 21, 22, 16, 24, 25, 26, 27, 28, 23, 32, 12};
#define GDB_FIRST_REALTIME 45 /* is 33 */
#define FIRST_REALTIME 33

static struct {
    uint64_t address;
    uint8_t original;
} breakpoints[MAX_BREAKPOINTS];
static size_t breakpoint_count;

static struct km_gdb_text answer;
static char packet[KM_GDB_PACKET + 1];
static pid_t selected; /* the thread whose registers are meant */

static unsigned to_gdb(int signal)
{
    if (signal >= FIRST_REALTIME)
        return (unsigned)(signal - FIRST_REALTIME) + GDB_FIRST_REALTIME;
    return (size_t)signal < sizeof(gdb_signals) ? gdb_signals[signal] : 0;
}

static int from_gdb(unsigned number)
{
    if (number >= GDB_FIRST_REALTIME && number - GDB_FIRST_REALTIME <= KM_SIGNALS - FIRST_REALTIME)
        return (int)(number - GDB_FIRST_REALTIME) + FIRST_REALTIME;
    for (size_t i = 1; i < sizeof(gdb_signals); i++)
        if (gdb_signals[i] == number)
            return (int)i;
    return 0;
}

static bool is_reported(const struct km_thread *t)
{
    return km_gdb_link_is_open() && !t->shares_memory;
}

/* ---- memory and breakpoints ---- */

/* Writes to memory that the payload cannot write to, too. */
static int poke(struct km_machine *m, uint64_t address, const uint8_t *data, size_t size)
{
    while (size > 0) {
        uint64_t page = address & ~(KM_PAGE - 1);
        size_t part = page + KM_PAGE - address < size ? page + KM_PAGE - address : size;
        int prot = km_mem_prot(m, address), rc = prot < 0 ? prot : 0;

        if (rc == 0 && (prot & PROT_WRITE) == 0)
            rc = (int)km_mprotect(m, page, KM_PAGE, prot | PROT_WRITE);
        if (rc == 0)
            rc = km_guest_write(m, address, data, part);
        if (prot >= 0 && (prot & PROT_WRITE) == 0)
            km_mprotect(m, page, KM_PAGE, prot);
        if (rc < 0)
            return rc;
        address += part;
        data += part;
        size -= part;
    }
    return 0;
}

static size_t find_breakpoint(uint64_t address)
{
    size_t i = 0;

    while (i < breakpoint_count && breakpoints[i].address != address)
        i++;
    return i;
}

static int insert_breakpoint(struct km_machine *m, uint64_t address)
{
    const uint8_t trap = INT3;
    size_t i = find_breakpoint(address);
    int rc;

    if (i < breakpoint_count)
        return 0;
    if (i == MAX_BREAKPOINTS)
        return -ENOSPC;
    rc = km_guest_read(m, &breakpoints[i].original, address, 1);
    if (rc == 0)
        rc = poke(m, address, &trap, 1);
    breakpoints[i].address = address;
    breakpoint_count += rc == 0;
    return rc;
}

static int remove_breakpoint(struct km_machine *m, uint64_t address)
{
    size_t i = find_breakpoint(address);

    if (i == breakpoint_count)
        return -ENOENT;

    int rc = poke(m, address, &breakpoints[i].original, 1);

    breakpoints[i] = breakpoints[--breakpoint_count];
    return rc;
}

static void remove_all(struct km_machine *m)
{
    while (breakpoint_count > 0)
        remove_breakpoint(m, breakpoints[0].address);
}

/* As much as can be read, without the breakpoints in it; the length. */
static size_t peek(struct km_machine *m, uint64_t address, uint8_t *to, size_t size)
{
    size_t done = 0;

    while (done < size) {
        uint64_t at = address + done;
        size_t part = KM_PAGE - at % KM_PAGE;

        if (part > size - done)
            part = size - done;
        if (km_guest_read(m, to + done, at, part) < 0)
            break;
        done += part;
    }
    for (size_t i = 0; i < breakpoint_count; i++)
        if (breakpoints[i].address - address < done)
            to[breakpoints[i].address - address] = breakpoints[i].original;
    return done;
}

static int write_memory(struct km_machine *m, uint64_t address, uint8_t *data, size_t size)
{
    uint8_t trap = INT3;
    int rc = poke(m, address, data, size);

    for (size_t i = 0; i < breakpoint_count && rc == 0; i++)
        if (breakpoints[i].address - address < size) {
            breakpoints[i].original = data[breakpoints[i].address - address];
            rc = poke(m, breakpoints[i].address, &trap, 1);
        }
    return rc;
}

/* ---- threads ---- */

static struct km_thread *thread_of(const struct km_machine *m, pid_t tid)
{
    struct km_thread *t = m->thread_list;

    while (t != NULL && t->tid != tid)
        t = t->next;
    return t;
}

static void set_trap_flag(struct km_thread *t, bool on)
{
    struct km_registers r;

    if (km_vcpu_get(t->vcpu, &r) < 0)
        return;
    r.general.rflags = on ? r.general.rflags | TRAP_FLAG : r.general.rflags & ~(uint64_t)TRAP_FLAG;
    km_vcpu_set(t->machine, t->vcpu, &r);
}

/* Of several threads that were to make a step, the first ends it for all. */
static void end_steps(struct km_machine *m)
{
    for (struct km_thread *t = m->thread_list; t != NULL; t = t->next) {
        if (t->steps)
            set_trap_flag(t, false);
        t->steps = false;
    }
}

/* The action of vCont for a thread: "c", "C05", "s", "S05", or NULL for none. */
static const char *action_for(const char *actions, pid_t tid)
{
    while (*actions == ';') {
        size_t length = strcspn(++actions, ":;");
        const char *end = actions + length;

        if (*end != ':' || strncmp(end, ":-1", 3) == 0 || strtol(end + 1, NULL, 16) == tid)
            return actions;
        actions = end + strcspn(end, ";");
    }
    return NULL;
}

/* Holds the threads that are not to run, and sets those up that are to make a step. The signal for
 * the thread that stopped. */
static int resume(struct km_thread *stopped, const char *actions)
{
    int signal = 0;

    for (struct km_thread *t = stopped->machine->thread_list; t != NULL; t = t->next) {
        const char *action = action_for(actions, t->tid);

        t->held = action == NULL;
        if (action == NULL)
            continue;
        t->steps = *action == 's' || *action == 'S';
        if (t->steps)
            set_trap_flag(t, true);
        if (t == stopped && (*action == 'C' || *action == 'S'))
            signal = from_gdb((unsigned)strtoul(action + 1, NULL, 16));
    }
    return signal;
}

/* ---- what gdb asks ---- */

static void add_result(int rc)
{
    if (rc < 0)
        km_gdb_add(&answer, "E%02x", -rc & 0xff);
    else
        km_gdb_add(&answer, "OK");
}

static void add_threads(const struct km_machine *m)
{
    char sign = 'm';

    for (const struct km_thread *t = m->thread_list; t != NULL; t = t->next, sign = ',')
        km_gdb_add(&answer, "%c%x", sign, t->tid);
}

/* Part of an object that gdb reads in pieces: "OFFSET,LENGTH". */
static void add_part(const void *data, size_t size, const char *range)
{
    char *end;
    size_t offset = strtoul(range, &end, 16), length = *end == ',' ? strtoul(end + 1, NULL, 16) : 0;

    if (offset > size)
        offset = size;
    if (length > size - offset)
        length = size - offset;
    if (length > KM_GDB_PACKET / 2)
        length = KM_GDB_PACKET / 2;
    km_gdb_add(&answer, offset + length < size ? "m" : "l");
    km_gdb_add_bytes(&answer, (const char *)data + offset, length);
}

static void query(struct km_thread *t, const char *text)
{
    static struct km_gdb_text description;
    struct km_machine *m = t->machine;
    static const char features[] = "Xfer:features:read:target.xml:", auxv[] = "Xfer:auxv:read::";

    if (strncmp(text, "Supported", 9) == 0) {
        km_gdb_add(&answer,
                "PacketSize=%x;QStartNoAckMode+;swbreak+;vContSupported+;qXfer:features:read+;"
                "qXfer:auxv:read+;qXfer:exec-file:read+",
                KM_GDB_PACKET);
    } else if (strncmp(text, features, sizeof(features) - 1) == 0) {
        if (description.length == 0)
            km_gdb_registers_describe(&description);
        add_part(description.data, description.length, text + sizeof(features) - 1);
    } else if (strncmp(text, auxv, sizeof(auxv) - 1) == 0) {
        add_part(m->auxv.data, m->auxv.size, text + sizeof(auxv) - 1);
    } else if (strncmp(text, "Xfer:exec-file:read:", 20) == 0) {
        add_part(m->exe, strlen(m->exe), text + 20 + strcspn(text + 20, ":") + 1);
    } else if (strcmp(text, "fThreadInfo") == 0) {
        add_threads(m);
    } else if (strcmp(text, "sThreadInfo") == 0) {
        km_gdb_add(&answer, "l");
    } else if (strcmp(text, "C") == 0) {
        km_gdb_add(&answer, "QC%x", t->tid);
    } else if (strncmp(text, "Attached", 8) == 0) {
        km_gdb_add(&answer, "0");
    }
}

static void access_memory(struct km_machine *m)
{
    static uint8_t data[KM_GDB_PACKET];
    char *text;
    uint64_t address = strtoul(packet + 1, &text, 16);
    size_t size = *text == ',' ? strtoul(text + 1, &text, 16) : 0;

    if (packet[0] == 'm') {
        if (size > KM_GDB_PACKET / 2)
            size = KM_GDB_PACKET / 2;

        size_t got = peek(m, address, data, size);

        if (got == 0 && size > 0)
            add_result(-EFAULT);
        else
            km_gdb_add_hex(&answer, data, got);
        return;
    }
    if (*text != ':' || size > sizeof(data)) {
        add_result(-EINVAL);
    } else if (packet[0] == 'X') {
        add_result(write_memory(m, address, (uint8_t *)text + 1, size));
    } else {
        add_result(km_gdb_from_hex(data, size, text + 1) == size
                           ? write_memory(m, address, data, size)
                           : -EINVAL);
    }
}

/* g, G, p, P: all registers, or one, of the selected thread. */
static void access_registers(struct km_machine *m)
{
    uint8_t bytes[KM_GDB_REGISTERS_SIZE] = {0};
    struct km_thread *t = thread_of(m, selected);
    size_t offset = 0, size = km_gdb_registers_size();
    char *digits = packet + 1;
    int rc = t == NULL ? -ESRCH : km_gdb_registers_get(t, bytes);

    if (packet[0] == 'p' || packet[0] == 'P') {
        size = km_gdb_register_at((unsigned)strtoul(packet + 1, &digits, 16), &offset);
        digits += *digits == '=';
        rc = rc == 0 && size == 0 ? -EINVAL : rc;
    }
    if (rc == 0 && (packet[0] == 'g' || packet[0] == 'p')) {
        km_gdb_add_hex(&answer, bytes + offset, size);
        return;
    }
    if (rc == 0 && km_gdb_from_hex(bytes + offset, size, digits) != size)
        rc = -EINVAL;
    add_result(rc < 0 ? rc : km_gdb_registers_set(t, bytes));
}

static void select_thread(const struct km_thread *t, const char *text)
{
    long tid = strtol(text + 1, NULL, 16);

    if (text[0] != 'g')
        tid = 0;
    else if (tid <= 0)
        selected = t->tid;
    else
        selected = (pid_t)tid;
    add_result(tid > 0 && thread_of(t->machine, selected) == NULL ? -ESRCH : 0);
}

static void change_breakpoint(struct km_machine *m)
{
    uint64_t address = strncmp(packet + 1, "0,", 2) == 0 ? strtoul(packet + 3, NULL, 16) : 0;

    /* Other kinds than software breakpoints are not supported: an empty answer. */
    if (packet[1] == '0')
        add_result(
                packet[0] == 'Z' ? insert_breakpoint(m, address) : remove_breakpoint(m, address));
}

static void add_stop(const struct km_thread *t, int signal, bool at_breakpoint)
{
    km_gdb_add(
            &answer, "T%02xthread:%x;%s", to_gdb(signal), t->tid, at_breakpoint ? "swbreak:;" : "");
}

static void let_go(struct km_machine *m)
{
    remove_all(m);
    km_gdb_link_close();
}

/* Fills the answer, for what does not let the payload go on. */
static void answer_to(struct km_thread *t, int signal, bool at_breakpoint)
{
    struct km_machine *m = t->machine;

    switch (packet[0]) {
    case '?':
        add_stop(t, signal, at_breakpoint);
        break;
    case 'g':
    case 'G':
    case 'p':
    case 'P':
        access_registers(m);
        break;
    case 'm':
    case 'M':
    case 'X':
        access_memory(m);
        break;
    case 'Z':
    case 'z':
        change_breakpoint(m);
        break;
    case 'H':
        select_thread(t, packet + 1);
        break;
    case 'T':
        add_result(thread_of(m, (pid_t)strtol(packet + 1, NULL, 16)) != NULL ? 0 : -ESRCH);
        break;
    case 'q':
        query(t, packet + 1);
        break;
    case 'Q':
        if (strcmp(packet, "QStartNoAckMode") == 0)
            add_result(0);
        break;
    case 'v':
        if (strcmp(packet, "vCont?") == 0)
            km_gdb_add(&answer, "vCont;c;C;s;S");
        break;
    default: /* the empty answer: not supported */
        break;
    }
}

/* Does what gdb says until the payload is to go on; the signal that it goes on with. */
static int converse(struct km_thread *t, int signal, bool at_breakpoint)
{
    for (;;) {
        ssize_t length = km_gdb_receive(packet);

        answer.length = 0;
        if (length < 0 || packet[0] == 'D') {
            add_result(0);
            if (length >= 0)
                km_gdb_send(&answer);
            let_go(t->machine);
            return resume(t, ";c") + signal;
        }
        if (packet[0] == 'k' || strncmp(packet, "vKill", 5) == 0) {
            add_result(0);
            if (packet[0] == 'v')
                km_gdb_send(&answer);
            km_gdb_link_close();
            t->machine->end(t->machine, 0, SIGKILL);
        }
        if (strncmp(packet, "vCont;", 6) == 0)
            return resume(t, packet + 5);
        if (packet[0] == 3)
            continue;
        answer_to(t, signal, at_breakpoint);
        km_gdb_send(&answer);
        if (strcmp(packet, "QStartNoAckMode") == 0)
            km_gdb_link_trust();
    }
}

/* With all other threads stopped: tells gdb and obeys it. */
static int report(struct km_thread *t, int signal, bool at_breakpoint, bool first)
{
    km_gdb_link_watch(false);
    end_steps(t->machine);
    selected = t->tid;
    if (!first) {
        answer.length = 0;
        add_stop(t, signal, at_breakpoint);
        km_gdb_send(&answer);
    }
    signal = converse(t, signal, at_breakpoint);
    if (km_gdb_link_is_open()) {
        km_gdb_link_watch(true);
        /* What came just before the watch began would go unnoticed. */
        if (km_gdb_link_is_ready())
            syscall(SYS_tgkill, getpid(), t->tid, KM_STOP_SIGNAL);
    }
    return signal;
}

void km_gdb_begin(struct km_thread *t)
{
    int rc = km_gdb_link_accept();

    if (rc < 0) {
        if (rc != -EINTR)
            km_error("gdb cannot connect: %s", strerror(-rc));
        return;
    }
    km_signal_block();
    km_stop_others(t);
    report(t, SIGTRAP, false, true);
    km_stop_release(t);
    km_signal_unblock(t);
}

void km_gdb_trap(struct km_thread *t, unsigned vector, struct km_registers *registers)
{
    uint64_t at = registers->general.rip - 1;
    bool breakpoint;

    km_signal_block();
    if (vector == KM_VECTOR_BP) {
        registers->general.rip = at;
        km_vcpu_set(t->machine, t->vcpu, registers);
    }
    km_stop_others(t);
    /* Meanwhile another thread may have stopped, and gdb may have changed its mind. */
    breakpoint = vector == KM_VECTOR_BP && find_breakpoint(at) < breakpoint_count;
    if (is_reported(t) && (breakpoint || t->steps))
        report(t, SIGTRAP, breakpoint, false);
    km_stop_release(t);
    km_signal_unblock(t);
}

bool km_gdb_has_trap(const struct km_thread *t, unsigned vector, uint64_t rip)
{
    return is_reported(t) &&
           (vector == KM_VECTOR_BP ? find_breakpoint(rip - 1) < breakpoint_count : t->steps);
}

int km_gdb_signal(struct km_thread *t, int signal)
{
    if (!is_reported(t))
        return signal;
    km_signal_block();
    km_stop_others(t);
    if (is_reported(t))
        signal = report(t, signal, false, false);
    km_stop_release(t);
    return signal;
}

void km_gdb_look(struct km_thread *t)
{
    if (!is_reported(t) || !km_gdb_link_is_ready())
        return;
    km_signal_block();
    km_stop_others(t);
    if (is_reported(t) && km_gdb_link_is_ready())
        report(t, SIGINT, false, false);
    km_stop_release(t);
    km_signal_unblock(t);
}

void km_gdb_forget(struct km_thread *t)
{
    remove_all(t->machine);
    if (t->steps)
        set_trap_flag(t, false);
    t->steps = t->held = false;
    km_gdb_link_close();
}

void km_gdb_end(const struct km_thread *t, int status, int signal)
{
    if (t == NULL || !is_reported(t))
        return;
    answer.length = 0;
    if (signal != 0)
        km_gdb_add(&answer, "X%02x", to_gdb(signal));
    else
        km_gdb_add(&answer, "W%02x", status & 0xff);
    km_gdb_send(&answer);
}

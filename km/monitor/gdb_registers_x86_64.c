/*
 * Registers as gdb has them: one after the other, in the order of the target description that the
 * stub sends (gdb's manual, G.5.14: i386.core, i386.sse, i386.linux, i386.segments).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "gdb.h"

#define GENERAL 17 /* rax to r15, and rip */
#define FLOATS 8
#define VECTORS 16

/* Of the XSAVE area (SDM volume 1, 10.5.1). */
enum {
    FCW = 0,
    FSW = 2,
    FTW = 4,
    FOP = 6,
    FIP = 8,
    FDP = 16,
    MXCSR = 24,
    ST = 32,
    XMM = 160,
    XSTATE_BV = 512,
};

static const char core[] = "org.gnu.gdb.i386.core", sse[] = "org.gnu.gdb.i386.sse";
static const char linux_own[] = "org.gnu.gdb.i386.linux";
static const char segments[] = "org.gnu.gdb.i386.segments";

/* The parts of a vector register have the names that gdb uses for them elsewhere. */
static const char vector_type[] =
        "<vector id=\"v4f\" type=\"ieee_single\" count=\"4\"/>"
        "<vector id=\"v2d\" type=\"ieee_double\" count=\"2\"/>"
        "<vector id=\"v16i8\" type=\"int8\" count=\"16\"/>"
        "<vector id=\"v8i16\" type=\"int16\" count=\"8\"/>"
        "<vector id=\"v4i32\" type=\"int32\" count=\"4\"/>"
        "<vector id=\"v2i64\" type=\"int64\" count=\"2\"/>"
        "<union id=\"vec128\"><field name=\"v4_float\" type=\"v4f\"/>"
        "<field name=\"v2_double\" type=\"v2d\"/><field name=\"v16_int8\" type=\"v16i8\"/>"
        "<field name=\"v8_int16\" type=\"v8i16\"/><field name=\"v4_int32\" type=\"v4i32\"/>"
        "<field name=\"v2_int64\" type=\"v2i64\"/><field name=\"uint128\" type=\"uint128\"/>"
        "</union>";

/* Rows of `count` registers; a '#' in the name is the number in the row. */
static const struct {
    const char *feature, *name, *type;
    unsigned first, count, size;
} rows[] = {
        {core, "rax\0rbx\0rcx\0rdx\0rsi\0rdi", "int64", 0, 6, 8},
        {core, "rbp\0rsp", "data_ptr", 0, 2, 8},
        {core, "r#", "int64", 8, 8, 8},
        {core, "rip", "code_ptr", 0, 1, 8},
        {core, "eflags\0cs\0ss\0ds\0es\0fs\0gs", "int32", 0, 7, 4},
        {core, "st#", "i387_ext", 0, FLOATS, 10},
        {core, "fctrl\0fstat\0ftag\0fiseg\0fioff\0foseg\0fooff\0fop", "int", 0, 8, 4},
        {sse, "xmm#", "vec128", 0, VECTORS, 16},
        {sse, "mxcsr", "int", 0, 1, 4},
        {linux_own, "orig_rax", "int", 0, 1, 8},
        {segments, "fs_base\0gs_base", "int", 0, 2, 8},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

void km_gdb_registers_describe(struct km_gdb_text *text)
{
    const char *feature = NULL;

    km_gdb_add(text, "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\"><target>"
                     "<architecture>i386:x86-64</architecture><osabi>GNU/Linux</osabi>");
    for (size_t i = 0; i < ROWS; i++) {
        const char *name = rows[i].name;

        if (rows[i].feature != feature) {
            km_gdb_add(text, "%s<feature name=\"%s\">", feature != NULL ? "</feature>" : "",
                    rows[i].feature);
            feature = rows[i].feature;
            if (feature == sse)
                km_gdb_add(text, "%s", vector_type);
        }
        for (unsigned n = 0; n < rows[i].count; n++) {
            size_t length = strcspn(name, "#");

            km_gdb_add(text, "<reg name=\"%.*s", (int)length, name);
            if (name[length] == '#')
                km_gdb_add(text, "%u", rows[i].first + n);
            else
                name += length + 1;
            km_gdb_add(text, "\" bitsize=\"%u\" type=\"%s\"/>", rows[i].size * 8, rows[i].type);
        }
    }
    km_gdb_add(text, "</feature></target>");
}

size_t km_gdb_register_at(unsigned number, size_t *offset)
{
    *offset = 0;
    for (size_t i = 0; i < ROWS; i++) {
        if (number < rows[i].count) {
            *offset += number * rows[i].size;
            return rows[i].size;
        }
        number -= rows[i].count;
        *offset += rows[i].count * rows[i].size;
    }
    return 0;
}

size_t km_gdb_registers_size(void)
{
    size_t size = 0;

    for (size_t i = 0; i < ROWS; i++)
        size += rows[i].count * rows[i].size;
    return size;
}

/* In the order of the rows. */
static void general(struct km_registers *r, uint64_t *at[GENERAL])
{
    struct kvm_regs *g = &r->general;
    uint64_t *const order[GENERAL] = {
            (uint64_t *)&g->rax,
            (uint64_t *)&g->rbx,
            (uint64_t *)&g->rcx,
            (uint64_t *)&g->rdx,
            (uint64_t *)&g->rsi,
            (uint64_t *)&g->rdi,
            (uint64_t *)&g->rbp,
            (uint64_t *)&g->rsp,
            (uint64_t *)&g->r8,
            (uint64_t *)&g->r9,
            (uint64_t *)&g->r10,
            (uint64_t *)&g->r11,
            (uint64_t *)&g->r12,
            (uint64_t *)&g->r13,
            (uint64_t *)&g->r14,
            (uint64_t *)&g->r15,
            (uint64_t *)&g->rip,
    };

    memcpy(at, order, sizeof(order));
}

/* The full tag word of which the area has one bit for each register that is not empty. */
static uint32_t full_tags(uint8_t tags)
{
    uint32_t full = 0;

    for (unsigned i = 0; i < FLOATS; i++)
        full |= (tags >> i & 1 ? 0u : 3u) << i * 2;
    return full;
}

static uint8_t short_tags(uint32_t full)
{
    uint8_t tags = 0;

    for (unsigned i = 0; i < FLOATS; i++)
        if ((full >> i * 2 & 3) != 3)
            tags |= (uint8_t)(1u << i);
    return tags;
}

static void copy_out(uint8_t **to, const void *from, size_t size)
{
    memcpy(*to, from, size);
    *to += size;
}

static void copy_in(const uint8_t **from, void *to, size_t size)
{
    memcpy(to, *from, size);
    *from += size;
}

int km_gdb_registers_get(struct km_thread *t, uint8_t bytes[KM_GDB_REGISTERS_SIZE])
{
    static const uint32_t selectors[] = {0x33, 0x2b, 0, 0, 0, 0};
    uint8_t *area = calloc(1, t->machine->xsave_size), *to = bytes;
    struct km_registers r;
    uint64_t *at[GENERAL];
    const uint64_t no_call = ~0ull;
    int rc = area == NULL ? -ENOMEM : km_vcpu_get(t->vcpu, &r);

    if (rc == 0)
        rc = km_vcpu_get_xsave(t->machine, t->vcpu, area);
    if (rc == 0) {
        uint32_t control[8] = {0};

        memcpy(&control[0], area + FCW, 2);
        memcpy(&control[1], area + FSW, 2);
        control[2] = full_tags(area[FTW]);
        memcpy(&control[3], area + FIP + 4, 4);
        memcpy(&control[4], area + FIP, 4);
        memcpy(&control[5], area + FDP + 4, 4);
        memcpy(&control[6], area + FDP, 4);
        memcpy(&control[7], area + FOP, 2);
        general(&r, at);
        for (unsigned i = 0; i < GENERAL; i++)
            copy_out(&to, at[i], 8);
        copy_out(&to, &r.general.rflags, 4);
        copy_out(&to, selectors, sizeof(selectors));
        for (unsigned i = 0; i < FLOATS; i++)
            copy_out(&to, area + ST + i * 16, 10);
        copy_out(&to, control, sizeof(control));
        copy_out(&to, area + XMM, VECTORS * 16);
        copy_out(&to, area + MXCSR, 4);
        copy_out(&to, &no_call, 8);
        copy_out(&to, &r.fs_base, 8);
        copy_out(&to, &r.gs_base, 8);
    }
    free(area);
    return rc;
}

int km_gdb_registers_set(struct km_thread *t, const uint8_t bytes[KM_GDB_REGISTERS_SIZE])
{
    uint8_t *area = calloc(1, t->machine->xsave_size), ignored[24];
    const uint8_t *from = bytes;
    struct km_registers r;
    uint64_t *at[GENERAL];
    int rc = area == NULL ? -ENOMEM : km_vcpu_get(t->vcpu, &r);

    if (rc == 0)
        rc = km_vcpu_get_xsave(t->machine, t->vcpu, area);
    if (rc == 0) {
        uint32_t control[8];

        general(&r, at);
        for (unsigned i = 0; i < GENERAL; i++)
            copy_in(&from, at[i], 8);
        copy_in(&from, &r.general.rflags, 4);
        copy_in(&from, ignored, 24);
        for (unsigned i = 0; i < FLOATS; i++)
            copy_in(&from, area + ST + i * 16, 10);
        copy_in(&from, control, sizeof(control));
        copy_in(&from, area + XMM, VECTORS * 16);
        copy_in(&from, area + MXCSR, 4);
        copy_in(&from, ignored, 8);
        copy_in(&from, &r.fs_base, 8);
        copy_in(&from, &r.gs_base, 8);
        memcpy(area + FCW, &control[0], 2);
        memcpy(area + FSW, &control[1], 2);
        area[FTW] = short_tags(control[2]);
        area[XSTATE_BV] |= 3;
        rc = km_vcpu_set_xsave(t->vcpu, area);
    }
    if (rc == 0)
        rc = km_vcpu_set(t->machine, t->vcpu, &r);
    free(area);
    return rc;
}

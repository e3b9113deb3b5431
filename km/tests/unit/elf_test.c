#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>

#include "../../monitor/elf_file.c"

#include "tap.h"

/* A small program: header, three program headers, some bytes. */
struct file {
    Elf64_Ehdr header;
    Elf64_Phdr ph[3];
    char interpreter[16];
    char rest[8192];
};

static struct file good_file(void)
{
    struct file f = {
            .header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                    .e_type = ET_DYN,
                    .e_machine = EM_X86_64,
                    .e_entry = 0x1000,
                    .e_phoff = offsetof(struct file, ph),
                    .e_phentsize = sizeof(Elf64_Phdr),
                    .e_phnum = 3},
            .ph = {{.p_type = PT_LOAD,
                           .p_flags = PF_R | PF_X,
                           .p_filesz = 4096,
                           .p_memsz = 4096,
                           .p_align = 4096},
                    {.p_type = PT_LOAD,
                            .p_flags = PF_R | PF_W,
                            .p_offset = 4096,
                            .p_vaddr = 0x5000,
                            .p_filesz = 100,
                            .p_memsz = 9000,
                            .p_align = 0x10000},
                    {.p_type = PT_INTERP,
                            .p_offset = offsetof(struct file, interpreter),
                            .p_filesz = 9}},
            .interpreter = "/lib/ld",
    };

    f.ph[2].p_filesz = 8;
    return f;
}

static int fd = -1;
static const char *why;
static struct km_elf elf;

static int read_bytes(const void *data, size_t size)
{
    if (fd < 0)
        fd = memfd_create("elf", 0);
    if (ftruncate(fd, 0) < 0 || pwrite(fd, data, size, 0) != (ssize_t)size)
        abort();
    return km_elf_read(fd, &elf, &why);
}

static int read_file(const struct file *f)
{
    return read_bytes(f, sizeof(*f));
}

static void reads(void)
{
    struct file f = good_file();

    ok(read_file(&f) == 0, "a good file is read");
    ok(elf.segments == 2 && elf.position_independent && elf.entry == 0x1000, "with its segments");
    ok(elf.low == 0 && elf.high == 0x8000 && elf.alignment == 0x10000, "their bounds");
    ok(strcmp(elf.interpreter, "/lib/ld") == 0, "its interpreter");
    ok(elf.phdr == sizeof(Elf64_Ehdr) && elf.phnum == 3, "and its headers");
    ok(elf.segment[1].prot == (PROT_READ | PROT_WRITE), "and protections");
}

#define REFUSED(change, what)                                                                      \
    do {                                                                                           \
        struct file f = good_file();                                                               \
        change;                                                                                    \
        ok(read_file(&f) == -ENOEXEC && why[0] != '\0', "refused: " what);                         \
    } while (0)

static void refuses(void)
{
    REFUSED(f.header.e_ident[0] = 0, "no magic");
    REFUSED(f.header.e_ident[EI_CLASS] = ELFCLASS32, "32 bits");
    REFUSED(f.header.e_machine = EM_AARCH64, "another machine");
    REFUSED(f.header.e_type = ET_REL, "an object file");
    REFUSED(f.header.e_phentsize = 1, "odd program headers");
    REFUSED(f.header.e_phnum = 0, "no program headers");
    REFUSED(f.header.e_phnum = 65535, "very many program headers");
    REFUSED(f.header.e_phoff = 1ull << 40, "program headers behind the end");
    REFUSED(f.header.e_phoff = UINT64_MAX, "program headers far behind the end");
    REFUSED(f.ph[0].p_filesz = 4097, "more in the file than in memory");
    REFUSED(f.ph[1].p_offset = 1ull << 40, "a segment behind the end");
    REFUSED(f.ph[1].p_offset = UINT64_MAX - 4095, "a segment far behind the end");
    REFUSED(f.ph[1].p_vaddr = UINT64_MAX - 4095, "an address above all");
    REFUSED(f.ph[1].p_memsz = UINT64_MAX, "a size above all");
    REFUSED(f.ph[1].p_vaddr = 0x5001, "address and offset apart");
    REFUSED(f.ph[1].p_vaddr = 0, "overlap");
    REFUSED(f.ph[1].p_align = 3, "alignment not a power of two");
    REFUSED(f.ph[1].p_align = 1ull << 62, "huge alignment");
    REFUSED(f.ph[2].p_filesz = 0, "an empty interpreter");
    REFUSED(f.ph[2].p_filesz = 5000, "a long interpreter");
    REFUSED(f.ph[2].p_filesz = 3, "an interpreter without an end");
    REFUSED(f.ph[2].p_offset = UINT64_MAX, "an interpreter behind the end");
    REFUSED(f.ph[0].p_type = f.ph[1].p_type = PT_NULL, "nothing to load");
}

static void cut(void)
{
    struct file f = good_file();
    int refused = 1;

    for (size_t size = 0; size < 4096 + 100; size += 7)
        refused &= read_bytes(&f, size) == -ENOEXEC;
    ok(refused, "refused: cut anywhere");
    ok(km_elf_read(open("/", O_RDONLY), &elf, &why) == -EACCES, "refused: a folder");
}

/* Whatever is accepted keeps the promises of elf_file.h. */
static int is_sound(void)
{
    if (elf.segments == 0 || elf.low >= elf.high || elf.high > MAX_ADDRESS + KM_PAGE)
        return 0;
    for (unsigned i = 0; i < elf.segments; i++) {
        const struct km_segment *s = &elf.segment[i];

        if (s->filesz > s->memsz || s->vaddr < elf.low || s->vaddr + s->memsz > elf.high ||
                (s->filesz > 0 && s->offset + s->filesz > sizeof(struct file)) ||
                (i > 0 && s->vaddr / KM_PAGE * KM_PAGE < s[-1].vaddr + s[-1].memsz))
            return 0;
    }
    return memchr(elf.interpreter, 0, sizeof(elf.interpreter)) != NULL;
}

static void fuzz(void)
{
    static const uint8_t values[] = {0, 1, 0x7f, 0x80, 0xff, 0x10, 0x38, 0x40};
    int good = 1, accepted = 0;

    srand(7);
    for (int round = 0; round < 100000; round++) {
        struct file f = good_file();

        for (int changes = rand() % 4; changes >= 0; changes--)
            ((uint8_t *)&f)[(size_t)rand() % offsetof(struct file, rest)] =
                    rand() % 2 ? (uint8_t)rand() : values[(size_t)rand() % sizeof(values)];

        int rc = read_file(&f);

        if (rc == 0) {
            accepted++;
            good &= is_sound();
        } else {
            good &= rc == -ENOEXEC && why[0] != '\0';
        }
    }
    ok(good && accepted > 100, "whatever is accepted of changed files is sound");
}

int main(void)
{
    reads();
    refuses();
    cut();
    fuzz();
    close(fd);
    return done();
}

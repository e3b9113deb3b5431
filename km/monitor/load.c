#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "elf_file.h"
#include "km.h"

/* Where position-independent programs go: above those that are linked for a low address, with
 * room above for brk. */
#define PIE_BASE (KM_MEM_START + (254ull << 20))

static uint64_t page_up(uint64_t value)
{
    return (value + KM_PAGE - 1) & ~(KM_PAGE - 1);
}

/* Zeroes the rest of the page behind the file's part of a segment. */
static int zero_tail(struct km_machine *m, uint64_t start, int prot)
{
    static const char zeroes[KM_PAGE];
    uint64_t page = start & ~(KM_PAGE - 1);
    int rc = 0;

    if (start == page)
        return 0;
    if ((prot & PROT_WRITE) == 0)
        rc = (int)km_mprotect(m, page, KM_PAGE, prot | PROT_WRITE);
    if (rc == 0)
        rc = km_guest_write(m, start, zeroes, page + KM_PAGE - start);
    if (rc == 0 && (prot & PROT_WRITE) == 0)
        rc = (int)km_mprotect(m, page, KM_PAGE, prot);
    return rc;
}

static int map_segment(struct km_machine *m, int fd, const struct km_segment *s, uint64_t bias)
{
    uint64_t start = (s->vaddr + bias) & ~(KM_PAGE - 1);
    uint64_t file_end = s->vaddr + bias + s->filesz, end = s->vaddr + bias + s->memsz;
    int64_t rc;

    if (s->filesz > 0) {
        rc = km_mmap(m, start, file_end - start, s->prot, MAP_PRIVATE | MAP_FIXED, fd,
                s->offset & ~(KM_PAGE - 1));
        if (rc >= 0 && s->memsz > s->filesz)
            rc = zero_tail(m, file_end, s->prot);
        if (rc < 0)
            return (int)rc;
        start = page_up(file_end);
    }
    if (end <= start)
        return 0;
    rc = km_mmap(m, start, end - start, s->prot, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    return rc < 0 ? (int)rc : 0;
}

/* What has to be added to the addresses in the file. */
static int64_t place(struct km_machine *m, const struct km_elf *elf, bool interpreter)
{
    uint64_t size = elf->high - elf->low, base = (PIE_BASE + elf->alignment - 1) & -elf->alignment;

    if (!elf->position_independent)
        return 0;
    if (interpreter) {
        int64_t room = km_mmap(m, 0, size + elf->alignment, PROT_NONE,
                MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

        if (room < 0)
            return room;
        base = ((uint64_t)room + elf->alignment - 1) & -elf->alignment;
        km_munmap(m, (uint64_t)room, size + elf->alignment);
    }
    if (!km_guest_ok(m, base, size))
        return -ENOMEM;
    return (int64_t)(base - elf->low);
}

static int map_elf(
        struct km_machine *m, int fd, const struct km_elf *elf, bool interpreter, uint64_t *bias)
{
    int64_t placed = place(m, elf, interpreter);

    if (placed < 0 && placed > -4096)
        return (int)placed;
    *bias = (uint64_t)placed;
    for (unsigned i = 0; i < elf->segments; i++) {
        int rc = map_segment(m, fd, &elf->segment[i], *bias);

        if (rc < 0)
            return rc;
    }
    return 0;
}

static int load_one(struct km_machine *m, const char *path, bool interpreter, struct km_elf *elf,
        uint64_t *bias, const char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC), rc;

    *why = "";
    if (fd < 0)
        return -errno;
    rc = faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? -errno : 0;
    if (rc == 0)
        rc = km_elf_read(fd, elf, why);
    if (rc == 0 && interpreter && (!elf->position_independent || elf->interpreter[0] != '\0')) {
        *why = "its interpreter is not one";
        rc = -ENOEXEC;
    }
    if (rc == 0) {
        rc = map_elf(m, fd, elf, interpreter, bias);
        if (rc == -ENOMEM)
            *why = "a segment outside the payload's address space, or no memory";
    }
    close(fd);
    return rc;
}

int km_load(struct km_machine *m, const char *path, struct km_image *image, const char **why)
{
    struct km_elf *elf = malloc(2 * sizeof(*elf));
    uint64_t bias = 0, interpreter_bias = 0;

    if (elf == NULL)
        return -ENOMEM;

    int rc = load_one(m, path, false, &elf[0], &bias, why);

    if (rc == 0) {
        *image = (struct km_image){
                .entry = elf->entry + bias,
                .program_entry = elf->entry + bias,
                .phdr = elf->phdr != 0 ? elf->phdr + bias : 0,
                .phnum = elf->phnum,
                .end = elf->high + bias,
                .executable_stack = elf->executable_stack,
        };
        m->memory.brk_start = m->memory.brk = image->end;
        if (elf->interpreter[0] != '\0') {
            rc = load_one(m, elf->interpreter, true, &elf[1], &interpreter_bias, why);
            if (rc == -ENOENT)
                *why = "its interpreter is missing";
            image->entry = elf[1].entry + interpreter_bias;
            image->interpreter_base = interpreter_bias;
        }
    }
    free(elf);
    return rc;
}

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "elf_file.h"
#include "pt_x86_64.h"

#define MAX_PHDRS 128
#define MAX_ADDRESS (1ull << 47)
#define MAX_ALIGNMENT (1ull << 30)

static int refuse(const char **why, const char *reason)
{
    *why = reason;
    return -ENOEXEC;
}

/* Exactly size bytes at offset; -ENOEXEC when the file ends before. */
static int read_exactly(int fd, void *to, size_t size, uint64_t offset)
{
    for (size_t done = 0; done < size;) {
        ssize_t got = pread(fd, (char *)to + done, size - done, (off_t)(offset + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            return -ENOEXEC;
        done += (size_t)got;
    }
    return 0;
}

static int check_header(const Elf64_Ehdr *header, const char **why)
{
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return refuse(why, "not an ELF file");
    if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
            header->e_machine != EM_X86_64)
        return refuse(why, "not a program for x86-64");
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return refuse(why, "an ELF file, but not a program");
    if (header->e_phentsize != sizeof(Elf64_Phdr))
        return refuse(why, "program headers of an unknown size");
    if (header->e_phnum == 0 || header->e_phnum > MAX_PHDRS)
        return refuse(why, "no program headers, or too many");
    if (header->e_phoff > INT64_MAX - MAX_PHDRS * sizeof(Elf64_Phdr))
        return refuse(why, "program headers outside the file");
    return 0;
}

static int add_segment(struct km_elf *elf, const Elf64_Phdr *ph, uint64_t size, const char **why)
{
    struct km_segment *last = elf->segments ? &elf->segment[elf->segments - 1] : NULL;

    if (ph->p_memsz == 0)
        return 0;
    if (elf->segments == KM_ELF_SEGMENTS)
        return refuse(why, "too many segments");
    if (ph->p_filesz > ph->p_memsz)
        return refuse(why, "a segment larger in the file than in memory");
    if (ph->p_vaddr >= MAX_ADDRESS || ph->p_memsz > MAX_ADDRESS - ph->p_vaddr)
        return refuse(why, "a segment outside the address space");
    if (ph->p_filesz > 0 && (ph->p_offset > size || ph->p_filesz > size - ph->p_offset))
        return refuse(why, "a segment outside the file");
    if (ph->p_filesz > 0 && ph->p_offset % KM_PAGE != ph->p_vaddr % KM_PAGE)
        return refuse(why, "a segment whose address and offset differ within the page");
    if (last != NULL && ph->p_vaddr / KM_PAGE * KM_PAGE < last->vaddr + last->memsz)
        return refuse(why, "segments that overlap or are out of order");
    if (ph->p_align > MAX_ALIGNMENT || (ph->p_align & (ph->p_align - 1)) != 0)
        return refuse(why, "a segment of impossible alignment");

    elf->segment[elf->segments++] = (struct km_segment){
            .vaddr = ph->p_vaddr,
            .offset = ph->p_offset,
            .filesz = ph->p_filesz,
            .memsz = ph->p_memsz,
            .prot = (ph->p_flags & PF_R ? PROT_READ : 0) | (ph->p_flags & PF_W ? PROT_WRITE : 0) |
                    (ph->p_flags & PF_X ? PROT_EXEC : 0),
    };
    if (elf->segments == 1)
        elf->low = ph->p_vaddr / KM_PAGE * KM_PAGE;
    elf->high = (ph->p_vaddr + ph->p_memsz + KM_PAGE - 1) / KM_PAGE * KM_PAGE;
    if (ph->p_align > elf->alignment)
        elf->alignment = ph->p_align;
    return 0;
}

static int read_interpreter(int fd, struct km_elf *elf, const Elf64_Phdr *ph, const char **why)
{
    if (ph->p_filesz < 2 || ph->p_filesz > sizeof(elf->interpreter) || ph->p_offset > INT64_MAX / 2)
        return refuse(why, "an interpreter's name of impossible length");

    int rc = read_exactly(fd, elf->interpreter, ph->p_filesz, ph->p_offset);

    if (rc == -ENOEXEC)
        return refuse(why, "an interpreter's name outside the file");
    if (rc == 0 && elf->interpreter[ph->p_filesz - 1] != '\0')
        return refuse(why, "an interpreter's name without an end");
    return rc;
}

/* Where the program headers are in memory: the segment that holds their place in the file. */
static uint64_t find_headers(const struct km_elf *elf, uint64_t phoff)
{
    for (unsigned i = 0; i < elf->segments; i++) {
        const struct km_segment *s = &elf->segment[i];

        if (phoff >= s->offset && phoff - s->offset < s->filesz)
            return s->vaddr + (phoff - s->offset);
    }
    return 0;
}

int km_elf_read(int fd, struct km_elf *elf, const char **why)
{
    Elf64_Ehdr header;
    Elf64_Phdr ph[MAX_PHDRS];
    struct stat st;

    *elf = (struct km_elf){.alignment = KM_PAGE};
    *why = "";
    if (fstat(fd, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode))
        return -EACCES;

    int rc = read_exactly(fd, &header, sizeof(header), 0);

    if (rc == -ENOEXEC)
        return refuse(why, "shorter than an ELF header");
    if (rc == 0)
        rc = check_header(&header, why);
    if (rc < 0)
        return rc;
    rc = read_exactly(fd, ph, header.e_phnum * sizeof(ph[0]), header.e_phoff);
    if (rc == -ENOEXEC)
        return refuse(why, "program headers outside the file");

    for (unsigned i = 0; i < header.e_phnum && rc == 0; i++) {
        if (ph[i].p_type == PT_LOAD)
            rc = add_segment(elf, &ph[i], (uint64_t)st.st_size, why);
        else if (ph[i].p_type == PT_INTERP && elf->interpreter[0] == '\0')
            rc = read_interpreter(fd, elf, &ph[i], why);
        else if (ph[i].p_type == PT_GNU_STACK)
            elf->executable_stack = (ph[i].p_flags & PF_X) != 0;
    }
    if (rc < 0)
        return rc;
    if (elf->segments == 0)
        return refuse(why, "nothing to load");
    elf->position_independent = header.e_type == ET_DYN;
    elf->entry = header.e_entry;
    elf->phnum = header.e_phnum;
    elf->phdr = find_headers(elf, header.e_phoff);
    return 0;
}

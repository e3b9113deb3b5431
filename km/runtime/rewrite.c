/*
 * Changes SYSCALL instructions of a linked program to OUT instructions of the same length, which
 * call the monitor directly. Usage: km-rewrite FILE <ADDRESSES, hexadecimal, one in a line.
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define MAX_PHDRS 64

static const unsigned char from[] = {0x0f, 0x05}; /* syscall */
static const unsigned char to[] = {0xe7, 0x81};   /* out %eax, $0x81 */

static Elf64_Ehdr header;
static Elf64_Phdr ph[MAX_PHDRS];

static int fail(const char *file, const char *what)
{
    fprintf(stderr, "km-rewrite: %s: %s\n", file, what);
    return 1;
}

static int read_headers(FILE *f)
{
    return fread(&header, sizeof(header), 1, f) == 1 &&
           memcmp(header.e_ident, ELFMAG, SELFMAG) == 0 && header.e_machine == EM_X86_64 &&
           header.e_phnum <= MAX_PHDRS && fseek(f, (long)header.e_phoff, SEEK_SET) == 0 &&
           fread(ph, sizeof(ph[0]), header.e_phnum, f) == header.e_phnum;
}

/* Where the address is in the file, -1 when it is not. */
static long offset_of(uint64_t address)
{
    for (int i = 0; i < header.e_phnum; i++)
        if (ph[i].p_type == PT_LOAD && address >= ph[i].p_vaddr &&
                address - ph[i].p_vaddr + sizeof(from) <= ph[i].p_filesz)
            return (long)(ph[i].p_offset + (address - ph[i].p_vaddr));
    return -1;
}

static int change(FILE *f, long offset)
{
    unsigned char now[sizeof(from)];

    return offset >= 0 && fseek(f, offset, SEEK_SET) == 0 && fread(now, sizeof(now), 1, f) == 1 &&
           memcmp(now, from, sizeof(from)) == 0 && fseek(f, offset, SEEK_SET) == 0 &&
           fwrite(to, sizeof(to), 1, f) == 1;
}

int main(int argc, char *argv[])
{
    FILE *f = argc == 2 ? fopen(argv[1], "r+b") : NULL;
    unsigned long address;

    if (argc != 2) {
        fputs("Usage: km-rewrite FILE <ADDRESSES\n", stderr);
        return 2;
    }
    if (f == NULL || !read_headers(f))
        return fail(argv[1], "not an ELF program that can be read and written");
    while (scanf("%lx", &address) == 1)
        if (!change(f, offset_of(address)))
            return fail(argv[1], "no SYSCALL instruction where there should be one");
    return fclose(f) == 0 ? 0 : fail(argv[1], "cannot write");
}

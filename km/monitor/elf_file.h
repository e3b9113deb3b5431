/*
 * Reading ELF programs (ELF-64 specification, System V ABI AMD64 supplement). Nothing is mapped
 * here: the result is a plan that has been checked, so that whoever maps it need not.
 */
#ifndef KM_ELF_FILE_H
#define KM_ELF_FILE_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KM_ELF_SEGMENTS 32

/* All values are as in the file; addresses have no load bias added. */
struct km_segment {
    uint64_t vaddr, offset, filesz, memsz;
    int prot; /* of mmap(2) */
};

struct km_elf {
    bool position_independent;
    uint64_t entry;
    uint64_t phdr; /* address of the program headers in memory, 0 when no segment holds them */
    unsigned phnum;
    unsigned segments; /* at least one; ascending, in disjoint pages */
    struct km_segment segment[KM_ELF_SEGMENTS];
    uint64_t low, high; /* page-aligned bounds of all segments */
    uint64_t alignment; /* of the load address: a power of two, at least a page */
    bool executable_stack;
    char interpreter[PATH_MAX]; /* empty when there is none */
};

/*
 * Reads the program at fd. On -ENOEXEC *why says in a few words what is wrong with the file; other
 * errors are those of pread(2) and fstat(2).
 */
int km_elf_read(int fd, struct km_elf *elf, const char **why);

#endif

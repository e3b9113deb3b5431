/* What the auxiliary vector says, where it does not depend on the run. */
#include <elf.h>
#include <link.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    const Elf64_Phdr *ph = (const Elf64_Phdr *)getauxval(AT_PHDR);
    const char *random = (const char *)getauxval(AT_RANDOM);
    uint64_t low;

    (void)argc;
    printf("page size %lu, headers %lu of %lu bytes, ticks %lu\n", getauxval(AT_PAGESZ),
            getauxval(AT_PHNUM), getauxval(AT_PHENT), getauxval(AT_CLKTCK));
    printf("first header type %u, entry %#lx, base %#lx\n", ph->p_type, getauxval(AT_ENTRY),
            getauxval(AT_BASE));
    printf("ids %d %d %d %d, secure %lu\n", getauxval(AT_UID) == getuid(),
            getauxval(AT_EUID) == geteuid(), getauxval(AT_GID) == getgid(),
            getauxval(AT_EGID) == getegid(), getauxval(AT_SECURE));
    printf("platform %s, file is argv[0]: %d\n", (const char *)getauxval(AT_PLATFORM),
            strcmp((const char *)getauxval(AT_EXECFN), argv[0]) == 0);
    memcpy(&low, random, sizeof(low));
    printf("random %d, hwcap %#lx\n", low != 0, getauxval(AT_HWCAP));
    return 0;
}

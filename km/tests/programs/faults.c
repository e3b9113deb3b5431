/* Ends as a program does that does what the first argument says. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

static const char text[] = "read-only";
static char *volatile nowhere = (char *)8;

static int recurse(volatile char *above, int depth)
{
    volatile char here[4096];

    here[0] = above[0];
    return depth == 0 ? 0 : recurse(here, depth - 1) + here[0];
}

int main(int argc, char *argv[])
{
    const char *what = argc > 1 ? argv[1] : "";
    char code[] = {(char)0xc3};

    printf("about to fault\n");
    fflush(stdout);
    if (strcmp(what, "null") == 0)
        *(volatile int *)nowhere = 1;
    else if (strcmp(what, "write-text") == 0)
        *(volatile char *)text = 'x';
    else if (strcmp(what, "execute-data") == 0)
        ((void (*)(void))code)();
    else if (strcmp(what, "none") == 0)
        return *(volatile char *)mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    else if (strcmp(what, "kernel") == 0)
        return *(volatile char *)0xffff800000000000;
    else if (strcmp(what, "noncanonical") == 0)
        return *(volatile char *)0x0100000000000000;
    else if (strcmp(what, "stack") == 0)
        return recurse((volatile char *)what, 1 << 30);
    else if (strcmp(what, "divide") == 0)
        __asm__ volatile("xor %%ecx, %%ecx; div %%ecx" ::: "eax", "ecx", "edx");
    else if (strcmp(what, "ud2") == 0)
        __asm__ volatile("ud2");
    else if (strcmp(what, "hlt") == 0)
        __asm__ volatile("hlt");
    else if (strcmp(what, "cli") == 0)
        __asm__ volatile("cli");
    else if (strcmp(what, "int3") == 0)
        __asm__ volatile("int3");
    else if (strcmp(what, "trap-flag") == 0)
        __asm__ volatile("pushf; orl $0x100, (%%rsp); popf; nop" ::: "memory", "cc");
    else if (strcmp(what, "out") == 0)
        __asm__ volatile("out %%al, $0x80" ::: "memory");
    else if (strcmp(what, "in") == 0)
        __asm__ volatile("in $0x81, %%al" ::: "eax");
    return 0;
}

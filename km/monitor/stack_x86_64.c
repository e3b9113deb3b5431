/*
 * The payload's first stack: arguments, environment and the auxiliary vector (System V ABI AMD64,
 * 3.4.1; getauxval(3)).
 */
#include <elf.h>
#include <cpuid.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>

#include "km.h"

#define MIN_STACK (1ull << 20)
#define MAX_STACK (64ull << 20)

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

/* The stack is built here, downwards, and copied to the payload at the end. */
struct builder {
    uint8_t *buffer;
    size_t size, used;
    uint64_t top; /* the address behind the buffer's end in the payload */
    bool full;
};

static uint64_t push(struct builder *b, const void *data, size_t size)
{
    if (b->size - b->used < size) {
        b->full = true;
        return 0;
    }
    b->used += size;
    memcpy(b->buffer + b->size - b->used, data, size);
    return b->top - b->used;
}

static uint64_t push_string(struct builder *b, const char *text)
{
    return push(b, text, strlen(text) + 1);
}

static void push_word(struct builder *b, uint64_t word)
{
    push(b, &word, sizeof(word));
}

static size_t count(char *const list[])
{
    size_t n = 0;

    while (list[n] != NULL)
        n++;
    return n;
}

/* The strings' addresses, in a new array that ends with 0. */
static uint64_t *push_strings(struct builder *b, char *const list[], size_t n)
{
    uint64_t *at = calloc(n + 1, sizeof(*at));

    for (size_t i = n; at != NULL && i-- > 0;)
        at[i] = push_string(b, list[i]);
    return at;
}

/* Pushes a vector of words; the stack grows down, so the last comes first. */
static void push_words(struct builder *b, const uint64_t *words, size_t n)
{
    while (n-- > 0)
        push_word(b, words[n]);
}

/* `below` is how many words will come below the vector: rsp is to be a multiple of 16. */
static int push_vector(struct km_machine *m, struct builder *b, const struct km_image *image,
        const char *file, size_t below)
{
    uint64_t random[2];
    unsigned a, bx, c, hwcap = 0;

    if (getrandom(random, sizeof(random), 0) != sizeof(random))
        memset(random, 0, sizeof(random));
    __get_cpuid(1, &a, &bx, &c, &hwcap);

    const uint64_t execfn = push_string(b, file), platform = push_string(b, "x86_64");
    const uint64_t seed = push(b, random, sizeof(random));
    const uint64_t vector[][2] = {
            {AT_PHDR, image->phdr},
            {AT_PHENT, sizeof(Elf64_Phdr)},
            {AT_PHNUM, image->phnum},
            {AT_PAGESZ, KM_PAGE},
            {AT_BASE, image->interpreter_base},
            {AT_FLAGS, 0},
            {AT_ENTRY, image->program_entry},
            {AT_UID, getuid()},
            {AT_EUID, geteuid()},
            {AT_GID, getgid()},
            {AT_EGID, getegid()},
            {AT_SECURE, 0},
            {AT_CLKTCK, (uint64_t)sysconf(_SC_CLK_TCK)},
            {AT_HWCAP, hwcap},
            {AT_HWCAP2, 0},
            {AT_MINSIGSTKSZ, getauxval(AT_MINSIGSTKSZ)},
            {AT_RANDOM, seed},
            {AT_PLATFORM, platform},
            {AT_EXECFN, execfn},
            {m->memory.vdso != 0 ? AT_SYSINFO_EHDR : AT_NULL, m->memory.vdso},
            {AT_NULL, 0},
    };

    b->used = (b->used + 15) & ~15ull;
    if (below % 2 != 0)
        b->used += 8;
    push(b, vector, sizeof(vector));
    return km_proc_note(&m->auxv, vector, sizeof(vector));
}

/* All of the stack's contents; -E2BIG when the buffer is too small for them. */
static int build(struct km_machine *m, struct builder *b, const struct km_image *image,
        const char *file, char *const argv[], char *const environment[])
{
    size_t argc = count(argv), envc = count(environment);
    uint64_t *args = push_strings(b, argv, argc);
    uint64_t *variables = push_strings(b, environment, envc);

    int rc = args == NULL || variables == NULL ? -ENOMEM
                                               : push_vector(m, b, image, file, argc + envc + 3);

    if (rc == 0) {
        push_words(b, variables, envc + 1);
        push_words(b, args, argc + 1);
        push_word(b, argc);
    }

    if (rc == 0 && b->full)
        rc = -E2BIG;
    free(args);
    free(variables);
    return rc;
}

static uint64_t stack_size(void)
{
    struct rlimit rl;

    if (getrlimit(RLIMIT_STACK, &rl) < 0 || rl.rlim_cur > MAX_STACK)
        return rl.rlim_cur == RLIM_INFINITY ? MAX_STACK / 8 : MAX_STACK;
    return rl.rlim_cur < MIN_STACK ? MIN_STACK : (rl.rlim_cur + KM_PAGE - 1) & ~(KM_PAGE - 1);
}

int km_stack_reserve(struct km_machine *m)
{
    uint64_t size = stack_size();
    int64_t at = km_mmap(m, m->memory.end - size, size, PROT_READ | PROT_WRITE,
            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

    m->memory.stack = m->memory.end - size;
    return at < 0 ? (int)at : 0;
}

int km_stack_x86_64(struct km_machine *m, const struct km_image *image, const char *file,
        char *const argv[], char *const environment[], uint64_t *rsp)
{
    uint64_t size = m->memory.end - m->memory.stack;
    struct builder b = {.size = size / 4, .top = m->memory.end};
    int rc = 0;

    if (image->executable_stack)
        rc = (int)km_mprotect(m, m->memory.stack, size, PROT_READ | PROT_WRITE | PROT_EXEC);
    if (rc < 0)
        return rc;
    b.buffer = malloc(b.size);
    if (b.buffer == NULL)
        return -ENOMEM;
    rc = build(m, &b, image, file, argv, environment);
    *rsp = b.top - b.used;
    if (rc == 0)
        rc = km_guest_write(m, *rsp, b.buffer + b.size - b.used, b.used);
    free(b.buffer);
    return rc;
}

/* The address space: brk(2), mmap(2), mprotect(2), mremap(2), munmap(2). */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define PAGE 4096

static void show(const char *what, int good)
{
    printf("%s: %s\n", what, good ? "good" : strerror(errno));
}

/* Whether every byte is the value. */
static int all(const char *p, size_t size, char value)
{
    while (size-- > 0)
        if (*p++ != value)
            return 0;
    return 1;
}

static void *anonymous(size_t size, int prot)
{
    return mmap(NULL, size, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static void break_area(void)
{
    char *start = sbrk(0);

    show("grow", sbrk(10 * PAGE + 5) == start && all(start, 10 * PAGE + 5, 0));
    memset(start, 7, 10 * PAGE);
    show("shrink", sbrk(-5 * PAGE) != (void *)-1);
    show("again", sbrk(5 * PAGE) != (void *)-1 && all(start + 6 * PAGE, 4 * PAGE, 0));
    show("kept", all(start, 5 * PAGE, 7));
}

static void mappings(void)
{
    char *a = anonymous(64 * PAGE, PROT_READ | PROT_WRITE);

    show("fresh", all(a, 64 * PAGE, 0));
    memset(a, 1, 64 * PAGE);
    show("hole", munmap(a + 8 * PAGE, 8 * PAGE) == 0 && all(a, 8 * PAGE, 1));
    show("fixed", mmap(a + 8 * PAGE, 4 * PAGE, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == a + 8 * PAGE &&
                          all(a + 8 * PAGE, 4 * PAGE, 0));
    show("no replacement",
            mmap(a, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) ==
                    MAP_FAILED);
    show("over a hole", mprotect(a + 10 * PAGE, 4 * PAGE, PROT_READ) < 0);
    show("read-only", mprotect(a, 4 * PAGE, PROT_READ) == 0 && all(a, 4 * PAGE, 1));
    show("kernel cannot write", read(0, a, 1) < 0);
    show("writable again", mprotect(a, 4 * PAGE, PROT_READ | PROT_WRITE) == 0);
    a[0] = 2;
    show("hidden", mprotect(a, PAGE, PROT_NONE) == 0 && write(1, a, 1) < 0);
    show("shown", mprotect(a, PAGE, PROT_READ) == 0 && a[0] == 2);
    show("unaligned", munmap(a + 1, PAGE) < 0);
    show("empty", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED);
    show("below 2 GiB", (uintptr_t)mmap(NULL, PAGE, PROT_READ,
                                MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0) < 1u << 31);
    show("discard", madvise(a + 20 * PAGE, 10 * PAGE, MADV_DONTNEED) == 0 &&
                            all(a + 20 * PAGE, 10 * PAGE, 0));
}

static void moving(void)
{
    char *a = anonymous(4 * PAGE, PROT_READ | PROT_WRITE);
    char *b = anonymous(4 * PAGE, PROT_READ | PROT_WRITE);

    memset(a, 3, 4 * PAGE);
    memset(b, 4, 4 * PAGE);
    a = mremap(a, 4 * PAGE, 1000 * PAGE, MREMAP_MAYMOVE);
    show("larger", a != MAP_FAILED && all(a, 4 * PAGE, 3) && all(a + 4 * PAGE, 996 * PAGE, 0));
    show("smaller", mremap(a, 1000 * PAGE, PAGE, 0) == a && a[0] == 3);
    show("onto", mremap(a, PAGE, 2 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, b) == b &&
                         all(b, PAGE, 3) && all(b + PAGE, PAGE, 0) && all(b + 2 * PAGE, PAGE, 4));
    show("no such", mremap(a, PAGE, 2 * PAGE, MREMAP_MAYMOVE) == MAP_FAILED);
}

static void code(void)
{
    static const unsigned char seven[] = {0xb8, 7, 0, 0, 0, 0xc3}; /* mov $7, %eax; ret */
    unsigned char *a = anonymous(PAGE, PROT_READ | PROT_WRITE);

    memcpy(a, seven, sizeof(seven));
    mprotect(a, PAGE, PROT_READ | PROT_EXEC);
    show("executed", ((int (*)(void))a)() == 7);
    mprotect(a, PAGE, PROT_READ | PROT_WRITE);
    a[1] = 9;
    mprotect(a, PAGE, PROT_READ | PROT_EXEC);
    show("changed", ((int (*)(void))a)() == 9);
}

static void files(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
    char byte = 0;

    if (fd < 0 || ftruncate(fd, 3 * PAGE) < 0)
        return;

    char *shared = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *private = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, PAGE);

    shared[PAGE] = 5;
    show("seen in the file", pread(fd, &byte, 1, PAGE) == 1 && byte == 5);
    show("seen in the other", private[0] == 5);
    private[0] = 6;
    show("kept apart", shared[PAGE] == 5);
    show("synchronised", msync(shared, 3 * PAGE, MS_SYNC) == 0);
    close(fd);
    unlink(path);
}

static void many(void)
{
    static char *at[3000];
    int good = 1;

    for (int i = 0; i < 3000; i++) {
        at[i] = anonymous(PAGE * (1 + (size_t)i % 3), i % 2 ? PROT_READ : PROT_READ | PROT_WRITE);
        if (i % 2 == 0)
            at[i][0] = (char)i;
    }
    for (int i = 0; i < 3000; i += 3)
        good &= munmap(at[i], PAGE * (1 + (size_t)i % 3)) == 0;
    for (int i = 0; i < 3000; i++)
        if (i % 3 != 0)
            good &= at[i][0] == (i % 2 ? 0 : (char)i);
    show("many", good);
}

int main(int argc, char *argv[])
{
    setvbuf(stdout, NULL, _IONBF, 0);
    break_area();
    mappings();
    moving();
    code();
    if (argc > 1)
        files(argv[1]);
    many();
    show("a GiB", anonymous(1ul << 30, PROT_READ | PROT_WRITE) != MAP_FAILED);
    return 0;
}

/* Ten thousand mappings that cannot be joined, used, protected and taken apart in two ways. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define COUNT 10000
#define PAGE 4096

static char *mapped[COUNT];

static int map_all(void)
{
    int done = 0;

    for (int i = 0; i < COUNT; i++) {
        /* Neighbours differ in their protection. */
        int prot = PROT_READ | PROT_WRITE | (i % 2 ? PROT_EXEC : 0);

        mapped[i] = mmap(NULL, PAGE, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (mapped[i] == MAP_FAILED)
            break;
        memcpy(mapped[i], &i, sizeof(i));
        done++;
    }
    return done;
}

static int count_right(int from, int step)
{
    int right = 0;

    for (int i = from; i < COUNT; i += step) {
        int value;

        memcpy(&value, mapped[i], sizeof(value));
        right += value == i;
    }
    return right;
}

int main(void)
{
    int protected = 0, unmapped = 0;
    unsigned char resident;

    printf("%d mapped\n", map_all());
    printf("%d right\n", count_right(0, 1));
    for (int i = 0; i < COUNT; i += 2)
        unmapped += munmap(mapped[i], PAGE) == 0;
    for (int i = 1; i < COUNT; i += 2)
    protected += mprotect(mapped[i], PAGE, i % 4 == 1 ? PROT_READ : PROT_READ | PROT_EXEC) == 0;
    printf("%d unmapped, %d protected, %d right\n", unmapped, protected, count_right(1, 2));
    printf("gone: %d %d %d\n", mincore(mapped[0], PAGE, &resident), mlock(mapped[0], PAGE),
            madvise(mapped[0], PAGE, MADV_WILLNEED));
    printf("mapped again: %d\n", map_all());
    for (int i = 0; i < COUNT; i++)
        munmap(mapped[i], PAGE);
    return 0;
}

/* Several MiB on standard output, by write(2) and writev(2), from memory just allocated. */
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#define SIZE (3 << 20)

static int all(const char *data, size_t size)
{
    while (size > 0) {
        ssize_t done = write(1, data, size);

        if (done <= 0)
            return 1;
        data += done;
        size -= (size_t)done;
    }
    return 0;
}

int main(void)
{
    char *data = malloc(SIZE);
    struct iovec iov[100];

    for (size_t i = 0; i < SIZE; i++)
        data[i] = (char)(i * 7 + i / 251);
    for (int i = 0; i < 100; i++)
        iov[i] = (struct iovec){data + i * 100, (size_t)i};
    if (all(data, SIZE) != 0)
        return 1;
    return writev(1, iov, 100) == 4950 ? 0 : 2;
}

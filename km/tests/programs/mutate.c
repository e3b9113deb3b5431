/* Copies an ELF file with a few bytes of its headers changed, after a seed. For the host alone. */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char *argv[])
{
    static const unsigned char values[] = {0, 1, 2, 0x7f, 0x80, 0xff, 0x40, 0x38, 0x10};
    static unsigned char data[8 << 20];
    FILE *in = argc > 3 ? fopen(argv[2], "rb") : NULL,
         *out = argc > 3 ? fopen(argv[3], "wb") : NULL;
    size_t size, headers;

    if (in == NULL || out == NULL)
        return 2;
    size = fread(data, 1, sizeof(data), in);
    headers = sizeof(Elf64_Ehdr) + ((Elf64_Ehdr *)data)->e_phnum * sizeof(Elf64_Phdr);
    srand((unsigned)atoi(argv[1]));
    for (int changes = 1 + rand() % 4; changes > 0; changes--)
        data[(size_t)rand() % headers] =
                rand() % 2 ? (unsigned char)rand() : values[(size_t)rand() % sizeof(values)];
    return fwrite(data, 1, size, out) == size && fclose(out) == 0 ? 0 : 1;
}

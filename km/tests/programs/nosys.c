/* A system call that no Linux has, and one that it has, with an impossible argument. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    long result = syscall(argc > 1 && strcmp(argv[1], "named") == 0 ? SYS_kexec_load : 9999, -1);

    printf("%ld %s\n", result, strerror(errno));
    return 0;
}

/* Files in the folder that the first argument names. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void show(const char *what, long result)
{
    printf("%s: %ld %s\n", what, result < 0 ? -1 : result, result < 0 ? strerror(errno) : "");
}

int main(int argc, char *argv[])
{
    char buffer[64] = "", path[4096];
    struct stat st;

    if (argc < 2 || chdir(argv[1]) < 0)
        return 1;

    int fd = open("one", O_CREAT | O_EXCL | O_RDWR, 0640);

    show("write", write(fd, "hello, file", 11));
    show("pwrite", pwrite(fd, "J", 1, 0));
    show("lseek", lseek(fd, -4, SEEK_END));
    show("read", read(fd, buffer, sizeof(buffer)));
    printf("<%s>\n", buffer);
    show("pread", pread(fd, buffer, 5, 0));
    printf("<%.5s>\n", buffer);
    show("fstat", fstat(fd, &st));
    printf("size %ld mode %o\n", (long)st.st_size, st.st_mode);
    show("ftruncate", ftruncate(fd, 100000));
    show("exclusive", open("one", O_CREAT | O_EXCL | O_RDWR, 0640));
    show("missing", open("none/such", O_RDONLY));
    show("rename", rename("one", "two"));
    show("mkdir", mkdir("dir", 0700));
    show("symlink", symlink("two", "dir/link"));
    show("readlink", readlink("dir/link", buffer, sizeof(buffer)));
    show("stat", stat("two", &st));
    printf("size %ld\n", (long)st.st_size);
    show("rmdir", rmdir("dir"));

    int copy = dup2(fd, 17);

    show("dup2", copy);
    show("fcntl", fcntl(copy, F_GETFL) & O_ACCMODE);
    show("close", close(fd));
    show("closed", read(fd, buffer, 1));
    show("getcwd", getcwd(path, sizeof(path)) == NULL || strcmp(path, argv[1]) != 0);

    DIR *dir = opendir(".");
    int entries = 0;

    while (readdir(dir) != NULL)
        entries++;
    printf("%d entries\n", entries);
    closedir(dir);
    show("unlink", unlink("dir/link"));
    show("rmdir", rmdir("dir"));
    show("unlink", unlink("two"));

    ssize_t length = readlink("/proc/self/exe", path, sizeof(path) - 1);

    path[length > 0 ? length : 0] = '\0';
    printf("self: %s\n", path);
    return 0;
}

/* Arguments, and the environment variables whose name starts with KMTEST. */
#include <stdio.h>
#include <string.h>

extern char **environ;

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++)
        printf("%d <%s>\n", i, argv[i]);
    printf("%s\n", argv[argc] == NULL ? "ends with NULL" : "no end");
    for (char **variable = environ; *variable != NULL; variable++)
        if (strncmp(*variable, "KMTEST", 6) == 0)
            puts(*variable);
    return 0;
}

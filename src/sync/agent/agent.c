/* Lists, writes, removes and reads files of a tree as a client asks for at standard input. The
 * format of requests and answers is in protocol.md. */
#include "agent.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int serve(void)
{
	char *request = NULL;
	size_t room = 0;
	ssize_t length;
	int error = 0;
	while (error == 0 && (length = getdelim(&request, &room, '\0', stdin)) > 0) {
		error = request[length - 1] == '\0' ? handle(request) : -EPIPE;
		if (error != 0) printf("x %s: %s%c", request, strerror(-error), '\0');
	}
	free(request);
	return error;
}

int main(int argc, char **argv)
{
	static char input[1 << 18], output[1 << 18];
	if (argc != 2 || chdir(argv[1]) != 0) {
		fprintf(stderr, "usage: %s FOLDER\n", argc > 0 ? argv[0] : "agent");
		return EXIT_FAILURE;
	}
	umask(0);
	setvbuf(stdin, input, _IOFBF, sizeof(input));
	setvbuf(stdout, output, _IOFBF, sizeof(output));
	int error = serve();
	return fflush(stdout) == 0 && error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

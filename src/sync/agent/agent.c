/* Lists, writes, removes and reads files of a tree as a client asks for at standard input. The
 * format of requests and answers is in protocol.md. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

/* Waits until no other agent is at the tree: one whose client was killed still does what it was asked
 * for. Where the file system has no locks there is none. */
static void set_lock(int folder, int operation)
{
	while (flock(folder, operation) != 0 && errno == EINTR) {
	}
}

/* The path that a request names, behind its numbers; all of a request that is none. */
static const char *path_of(const char *request)
{
	bool is_put = request[0] == 'D' || request[0] == 'F' || request[0] == 'S';
	const char *rest = request;
	for (int fields = is_put ? 6 : 1; fields > 0 && rest != NULL; fields--) {
		rest = strchr(rest, ' ');
		if (rest != NULL) rest++;
	}
	return rest == NULL ? request : rest;
}

static int serve(int folder)
{
	bool is_first = true;
	char *request = NULL;
	size_t room = 0;
	ssize_t length;
	int error = 0;
	while (error == 0 && (length = getdelim(&request, &room, '\0', stdin)) > 0) {
		if (is_first) set_lock(folder, LOCK_EX);
		error = request[length - 1] == '\0' ? handle(request) : -EPIPE;
		is_first = request[0] == 'E';
		if (is_first) set_lock(folder, LOCK_UN);
		if (error != 0) printf("x %s: %s%c", path_of(request), strerror(-error), '\0');
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
	int folder = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = serve(folder);
	close(folder);
	return fflush(stdout) == 0 && error == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}

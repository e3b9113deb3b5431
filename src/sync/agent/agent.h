/* Contracts of the agent's parts. Functions return 0 or -errno. */
#ifndef BUILDENV_SYNC_AGENT_H
#define BUILDENV_SYNC_AGENT_H

#include <stdint.h>
#include <sys/stat.h>

/* Room for a path below the tree's top, with its NUL. */
#define PATH_ROOM 4096

/* One request, without its NUL. Content that belongs to it is read from standard input. */
int handle(char *request);

/* Answers with all that is below `path` (PATH_ROOM bytes; empty for the top) and was changed at
 * `since`, in nanoseconds since 1970, or later. */
int list(char *path, int64_t since);

/* Removes a file, a link, or a folder with all that is in it; fine where there is nothing. */
int remove_all(const char *path);

/* Answers with one file, link or folder. */
int get(const char *path);

int64_t nanoseconds(struct timespec time);

#endif

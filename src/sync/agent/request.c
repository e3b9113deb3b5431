/* Requests: their fields, and what changes the tree. */
#include "agent.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

struct attributes {
	mode_t mode;
	uid_t uid;
	gid_t gid;
	int64_t mtime;
	int64_t size;
};

static struct timespec timespec_of(int64_t time)
{
	const int64_t second = 1000000000;
	int64_t rest = time % second;
	if (rest < 0) rest += second;
	return (struct timespec){.tv_sec = (time - rest) / second, .tv_nsec = rest};
}

int64_t nanoseconds(struct timespec time)
{
	return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}

/* Takes a number and the space after it. */
static bool take_number(char **text, int base, int64_t *number)
{
	char *end;
	errno = 0;
	*number = strtoll(*text, &end, base);
	if (errno != 0 || end == *text || *end != ' ') return false;
	*text = end + 1;
	return true;
}

static bool take_attributes(char **text, struct attributes *attributes)
{
	int64_t mode, uid, gid;
	if (!take_number(text, 8, &mode) || !take_number(text, 10, &uid) ||
	    !take_number(text, 10, &gid) || !take_number(text, 10, &attributes->mtime) ||
	    !take_number(text, 10, &attributes->size) || attributes->size < 0) {
		return false;
	}
	attributes->mode = (mode_t)mode & 07777;
	attributes->uid = (uid_t)uid;
	attributes->gid = (gid_t)gid;
	return true;
}

static int copy_content(int file, int64_t size)
{
	static char buffer[1 << 17];
	while (size > 0) {
		size_t want = size < (int64_t)sizeof(buffer) ? (size_t)size : sizeof(buffer);
		size_t length = fread(buffer, 1, want, stdin);
		if (length == 0) return -EPIPE;
		for (size_t done = 0; done < length;) {
			ssize_t written = write(file, buffer + done, length - done);
			if (written < 0) return -errno;
			done += (size_t)written;
		}
		size -= (int64_t)length;
	}
	return 0;
}

static int set_attributes(int file, const struct attributes *attributes)
{
	struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, timespec_of(attributes->mtime)};
	bool special = (attributes->mode & 07000) != 0;
	if (fchown(file, attributes->uid, attributes->gid) != 0) return -errno;
	if (special && fchmod(file, attributes->mode) != 0) return -errno;
	return futimens(file, times) == 0 ? 0 : -errno;
}

static int create(const char *path, mode_t mode)
{
	const int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
	int file = open(path, flags, mode & 0777);
	if (file < 0 && errno == EEXIST) {
		int error = remove_all(path);
		if (error != 0) return error;
		file = open(path, flags, mode & 0777);
	}
	return file < 0 ? -errno : file;
}

static int put_file(const char *path, const struct attributes *attributes)
{
	int file = create(path, attributes->mode);
	if (file < 0) return file;
	int error = copy_content(file, attributes->size);
	if (error == 0) error = set_attributes(file, attributes);
	if (close(file) != 0 && error == 0) error = -errno;
	return error;
}

static int put_folder(const char *path, const struct attributes *attributes)
{
	struct stat found;
	if (lstat(path, &found) == 0 && !S_ISDIR(found.st_mode)) {
		int error = remove_all(path);
		if (error != 0) return error;
	}
	if (mkdir(path, 0700) != 0 && errno != EEXIST) return -errno;
	if (lchown(path, attributes->uid, attributes->gid) != 0) return -errno;
	return chmod(path, attributes->mode) == 0 ? 0 : -errno;
}

static int put_link(const char *path, const struct attributes *attributes)
{
	char target[PATH_ROOM];
	struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, timespec_of(attributes->mtime)};
	size_t length = (size_t)attributes->size;
	if (length >= sizeof(target)) return -ENAMETOOLONG;
	if (fread(target, 1, length, stdin) != length) return -EPIPE;
	target[length] = '\0';
	int error = remove_all(path);
	if (error != 0) return error;
	if (symlink(target, path) != 0) return -errno;
	if (lchown(path, attributes->uid, attributes->gid) != 0) return -errno;
	return utimensat(AT_FDCWD, path, times, AT_SYMLINK_NOFOLLOW) == 0 ? 0 : -errno;
}

static int put(char kind, char *fields)
{
	struct attributes attributes;
	if (!take_attributes(&fields, &attributes)) return -EPROTO;
	switch (kind) {
	case 'F': return put_file(fields, &attributes);
	case 'S': return put_link(fields, &attributes);
	default: return put_folder(fields, &attributes);
	}
}

static int list_since(char *fields)
{
	char path[PATH_ROOM] = "";
	int64_t since;
	return take_number(&fields, 10, &since) ? list(path, since) : -EPROTO;
}

/* The clock that the kernel stamps changes with, so that a change after this one is not before it. */
static int end_batch(void)
{
	struct timespec now;
	if (clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0) return -errno;
	printf("e %lld%c", (long long)nanoseconds(now), '\0');
	return fflush(stdout) == 0 ? 0 : -errno;
}

int handle(char *request)
{
	if (request[0] == '\0' || request[1] != ' ') return -EPROTO;
	char *fields = request + 2;
	switch (request[0]) {
	case 'F':
	case 'S':
	case 'D': return put(request[0], fields);
	case 'R': return remove_all(fields);
	case 'L': return list_since(fields);
	case 'G': return get(fields);
	case 'E': return end_batch();
	default: return -EPROTO;
	}
}

/* Walks of the tree: what is listed, removed and read. No link is followed. */
#include "agent.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static int open_folder(int parent, const char *name, DIR **folder)
{
	int file = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (file < 0) return -errno;
	*folder = fdopendir(file);
	if (*folder != NULL) return 0;
	int error = -errno;
	close(file);
	return error;
}

/* The next entry other than the folder itself and its parent; NULL after the last. */
static struct dirent *next_entry(DIR *folder)
{
	struct dirent *entry;
	do {
		entry = readdir(folder);
	} while (entry != NULL && (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0));
	return entry;
}

static char kind_of(mode_t mode)
{
	if (S_ISREG(mode)) return 'f';
	if (S_ISDIR(mode)) return 'd';
	return S_ISLNK(mode) ? 's' : 'o';
}

static void answer(const char *verb, const char *path, const struct stat *found)
{
	printf("%s%c %o %lld %lld %s%c", verb, kind_of(found->st_mode), found->st_mode & 07777,
	       (long long)found->st_size, (long long)nanoseconds(found->st_mtim), path, '\0');
}

/* Appends a name to a path of PATH_ROOM bytes. Returns the path's length before, or -errno. */
static int extend(char *path, const char *name)
{
	size_t length = strlen(path), more = strlen(name);
	if (length + more + 2 > PATH_ROOM) return -ENAMETOOLONG;
	if (length > 0) path[length++] = '/';
	memcpy(path + length, name, more + 1);
	return (int)(length > 0 ? length - 1 : 0);
}

static int list_folder(DIR *folder, char *path, int64_t since)
{
	struct stat self, found;
	if (fstat(dirfd(folder), &self) != 0) return -errno;
	int is_changed = nanoseconds(self.st_ctim) >= since;
	if (is_changed) printf("c %s%c", path, '\0');
	for (struct dirent *entry; (entry = next_entry(folder)) != NULL;) {
		if (fstatat(dirfd(folder), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
			if (errno == ENOENT) continue;
			return -errno;
		}
		int length = extend(path, entry->d_name);
		if (length < 0) return length;
		if (is_changed || nanoseconds(found.st_ctim) >= since) answer("l", path, &found);
		if (S_ISDIR(found.st_mode)) {
			int error = list(path, since);
			if (error != 0 && error != -ENOENT) return error;
		}
		path[length] = '\0';
	}
	return 0;
}

int list(char *path, int64_t since)
{
	DIR *folder;
	int error = open_folder(AT_FDCWD, path[0] == '\0' ? "." : path, &folder);
	if (error != 0) return error;
	error = list_folder(folder, path, since);
	closedir(folder);
	return error;
}

static int remove_below(int parent, const char *name)
{
	if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return 0;
	if (errno != EISDIR && errno != EPERM) return -errno;
	DIR *folder;
	int error = open_folder(parent, name, &folder);
	if (error != 0) return error;
	for (struct dirent *entry; error == 0 && (entry = next_entry(folder)) != NULL;) {
		error = remove_below(dirfd(folder), entry->d_name);
	}
	closedir(folder);
	if (error == 0 && unlinkat(parent, name, AT_REMOVEDIR) != 0) error = -errno;
	return error;
}

int remove_all(const char *path)
{
	int error = remove_below(AT_FDCWD, path);
	return error == -ENOTDIR ? 0 : error;
}

static int get_content(int file, int64_t size)
{
	static char buffer[1 << 17];
	while (size > 0) {
		size_t want = size < (int64_t)sizeof(buffer) ? (size_t)size : sizeof(buffer);
		ssize_t length = read(file, buffer, want);
		if (length < 0) return -errno;
		if (length == 0) return -EBUSY; /* It has become shorter. */
		if (fwrite(buffer, 1, (size_t)length, stdout) != (size_t)length) return -errno;
		size -= length;
	}
	return 0;
}

static int get_file(const char *path)
{
	struct stat found;
	int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (file < 0) return -errno;
	int error = fstat(file, &found) == 0 ? 0 : -errno;
	if (error == 0) {
		answer("g", path, &found);
		if (S_ISREG(found.st_mode)) error = get_content(file, found.st_size);
	}
	close(file);
	return error;
}

int get(const char *path)
{
	struct stat found;
	if (lstat(path, &found) != 0) return -errno;
	if (S_ISREG(found.st_mode)) return get_file(path);
	char target[PATH_ROOM];
	if (!S_ISLNK(found.st_mode)) {
		answer("g", path, &found);
		return 0;
	}
	ssize_t length = readlink(path, target, sizeof(target));
	if (length < 0) return -errno;
	found.st_size = length;
	answer("g", path, &found);
	return fwrite(target, 1, (size_t)length, stdout) == (size_t)length ? 0 : -EIO;
}

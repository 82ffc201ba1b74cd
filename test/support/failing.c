/*
 * A disk that fails: preloaded into a node (LD_PRELOAD), every write, growth and sync of a file under one folder fails
 * with EIO for as long as a flag stands. Reading is left alone.
 *
 *   TALLYDESK_FAILING_ROOT  the folder (absolute)
 *   TALLYDESK_FAILING_FLAG  the file that says so while it is there
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

static int fails(int fd) {
  const char *root = getenv("TALLYDESK_FAILING_ROOT");
  const char *flag = getenv("TALLYDESK_FAILING_FLAG");
  if (!root || !flag || access(flag, F_OK) != 0) return 0;
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strncmp(path, root, strlen(root)) == 0;
}

#define FAILING(result, name, parameters, arguments) \
  result name parameters { \
    static result(*real) parameters; \
    if (!real) real = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
    if (fails(fd)) { \
      errno = EIO; \
      return -1; \
    } \
    return real arguments; \
  }

FAILING(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
FAILING(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
FAILING(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
FAILING(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
FAILING(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
FAILING(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
FAILING(int, ftruncate, (int fd, off_t length), (fd, length))
FAILING(int, ftruncate64, (int fd, off64_t length), (fd, length))
FAILING(int, fsync, (int fd), (fd))
FAILING(int, fdatasync, (int fd), (fd))

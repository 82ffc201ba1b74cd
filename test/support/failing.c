/*
 * A disk that is full or fails: preloaded into a node (LD_PRELOAD), every write and growth of a file under one folder is
 * refused for as long as a flag stands: with ENOSPC where the flag's file says `full`, else with EIO, and then every sync
 * too. Reading is left alone.
 *
 *   TALLYDESK_FAILING_ROOT  the folder (absolute)
 *   TALLYDESK_FAILING_FLAG  the file that says so while it is there
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* What the disk says to a change of this file; 0 where it takes it. */
static int refusal(int fd) {
  const char *root = getenv("TALLYDESK_FAILING_ROOT");
  const char *flag = getenv("TALLYDESK_FAILING_FLAG");
  if (!root || !flag) return 0;
  int file = open(flag, O_RDONLY | O_CLOEXEC);
  if (file < 0) return 0;
  char first = 0;
  ssize_t length = read(file, &first, 1);
  close(file);
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t name = readlink(link, path, sizeof path - 1);
  if (name < 0) return 0;
  path[name] = 0;
  if (strncmp(path, root, strlen(root)) != 0) return 0;
  return length == 1 && first == 'f' ? ENOSPC : EIO;
}

#define REFUSING(when, result, name, parameters, arguments) \
  result name parameters { \
    static result(*real) parameters; \
    if (!real) real = (result(*) parameters)dlsym(RTLD_NEXT, #name); \
    int before = errno; \
    int said = refusal(fd); \
    if (said when) { \
      errno = said; \
      return -1; \
    } \
    errno = before; \
    return real arguments; \
  }

#define CHANGE(result, name, parameters, arguments) REFUSING(!= 0, result, name, parameters, arguments)
#define SYNC(name) REFUSING(== EIO, int, name, (int fd), (fd))

CHANGE(ssize_t, write, (int fd, const void *bytes, size_t count), (fd, bytes, count))
CHANGE(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
CHANGE(ssize_t, pwrite, (int fd, const void *bytes, size_t count, off_t at), (fd, bytes, count, at))
CHANGE(ssize_t, pwrite64, (int fd, const void *bytes, size_t count, off64_t at), (fd, bytes, count, at))
CHANGE(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
CHANGE(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
CHANGE(int, ftruncate, (int fd, off_t length), (fd, length))
CHANGE(int, ftruncate64, (int fd, off64_t length), (fd, length))
SYNC(fsync)
SYNC(fdatasync)

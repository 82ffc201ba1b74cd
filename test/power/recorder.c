/*
 * Records, below SQLite and Node, every change of the files under one folder, in the order in which the process made
 * them: preloaded into a node (LD_PRELOAD), it stands between the program and the C library. It changes nothing.
 *
 *   TALLYDESK_TRACE       the file that the record is appended to
 *   TALLYDESK_TRACE_ROOT  the folder (absolute) whose files are recorded
 *
 * An entry is {kind, fd, number, length} and then `length` bytes; trace.ts reads it. One lock is held over a change and
 * its entry, so that the order of the entries is the order of the changes, whichever threads made them.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { LIFE, OPEN, CLOSE, WRITE, TRUNCATE, SYNC, RENAME, UNLINK, MKDIR, UNSEEN };

struct entry {
  uint32_t kind;
  int32_t fd;
  int64_t number;
  uint32_t length;
} __attribute__((packed));

#define MOST_FDS 65536

static pthread_mutex_t lock = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;
static unsigned char followed[MOST_FDS];
static int trace = -1;
static char root[PATH_MAX];
static size_t root_length;

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

static void append(uint32_t kind, int fd, int64_t number, const void *bytes, size_t length) {
  if (trace < 0) return;
  int before = errno;
  struct entry entry = {kind, fd, number, (uint32_t)length};
  struct iovec parts[2] = {{&entry, sizeof entry}, {(void *)bytes, length}};
  size_t whole = sizeof entry + length;
  if (syscall(SYS_writev, trace, parts, 2) != (long)whole) abort();
  errno = before;
}

static void append_text(uint32_t kind, int fd, int64_t number, const char *text) {
  append(kind, fd, number, text, strlen(text));
}

/* The absolute path of a name as a call gives it; the kernel resolves the folder that it is relative to. */
static int resolve(int folder, const char *name, char *into) {
  if (!name) return 0;
  if (name[0] == '/') return snprintf(into, PATH_MAX, "%s", name) < PATH_MAX;
  char base[PATH_MAX];
  if (folder == AT_FDCWD) {
    if (!getcwd(base, sizeof base)) return 0;
  } else {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", folder);
    ssize_t length = readlink(link, base, sizeof base - 1);
    if (length < 0) return 0;
    base[length] = 0;
  }
  return snprintf(into, PATH_MAX, "%s/%s", base, name) < PATH_MAX;
}

/* The shared memory of a WAL is no promise: SQLite makes it anew. */
static int is_followed(const char *path) {
  if (trace < 0 || strncmp(path, root, root_length) != 0) return 0;
  if (path[root_length] != 0 && path[root_length] != '/') return 0;
  size_t length = strlen(path);
  return length < 4 || strcmp(path + length - 4, "-shm") != 0;
}

/* A number that was closed within the C library may be a socket's by now. */
static int is_followed_fd(int fd) {
  struct stat stat;
  if (fd < 0 || fd >= MOST_FDS || !followed[fd]) return 0;
  if (syscall(SYS_fstat, fd, &stat) == 0 && (S_ISREG(stat.st_mode) || S_ISDIR(stat.st_mode))) return 1;
  followed[fd] = 0;
  return 0;
}

__attribute__((constructor)) static void begin(void) {
  const char *file = getenv("TALLYDESK_TRACE");
  const char *folder = getenv("TALLYDESK_TRACE_ROOT");
  unsetenv("LD_PRELOAD");
  if (!file || !folder) return;
  int opened = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0) abort();
  /* High, so that no number that the program expects is taken. */
  trace = fcntl(opened, F_DUPFD_CLOEXEC, 1000);
  syscall(SYS_close, opened);
  if (trace < 0) abort();
  snprintf(root, sizeof root, "%s", folder);
  root_length = strlen(root);
  append(LIFE, 0, getpid(), "", 0);
}

static int after_open(int folder, const char *name, int flags, int fd) {
  char path[PATH_MAX];
  if (fd >= 0 && fd < MOST_FDS) {
    followed[fd] = resolve(folder, name, path) && is_followed(path);
    if (followed[fd]) append_text(OPEN, fd, flags, path);
  }
  return fd;
}

#define MODE(flags, mode) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | O_TMPFILE)) { \
    va_list rest; \
    va_start(rest, flags); \
    mode = va_arg(rest, mode_t); \
    va_end(rest); \
  }

#define OPEN_CALL(name) \
  int name(const char *path, int flags, ...) { \
    MODE(flags, mode) \
    REAL(name); \
    pthread_mutex_lock(&lock); \
    int fd = after_open(AT_FDCWD, path, flags, real(path, flags, mode)); \
    pthread_mutex_unlock(&lock); \
    return fd; \
  }
OPEN_CALL(open)
OPEN_CALL(open64)

#define OPENAT_CALL(name) \
  int name(int folder, const char *path, int flags, ...) { \
    MODE(flags, mode) \
    REAL(name); \
    pthread_mutex_lock(&lock); \
    int fd = after_open(folder, path, flags, real(folder, path, flags, mode)); \
    pthread_mutex_unlock(&lock); \
    return fd; \
  }
OPENAT_CALL(openat)
OPENAT_CALL(openat64)

int close(int fd) {
  REAL(close);
  pthread_mutex_lock(&lock);
  if (is_followed_fd(fd)) append(CLOSE, fd, 0, "", 0);
  if (fd >= 0 && fd < MOST_FDS) followed[fd] = 0;
  int done = real(fd);
  pthread_mutex_unlock(&lock);
  return done;
}

int closedir(DIR *folder) {
  REAL(closedir);
  pthread_mutex_lock(&lock);
  int fd = dirfd(folder);
  if (is_followed_fd(fd)) append(CLOSE, fd, 0, "", 0);
  if (fd >= 0 && fd < MOST_FDS) followed[fd] = 0;
  int done = real(folder);
  pthread_mutex_unlock(&lock);
  return done;
}

/* What a sequential write wrote ends where the file's position now stands. */
static void after_write(int fd, const void *bytes, ssize_t length) {
  if (length > 0) append(WRITE, fd, (int64_t)syscall(SYS_lseek, fd, 0, SEEK_CUR) - length, bytes, (size_t)length);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  REAL(write);
  if (!is_followed_fd(fd)) return real(fd, bytes, length);
  pthread_mutex_lock(&lock);
  ssize_t done = real(fd, bytes, length);
  after_write(fd, bytes, done);
  pthread_mutex_unlock(&lock);
  return done;
}

#define PWRITE_CALL(name, offset_type) \
  ssize_t name(int fd, const void *bytes, size_t length, offset_type offset) { \
    REAL(name); \
    if (!is_followed_fd(fd)) return real(fd, bytes, length, offset); \
    pthread_mutex_lock(&lock); \
    ssize_t done = real(fd, bytes, length, offset); \
    if (done > 0) append(WRITE, fd, offset, bytes, (size_t)done); \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
PWRITE_CALL(pwrite, off_t)
PWRITE_CALL(pwrite64, off64_t)

#define TRUNCATE_CALL(name, offset_type) \
  int name(int fd, offset_type length) { \
    REAL(name); \
    if (!is_followed_fd(fd)) return real(fd, length); \
    pthread_mutex_lock(&lock); \
    int done = real(fd, length); \
    if (done == 0) append(TRUNCATE, fd, length, "", 0); \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
TRUNCATE_CALL(ftruncate, off_t)
TRUNCATE_CALL(ftruncate64, off64_t)

#define SYNC_CALL(name) \
  int name(int fd) { \
    REAL(name); \
    if (!is_followed_fd(fd)) return real(fd); \
    pthread_mutex_lock(&lock); \
    int done = real(fd); \
    if (done == 0) append(SYNC, fd, 0, "", 0); \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
SYNC_CALL(fsync)
SYNC_CALL(fdatasync)

/* Ways to change a file that this record does not follow: trace.ts refuses a record with one of them. */
#define UNSEEN_FD(type, name, parameters, arguments) \
  type name parameters { \
    REAL(name); \
    if (is_followed_fd(fd)) append_text(UNSEEN, fd, 0, #name); \
    return real arguments; \
  }
UNSEEN_FD(ssize_t, writev, (int fd, const struct iovec *parts, int count), (fd, parts, count))
UNSEEN_FD(ssize_t, pwritev, (int fd, const struct iovec *parts, int count, off_t at), (fd, parts, count, at))
UNSEEN_FD(ssize_t, pwritev64, (int fd, const struct iovec *parts, int count, off64_t at), (fd, parts, count, at))
UNSEEN_FD(int, fallocate, (int fd, int mode, off_t at, off_t length), (fd, mode, at, length))
UNSEEN_FD(int, fallocate64, (int fd, int mode, off64_t at, off64_t length), (fd, mode, at, length))
UNSEEN_FD(int, posix_fallocate, (int fd, off_t at, off_t length), (fd, at, length))
UNSEEN_FD(int, posix_fallocate64, (int fd, off64_t at, off64_t length), (fd, at, length))

static void after_rename(int from_folder, const char *from, int to_folder, const char *to) {
  char both[2 * PATH_MAX + 1], target[PATH_MAX];
  if (!resolve(from_folder, from, both) || !resolve(to_folder, to, target)) abort();
  if (!is_followed(both) && !is_followed(target)) return;
  size_t first = strlen(both), second = strlen(target);
  memcpy(both + first + 1, target, second);
  append(RENAME, 0, 0, both, first + 1 + second);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  pthread_mutex_lock(&lock);
  int done = real(from, to);
  if (done == 0) after_rename(AT_FDCWD, from, AT_FDCWD, to);
  pthread_mutex_unlock(&lock);
  return done;
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
  REAL(renameat);
  pthread_mutex_lock(&lock);
  int done = real(from_folder, from, to_folder, to);
  if (done == 0) after_rename(from_folder, from, to_folder, to);
  pthread_mutex_unlock(&lock);
  return done;
}

static int after_named(uint32_t kind, int folder, const char *name, int done) {
  char path[PATH_MAX];
  if (done == 0 && resolve(folder, name, path) && is_followed(path)) append_text(kind, 0, 0, path);
  return done;
}

#define NAMED_CALL(kind, name) \
  int name(const char *path) { \
    REAL(name); \
    pthread_mutex_lock(&lock); \
    int done = after_named(kind, AT_FDCWD, path, real(path)); \
    pthread_mutex_unlock(&lock); \
    return done; \
  }
NAMED_CALL(UNLINK, unlink)
NAMED_CALL(UNLINK, rmdir)
NAMED_CALL(UNLINK, remove)

int unlinkat(int folder, const char *path, int flags) {
  REAL(unlinkat);
  pthread_mutex_lock(&lock);
  int done = after_named(UNLINK, folder, path, real(folder, path, flags));
  pthread_mutex_unlock(&lock);
  return done;
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  pthread_mutex_lock(&lock);
  int done = after_named(MKDIR, AT_FDCWD, path, real(path, mode));
  pthread_mutex_unlock(&lock);
  return done;
}

int link(const char *from, const char *to) {
  REAL(link);
  after_named(UNSEEN, AT_FDCWD, to, 0);
  return real(from, to);
}

int truncate64(const char *path, off64_t length) {
  REAL(truncate64);
  after_named(UNSEEN, AT_FDCWD, path, 0);
  return real(path, length);
}

int truncate(const char *path, off_t length) {
  REAL(truncate);
  after_named(UNSEEN, AT_FDCWD, path, 0);
  return real(path, length);
}

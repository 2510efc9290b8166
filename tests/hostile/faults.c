/* A file system that fails once, at a call of one's choice: preloaded in front of the C library.
 *
 *   FAULT_UNDER   only files whose path begins with this
 *   FAULT_AT      number of the call, from 1
 *   FAULT_KIND    count: number of all calls to FAULT_TOLD; kill: die before the call; late: die after it;
 *                 half: write half, then die; short: write half and say so; enospc, eio: fail;
 *                 full: enospc at this call and every later one;
 *                 record: fail nothing, write what happens to FAULT_TOLD (read by powercut.py)
 *   FAULT_ACK     with record: the file in which what is acknowledged is told
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum fault { NONE, KILL, LATE, HALF, SHORT, FAIL };

static long calls;

static void die(void) {
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

static int under(const char *path) {
    const char *root = getenv("FAULT_UNDER");
    return root && path && !strncmp(path, root, strlen(root));
}

static int path_of(int fd, char *path, size_t size) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, size - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return 1;
}

static int file_under(int fd) {
    char path[4096];
    return path_of(fd, path, sizeof path) && under(path);
}

static int recording(void) {
    const char *kind = getenv("FAULT_KIND");
    return kind && !strcmp(kind, "record");
}

/* one line, then the bytes: what happened, to which file, where, how many bytes */
static void record(const char *what, const char *path, const char *other, off64_t at, const void *data, size_t size) {
    int before = errno, out;
    char head[9000];
    struct stat found;
    unsigned long long inode = stat(path, &found) ? 0 : found.st_ino;
    int length = snprintf(head, sizeof head, "%s\t%llu\t%lld\t%zu\t%s\t%s\n", what, inode, (long long)at, size, path, other);
    out = syscall(SYS_openat, AT_FDCWD, getenv("FAULT_TOLD"), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    struct iovec parts[2] = {{head, length}, {(void *)data, data ? size : 0}};
    if (out >= 0) {
        if (syscall(SYS_writev, out, parts, 2) < 0) perror("record");
        syscall(SYS_close, out);
    }
    errno = before;
}

static void record_fd(const char *what, int fd, off64_t at, const void *data, size_t size) {
    char path[4096];
    const char *told = getenv("FAULT_ACK");
    if (fd < 3 || !path_of(fd, path, sizeof path)) return;
    if (told && !strcmp(path, told)) record("ack", path, "", 0, data, size);
    else if (under(path)) record(what, path, "", at, data, size);
}

static enum fault next_fault(int applies) {
    const char *kind = getenv("FAULT_KIND"), *told = getenv("FAULT_TOLD"), *at = getenv("FAULT_AT");
    if (!kind || !applies || !strcmp(kind, "record")) return NONE;
    calls++;
    if (!strcmp(kind, "count")) {
        FILE *file = told ? fopen(told, "w") : NULL;
        if (file) fprintf(file, "%ld", calls), fclose(file);
        return NONE;
    }
    long wanted = at ? atol(at) : 0;
    if (!strcmp(kind, "full") && calls >= wanted) return errno = ENOSPC, FAIL;
    if (calls != wanted) return NONE;
    if (!strcmp(kind, "kill")) return KILL;
    if (!strcmp(kind, "late")) return LATE;
    if (!strcmp(kind, "half")) return HALF;
    if (!strcmp(kind, "short")) return SHORT;
    if (!strcmp(kind, "enospc")) return errno = ENOSPC, FAIL;
    if (!strcmp(kind, "eio")) return errno = EIO, FAIL;
    return NONE;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* calls that happen or do not */
#define WHOLE(applies, call) \
    enum fault fault = next_fault(applies); \
    if (fault == FAIL) return -1; \
    if (fault == KILL || fault == HALF) die(); \
    int result = (call); \
    if (fault == LATE) die(); \
    return result;

/* calls that can be done by halves */
#define PARTIAL(applies, whole, half) \
    enum fault fault = next_fault(applies); \
    if (fault == FAIL) return -1; \
    if (fault == KILL) die(); \
    if (fault == SHORT && size > 1) return (half); \
    if (fault == HALF) { \
        if ((half) < 0) die(); \
        die(); \
    } \
    ssize_t result = (whole); \
    if (fault == LATE) die(); \
    return result;

ssize_t write(int fd, const void *data, size_t size) {
    if (recording()) {
        ssize_t done = REAL(write)(fd, data, size);
        if (done > 0 && fd > 2) record_fd("write", fd, lseek(fd, 0, SEEK_CUR) - done, data, done);
        return done;
    }
    PARTIAL(fd > 2 && file_under(fd), REAL(write)(fd, data, size), REAL(write)(fd, data, size / 2))
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    if (recording()) {
        ssize_t done = REAL(pwrite64)(fd, data, size, at);
        if (done > 0) record_fd("write", fd, at, data, done);
        return done;
    }
    PARTIAL(file_under(fd), REAL(pwrite64)(fd, data, size, at), REAL(pwrite64)(fd, data, size / 2, at))
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

/* calls on an open file that happen or do not, told when they have happened */
#define TOLD(what, at, call) \
    if (recording()) { \
        int done = (call); \
        if (!done) record_fd(what, fd, at, NULL, 0); \
        return done; \
    } \
    WHOLE(file_under(fd), call)

int fsync(int fd) { TOLD("sync", 0, REAL(fsync)(fd)) }

int fdatasync(int fd) { TOLD("sync", 0, REAL(fdatasync)(fd)) }

int ftruncate64(int fd, off64_t size) { TOLD("truncate", size, REAL(ftruncate64)(fd, size)) }

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
    int done;
    if (recording()) {
        if (!(done = REAL(rename)(from, to)) && (under(from) || under(to))) record("rename", to, from, 0, NULL, 0);
        return done;
    }
    WHOLE(under(from) || under(to), REAL(rename)(from, to))
}

int unlink(const char *path) {
    int done;
    if (recording()) {
        if (!(done = REAL(unlink)(path)) && under(path)) record("unlink", path, "", 0, NULL, 0);
        return done;
    }
    WHOLE(under(path), REAL(unlink)(path))
}

/* never failed, but recorded: a new name, a file that is emptied */
int mkdir(const char *path, mode_t mode) {
    int done = REAL(mkdir)(path, mode);
    if (!done && recording() && under(path)) record("mkdir", path, "", 0, NULL, 0);
    return done;
}

static int opened(int folder, const char *path, int flags, mode_t mode) {
    int told = recording() && folder == AT_FDCWD && under(path) && (flags & (O_CREAT | O_TRUNC));
    int was = told && !syscall(SYS_faccessat, AT_FDCWD, path, F_OK);
    int fd = syscall(SYS_openat, folder, path, flags | O_LARGEFILE, mode);
    if (told && fd >= 0 && !was) record("create", path, "", 0, NULL, 0);
    if (told && fd >= 0 && was && (flags & O_TRUNC)) record("truncate", path, "", 0, NULL, 0);
    return fd;
}

#define MODE \
    mode_t mode = 0; \
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE) { \
        va_list more; \
        va_start(more, flags); \
        mode = va_arg(more, mode_t); \
        va_end(more); \
    }

int open(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags, mode); }

int open64(const char *path, int flags, ...) { MODE return opened(AT_FDCWD, path, flags, mode); }

int openat(int folder, const char *path, int flags, ...) { MODE return opened(folder, path, flags, mode); }

int openat64(int folder, const char *path, int flags, ...) { MODE return opened(folder, path, flags, mode); }

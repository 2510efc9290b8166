/* A file system that fails once, at a call of one's choice: preloaded in front of the C library.
 *
 *   FAULT_UNDER   only files whose path begins with this
 *   FAULT_AT      number of the call, from 1
 *   FAULT_KIND    count: number of all calls to FAULT_TOLD; kill: die before the call; late: die after it;
 *                 half: write half, then die; short: write half and say so; enospc, eio: fail;
 *                 full: enospc at this call and every later one; erofs: the same of a file system that has
 *                 become read-only; edquot, emfile, exdev, eintr: fail once with that error;
 *                 sync: a sync fails, and what was written to the file since its last one is gone;
 *                 list: fail nothing, write every call to FAULT_HIT;
 *                 record: fail nothing, write what happens to FAULT_TOLD (read by powercut.py)
 *   FAULT_EVERY   not the call FAULT_AT alone, but it and every so-manieth call before and after it
 *   FAULT_HIT     the file in which the call that fails is told; then half and short number the
 *                 writes alone and sync the syncs alone, so that each number is another fault
 *   FAULT_ACK     with record: the file in which what is acknowledged is told
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
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
enum call { WRITE, SYNC, OTHER };

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

/* which call fails, and on what: told before it does */
static void hit(const char *what, const char *path) {
    int before = errno, out;
    const char *told = getenv("FAULT_HIT");
    char line[4200];
    if (!told) return;
    int length = snprintf(line, sizeof line, "%s\t%s\n", what, path);
    out = syscall(SYS_openat, AT_FDCWD, told, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (out >= 0) {
        if (syscall(SYS_write, out, line, length) < 0) perror("hit");
        syscall(SYS_close, out);
    }
    errno = before;
}

static enum fault next_fault(enum call call, const char *what, const char *path) {
    const char *kind = getenv("FAULT_KIND"), *told = getenv("FAULT_TOLD"), *at = getenv("FAULT_AT");
    if (!kind || !under(path) || !strcmp(kind, "record")) return NONE;
    if (!strcmp(kind, "list")) return hit(what, path), NONE;
    if (!strcmp(kind, "sync") && call != SYNC) return NONE;
    if (getenv("FAULT_HIT") && call != WRITE && (!strcmp(kind, "half") || !strcmp(kind, "short"))) return NONE;
    long number = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    if (!strcmp(kind, "count")) {
        FILE *file = told ? fopen(told, "w") : NULL;
        if (file) fprintf(file, "%ld", number), fclose(file);
        return NONE;
    }
    long wanted = at ? atol(at) : 0;
    const char *every = getenv("FAULT_EVERY");
    if (every && number % atol(every) == wanted % atol(every)) wanted = number;
    if (!strcmp(kind, "full") && number >= wanted) return errno = ENOSPC, FAIL;
    if (!strcmp(kind, "erofs") && number >= wanted) return errno = EROFS, FAIL;
    if (number != wanted) return NONE;
    hit(what, path);
    if (!strcmp(kind, "kill")) return KILL;
    if (!strcmp(kind, "late")) return LATE;
    if (!strcmp(kind, "half")) return HALF;
    if (!strcmp(kind, "short")) return SHORT;
    if (!strcmp(kind, "enospc")) return errno = ENOSPC, FAIL;
    if (!strcmp(kind, "edquot")) return errno = EDQUOT, FAIL;
    if (!strcmp(kind, "emfile")) return errno = EMFILE, FAIL;
    if (!strcmp(kind, "exdev")) return errno = EXDEV, FAIL;
    if (!strcmp(kind, "eintr")) return errno = EINTR, FAIL;
    if (!strcmp(kind, "eio") || !strcmp(kind, "sync")) return errno = EIO, FAIL;
    return NONE;
}

static enum fault next_fault_fd(enum call call, const char *what, int fd) {
    char path[4096];
    return path_of(fd, path, sizeof path) ? next_fault(call, what, path) : NONE;
}

/* what a file held when it was last synced, kept for the kind `sync` */
struct held {
    dev_t device;
    ino_t inode;
    char *data;
    off64_t size;
    struct held *next;
};

static struct held *all_held;
static pthread_mutex_t holding = PTHREAD_MUTEX_INITIALIZER;

static int loses(void) {
    const char *kind = getenv("FAULT_KIND");
    return kind && !strcmp(kind, "sync");
}

/* take note of what the file holds: at a sync, and before the first change of a file that was there before */
static void hold(int fd, int again) {
    int before = errno, in;
    char link[64];
    struct stat found;
    if (!loses() || !file_under(fd) || fstat(fd, &found) || !S_ISREG(found.st_mode)) return;
    pthread_mutex_lock(&holding);
    struct held *one = all_held;
    while (one && (one->device != found.st_dev || one->inode != found.st_ino)) one = one->next;
    if (!one || again) {
        if (!one) {
            one = calloc(1, sizeof *one);
            one->device = found.st_dev, one->inode = found.st_ino, one->next = all_held, all_held = one;
        }
        one->data = realloc(one->data, found.st_size + 1);
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        in = syscall(SYS_openat, AT_FDCWD, link, O_RDONLY | O_CLOEXEC);  /* fd may be for writing alone */
        one->size = in < 0 ? 0 : syscall(SYS_pread64, in, one->data, found.st_size, 0);
        if (one->size < 0) one->size = 0;
        if (in >= 0) syscall(SYS_close, in);
    }
    pthread_mutex_unlock(&holding);
    errno = before;
}

/* the pages that could not be written are read from the disk again: as they were, or zeros; what a process
 * before this one wrote is taken to be there */
static void lose(int fd) {
    int before = errno, out;
    char link[64];
    struct stat found;
    if (fstat(fd, &found) || !S_ISREG(found.st_mode)) return;
    pthread_mutex_lock(&holding);
    struct held *one = all_held;
    while (one && (one->device != found.st_dev || one->inode != found.st_ino)) one = one->next;
    if (one) {
        char *data = calloc(1, found.st_size + 1);
        memcpy(data, one->data, one->size < found.st_size ? one->size : found.st_size);
        snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
        out = syscall(SYS_openat, AT_FDCWD, link, O_WRONLY | O_CLOEXEC);  /* fd may only append */
        if (out < 0 || syscall(SYS_pwrite64, out, data, found.st_size, 0) < 0) perror("lose");
        if (out >= 0) syscall(SYS_close, out);
        free(data);
    }
    pthread_mutex_unlock(&holding);
    errno = before;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* calls that happen or do not */
#define WHOLE(next, call) \
    enum fault fault = (next); \
    if (fault == FAIL) return -1; \
    if (fault == KILL || fault == HALF) die(); \
    int result = (call); \
    if (fault == LATE) die(); \
    return result;

/* calls that can be done by halves */
#define PARTIAL(next, whole, half) \
    enum fault fault = (next); \
    if (fault == FAIL) return -1; \
    if (fault == KILL) die(); \
    if (fault == SHORT && size > 1) return (half); \
    if (fault == HALF) { \
        if ((half) < 0) die(); \
        die(); \
    } \
    hold(fd, 0); \
    ssize_t result = (whole); \
    if (fault == LATE) die(); \
    return result;

ssize_t write(int fd, const void *data, size_t size) {
    if (recording()) {
        ssize_t done = REAL(write)(fd, data, size);
        if (done > 0 && fd > 2) record_fd("write", fd, lseek(fd, 0, SEEK_CUR) - done, data, done);
        return done;
    }
    if (fd < 3) return REAL(write)(fd, data, size);
    PARTIAL(next_fault_fd(WRITE, "write", fd), REAL(write)(fd, data, size), REAL(write)(fd, data, size / 2))
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    if (recording()) {
        ssize_t done = REAL(pwrite64)(fd, data, size, at);
        if (done > 0) record_fd("write", fd, at, data, done);
        return done;
    }
    PARTIAL(next_fault_fd(WRITE, "write", fd), REAL(pwrite64)(fd, data, size, at), REAL(pwrite64)(fd, data, size / 2, at))
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

#define SYNCED(call) \
    if (recording()) { \
        int done = (call); \
        if (!done) record_fd("sync", fd, 0, NULL, 0); \
        return done; \
    } \
    enum fault fault = next_fault_fd(SYNC, "sync", fd); \
    if (fault == FAIL && loses()) lose(fd); \
    if (fault == FAIL) return -1; \
    if (fault == KILL || fault == HALF) die(); \
    int result = (call); \
    if (fault == LATE) die(); \
    if (!result) hold(fd, 1); \
    return result;

int fsync(int fd) { SYNCED(REAL(fsync)(fd)) }

int fdatasync(int fd) { SYNCED(REAL(fdatasync)(fd)) }

int ftruncate64(int fd, off64_t size) {
    if (recording()) {
        int done = REAL(ftruncate64)(fd, size);
        if (!done) record_fd("truncate", fd, size, NULL, 0);
        return done;
    }
    hold(fd, 0);
    WHOLE(next_fault_fd(OTHER, "truncate", fd), REAL(ftruncate64)(fd, size))
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) {
    int done;
    if (recording()) {
        if (!(done = REAL(rename)(from, to)) && (under(from) || under(to))) record("rename", to, from, 0, NULL, 0);
        return done;
    }
    WHOLE(next_fault(OTHER, "rename", under(to) ? to : from), REAL(rename)(from, to))
}

int unlink(const char *path) {
    int done;
    if (recording()) {
        if (!(done = REAL(unlink)(path)) && under(path)) record("unlink", path, "", 0, NULL, 0);
        return done;
    }
    WHOLE(next_fault(OTHER, "unlink", path), REAL(unlink)(path))
}

int mkdir(const char *path, mode_t mode) {
    if (recording()) {
        int done = REAL(mkdir)(path, mode);
        if (!done && under(path)) record("mkdir", path, "", 0, NULL, 0);
        return done;
    }
    if (!syscall(SYS_faccessat, AT_FDCWD, path, F_OK)) return REAL(mkdir)(path, mode);
    WHOLE(next_fault(OTHER, "mkdir", path), REAL(mkdir)(path, mode))
}

/* counted where it makes a new name or empties a file */
static int opened(int folder, const char *path, int flags, mode_t mode) {
    int matters = folder == AT_FDCWD && under(path) && (flags & (O_CREAT | O_TRUNC));
    int was = matters && !syscall(SYS_faccessat, AT_FDCWD, path, F_OK);
    int makes = matters && (flags & O_CREAT) && !was, empties = matters && (flags & O_TRUNC) && was;
    enum fault fault = NONE;
    if (!recording() && (makes || empties)) fault = next_fault(OTHER, makes ? "create" : "empty", path);
    if (fault == FAIL) return -1;
    if (fault == KILL || fault == HALF) die();
    int fd = syscall(SYS_openat, folder, path, flags | O_LARGEFILE, mode);
    if (fault == LATE) die();
    if (recording() && makes && fd >= 0) record("create", path, "", 0, NULL, 0);
    if (recording() && empties && fd >= 0) record("truncate", path, "", 0, NULL, 0);
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

/* A file system that fails once, at a call of one's choice: preloaded in front of the C library.
 *
 *   FAULT_UNDER   only files whose path begins with this
 *   FAULT_AT      number of the call, from 1
 *   FAULT_KIND    count: number of all calls to FAULT_TOLD; kill: die before the call; late: die after it;
 *                 half: write half, then die; short: write half and say so; enospc, eio: fail;
 *                 full: enospc at this call and every later one
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

static int file_under(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) return 0;
    path[length] = 0;
    return under(path);
}

static enum fault next_fault(int applies) {
    const char *kind = getenv("FAULT_KIND"), *told = getenv("FAULT_TOLD"), *at = getenv("FAULT_AT");
    if (!kind || !applies) return NONE;
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
    PARTIAL(fd > 2 && file_under(fd), REAL(write)(fd, data, size), REAL(write)(fd, data, size / 2))
}

ssize_t pwrite64(int fd, const void *data, size_t size, off64_t at) {
    PARTIAL(file_under(fd), REAL(pwrite64)(fd, data, size, at), REAL(pwrite64)(fd, data, size / 2, at))
}

ssize_t pwrite(int fd, const void *data, size_t size, off_t at) { return pwrite64(fd, data, size, at); }

int fsync(int fd) { WHOLE(file_under(fd), REAL(fsync)(fd)) }

int fdatasync(int fd) { WHOLE(file_under(fd), REAL(fdatasync)(fd)) }

int ftruncate64(int fd, off64_t size) { WHOLE(file_under(fd), REAL(ftruncate64)(fd, size)) }

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int rename(const char *from, const char *to) { WHOLE(under(from) || under(to), REAL(rename)(from, to)) }

int unlink(const char *path) { WHOLE(under(path), REAL(unlink)(path)) }

/* A clock that runs fast: preloaded in front of the C library.
 *
 *   FAST_SPEED                  seconds that pass in one
 *   FAST_MONOTONIC, FAST_REAL   moments of both clocks, in nanoseconds, at which the fast ones are right
 *
 * Both clocks and all waiting pass so much faster; CPU time does not, and neither does the short wait with which
 * Python's threads take turns (pthread_cond_timedwait).
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define SECOND 1000000000LL

typedef long long ns;

static ns speed, right_monotonic, right_real;
static __typeof__(&clock_gettime) real_clock;

static void begin(void) {
    if (real_clock) return;
    const char *fast = getenv("FAST_SPEED"), *monotonic = getenv("FAST_MONOTONIC"), *real = getenv("FAST_REAL");
    speed = fast ? atoll(fast) : 1;
    right_monotonic = monotonic ? atoll(monotonic) : 0;
    right_real = real ? atoll(real) : 0;
    real_clock = REAL(clock_gettime);
}

static int is_wall(clockid_t clock) { return clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE; }

static int is_fast(clockid_t clock) {
    return is_wall(clock) || clock == CLOCK_MONOTONIC || clock == CLOCK_MONOTONIC_COARSE || clock == CLOCK_BOOTTIME;
}

static ns right(clockid_t clock) { return is_wall(clock) ? right_real : right_monotonic; }

static ns of(const struct timespec *moment) { return moment->tv_sec * SECOND + moment->tv_nsec; }

static struct timespec as(ns moment) { return (struct timespec){moment / SECOND, moment % SECOND}; }

static ns now(clockid_t clock) {
    struct timespec moment;
    begin();
    real_clock(clock, &moment);
    return of(&moment);
}

/* a fast moment as a real one */
static struct timespec due(clockid_t clock, const struct timespec *fast) {
    begin();
    return as(right(clock) + (of(fast) - right(clock)) / speed);
}

static int shorter(int milliseconds) {
    begin();
    return milliseconds <= 0 ? milliseconds : (int)((milliseconds + speed - 1) / speed);
}

int clock_gettime(clockid_t clock, struct timespec *moment) {
    begin();
    int failed = real_clock(clock, moment);
    if (!failed && is_fast(clock)) *moment = as(right(clock) + (of(moment) - right(clock)) * speed);
    return failed;
}

int gettimeofday(struct timeval *moment, void *zone) {
    struct timespec fast;
    (void)zone;
    clock_gettime(CLOCK_REALTIME, &fast);
    *moment = (struct timeval){fast.tv_sec, fast.tv_nsec / 1000};
    return 0;
}

time_t time(time_t *told) {
    struct timespec fast;
    clock_gettime(CLOCK_REALTIME, &fast);
    if (told) *told = fast.tv_sec;
    return fast.tv_sec;
}

int epoll_wait(int fd, struct epoll_event *events, int most, int timeout) {
    return REAL(epoll_wait)(fd, events, most, shorter(timeout));
}

int poll(struct pollfd *files, nfds_t count, int timeout) { return REAL(poll)(files, count, shorter(timeout)); }

int select(int count, fd_set *in, fd_set *out, fd_set *other, struct timeval *timeout) {
    if (!timeout) return REAL(select)(count, in, out, other, timeout);
    begin();
    ns wait = (timeout->tv_sec * SECOND + timeout->tv_usec * 1000LL) / speed;
    struct timeval fast = {wait / SECOND, wait % SECOND / 1000};
    return REAL(select)(count, in, out, other, &fast);
}

int clock_nanosleep(clockid_t clock, int flags, const struct timespec *wait, struct timespec *left) {
    if (!is_fast(clock)) return REAL(clock_nanosleep)(clock, flags, wait, left);
    begin();
    struct timespec fast = flags & TIMER_ABSTIME ? due(clock, wait) : as(of(wait) / speed);
    return REAL(clock_nanosleep)(clock, flags, &fast, left);
}

int nanosleep(const struct timespec *wait, struct timespec *left) {
    begin();
    struct timespec fast = as(of(wait) / speed);
    return REAL(nanosleep)(&fast, left);
}

int usleep(useconds_t wait) {
    struct timespec whole = as(wait * 1000LL);
    return nanosleep(&whole, NULL);
}

int sem_timedwait(sem_t *lock, const struct timespec *until) {
    struct timespec real = due(CLOCK_REALTIME, until);
    return REAL(sem_timedwait)(lock, &real);
}

int sem_clockwait(sem_t *lock, clockid_t clock, const struct timespec *until) {
    struct timespec real = due(clock, until);
    return REAL(sem_clockwait)(lock, clock, &real);
}

/* waits as long as it says, by the real clock; Python's conditions go by the monotonic one */
int pthread_cond_timedwait(pthread_cond_t *told, pthread_mutex_t *lock, const struct timespec *until) {
    struct timespec fast;
    clock_gettime(CLOCK_MONOTONIC, &fast);
    struct timespec real = as(now(CLOCK_MONOTONIC) + of(until) - of(&fast));
    return REAL(pthread_cond_timedwait)(told, lock, &real);
}

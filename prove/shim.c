/* Preloaded into a server (LD_PRELOAD): writes down what it does to its database's files, and kills it at a chosen one.
 *
 * PROVE_DB     the database's path; its files are that path, with -wal and with -journal, and the folder they are in.
 * PROVE_TRACE  where to append the records; see trace.py for their form. Nothing is written down without it.
 * PROVE_KILL   the event to die at: write, first (since a sync), more (after that one), wrote, sync, synced, truncate,
 *              truncated, unlink, unlinked with the file (write:wal), or send:TEXT and sent:TEXT for bytes to a
 *              client that have the text in them.
 * PROVE_FAIL   instead of PROVE_KILL: the sync (sync:wal, sync:db) that is an I/O error, and all after it.
 * PROVE_AT     at which such event, 1 is the first.
 *
 * A write is written down before it is done, a sync after it is done, and what is sent before it is sent: so a record
 * of a sync stands behind all that it has synced, and what a client was told stands behind all that had happened.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

enum { NONE, DB, WAL, JOURNAL, FOLDER, CLIENT };
static const char *const NAMES[] = {"none", "db", "wal", "journal", "folder", "client"};

#define MAX_FD 65536
static unsigned char kind_of[MAX_FD];
static char db[4096], folder[4096];
static int trace = -1;
static const char *kill_at, *fail_at;
static int countdown;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct record {
    unsigned char what, file;
    uint16_t unused;
    int32_t fd;
    int64_t at;
    uint32_t size;
} __attribute__((packed));

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static void put(char what, int file, int fd, int64_t at, const struct iovec *parts, int count) {
    if (trace < 0)
        return;
    struct record record = {what, file, 0, fd, at, 0};
    struct iovec all[17] = {{&record, sizeof record}};
    for (int i = 0; i < count && i < 16; i++) {
        all[i + 1] = parts[i];
        record.size += parts[i].iov_len;
    }
    pthread_mutex_lock(&lock);
    if (REAL(writev)(trace, all, (count < 16 ? count : 16) + 1) < 0)
        abort();
    pthread_mutex_unlock(&lock);
}

static void put1(char what, int file, int fd, int64_t at, const void *data, size_t size) {
    struct iovec part = {(void *)data, size};
    put(what, file, fd, at, &part, data ? 1 : 0);
}

static void event(const char *what, int file) {
    if (!kill_at || file == NONE)
        return;
    size_t length = strlen(what);
    if (strncmp(kill_at, what, length) || kill_at[length] != ':' || strcmp(kill_at + length + 1, NAMES[file]))
        return;
    if (__atomic_sub_fetch(&countdown, 1, __ATOMIC_SEQ_CST) == 0)
        kill(getpid(), SIGKILL);
}

static char is_within[FOLDER + 2];

/* A write: the first one since the file was synced, or one more. */
static void begun(int file) {
    event("write", file);
    event(is_within[file] ? "more" : "first", file);
    is_within[file] = 1;
}

/* Whether this sync is an I/O error. */
static int fails(int file) {
    if (!fail_at || file == NONE || strncmp(fail_at, "sync:", 5) || strcmp(fail_at + 5, NAMES[file]))
        return 0;
    return __atomic_sub_fetch(&countdown, 1, __ATOMIC_SEQ_CST) <= 0;
}

static int told(const char *what, const struct iovec *parts, int count) {
    size_t length = strlen(what);
    if (!kill_at || strncmp(kill_at, what, length) || kill_at[length] != ':')
        return 0;
    const char *text = kill_at + length + 1;
    for (int i = 0; i < count; i++)
        if (memmem(parts[i].iov_base, parts[i].iov_len, text, strlen(text)))
            return 1;
    return 0;
}

static void event_of_client(const char *what, const struct iovec *parts, int count) {
    if (told(what, parts, count) && __atomic_sub_fetch(&countdown, 1, __ATOMIC_SEQ_CST) == 0)
        kill(getpid(), SIGKILL);
}

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("PROVE_DB"), *to = getenv("PROVE_TRACE"), *at = getenv("PROVE_AT");
    if (!path)
        return;
    snprintf(db, sizeof db, "%s", path);
    snprintf(folder, sizeof folder, "%s", path);
    *strrchr(folder, '/') = 0;
    kill_at = getenv("PROVE_KILL");
    fail_at = getenv("PROVE_FAIL");
    countdown = at ? atoi(at) : 1;
    if (to) {
        trace = open(to, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        put('P', NONE, getpid(), 0, NULL, 0);
    }
}

static int file_of(const char *path) {
    size_t length = strlen(db);
    if (!length)
        return NONE;
    if (!strcmp(path, folder))
        return FOLDER;
    if (strncmp(path, db, length))
        return NONE;
    const char *rest = path + length;
    return !*rest ? DB : !strcmp(rest, "-wal") ? WAL : !strcmp(rest, "-journal") ? JOURNAL : NONE;
}

static int kind(int fd) { return fd >= 0 && fd < MAX_FD ? kind_of[fd] : NONE; }

static int opened(int fd, int file, int is_new, int flags) {
    if (fd < 0 || fd >= MAX_FD)
        return fd;
    kind_of[fd] = file;
    if (file == DB || file == WAL || file == JOURNAL) {
        if (is_new)
            put('C', file, fd, 0, NULL, 0);
        else if (flags & O_TRUNC)
            put('T', file, fd, 0, NULL, 0);
    }
    return fd;
}

#define OPEN(name)                                                                                                     \
    int name(const char *path, int flags, ...) {                                                                       \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;                                              \
        va_end(more);                                                                                                  \
        int file = file_of(path), is_new = file != NONE && (flags & O_CREAT) && access(path, F_OK);                    \
        return opened(REAL(name)(path, flags, mode), file, is_new, flags);                                             \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                                                                   \
    int name(int at, const char *path, int flags, ...) {                                                               \
        va_list more;                                                                                                  \
        va_start(more, flags);                                                                                         \
        int mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, int) : 0;                                              \
        va_end(more);                                                                                                  \
        int file = file_of(path), is_new = file != NONE && (flags & O_CREAT) && access(path, F_OK);                    \
        return opened(REAL(name)(at, path, flags, mode), file, is_new, flags);                                         \
    }
OPENAT(openat)
OPENAT(openat64)

int close(int fd) {
    if (fd != trace && fd >= 0 && fd < MAX_FD)
        kind_of[fd] = NONE;
    return REAL(close)(fd);
}

#define ACCEPT(name, parameters, arguments)                                                                            \
    int name parameters {                                                                                              \
        int fd = REAL(name) arguments;                                                                                 \
        if (fd >= 0 && fd < MAX_FD && *db) {                                                                           \
            kind_of[fd] = CLIENT;                                                                                      \
            put('A', CLIENT, fd, 0, NULL, 0);                                                                          \
        }                                                                                                              \
        return fd;                                                                                                     \
    }
ACCEPT(accept, (int s, struct sockaddr *a, socklen_t *n), (s, a, n))
ACCEPT(accept4, (int s, struct sockaddr *a, socklen_t *n, int f), (s, a, n, f))

#define PWRITE(name, offset)                                                                                           \
    ssize_t name(int fd, const void *data, size_t size, offset at) {                                                   \
        int file = kind(fd);                                                                                           \
        if (file == NONE || file == CLIENT)                                                                            \
            return REAL(name)(fd, data, size, at);                                                                     \
        begun(file);                                                                                                   \
        put1('W', file, fd, at, data, size);                                                                           \
        ssize_t done = REAL(name)(fd, data, size, at);                                                                 \
        event("wrote", file);                                                                                          \
        return done;                                                                                                   \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define TRUNCATE(name, offset)                                                                                         \
    int name(int fd, offset size) {                                                                                    \
        int file = kind(fd);                                                                                           \
        event("truncate", file);                                                                                       \
        if (file != NONE)                                                                                              \
            put('T', file, fd, size, NULL, 0);                                                                         \
        int done = REAL(name)(fd, size);                                                                               \
        event("truncated", file);                                                                                      \
        return done;                                                                                                   \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

#define SYNC(name)                                                                                                     \
    int name(int fd) {                                                                                                 \
        int file = kind(fd);                                                                                           \
        event("sync", file);                                                                                           \
        if (fails(file)) {                                                                                             \
            errno = EIO;                                                                                               \
            return -1;                                                                                                 \
        }                                                                                                              \
        int done = REAL(name)(fd);                                                                                     \
        if (file != NONE && done == 0)                                                                                 \
            put('S', file, fd, 0, NULL, 0);                                                                            \
        is_within[file] = 0;                                                                                           \
        event("synced", file);                                                                                         \
        return done;                                                                                                   \
    }
SYNC(fsync)
SYNC(fdatasync)

int unlink(const char *path) {
    int file = file_of(path);
    event("unlink", file);
    int done = REAL(unlink)(path);
    if (file != NONE && done == 0)
        put('U', file, -1, 0, NULL, 0);
    event("unlinked", file);
    return done;
}

/* Fewer bytes than were given have gone out: the others are sent again later. */
static void sent(int fd, ssize_t done, const struct iovec *parts, int count) {
    ssize_t size = 0;
    for (int i = 0; i < count; i++)
        size += parts[i].iov_len;
    if (done < size)
        put('R', CLIENT, fd, done < 0 ? 0 : done, NULL, 0);
    event_of_client("sent", parts, count);
}

static void sending(int fd, const struct iovec *parts, int count) {
    put('N', CLIENT, fd, 0, parts, count);
    event_of_client("send", parts, count);
}

ssize_t write(int fd, const void *data, size_t size) {
    struct iovec part = {(void *)data, size};
    int file = kind(fd);
    if (file == CLIENT)
        sending(fd, &part, 1);
    else if (file != NONE)
        abort(); /* SQLite writes with pwrite: a write that nobody thought of must not be missed */
    ssize_t done = REAL(write)(fd, data, size);
    if (file == CLIENT)
        sent(fd, done, &part, 1);
    return done;
}

#define CLIENT_SENDS(name, parameters, arguments, parts, count)                                                        \
    ssize_t name parameters {                                                                                          \
        int is_client = kind(fd) == CLIENT;                                                                            \
        if (is_client)                                                                                                 \
            sending(fd, parts, count);                                                                                 \
        ssize_t done = REAL(name) arguments;                                                                           \
        if (is_client)                                                                                                 \
            sent(fd, done, parts, count);                                                                     \
        return done;                                                                                                   \
    }
CLIENT_SENDS(writev, (int fd, const struct iovec *v, int n), (fd, v, n), v, n)
CLIENT_SENDS(sendmsg, (int fd, const struct msghdr *m, int f), (fd, m, f), m->msg_iov, (int)m->msg_iovlen)

ssize_t send(int fd, const void *data, size_t size, int flags) {
    struct iovec part = {(void *)data, size};
    int is_client = kind(fd) == CLIENT;
    if (is_client)
        sending(fd, &part, 1);
    ssize_t done = REAL(send)(fd, data, size, flags);
    if (is_client)
        sent(fd, done, &part, 1);
    return done;
}

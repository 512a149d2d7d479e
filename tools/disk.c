/* A disk that fails under any process, by LD_PRELOAD: tests/cmpagl_model/index/faults.py for those
   that are not written in Python. Calls that write in one folder are counted; at the n-th the
   process is killed, gets ENOSPC, or writes half and gets ENOSPC. What is flushed to disk is copied
   to another folder, so that a power cut can be played afterwards. Linux and glibc. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum { COUNT, KILL, FULL, HALF };
static char root[PATH_MAX], shadow[PATH_MAX];
static int fault;
static long at, notes;
static long *calls; /* shared with who looks on */
static pthread_mutex_t one_at_a_time = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))
#define BEGIN pthread_mutex_lock(&one_at_a_time)
#define END pthread_mutex_unlock(&one_at_a_time)

/* Begin to count, and to fail at the call of that number, from 0. */
void disk_arm(const char *folder, const char *copies, int what, long when) {
    char name[PATH_MAX + 8];
    snprintf(root, sizeof root, "%s", folder);
    snprintf(shadow, sizeof shadow, "%s", copies);
    snprintf(name, sizeof name, "%s/calls", shadow);
    int file = REAL(open)(name, O_RDWR | O_CREAT, 0600);
    if (ftruncate(file, sizeof *calls)) abort();
    calls = mmap(NULL, sizeof *calls, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    fault = what;
    at = when;
}

static int ours(const char *path) {
    size_t length = strlen(root);
    return calls && !strncmp(path, root, length) && (!path[length] || path[length] == '/');
}

static int path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = readlink(link, path, PATH_MAX - 1);
    path[length < 0 ? 0 : length] = 0;
    return length > 0;
}

static const char *resolved(int folder, const char *name, char *path) {
    if (name[0] == '/') return name;
    if (folder == AT_FDCWD ? !getcwd(path, PATH_MAX / 2) : !path_of(folder, path)) path[0] = 0;
    snprintf(path + strlen(path), PATH_MAX / 2, "/%s", name);
    return path;
}

/* What becomes of a call: 0 it goes on, FULL or HALF it fails so. */
static int step(const char *path) {
    if (!ours(path) || (*calls)++ != at || fault == COUNT) return 0;
    if (fault == KILL) {
        kill(getpid(), SIGKILL);
        pause();
    }
    errno = ENOSPC;
    return fault;
}

static FILE *note(void) {
    char name[PATH_MAX + 32];
    snprintf(name, sizeof name, "%s/note-%06ld", shadow, notes++);
    return REAL(fopen)(name, "w");
}

static void flushed(int file, const char *path) {
    struct stat about;
    if (fstat(file, &about)) return;
    if (S_ISDIR(about.st_mode)) {
        size_t length = strlen(path);
        int parent = !strncmp(root, path, length) && root[length] == '/' &&
                     !strchr(root + length + 1, '/');
        if (!ours(path) && !parent) return;
        FILE *out = note();
        DIR *folder = opendir(path);
        fprintf(out, "D%c%s%c", 0, path, 0);
        for (struct dirent *entry; (entry = readdir(folder));)
            if (strcmp(entry->d_name, ".") && strcmp(entry->d_name, ".."))
                fprintf(out, "%s%c%s%lu%c", entry->d_name, 0, entry->d_type == DT_DIR ? "-" : "",
                        (unsigned long)entry->d_ino, 0);
        closedir(folder);
        fclose(out);
    } else if (ours(path)) {
        char name[PATH_MAX + 32], again[64], bytes[65536];
        snprintf(name, sizeof name, "%s/file-%lu", shadow, (unsigned long)about.st_ino);
        snprintf(again, sizeof again, "/proc/self/fd/%d", file);
        int from = REAL(open)(again, O_RDONLY);
        int to = REAL(open)(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);
        for (ssize_t length; (length = read(from, bytes, sizeof bytes)) > 0;)
            if (REAL(write)(to, bytes, length) != length) abort();
        close(from);
        close(to);
    }
}

#define WRITES (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)
#define OPEN(name, named, folder, ...)                                                   \
    int name(__VA_ARGS__, int flags, ...) {                                              \
        char path[PATH_MAX];                                                             \
        va_list more;                                                                    \
        va_start(more, flags);                                                           \
        int mode = flags & (O_CREAT | __O_TMPFILE) ? va_arg(more, int) : 0;              \
        va_end(more);                                                                    \
        BEGIN;                                                                           \
        int bad = flags & WRITES && step(resolved(folder, file, path));                  \
        int done = bad ? -1 : named;                                                     \
        END;                                                                             \
        return done;                                                                     \
    }
OPEN(open, REAL(open)(file, flags, mode), AT_FDCWD, const char *file)
OPEN(open64, REAL(open64)(file, flags, mode), AT_FDCWD, const char *file)
OPEN(openat, REAL(openat)(dir, file, flags, mode), dir, int dir, const char *file)
OPEN(openat64, REAL(openat64)(dir, file, flags, mode), dir, int dir, const char *file)

#define WRITE(name, call, half, ...)                                                     \
    ssize_t name(int file, __VA_ARGS__) {                                                \
        char path[PATH_MAX];                                                             \
        if (!calls) return call;                                                         \
        BEGIN;                                                                           \
        int bad = path_of(file, path) ? step(path) : 0;                                  \
        if (bad == HALF) half;                                                           \
        if (bad) errno = ENOSPC;                                                         \
        ssize_t done = bad ? -1 : call;                                                  \
        END;                                                                             \
        return done;                                                                     \
    }
WRITE(write, REAL(write)(file, data, size), (void)!REAL(write)(file, data, size / 2),
      const void *data, size_t size)
WRITE(pwrite, REAL(pwrite)(file, data, size, where),
      (void)!REAL(pwrite)(file, data, size / 2, where), const void *data, size_t size, off_t where)
WRITE(pwrite64, REAL(pwrite64)(file, data, size, where),
      (void)!REAL(pwrite64)(file, data, size / 2, where), const void *data, size_t size,
      off64_t where)
WRITE(writev, REAL(writev)(file, data, count),
      (void)!REAL(write)(file, data->iov_base, data->iov_len / 2), const struct iovec *data,
      int count)

#define FLUSH(name)                                                                      \
    int name(int file) {                                                                 \
        char path[PATH_MAX];                                                             \
        if (!calls || !path_of(file, path)) return REAL(name)(file);                     \
        BEGIN;                                                                           \
        int done = step(path) ? -1 : REAL(name)(file);                                   \
        if (!done) flushed(file, path);                                                  \
        END;                                                                             \
        return done;                                                                     \
    }
FLUSH(fsync)
FLUSH(fdatasync)

#define NAMES(name, folder, call, ...)                                                   \
    int name(__VA_ARGS__) {                                                              \
        char path[PATH_MAX];                                                             \
        BEGIN;                                                                           \
        int done = step(resolved(folder, file, path)) ? -1 : call;                       \
        END;                                                                             \
        return done;                                                                     \
    }
NAMES(unlink, AT_FDCWD, REAL(unlink)(file), const char *file)
NAMES(unlinkat, dir, REAL(unlinkat)(dir, file, flags), int dir, const char *file, int flags)
NAMES(mkdir, AT_FDCWD, REAL(mkdir)(file, mode), const char *file, mode_t mode)
NAMES(mkdirat, dir, REAL(mkdirat)(dir, file, mode), int dir, const char *file, mode_t mode)
NAMES(rmdir, AT_FDCWD, REAL(rmdir)(file), const char *file)
NAMES(link, AT_FDCWD, REAL(link)(file, to), const char *file, const char *to)
NAMES(linkat, dir, REAL(linkat)(dir, file, other, to, flags), int dir, const char *file, int other,
      const char *to, int flags)
NAMES(truncate, AT_FDCWD, REAL(truncate)(file, size), const char *file, off_t size)

static int moved(int done, const char *from, const char *to) {
    if (!done && calls && ours(from)) {
        FILE *out = note();
        fprintf(out, "M%c%s%c%s%c", 0, from, 0, to, 0);
        fclose(out);
    }
    return done;
}

#define RENAME(name, from, to, call, ...)                                                \
    int name(__VA_ARGS__) {                                                              \
        char one[PATH_MAX], two[PATH_MAX];                                               \
        BEGIN;                                                                           \
        const char *old = resolved(from, file, one), *new = resolved(to, other, two);    \
        int done = step(old) ? -1 : moved(call, old, new);                               \
        END;                                                                             \
        return done;                                                                     \
    }
RENAME(rename, AT_FDCWD, AT_FDCWD, REAL(rename)(file, other), const char *file, const char *other)
RENAME(renameat, dir, there, REAL(renameat)(dir, file, there, other), int dir, const char *file,
       int there, const char *other)
RENAME(renameat2, dir, there, REAL(renameat2)(dir, file, there, other, flags), int dir,
       const char *file, int there, const char *other, unsigned int flags)

/* C streams write past write(): they are given one that does not. */
static ssize_t put(void *cookie, const char *data, size_t size) {
    return write((int)(long)cookie, data, size);
}
static ssize_t get(void *cookie, char *data, size_t size) {
    return read((int)(long)cookie, data, size);
}
static int shut(void *cookie) { return close((int)(long)cookie); }

#define FOPEN(name)                                                                      \
    FILE *name(const char *file, const char *mode) {                                     \
        if (!ours(file) || mode[0] == 'r') return REAL(name)(file, mode);                \
        int flags = O_WRONLY | O_CREAT | (mode[0] == 'w' ? O_TRUNC : O_APPEND);          \
        int opened = open(file, flags, 0666);                                            \
        cookie_io_functions_t use = {.read = get, .write = put, .close = shut};          \
        return opened < 0 ? NULL : fopencookie((void *)(long)opened, mode, use);         \
    }
FOPEN(fopen)
FOPEN(fopen64)

#include "cli/tune_watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

enum { MAX_CHILDREN = 1000, POLL_MS = 200 };

typedef struct watched {
    app *a;
    pid_t pid;
    int fd;
    int64_t deadline_ns; /* of the trial that runs; 0: none runs */
    bool hung;           /* it was killed for that */
} watched;

void tune_watch_tell(int watch_fd, int64_t limit_ns)
{
    while (write(watch_fd, &limit_ns, sizeof limit_ns) < 0 && errno == EINTR)
        ;
}

/* A child whose parent is gone has nobody to end it. */
static void die_with_parent(void)
{
#ifdef __linux__
    prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
}

static ig_status start(watched *w, tune_work work, void *user, double budget_s, ig_error *error)
{
    int ends[2];
    fflush(NULL);
    if (pipe(ends) != 0)
        return cli_fail(error, IG_E_IO, "cannot make a pipe: %s", strerror(errno));
    w->pid = fork();
    if (w->pid == 0) {
        die_with_parent();
        close(ends[0]);
        const int code = work(user, ends[1], budget_s);
        fflush(NULL);
        _exit(code);
    }
    close(ends[1]);
    w->fd = ends[0];
    if (w->pid > 0)
        return IG_OK;
    close(ends[0]);
    return cli_fail(error, IG_E_IO, "cannot start a process: %s", strerror(errno));
}

/* False when the child has closed its end. */
static bool read_message(watched *w)
{
    int64_t limit_ns;
    const ssize_t got = read(w->fd, &limit_ns, sizeof limit_ns);
    if (got < 0 && errno == EINTR)
        return true;
    if (got == (ssize_t)sizeof limit_ns)
        w->deadline_ns = limit_ns > 0 ? clock_ns() + limit_ns : 0;
    return got == (ssize_t)sizeof limit_ns;
}

/* Until the child is gone; its status is waitpid()'s. */
static int attend(watched *w)
{
    bool open = true, told = false;
    int status = 0;
    while (open) {
        struct pollfd pipe_end = {.fd = w->fd, .events = POLLIN};
        if (poll(&pipe_end, 1, POLL_MS) > 0)
            open = read_message(w);
        if (*w->a->interrupted && !told) { /* Ctrl-C reaches the child anyway; another signal may not */
            kill(w->pid, SIGTERM);
            told = true;
        }
        if (open && w->deadline_ns && clock_ns() > w->deadline_ns) {
            w->hung = true;
            kill(w->pid, SIGKILL);
            open = false;
        }
    }
    while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
        ;
    close(w->fd);
    return status;
}

static int finish_failed(ig_status status, const char *message)
{
    ig_error error;
    cli_fail(&error, status, "%s", message);
    return app_finish(status, &error);
}

int tune_watch(app *a, tune_work work, void *user, double budget_s)
{
    const int64_t begin = clock_ns();
    ig_error error;
    for (int i = 0; i < MAX_CHILDREN; i++) {
        watched w = {.a = a};
        const double left = budget_s - (double)(clock_ns() - begin) / 1e9;
        ig_status status = start(&w, work, user, budget_s > 0 ? (left > 0.001 ? left : 0.001) : 0, &error);
        if (status)
            return app_finish(status, &error);
        const int ended = attend(&w);
        if (WIFEXITED(ended))
            return WEXITSTATUS(ended);
        if (*a->interrupted)
            return finish_failed(IG_E_CANCELLED, "interrupted");
        if (!w.deadline_ns)
            return finish_failed(IG_E_INTERNAL, "the tuning process died outside of any trial");
        report_warning(&a->log, "a candidate %s: it is set aside, and tuning goes on",
                       w.hung ? "did not end in time" : "took the process with it");
    }
    return finish_failed(IG_E_DEVICE, "too many candidates hang on this device");
}

#include "cli/coprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { POLL_MS = 200, REAP_TRIES = 100, REAP_MS = 10 };

/* --- starting ----------------------------------------------------------------------------------------------------- */

/* Ends that the program inherits beside its own would keep it from seeing the end of its input. */
static bool make_pipe(int ends[2])
{
    if (pipe(ends) != 0)
        return false;
    for (int i = 0; i < 2; i++)
        (void)fcntl(ends[i], F_SETFD, FD_CLOEXEC);
    return true;
}

/* A group of its own: a terminal's Ctrl-C reaches ingot alone, which ends the program with all that it started. What
 * ingot ignores, it need not. Returns an errno. */
static int spawn(pid_t *pid, const char *const *words, int in, int out)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t defaults;
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    const int code = posix_spawn(pid, words[0], &files, &attributes, (char *const *)(uintptr_t)words, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    return code;
}

static ig_status fail_start(const char *program, int code, ig_error *error)
{
    const ig_status status = code == ENOENT ? IG_E_NO_INPUT : code == EACCES ? IG_E_PERMISSION : IG_E_IO;
    return cli_fail(error, status, "cannot start %s: %s", program, strerror(code));
}

ig_status coprocess_start(coprocess *c, const char *const *words, ig_error *error)
{
    int in[2], out[2];
    if (!make_pipe(in))
        return fail_start(words[0], errno, error);
    if (!make_pipe(out)) {
        const int code = errno;
        close(in[0]);
        close(in[1]);
        return fail_start(words[0], code, error);
    }
    const int code = spawn(&c->pid, words, in[0], out[1]);
    close(in[0]);
    close(out[1]);
    c->to = in[1];
    c->from = out[0];
    if (!code)
        return IG_OK;
    c->pid = 0;
    close(c->to);
    close(c->from);
    return fail_start(words[0], code, error);
}

/* --- ending ------------------------------------------------------------------------------------------------------- */

/* A program that closed its output is about to end; one that is not is killed. Its status is waitpid()'s. */
static int reap(coprocess *c)
{
    const struct timespec pause = {0, REAP_MS * 1000000L};
    int status = 0;
    pid_t got = 0;
    for (int i = 0; i < REAP_TRIES && got == 0; i++) {
        got = waitpid(c->pid, &status, WNOHANG);
        if (got == 0)
            nanosleep(&pause, NULL);
    }
    kill(-c->pid, SIGKILL);
    while (got <= 0 && (got = waitpid(c->pid, &status, 0)) < 0 && errno == EINTR)
        ;
    return status;
}

static void forget(coprocess *c)
{
    close(c->to);
    close(c->from);
    c->pid = 0;
}

void coprocess_end(coprocess *c)
{
    if (!c->pid)
        return;
    kill(-c->pid, SIGKILL);
    while (waitpid(c->pid, NULL, 0) < 0 && errno == EINTR)
        ;
    forget(c);
}

static ig_status fail_ended(coprocess *c, ig_error *error)
{
    const int status = reap(c);
    forget(c);
    cli_fail(error, CLI_E_PEER, "%s ended without an answer", c->name);
    if (WIFSIGNALED(status))
        cli_found(error, "signal %d", WTERMSIG(status));
    else
        cli_found(error, "exit code %d", WEXITSTATUS(status));
    cli_hint(error, "what it said itself stands above");
    return CLI_E_PEER;
}

/* --- asking ------------------------------------------------------------------------------------------------------- */

/* Requests are far shorter than a pipe's room, and one is only sent when the last was answered: this never blocks. */
static void send_request(const coprocess *c, const char *request)
{
    while (write(c->to, request, strlen(request)) < 0 && errno == EINTR)
        ; /* one that is gone shows when its answer is read */
}

static ig_status fail_late(const coprocess *c, ig_error *error)
{
    cli_fail(error, CLI_E_PEER, "%s does not answer", c->name);
    cli_expected(error, "an answer within %g s", c->limit_s);
    cli_hint(error, "--peer-limit sets how long to wait");
    return CLI_E_PEER;
}

/* Waits until there is something to read. */
static ig_status await(const coprocess *c, int64_t deadline_ns, ig_error *error)
{
    struct pollfd end = {.fd = c->from, .events = POLLIN};
    do {
        ig_status status = app_check_interrupt(c->a, error);
        if (!status && clock_ns() > deadline_ns)
            status = fail_late(c, error);
        if (status)
            return status;
    } while (poll(&end, 1, POLL_MS) <= 0);
    return IG_OK;
}

ig_status coprocess_ask(coprocess *c, const char *request, ig_error *error)
{
    const int64_t deadline_ns = clock_ns() + (int64_t)(c->limit_s * 1e9);
    size_t length = 0;
    if (request)
        send_request(c, request);
    while (length + 1 < sizeof c->line) {
        ig_status status = await(c, deadline_ns, error);
        if (status)
            return status;
        const ssize_t got = read(c->from, c->line + length, sizeof c->line - 1 - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return fail_ended(c, error);
        length += (size_t)got;
        c->line[length] = '\0';
        if (c->line[length - 1] == '\n') {
            c->line[length - 1] = '\0';
            return IG_OK;
        }
    }
    return cli_fail(error, CLI_E_PEER, "%s answers with too long a line", c->name);
}

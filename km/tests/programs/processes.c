/* Processes, one subject for each first argument. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static const char *self;
static char *volatile nowhere = (char *)8;

/* Called with the result, it sees the error that came with it. */
static void show(const char *what, long result)
{
    printf("%s: %ld, error %d\n", what, result, result < 0 ? errno : 0);
}

static void show_status(const char *what, int status)
{
    printf("%s: exited %d with %d, signalled %d by %d\n", what, WIFEXITED(status),
            WIFEXITED(status) ? WEXITSTATUS(status) : 0, WIFSIGNALED(status),
            WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

static int wait_for(pid_t pid)
{
    int status = -1;

    if (waitpid(pid, &status, 0) != pid)
        printf("waitpid: %s\n", strerror(errno));
    return status;
}

static void forking(void)
{
    int private = 1,
        *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double before = 1.5;
    pid_t pid = fork();

    if (pid == 0) {
        private = 2;
        *shared = 3;
        _exit(private + (before == 1.5 ? 10 : 0) + (getppid() != getpid() ? 20 : 0));
    }
    show_status("child", wait_for(pid));
    printf("private %d, shared %d\n", private, *shared);
    pid = fork();
    if (pid == 0)
        raise(SIGTERM);
    show_status("killed", wait_for(pid));
    pid = fork();
    if (pid == 0)
        *(volatile char *)nowhere = 1;
    show_status("faulted", wait_for(pid));
    show("none left", wait(NULL));
}

static void pipes(void)
{
    char buffer[100000];
    size_t sum = 0, size = 0;
    int to[2], from[2];
    ssize_t got;

    if (pipe(to) < 0 || pipe(from) < 0)
        return;
    if (fork() == 0) {
        close(to[1]);
        close(from[0]);
        while ((got = read(to[0], buffer, sizeof(buffer))) > 0)
            if (write(from[1], buffer, (size_t)got) != got)
                _exit(1);
        _exit(0);
    }
    close(to[0]);
    close(from[1]);
    if (fork() == 0) {
        close(from[0]);
        memset(buffer, 5, sizeof(buffer));
        for (int i = 0; i < 10; i++)
            if (write(to[1], buffer, sizeof(buffer)) < 0)
                _exit(1);
        _exit(0);
    }
    close(to[1]);
    while ((got = read(from[0], buffer, sizeof(buffer))) > 0) {
        size += (size_t)got;
        for (ssize_t i = 0; i < got; i++)
            sum += (size_t)buffer[i];
    }
    printf("%zu bytes, sum %zu\n", size, sum);
    for (int i = 0; i < 2; i++) {
        int status;

        wait(&status);
        show_status("child", status);
    }
}

static void many(int count)
{
    int good = 0;

    for (int i = 0; i < count; i++) {
        pid_t pid = fork();

        if (pid == 0)
            _exit(i % 100);
        good += WEXITSTATUS(wait_for(pid)) == i % 100;
    }
    printf("%d of %d\n", good, count);
}

static void generations(int depth)
{
    pid_t pid;

    if (depth == 0)
        return;
    pid = fork();
    if (pid == 0) {
        generations(depth - 1);
        _exit(depth);
    }
    show_status("generation", wait_for(pid));
}

static void vforking(void)
{
    volatile int shared = 1;
    pid_t pid = vfork();

    if (pid == 0) {
        shared = 2;
        _exit(4);
    }
    printf("memory is shared: %d\n", shared);
    show_status("child", wait_for(pid));
    pid = vfork();
    if (pid == 0) {
        execl(self, self, "say", "from a vforked child", NULL);
        _exit(127);
    }
    show_status("executed", wait_for(pid));
    pid = vfork();
    if (pid == 0) {
        execl("/none", "none", NULL);
        shared = errno;
        _exit(127);
    }
    printf("error of exec: %d\n", shared == ENOENT);
    show_status("not executed", wait_for(pid));
    pid = vfork();
    if (pid == 0)
        *(volatile char *)nowhere = 1;
    show_status("faulted", wait_for(pid));
}

static void on_usr1(int signal)
{
    printf("handler in %s, %d\n", "the parent", signal);
}

static void spawning(void)
{
    char *argv[] = {(char *)self, (char *)"say", (char *)"spawned", NULL};
    char *environment[] = {(char *)"KMTEST=1", NULL};
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t set;
    pid_t pid;

    signal(SIGUSR1, on_usr1);
    printf("missing: %d\n", posix_spawn(&pid, "/none", NULL, NULL, argv, environment));
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 7, "/dev/null", O_RDONLY, 0);
    posix_spawnattr_init(&attributes);
    sigfillset(&set);
    posix_spawnattr_setsigdefault(&attributes, &set);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    int rc = posix_spawn(&pid, self, &actions, &attributes, argv, environment);

    show_status("child", wait_for(pid));
    printf("spawn: %d\n", rc);
    printf("descriptor is the child's alone: %d\n", fcntl(7, F_GETFD));
    raise(SIGUSR1);
    printf("popen: ");
    fflush(stdout);
    if (system("echo through a shell") != 0)
        printf("failed\n");
}

static void *exec_now(void *argument)
{
    execl(self, self, "say", "from a thread", NULL);
    return argument;
}

static void *sleep_on(void *argument)
{
    pause();
    return argument;
}

static void executing(const char *how)
{
    char *none[] = {NULL};
    pthread_t thread;

    if (strcmp(how, "errors") == 0) {
        show("missing", execv("/none", none));
        show("folder", execv("/", none));
        show("device", execv("/dev/null", none));
        show("under a file", execv("/etc/passwd/x", none));
        show("bad path", execv(nowhere, none));
        show("bad list", execv(self, (char **)nowhere));
        show("bad string", execv(self, (char *[]){nowhere, NULL}));
        show("empty", execv("", none));
    } else if (strcmp(how, "thread") == 0) {
        pthread_create(&thread, NULL, sleep_on, NULL);
        pthread_create(&thread, NULL, exec_now, NULL);
        pause();
    } else if (strcmp(how, "self") == 0) {
        execl("/proc/self/exe", "another name", "say", "myself", NULL);
    } else if (strcmp(how, "cloexec") == 0) {
        int kept = dup(1), closed = fcntl(1, F_DUPFD_CLOEXEC, 20);
        char text[2][16];

        snprintf(text[0], sizeof(text[0]), "%d", kept);
        snprintf(text[1], sizeof(text[1]), "%d", closed);
        execl(self, self, "descriptors", text[0], text[1], NULL);
    } else if (strcmp(how, "signals") == 0) {
        sigset_t set;

        signal(SIGUSR1, SIG_IGN);
        signal(SIGUSR2, on_usr1);
        sigemptyset(&set);
        sigaddset(&set, SIGHUP);
        sigprocmask(SIG_BLOCK, &set, NULL);
        execl(self, self, "inherited", NULL);
    } else {
        execl(how, how, "one", NULL);
    }
    printf("still here: %d\n", errno);
}

static void inherited(void)
{
    struct sigaction one, two;
    sigset_t set;

    sigaction(SIGUSR1, NULL, &one);
    sigaction(SIGUSR2, NULL, &two);
    sigprocmask(SIG_BLOCK, NULL, &set);
    printf("ignored %d, default %d, blocked %d %d\n", one.sa_handler == SIG_IGN,
            two.sa_handler == SIG_DFL, sigismember(&set, SIGHUP), sigismember(&set, SIGINT));
}

static void *fork_there(void *argument)
{
    pid_t pid = fork();

    if (pid == 0) {
        pthread_t thread;

        pthread_create(&thread, NULL, exec_now, NULL);
        pause();
    }
    show_status("child of a thread", wait_for(pid));
    return argument;
}

static void from_threads(void)
{
    pthread_t thread, other;

    pthread_create(&other, NULL, sleep_on, NULL);
    pthread_create(&thread, NULL, fork_there, NULL);
    pthread_join(thread, NULL);
}

static volatile sig_atomic_t children;

static void on_child(int signal)
{
    (void)signal;
    while (waitpid(-1, NULL, WNOHANG) > 0)
        children++;
}

static void child_signals(void)
{
    sigset_t set, old;
    struct sigaction action = {.sa_handler = on_child, .sa_flags = SA_RESTART};

    sigaction(SIGCHLD, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, &old);
    for (int i = 0; i < 5; i++)
        if (fork() == 0)
            _exit(0);
    while (children < 5)
        sigsuspend(&old);
    printf("all reaped: %d\n", children);
}

static void show_file(const char *path)
{
    char text[4096];
    int fd = open(path, O_RDONLY);
    ssize_t size = read(fd, text, sizeof(text));

    for (ssize_t i = 0; i < size; i++)
        if (text[i] == '\0')
            text[i] = '|';
    printf("%s: %.*s\n", path, (int)size, text);
    close(fd);
}

static void own_files(void)
{
    char path[64], one[4096] = "", two[4096] = "";
    unsigned long auxv[128];
    int fd = open("/proc/self/auxv", O_RDONLY);
    ssize_t size = read(fd, auxv, sizeof(auxv));

    show_file("/proc/self/cmdline");
    show_file("/proc/self/comm");
    printf("auxv ends: %d\n", size > 16 && auxv[size / 8 - 2] == 0);
    snprintf(path, sizeof(path), "/proc/%d/exe", getpid());
    printf("same program: %d\n", readlink("/proc/self/exe", one, sizeof(one)) > 0 &&
                                         readlink(path, two, sizeof(two)) > 0 &&
                                         strcmp(one, two) == 0);
    fd = open("/proc/self/exe", O_RDONLY);
    printf("readable: %d\n", read(fd, one, 4) == 4 && memcmp(one, "\177ELF", 4) == 0);
}

int main(int argc, char *argv[])
{
    const char *what = argc > 1 ? argv[1] : "", *how = argc > 2 ? argv[2] : "";

    self = argv[0];
    setvbuf(stdout, NULL, _IONBF, 0);
    if (strcmp(what, "forking") == 0)
        forking();
    else if (strcmp(what, "pipes") == 0)
        pipes();
    else if (strcmp(what, "many") == 0)
        many(atoi(how));
    else if (strcmp(what, "generations") == 0)
        generations(5);
    else if (strcmp(what, "vforking") == 0)
        vforking();
    else if (strcmp(what, "spawning") == 0)
        spawning();
    else if (strcmp(what, "exec") == 0)
        executing(how);
    else if (strcmp(what, "inherited") == 0)
        inherited();
    else if (strcmp(what, "threads") == 0)
        from_threads();
    else if (strcmp(what, "signals") == 0)
        child_signals();
    else if (strcmp(what, "own-files") == 0)
        own_files();
    else if (strcmp(what, "say") == 0)
        printf("%s says %s\n", strrchr(argv[0], '/') != NULL ? "it" : argv[0], how);
    else if (strcmp(what, "descriptors") == 0 && argc > 3)
        printf("kept %d closed %d\n", fcntl(atoi(how), F_GETFD), fcntl(atoi(argv[3]), F_GETFD));
    return 0;
}

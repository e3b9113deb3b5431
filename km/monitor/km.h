/*
 * The contracts between the parts of the monitor.
 *
 * Functions return 0 or a count, or -errno; none of them ends the process except through
 * machine->end, which main.c provides. A payload is never trusted: an address that comes from it is
 * used only after km_guest_ok(), its memory is read and written only by the km_guest_ functions or
 * by the host's kernel, and a file descriptor that comes from it only after km_fd_ok().
 */
#ifndef KM_H
#define KM_H

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <linux/kvm.h>

#include "map.h"
#include "pt_x86_64.h"

struct km_machine;
struct km_thread;
struct rlimit64;

/* ---- options.c, log.c ---- */

#define KM_STATUS_USAGE 2
#define KM_STATUS_MONITOR 125    /* the monitor failed before or beside the payload */
#define KM_STATUS_CANNOT_RUN 126 /* the payload is there, but is no program that can be run */
#define KM_STATUS_NOT_FOUND 127

struct km_options {
    bool verbose, stats, kill_unimplemented, help, version;
    bool copy_environment;
    const char *log_file;
    const char *core_file; /* NULL: none is written */
    char **environment;    /* of the payload; ends with NULL */
    size_t environment_count;
    char **payload;    /* the payload and its arguments; NULL when none was given */
    int kvm_fd;        /* /dev/kvm, already open, or -1 */
    int gdb_port;      /* of the loopback interface, 0 for any; -1: no gdb */
    const char *argv0; /* what the payload gets in place of its name, or NULL */
};

/* 0, or -EINVAL with a message on standard error. */
int km_options_parse(struct km_options *options, int argc, char *argv[], char *environment[]);
void km_options_help(FILE *out);
extern const char km_version[];

/* Messages of the monitor go to its log, standard error by default, one line each. */
int km_log_open(const struct km_options *options);
void km_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Printed with -V only. */
void km_trace(const char *format, ...) __attribute__((format(printf, 1, 2)));
extern bool km_tracing;

/* ---- memory.c, memory_map.c, slots.c: the payload's address space ---- */

#ifdef KM_SANITIZED
/* AddressSanitizer has its notes on an address at an eighth of it and 2 GiB: see sanitized.c. */
#define KM_MEM_START (4ull << 30)
#define KM_MEM_LIMIT (16ull << 30)
#else
#define KM_MEM_START (2ull << 20)
#define KM_MEM_LIMIT KM_PT_LIMIT
#endif
#define KM_SYS_SIZE (2ull << 30)  /* at the top: tables, unreachable for the payload */
#define KM_VDSO_SIZE (2ull << 20) /* of those, the last for the vDSO */
#define KM_GUARD (1ull << 20)     /* between the two, never mapped */
#define KM_MAX_VCPUS 1024

struct km_range {
    uint64_t start, end;
};

/* What the guest's physical memory has of the host's, as KVM knows it: never shrinks. */
struct km_slots {
    struct km_range *at; /* sorted, disjoint */
    size_t count, room;
    uint32_t next_id;
};

struct km_memory {
    pthread_mutex_t lock;
    struct km_map map;
    struct km_pt pt;
    struct km_slots slots;
    uint64_t end;       /* of what the payload may map */
    uint64_t sys;       /* start of the monitor's part */
    uint64_t brk_start; /* page-aligned */
    uint64_t brk;
    uint64_t vdso;  /* where its code is, 0 when there is none */
    uint64_t stack; /* of the payload's first thread: from here to the end */
};

/* Makes [start, end) memory of the virtual machine, with room to grow beyond it. */
int km_slots_cover(struct km_machine *m, uint64_t start, uint64_t end);
/* Any other slot, which has to be outside what km_slots_cover() uses. */
int km_slots_add(
        struct km_machine *m, uint64_t guest, uint64_t host, uint64_t size, uint32_t flags);
/* Tells a new virtual machine all slots of the one before. */
int km_slots_renew(struct km_machine *m);

int km_mem_init(struct km_machine *m);

/*
 * mmap(2) and its family on the payload's address space; arguments and results are the system
 * calls'. Each takes the lock, and keeps four things in step: the host's mapping, the map of
 * regions, the slots, the guest's page tables.
 */
int64_t km_mmap(struct km_machine *m, uint64_t addr, uint64_t size, int prot, int flags, int fd,
        uint64_t offset);
int64_t km_munmap(struct km_machine *m, uint64_t addr, uint64_t size);
int64_t km_mprotect(struct km_machine *m, uint64_t addr, uint64_t size, int prot);
int64_t km_mremap(struct km_machine *m, uint64_t addr, uint64_t old_size, uint64_t new_size,
        int flags, uint64_t new_addr);
int64_t km_brk(struct km_machine *m, uint64_t addr);

/* The protection of the page at addr as the payload asked for it, -EFAULT when it is not mapped. */
int km_mem_prot(struct km_machine *m, uint64_t addr);

/* Whether the payload has mapped every page that these bytes are on. */
bool km_mem_is_full(struct km_machine *m, uint64_t addr, uint64_t size);

/* Sets protection of [start, end), whole mapped pages. The caller holds the lock. */
int km_mem_protect(struct km_machine *m, uint64_t start, uint64_t end, int prot);

/* ---- guest.c: the one way to the payload's memory ---- */

/* Once in every process, before the first of the others. */
int km_guest_init(void);

/* Whether [addr, addr + size) can only be the payload's memory, mapped or not. The kernel, or the
 * functions below, find out whether it is mapped. */
bool km_guest_ok(const struct km_machine *m, uint64_t addr, uint64_t size);

/* -EFAULT when any of it is not the payload's, or not readable or writable. */
int km_guest_read(const struct km_machine *m, void *to, uint64_t addr, size_t size);
int km_guest_write(const struct km_machine *m, uint64_t addr, const void *from, size_t size);

/* A string of less than size bytes with its end; -ENAMETOOLONG when it is longer. Its length. */
ssize_t km_guest_string(const struct km_machine *m, char *to, uint64_t addr, size_t size);

/* ---- fd.c: the monitor's own file descriptors, out of the payload's reach ---- */

int km_fd_init(void);
/* Moves fd to the monitor's range, closed on exec, and returns its new number. */
int km_fd_own(int fd);
bool km_fd_ok(uint64_t fd);
/* Held while the limit of descriptors is not what the payload set. */
extern pthread_mutex_t km_fd_lock;
/* The number below which the payload's descriptors are. */
int km_fd_limit(void);
/* RLIMIT_NOFILE as the payload sees it. */
void km_fd_get_limit(struct rlimit64 *limit);
int km_fd_set_limit(const struct rlimit64 *limit, struct rlimit64 *old);

/* ---- system_x86_64.c, vcpu_x86_64.c: the processor ---- */

#define KM_PORT_CALL 0x81  /* OUT by the payload, or by the SYSCALL stub: a system call */
#define KM_PORT_FAULT 0x90 /* OUT by an exception handler; the payload is not allowed it */

/* Fills the monitor's pages in the guest: descriptor tables, handlers, the SYSCALL stub. */
int km_system_init_x86_64(struct km_machine *m);
/* Gives a processor its task state and exception stack; returns its address, or -errno. */
int64_t km_system_tss_x86_64(struct km_machine *m, unsigned id);
/* Writes the descriptor tables, control registers and the rest of a fresh user-mode processor. */
void km_system_sregs_x86_64(const struct km_machine *m, uint64_t tss, struct kvm_sregs *sregs);
uint64_t km_system_stub_x86_64(const struct km_machine *m);
/* A SYSCALL instruction for km_vcpu_probe(). */
uint64_t km_system_probe_x86_64(const struct km_machine *m);
/* The exception whose handler rip is in, 256 when it is in none. */
unsigned km_system_vector_x86_64(const struct km_machine *m, uint64_t rip);
/* Where the processor with this task state leaves an exception's frame. */
uint64_t km_system_stack_x86_64(uint64_t tss);

/* The registers of a payload's thread, complete but for the vector registers. */
struct km_registers {
    struct kvm_regs general;
    uint64_t fs_base, gs_base;
};

struct km_vcpu {
    struct km_vcpu *next, *next_free; /* of all, and of those that no thread uses */
    int fd;
    unsigned id;
    struct kvm_run *run;
    uint64_t tss;
    enum {
        KM_AT_USER,    /* registers are the payload's */
        KM_AT_STUB,    /* in the SYSCALL stub: rip and flags of the payload are in rcx and r11 */
        KM_AT_OUT,     /* at a system call made by OUT, not completed yet */
        KM_AT_HANDLER, /* in an exception handler: the payload's rip, flags, rsp are on its stack */
    } at;
};

struct km_fault {
    unsigned vector;
    uint64_t error;   /* of the exception, 0 for those that have none */
    uint64_t address; /* CR2, for a page fault */
};

enum km_exit {
    KM_EXIT_CALL,  /* a system call: number in rax, arguments in rdi rsi rdx r10 r8 r9 */
    KM_EXIT_FAULT, /* an exception of the payload */
    KM_EXIT_BUS,   /* the host has no memory for what the payload touched */
    KM_EXIT_SIGNAL /* a signal for the monitor's thread */
};

#define KM_VECTOR_DB 1
#define KM_VECTOR_BP 3
#define KM_VECTOR_GP 13
#define KM_VECTOR_PF 14

/* A processor that no thread uses, made when there is none; -EAGAIN when there are too many. */
int km_vcpu_acquire(struct km_machine *m, struct km_vcpu **vcpu);
/* KVM cannot remove a processor: it waits for the next thread. */
void km_vcpu_release(struct km_machine *m, struct km_vcpu *vcpu);
/* Time stamp counters: the host's before the probe, the payload's in it, the host's after it. */
struct km_probe {
    uint64_t before, inside, after;
};

/* Finds out at which privilege level SYSCALL enters the stub, before the payload can interfere. */
int km_vcpu_probe(struct km_machine *m, struct km_vcpu *vcpu, struct km_probe *probe);
/* Runs the payload until it needs the monitor: enum km_exit, or -errno, -EIO after a message. */
int km_vcpu_run(struct km_machine *m, struct km_vcpu *vcpu, struct km_fault *fault);
/* Ends a system call: the payload goes on behind it with this in rax. */
void km_vcpu_return(struct km_machine *m, struct km_vcpu *vcpu, int64_t result);
/* The payload's registers, whatever the processor was doing; and their replacement. */
int km_vcpu_get(struct km_vcpu *vcpu, struct km_registers *registers);
int km_vcpu_set(struct km_machine *m, struct km_vcpu *vcpu, const struct km_registers *registers);
/* The vector registers, as XSAVE has them: KVM_GET_XSAVE. m->xsave_size bytes. */
int km_vcpu_get_xsave(const struct km_machine *m, const struct km_vcpu *vcpu, void *area);
int km_vcpu_set_xsave(const struct km_vcpu *vcpu, const void *area);
/* The bytes of that area that hold the enabled features' state, and those features. */
uint32_t km_vcpu_xstate_size(void);
uint64_t km_vcpu_features(void);
/* FS or GS base. */
int km_vcpu_set_base(struct km_vcpu *vcpu, bool fs, uint64_t base);
/* Registers to start a program with. */
void km_vcpu_start(struct km_registers *registers, uint64_t rip, uint64_t rsp);

/* ---- vdso_x86_64.c ---- */

/* Maps the vDSO for the payload where it would work: else there is none. */
void km_vdso_init_x86_64(struct km_machine *m, const struct km_probe *probe);
/* Tells a new virtual machine of it. */
int km_vdso_slot_x86_64(struct km_machine *m);

/* ---- machine.c, thread.c ---- */

struct km_stats {
    uint64_t exits[KM_EXIT_SIGNAL + 1];
    uint64_t calls[512];
};

#define KM_SIGNALS 64

/* As the kernel has it (rt_sigaction(2)), which differs from the C library's struct sigaction. */
struct km_action {
    uint64_t handler, flags, restorer, mask;
};

/* The payload's dispositions: those with a handler; the others are the host process's alone. */
struct km_actions {
    pthread_mutex_t lock;
    struct km_action at[KM_SIGNALS + 1];
};

/* stack_t without padding trouble (sigaltstack(2)). */
struct km_altstack {
    uint64_t start;
    int32_t flags, padding;
    uint64_t size; /* 0: none */
};

struct km_block {
    void *data;
    size_t size;
};

struct km_machine {
    int kvm_fd, vm_fd;
    int exe_fd;          /* the monitor's own program */
    size_t run_size;     /* of struct kvm_run's mapping */
    size_t xsave_size;   /* of KVM's area for vector registers, at least 4096 */
    bool stub_in_kernel; /* SYSCALL enters the stub at privilege level 0 */
    const struct km_options *options;
    struct km_memory memory;
    struct km_stats stats;
    struct km_actions actions;
    char exe[4096]; /* the payload's file: what /proc/self/exe is for it */
    struct km_block cmdline, auxv;
    pthread_mutex_t lock;     /* of the following */
    struct kvm_cpuid2 *cpuid; /* of every processor, NULL before the first */
    struct km_vcpu *all_vcpus, *free_vcpus;
    unsigned vcpus; /* made so far */
    struct km_thread *thread_list;
    struct km_thread *stopper; /* the thread for which all others stop, or NULL */
    unsigned threads;          /* of the payload, alive */
    int exit_status;           /* of the first thread, for when all threads have ended one by one */
    /* Ends the process with this exit status, or as killed by the signal. One of them is 0. */
    void (*end)(struct km_machine *m, int status, int signal) __attribute__((noreturn));
};

struct km_thread {
    struct km_machine *machine;
    struct km_vcpu *vcpu;
    pid_t tid;
    uint64_t clear_child_tid; /* set_tid_address(2) */
    uint64_t robust_list;     /* set_robust_list(2) */
    struct km_thread *next;   /* in the machine's list */
    bool stopped;             /* waits in km_stop_here() */
    bool held;                /* gdb wants it to go on waiting when others run */
    bool steps;               /* gdb wants it to execute one instruction */
    volatile int asked;       /* KM_STOP_SIGNAL has come */
    bool ended;
    unsigned bus_errors;        /* in a row, see fault_x86_64.c */
    bool shares_memory;         /* a child of vfork(2): in its parent's memory, on its processor */
    uint64_t mask;              /* of signals that the payload has blocked: bit number - 1 */
    struct km_actions *actions; /* the machine's, but for a child of vfork(2) */
    struct km_altstack altstack;
    volatile int pending; /* signal_info waits for the payload; all signals are blocked meanwhile */
    siginfo_t signal_info;
};

/* The payload's thread that runs on this thread of the host. */
extern _Thread_local struct km_thread *km_self;

/* The machine with memory and page tables, no processor yet. Says on its own what is wrong. */
int km_machine_init(struct km_machine *m, const struct km_options *options);
/* In a new process: drops the parent's virtual machine and processors, makes an empty one. */
int km_machine_renew(struct km_machine *m);

/* Runs the payload's thread on this thread of the host, which ends with it. */
void km_thread_main(struct km_thread *t) __attribute__((noreturn));
/* clone(2) for a thread of this process: the new thread's id. */
int64_t km_thread_clone(struct km_thread *t, uint64_t flags, uint64_t stack, uint64_t parent_tid,
        uint64_t child_tid, uint64_t tls);
/* fork.c: clone(2), fork(2), vfork(2) for a process: in the parent the child's id, or -errno;
 * KM_REGISTERS_SET in a forked child. */
int64_t km_fork(struct km_thread *t, uint64_t flags, uint64_t stack, uint64_t parent_tid,
        uint64_t child_tid, uint64_t tls);
/* _exit(2) of one thread. When it is the last, the process ends. */
void km_thread_exit(struct km_thread *t, int status);

/* An exception of the payload: a signal for it, unless the access is allowed after all. */
void km_fault_x86_64(struct km_thread *t, const struct km_fault *fault);
/* The payload touched memory that the host does not have. */
void km_fault_bus_x86_64(struct km_thread *t);

/* ---- signal.c, signal_frame_x86_64.c ---- */

/* Takes over the mask that this process was started with. */
void km_signal_init(struct km_thread *t);
/* rt_sigaction(2), with both actions in the monitor's memory, either may be NULL. */
int km_signal_action(
        struct km_thread *t, int signal, const struct km_action *set, struct km_action *old);
/* Sets the mask of the payload and of this thread of the host; KM_RESTART when a signal came. */
int km_signal_mask(struct km_thread *t, uint64_t mask);

/* Blocks every signal for this thread of the host; and lets through again what the payload does. */
void km_signal_block(void);
void km_signal_unblock(struct km_thread *t);

/* What the payload's processor needs to make a system call again. */
struct km_interrupted {
    bool is_call; /* the thread is at the end of a system call that a signal interrupted */
    bool always;  /* it did not even begin */
    uint64_t number;
};

/* Delivers what is pending: the payload goes on in its handler. */
void km_signal_deliver(struct km_thread *t, const struct km_interrupted *call);

/* An exception's signal, with what the handler is told of it. */
struct km_exception {
    siginfo_t info;
    uint64_t vector, error, address;
};

/* Ends the payload by the signal, after its core file if one is wanted. */
void km_signal_end(struct km_thread *t, const siginfo_t *info) __attribute__((noreturn));

/* Delivers it; false when the payload has no handler for it, or blocks it. */
bool km_signal_force(struct km_thread *t, const struct km_exception *exception);

/* Puts a signal's frame on the payload's stack and sets registers to run the handler. */
int km_frame_push_x86_64(struct km_thread *t, const struct km_action *action,
        const struct km_exception *exception, struct km_registers *registers);
/* rt_sigreturn(2): restores what the frame has; *mask is the payload's mask from now on. */
int km_frame_pop_x86_64(struct km_thread *t, uint64_t *mask);

/* ---- stop.c ---- */

/* The payload cannot use this one where the monitor does: for a core file, and for gdb. */
#define KM_STOP_SIGNAL 64

/* The machine's list of threads. */
void km_stop_join(struct km_thread *t);
void km_stop_leave(struct km_thread *t);
/* Whether the thread has to call km_stop_here() before it runs on. */
bool km_stop_is_wanted(const struct km_thread *t);
/* Waits as long as another thread wants all others stopped. */
void km_stop_here(struct km_thread *t);
/* Stops all other threads, after any other that does so; gives up on those that do not come. */
void km_stop_others(struct km_thread *t);
/* Lets them run again, but for those that are held. */
void km_stop_release(struct km_thread *t);

/* ---- gdb.c, gdb_link.c ---- */

/* Opens the port; its number, or -errno. */
int km_gdb_listen(uint16_t port);
/* The first thread, before it runs: waits for gdb, then does what that says. */
void km_gdb_begin(struct km_thread *t);
/* Whether an exception is gdb's, its breakpoint or the end of its step. */
bool km_gdb_has_trap(const struct km_thread *t, unsigned vector, uint64_t rip);
/* Reports it, with the payload's registers, and does what gdb says. */
void km_gdb_trap(struct km_thread *t, unsigned vector, struct km_registers *registers);
/* Tells gdb of a signal; the one to deliver in its place, 0 for none. All signals are blocked then,
 * until km_signal_unblock(). */
int km_gdb_signal(struct km_thread *t, int signal);
/* Stops for gdb if that has sent something. */
void km_gdb_look(struct km_thread *t);
/* In a new process, which gdb knows nothing of. */
void km_gdb_forget(struct km_thread *t);
/* Tells gdb how the process ends; t may be NULL. */
void km_gdb_end(const struct km_thread *t, int status, int signal);

/* ---- core_x86_64.c ---- */

/* Writes the payload's core file, about this thread and its signal. The others stay stopped. */
int km_core_write_x86_64(struct km_thread *t, const siginfo_t *info);

/* ---- proc.c: /proc/self as the payload is to see it ---- */

enum km_proc {
    KM_PROC_OTHER,
    KM_PROC_EXE,
    KM_PROC_CMDLINE,
    KM_PROC_AUXV,
};

enum km_proc km_proc_name(const char *path);
enum km_proc km_proc_guest_name(const struct km_thread *t, uint64_t path);
/* A new descriptor to read cmdline or auxv from, or -errno. */
int km_proc_open(const struct km_machine *m, enum km_proc which, int flags);
/* Adds to what will be read. */
int km_proc_note(struct km_block *block, const void *data, size_t size);

/* ---- exec.c, script.c ---- */

/* execve(2): returns only -errno. */
int64_t km_exec(struct km_thread *t, uint64_t path, uint64_t argv, uint64_t environment);

/* What to load, and its arguments, for a file that may be a script (execve(2)). */
struct km_program {
    char path[4096];
    char **argv; /* ends with NULL */
    char *texts; /* for km_program_done() */
};

/* Follows "#!" lines to a program that is none; -errno as execve(2). */
int km_program_find(struct km_program *program, const char *path, char *const argv[]);
void km_program_done(struct km_program *program);

/* ---- load.c, stack_x86_64.c ---- */

struct km_image {
    uint64_t entry;            /* where the payload starts: the interpreter's entry if it has one */
    uint64_t program_entry;    /* the program's own */
    uint64_t phdr, phnum;      /* of the program */
    uint64_t interpreter_base; /* 0 without */
    uint64_t end;              /* of the program's segments */
    bool executable_stack;
};

/* Maps the program in the file `path`. On an error *why says more, or is empty. */
int km_load(struct km_machine *m, const char *path, struct km_image *image, const char **why);

/* Maps the stack, at the top, before anything else can be put there. */
int km_stack_reserve(struct km_machine *m);
/* Fills it (System V ABI AMD64, 3.4.1); *rsp is where the payload starts with. */
int km_stack_x86_64(struct km_machine *m, const struct km_image *image, const char *file,
        char *const argv[], char *const environment[], uint64_t *rsp);

/* ---- calls.c; the table's form is in calls.h ---- */

void km_calls_init(void);
/* Performs the payload's system call; ends the process for unknown ones when asked to. */
int64_t km_call(struct km_thread *t, uint64_t number, const uint64_t args[6]);
/* A system call that was not begun because of a signal: it is made again after that. */
#define KM_RESTART (-513)
/* What a call returns that has set all of the payload's registers. */
#define KM_REGISTERS_SET INT64_MIN

/* The host's system call: the result or -errno; KM_RESTART when a signal came first. */
int64_t km_host_call(uint64_t number, const uint64_t args[6]);
/* host_call_x86_64.S */
int64_t km_host_call_x86_64(const volatile int *pending, uint64_t number, const uint64_t args[6]);
extern const char km_host_call_begin[], km_host_call_end[], km_host_call_cancel[];
extern const char km_signal_return_x86_64[];
/* NULL for a number that Linux does not have. */
const char *km_call_name(uint64_t number);

void km_stats_print(const struct km_machine *m);

#endif

/*
 * int64_t km_host_call_x86_64(const volatile int *pending, uint64_t number, const uint64_t args[6]);
 *
 * A system call of the host that a signal prevents or interrupts, but never slips past: when
 * *pending is set before the kernel is entered, -ERESTARTNOINTR comes back and nothing was done. A
 * signal handler that meets rip between km_host_call_begin and km_host_call_end, both included,
 * sets it to km_host_call_cancel.
 */
        .text
        .global km_host_call_x86_64, km_host_call_begin, km_host_call_end, km_host_call_cancel
        .type km_host_call_x86_64, @function
km_host_call_x86_64:
        .cfi_startproc
        mov     %rdi, %rcx
        mov     %rsi, %rax
        mov     %rdx, %r11
        mov     (%r11), %rdi
        mov     8(%r11), %rsi
        mov     16(%r11), %rdx
        mov     24(%r11), %r10
        mov     32(%r11), %r8
        mov     40(%r11), %r9
km_host_call_begin:
        cmpl    $0, (%rcx)
        jne     km_host_call_cancel
km_host_call_end:
        syscall
        ret
km_host_call_cancel:
        mov     $-513, %rax
        ret
        .cfi_endproc
        .size km_host_call_x86_64, . - km_host_call_x86_64

/* Where the kernel returns to from a signal handler of the monitor: rt_sigreturn(2). */
        .global km_signal_return_x86_64
        .type km_signal_return_x86_64, @function
km_signal_return_x86_64:
        mov     $15, %eax
        syscall
        .size km_signal_return_x86_64, . - km_signal_return_x86_64
        .section .note.GNU-stack, "", @progbits

/*
 * System calls of a payload made directly to the monitor: an OUT to its port, with the registers of
 * the SYSCALL instruction. It saves the way over the SYSCALL entry, which is another exit where
 * that instruction is emulated. A program that uses it runs under KM alone.
 */
#ifndef KM_HYPERCALL_H
#define KM_HYPERCALL_H

#define KM_HYPERCALL_PORT 0x81

/* The result, or -errno. */
static inline long km_hypercall(long number, long a, long b, long c, long d, long e, long f)
{
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    long result;

    __asm__ volatile("out %%eax, %8"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9),
                     "i"(KM_HYPERCALL_PORT)
                     : "memory");
    return result;
}

#endif

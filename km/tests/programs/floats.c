/* x87, SSE and, where the processor has it, AVX state live across system calls. */
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

__attribute__((target("avx"))) static void avx(void)
{
    float in[8] = {1, 2, 3, 4, 5, 6, 7, 8}, out[8];

    __asm__ volatile("vmovups %1, %%ymm9\n\t"
                     "mov %2, %%eax\n\t"
                     "syscall\n\t"
                     "vaddps %%ymm9, %%ymm9, %%ymm9\n\t"
                     "vmovups %%ymm9, %0"
                     : "=m"(out)
                     : "m"(in), "i"(SYS_getppid)
                     : "rax", "rcx", "r11", "xmm9", "memory");
    for (int i = 0; i < 8; i++)
        printf("%g ", (double)out[i]);
    printf("\n");
}

int main(void)
{
    double sum = 0;
    long double product = 1;

    for (int i = 1; i < 1000; i++) {
        sum += 1.0 / i;
        product *= 1.0L + 1.0L / i;
        if (i % 100 == 0)
            getppid();
    }
    printf("%.17g %.20Lg\n", sum, product);
    if (__builtin_cpu_supports("avx"))
        avx();
    return 0;
}

/*
 * For VARIANT=sanitize alone, see the Makefile. AddressSanitizer has its notes on the memory at an
 * address at address / 8 + 2 GiB, and, with protect_shadow_gap=0, on all memory below 2 TiB. The
 * payload's memory is then put between 4 and 16 GiB, with the notes on it below that, and takes the
 * place of notes on memory that is not used.
 */
#include <stdlib.h>
#include <sys/mman.h>

#include "km.h"

const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
    /* The payload's signals are not the sanitizer's. What ends without the C library's exit
     * handlers cannot be searched for leaks. */
    return "protect_shadow_gap=0:detect_leaks=0:handle_segv=0:handle_sigbus=0:handle_sigfpe=0:"
           "handle_sigill=0:handle_abort=0:use_sigaltstack=0:exitcode=125";
}

__attribute__((constructor)) static void make_room(void)
{
    if (munmap((void *)KM_MEM_START, KM_MEM_LIMIT - KM_MEM_START) < 0)
        abort();
}

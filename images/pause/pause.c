/*
 * The pod's init: free-standing, no libc. SIGCHLD reaps, SIGINT and SIGTERM end it, anything else is slept through.
 * Blocking the signals and taking them with rt_sigtimedwait(2) needs no handler and so no restorer.
 */
#if defined(__x86_64__)
enum { EXIT = 60, WAIT4 = 61, SIGPROCMASK = 14, SIGTIMEDWAIT = 128 };
static long call(long n, long a, long b, long c, long d)
{
    register long r10 __asm__("r10") = d;
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10) : "rcx", "r11", "memory");
    return result;
}
#elif defined(__aarch64__)
enum { EXIT = 93, WAIT4 = 260, SIGPROCMASK = 135, SIGTIMEDWAIT = 137 };
static long call(long n, long a, long b, long c, long d)
{
    register long x8 __asm__("x8") = n;
    register long x0 __asm__("x0") = a;
    register long x1 __asm__("x1") = b;
    register long x2 __asm__("x2") = c;
    register long x3 __asm__("x3") = d;
    __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3) : "memory");
    return x0;
}
#else
#error "pause.c knows x86_64 and aarch64"
#endif

enum { INT = 2, TERM = 15, CHLD = 17, WNOHANG = 1, BLOCK = 0 };

void _start(void)
{
    unsigned long set = (1UL << (INT - 1)) | (1UL << (TERM - 1)) | (1UL << (CHLD - 1));
    call(SIGPROCMASK, BLOCK, (long)&set, 0, sizeof set);
    for (;;) {
        long signal = call(SIGTIMEDWAIT, (long)&set, 0, 0, sizeof set);
        if (signal == INT || signal == TERM)
            call(EXIT, 0, 0, 0, 0);
        while (call(WAIT4, -1, 0, WNOHANG, 0) > 0)
            ;
    }
}

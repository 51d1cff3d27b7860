/* SPDX-License-Identifier: GPL-2.0-or-later */
/* System calls for small programs of tests that run in machines under test, without a C library. */
#include <sys/syscall.h>

static long call(long number, long a, long b, long c, long d)
{
	register long fourth __asm__("r10") = d;
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(fourth)
			 : "rcx", "r11", "memory");
	return result;
}

__attribute__((noreturn)) static void quit(long code)
{
	for (;;) {
		(void)call(SYS_exit, code, 0, 0, 0);
	}
}

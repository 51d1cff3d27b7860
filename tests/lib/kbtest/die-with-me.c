/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `die-with-me PID`: traces the process, so that the kernel kills it at the moment when this one is
 * killed. */
#include <linux/ptrace.h>
#include <signal.h>

#include "bare.h"

enum { STOPPED = 0x7f };

/* The kernel leaves the number of arguments and the arguments on the stack. */
__asm__(".globl start\nstart:\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall trace");

static long number(const char *text)
{
	long n = 0;

	while (*text >= '0' && *text <= '9') {
		n = n * 10 + (*text++ - '0');
	}
	return n;
}

__attribute__((noreturn, used)) void trace(const long *stack)
{
	const long pid = stack[0] == 2 ? number((const char *)stack[2]) : 0;
	int status;

	if (call(SYS_ptrace, PTRACE_SEIZE, pid, 0, PTRACE_O_EXITKILL) < 0) {
		quit(1);
	}
	while (call(SYS_wait4, pid, (long)&status, 0, 0) == pid) {
		if ((status & 0xff) == STOPPED) {
			(void)call(SYS_ptrace, PTRACE_CONT, pid, 0, status >> 8 & 0xff);
		}
	}
	quit(0);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/base/cleanup.h"

#include <errno.h>
#include <fcntl.h>

static void close_keeps_errno(void **state)
{
	(void)state;
	errno = EDOM;
	assert_int_equal(kb_close(-1), -1);
	assert_int_equal(errno, EDOM);
	assert_int_equal(kb_close(123456), -1); /* EBADF inside */
	assert_int_equal(errno, EDOM);
}

enum { KINDS = 3 };

/* What the leak checker cannot see are descriptors: it sees the memory. */
static void leave_scope(int *ret_fds)
{
	KB_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	KB_FREE char *memory = NULL;
	KB_FCLOSE FILE *file = fopen("/dev/null", "re");
	KB_CLOSEDIR DIR *dir = opendir("/");

	ret_fds[0] = fd;
	ret_fds[1] = file && asprintf(&memory, "%d", fd) > 0 ? fileno(file) : -1;
	ret_fds[2] = dir ? dirfd(dir) : -1;
}

static void scope_end_closes(void **state)
{
	int fds[KINDS];

	(void)state;
	leave_scope(fds);
	for (int i = 0; i < KINDS; i++) {
		assert_true(fds[i] >= 0);
		assert_int_equal(fcntl(fds[i], F_GETFD), -1);
	}
}

static void an_empty_scope_is_fine(void **state)
{
	KB_CLOSE int fd = -1;
	KB_FREE char *memory = NULL;
	KB_FCLOSE FILE *file = NULL;
	KB_CLOSEDIR DIR *dir = NULL;

	(void)state;
	assert_true(fd == -1 && !memory && !file && !dir);
}

static int steal(char **ret_memory)
{
	KB_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	KB_FREE char *memory = calloc(1, 10);

	*ret_memory = kb_steal_ptr(&memory);
	return kb_steal_fd(&fd);
}

static void a_steal_takes_ownership(void **state)
{
	char *memory = NULL;
	int fd = steal(&memory);

	(void)state;
	assert_int_not_equal(fcntl(fd, F_GETFD), -1);
	assert_non_null(memory);
	memory[9] = 'x'; /* under AddressSanitizer this would tell */
	free(memory);
	assert_int_equal(kb_close(fd), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(close_keeps_errno),
		cmocka_unit_test(scope_end_closes),
		cmocka_unit_test(an_empty_scope_is_fine),
		cmocka_unit_test(a_steal_takes_ownership),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

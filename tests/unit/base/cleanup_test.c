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

static int leave_scope(void)
{
	KB_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	KB_FREE char *memory = malloc(10);
	KB_FCLOSE FILE *file = NULL;
	KB_CLOSEDIR DIR *dir = NULL;

	assert_non_null(memory);
	assert_true(fd >= 0);
	return fd;
}

static void scope_end_closes(void **state)
{
	int fd = leave_scope();

	(void)state;
	assert_int_equal(fcntl(fd, F_GETFD), -1);
}

static int steal(char **ret_memory)
{
	KB_CLOSE int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	KB_FREE char *memory = calloc(1, 10);

	*ret_memory = kb_steal_ptr(&memory);
	assert_null(memory);
	return kb_steal_fd(&fd);
}

static void a_steal_takes_ownership(void **state)
{
	char *memory = NULL;
	int fd = steal(&memory);

	(void)state;
	assert_int_not_equal(fcntl(fd, F_GETFD), -1);
	memory[9] = 'x'; /* under AddressSanitizer this would tell */
	free(memory);
	assert_int_equal(kb_close(fd), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(close_keeps_errno),
		cmocka_unit_test(scope_end_closes),
		cmocka_unit_test(a_steal_takes_ownership),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

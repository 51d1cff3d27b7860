/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What lines mean is in tests/golden/hosts; here are the search, limits and what the caller may
 * rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/formats/hosts.h"

#include <errno.h>

/* Counts, and keeps the last sentence. */
struct heard {
	size_t n;
	struct kb_position last_at;
	char last[KB_ERROR_TEXT];
};

static void hear(void *ctx, const struct kb_diag *diag)
{
	struct heard *heard = ctx;

	heard->n++;
	heard->last_at = diag->at;
	(void)snprintf(heard->last, sizeof(heard->last), "%s", diag->text);
}

static struct kb_hosts read_text(struct kb_arena *arena, struct kb_str text, struct heard *heard)
{
	struct kb_diag_sink sink = {hear, heard};
	struct kb_hosts hosts;
	struct kb_error err;

	assert_int_equal(kb_hosts_read(arena, "f", text, &sink, &hosts, &err), 0);
	return hosts;
}

static void finds_the_first(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct heard heard = {0};
	struct kb_hosts hosts = read_text(&arena,
					  KB_STR("10.0.0.1 server.my.net server\n"
						 "10.0.0.2 server other\n::1 six localhost\n"),
					  &heard);

	(void)state;
	assert_int_equal(heard.n, 0);
	assert_string_equal(kb_hosts_find(&hosts, KB_STR("server")), "10.0.0.1");
	assert_string_equal(kb_hosts_find(&hosts, KB_STR("Server.My.NET")), "10.0.0.1");
	assert_string_equal(kb_hosts_find(&hosts, KB_STR("server.my.net.")), "10.0.0.1");
	assert_string_equal(kb_hosts_find(&hosts, KB_STR("other")), "10.0.0.2");
	assert_string_equal(kb_hosts_find(&hosts, KB_STR("six")), "::1");
	assert_null(kb_hosts_find(&hosts, KB_STR("serve")));
	assert_null(kb_hosts_find(&hosts, KB_STR("servers")));
	assert_null(kb_hosts_find(&hosts, KB_STR("10.0.0.1")));
	assert_null(kb_hosts_find(&hosts, KB_STR("")));
	assert_null(kb_hosts_find(&hosts, KB_STR(".")));
}

static void an_empty_one_has_nothing(void **state)
{
	static const struct kb_hosts empty;

	(void)state;
	assert_null(kb_hosts_find(&empty, KB_STR("localhost")));
}

static void keeps_names_up_to_the_cap(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_hosts hosts;

	(void)state;
	for (size_t i = 0; i < KB_HOSTS_MAX_NAMES + 2; i++) {
		kb_buf_printf(&text, "0.0.0.0 advertisement-%zu.example # no\n", i);
	}
	hosts = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(hosts.n_hosts, KB_HOSTS_MAX_NAMES);
	assert_non_null(kb_hosts_find(&hosts, KB_STR("advertisement-16383.example")));
	assert_null(kb_hosts_find(&hosts, KB_STR("advertisement-16384.example")));
	assert_int_equal(heard.n, 1);
	assert_int_equal(heard.last_at.line, KB_HOSTS_MAX_NAMES + 1);
	assert_int_equal(heard.last_at.column, 9);
	assert_string_equal(heard.last,
			    "more than 16384 names: this one and the rest are left out");
}

static void reads_a_large_file_in_part(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_hosts hosts;

	(void)state;
	kb_buf_puts(&text, "10.0.0.1 first\n#");
	while (text.len < KB_HOSTS_MAX_BYTES) {
		kb_buf_putc(&text, 'x');
	}
	kb_buf_puts(&text, "\n10.0.0.2 second\n");
	hosts = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(hosts.n_hosts, 1);
	assert_int_equal(heard.n, 1);
	assert_int_equal(heard.last_at.line, 2);
	assert_string_equal(heard.last,
			    "the file is above 1024 KiB: the rest from here on is left out");
}

static void says_no_more_than_the_cap(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct heard heard = {0};
	struct kb_hosts hosts;

	(void)state;
	for (size_t i = 0; i < 1000; i++) {
		kb_buf_puts(&text, "address name\n");
	}
	hosts = read_text(&arena, kb_buf_view(&text), &heard);
	assert_int_equal(hosts.n_hosts, 0);
	assert_int_equal(heard.n, KB_HOSTS_MAX_DIAGS + 1);
	assert_string_equal(heard.last, "980 more like these");
}

static void owns_its_strings(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	char text[] = "10.0.0.1 a b";
	char file[] = "/etc/hosts";
	struct kb_hosts hosts;

	(void)state;
	assert_int_equal(kb_hosts_read(&arena, file, KB_STR(text), NULL, &hosts, NULL), 0);
	memset(text, '?', sizeof(text));
	memset(file, '?', sizeof(file));
	assert_int_equal(hosts.n_hosts, 2);
	assert_string_equal(hosts.hosts[1].name, "b");
	assert_string_equal(hosts.hosts[1].address, "10.0.0.1");
	assert_string_equal(hosts.hosts[1].at.file, "/etc/hosts");
}

static void says_when_memory_is_gone(void **state)
{
	KB_ARENA struct kb_arena arena = {.max_bytes = 1};
	struct kb_hosts hosts = {.n_hosts = 7};
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_hosts_read(&arena, "f", KB_STR("::1 a\n"), NULL, &hosts, &err),
			 -ENOMEM);
	assert_string_equal(err.file, "f");
	assert_int_equal(hosts.n_hosts, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_first),
		cmocka_unit_test(an_empty_one_has_nothing),
		cmocka_unit_test(keeps_names_up_to_the_cap),
		cmocka_unit_test(reads_a_large_file_in_part),
		cmocka_unit_test(says_no_more_than_the_cap),
		cmocka_unit_test(owns_its_strings),
		cmocka_unit_test(says_when_memory_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dropbear gets of a file is one line a key, which is read back as the same key; what a
 * session is told of a key is what the line said. Every line that is left out is said. */
#include "fuzz.h"

#include "kboot/ssh/authorized.h"
#include "kboot/ssh/server_line.h"

static struct kb_ssh_keys keys;
static struct kb_ssh_keys again;

static void count(void *ctx, const struct kb_diag *diag)
{
	unsigned *n = ctx;

	FUZZ_CHECK(diag->text[0] != '\0' && diag->at.line > 0);
	++*n;
}

static bool same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static void check_session(struct kb_str table, size_t i)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ssh_key key;
	char number[16];

	(void)snprintf(number, sizeof(number), "key%zu", i + 1);
	FUZZ_CHECK(kb_ssh_key_find(&arena, table, number, &key) == 0);
	FUZZ_CHECK(key.restricted == keys.keys[i].restricted);
	FUZZ_CHECK(same(key.command, keys.keys[i].command));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str text = kb_str_of((const char *)data, size);
	KB_BUF struct kb_buf lines = {0};
	KB_BUF struct kb_buf table = {0};
	unsigned said = 0;
	const struct kb_diag_sink sink = {count, &said};

	(void)kb_ssh_server_line(text);
	FUZZ_CHECK(kb_ssh_keys_read(&keys, text, "keys", &sink) == 0);
	kb_ssh_keys_print(&keys, &lines);
	kb_ssh_keys_print_table(&keys, &table);
	said = 0;
	FUZZ_CHECK(kb_ssh_keys_read(&again, kb_buf_view(&lines), "again", &sink) == 0);
	FUZZ_CHECK(said == 0 && again.n == keys.n);
	for (size_t i = 0; i < keys.n; i++) {
		FUZZ_CHECK(same(again.keys[i].base64, keys.keys[i].base64));
		FUZZ_CHECK(again.keys[i].no_terminal == keys.keys[i].no_terminal);
		check_session(kb_buf_view(&table), i);
	}
	kb_ssh_keys_done(&keys);
	kb_ssh_keys_done(&again);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A lease of any bytes, as an environment (NUL between variables) and as a file: what is kept of
 * it is read back the same, a line a variable. */
#include "kboot/network/lease.h"

#include "fuzz.h"

enum { MOST_VARS = 100 };

static void check(const struct kb_lease *lease)
{
	FUZZ_CHECK(lease->interface[0] == '\0' ||
		   kb_interface_name_ok(kb_str_from(lease->interface)));
	FUZZ_CHECK(lease->mtu == 0 || (lease->mtu >= 576 && lease->mtu <= 65535));
	FUZZ_CHECK(kb_str_is_word(kb_str_from(lease->search), ".-_ "));
	for (unsigned i = 0; i < lease->n_routes; i++) {
		FUZZ_CHECK(lease->routes[i].to.family != 0 && lease->routes[i].to.prefix <= 32);
	}
}

static void check_file(struct kb_arena *arena, const struct kb_lease *lease)
{
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf second = {0};
	struct kb_lease again;
	unsigned lines = 0;

	kb_lease_print(lease, &text);
	for (size_t i = 0; i < text.len; i++) {
		FUZZ_CHECK(text.data[i] == '\n' || (text.data[i] >= ' ' && text.data[i] <= '~'));
		lines += text.data[i] == '\n';
	}
	FUZZ_CHECK(lines == lease->n_vars);
	FUZZ_CHECK(kb_lease_from_text(arena, kb_buf_view(&text), &again) == 0);
	FUZZ_CHECK(again.n_vars == lease->n_vars && again.n_routes == lease->n_routes);
	kb_lease_print(&again, &second);
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&text), kb_buf_view(&second)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_str rest = kb_str_of((const char *)data, size);
	struct kb_str word;
	char *environment[MOST_VARS + 1] = {NULL};
	struct kb_lease lease;

	for (size_t n = 0; n < MOST_VARS && kb_str_next_until(&rest, '\0', &word); n++) {
		environment[n] = kb_arena_str(&arena, word);
	}
	FUZZ_CHECK(kb_lease_from_environment(&arena, environment, &lease) == 0);
	check(&lease);
	check_file(&arena, &lease);
	FUZZ_CHECK(kb_lease_from_text(&arena, kb_str_of((const char *)data, size), &lease) == 0);
	check(&lease);
	return 0;
}

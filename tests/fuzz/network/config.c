/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a command line says, what is kept can be an interface, an address, an option; and a
 * remark is about a place in the text. */
#include "kboot/network/config.h"

#include "fuzz.h"

static size_t text_bytes;

static void remark(void *ctx, const struct kb_diag *diag)
{
	(void)ctx;
	FUZZ_CHECK(diag->at.column >= 1 && diag->at.column <= text_bytes + 1);
	FUZZ_CHECK(diag->text[0] != '\0' && !strchr(diag->text, '\n'));
}

static void check_name(const char *name, bool may_be_empty)
{
	FUZZ_CHECK((may_be_empty && name[0] == '\0') || kb_interface_name_ok(kb_str_from(name)));
}

static void check(const struct kb_net_config *c)
{
	for (unsigned i = 0; i < c->n_links; i++) {
		check_name(c->links[i].name, true);
		FUZZ_CHECK(c->links[i].method != KB_NET_STATIC || c->links[i].address.family != 0);
		FUZZ_CHECK(c->links[i].address.prefix <= 128);
	}
	for (unsigned i = 0; i < c->n_virtuals; i++) {
		const struct kb_net_virtual *v = &c->virtuals[i];

		check_name(v->name, false);
		FUZZ_CHECK(v->n_ports >= 1 && v->n_ports <= KB_NET_MAX_PORTS);
		for (unsigned j = 0; j < v->n_ports; j++) {
			check_name(v->ports[j], false);
		}
		FUZZ_CHECK(!strchr(v->options, '/'));
	}
	for (unsigned i = 0; i < c->n_routes; i++) {
		check_name(c->routes[i].name, true);
		FUZZ_CHECK(c->routes[i].to.family != 0);
	}
	for (unsigned i = 0; i < c->n_aliases; i++) {
		check_name(c->aliases[i].name, false);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct kb_diag_sink sink = {remark, NULL};
	struct kb_str text = kb_str_of((const char *)data, size);
	struct kb_net_config c = {0};

	text_bytes = size;
	kb_net_config_from_cmdline(&c, text, &sink);
	check(&c);
	c = (struct kb_net_config){0};
	kb_net_config_from_setting(&c, text, &sink);
	check(&c);
	return 0;
}

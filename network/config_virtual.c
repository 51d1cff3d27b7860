/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interfaces made of others, as dracut.cmdline(7) writes them. */
#include <errno.h>

#include "config_words.h"

enum { VLAN_MOST = 4094 };

static struct kb_net_virtual *find(struct kb_net_config *c, const char *name)
{
	for (unsigned i = 0; i < c->n_virtuals; i++) {
		if (strcmp(c->virtuals[i].name, name) == 0) {
			return &c->virtuals[i];
		}
	}
	return NULL;
}

static int add(struct kb_net_words *w, const struct kb_net_virtual *made)
{
	struct kb_net_config *c = w->config;
	int r = kb_net_room(w, c->n_virtuals, KB_NET_MAX);

	if (r == 0 && find(c, made->name)) {
		return kb_net_wrong(w, w->word, "%s is made already", made->name);
	}
	for (unsigned i = 0; r == 0 && i < made->n_ports; i++) {
		if (strcmp(made->ports[i], made->name) == 0) {
			return kb_net_wrong(w, w->word, "%s cannot be made of itself", made->name);
		}
	}
	if (r == 0) {
		c->virtuals[c->n_virtuals++] = *made;
	}
	return r;
}

/* The number is what digits the name ends with: vlan5, vlan0005, eth0.5, eth0.0005. */
static int vlan_number(struct kb_str name, unsigned *ret_number)
{
	size_t digits = 0;
	uint64_t number;

	while (digits < name.len && kb_is_digit(name.data[name.len - 1 - digits])) {
		digits++;
	}
	if (digits == 0 || digits == name.len ||
	    kb_str_to_u64(kb_str_skip(name, name.len - digits), &number) < 0 ||
	    number > VLAN_MOST) {
		return -EINVAL;
	}
	*ret_number = (unsigned)number;
	return 0;
}

int kb_net_word_vlan(struct kb_net_words *w, struct kb_str value)
{
	struct kb_net_virtual made = {.kind = KB_NET_VLAN, .n_ports = 1};
	size_t colon = kb_str_find(value, ':');
	struct kb_str name = kb_str_head(value, colon);
	struct kb_str parent = kb_str_skip(value, colon + 1);

	if (name.len == 0 || parent.len == 0) {
		return kb_net_wrong(w, w->word, "a VLAN is NAME:INTERFACE");
	}
	if (kb_net_take_name(w, name, made.name) < 0 ||
	    kb_net_take_name(w, parent, made.ports[0]) < 0) {
		return -EINVAL;
	}
	if (vlan_number(name, &made.vlan) < 0) {
		return kb_net_wrong(w, name, "the name of a VLAN ends with its number, as vlan5");
	}
	return add(w, &made);
}

static int take_ports(const struct kb_net_words *w, struct kb_str list, struct kb_net_virtual *made)
{
	struct kb_str port;

	while (kb_str_next_until(&list, ',', &port)) {
		int r = port.len == 0 ? kb_net_wrong(w, port, "the name of an interface is missing")
				      : kb_net_room(w, made->n_ports, KB_NET_MAX_PORTS);

		r = r < 0 ? r : kb_net_take_name(w, port, made->ports[made->n_ports]);
		if (r < 0) {
			return r;
		}
		made->n_ports++;
	}
	return made->n_ports > 0 ? 0 : kb_net_wrong(w, w->word, "it is made of no interface");
}

/* NAME=VALUE, commas between; in a value ";" stands for a comma. */
static int take_options(const struct kb_net_words *w, struct kb_str options,
			struct kb_net_virtual *made)
{
	struct kb_str rest = options;
	struct kb_str option;

	while (kb_str_next_until(&rest, ',', &option)) {
		size_t equals = kb_str_find(option, '=');
		struct kb_str name = kb_str_head(option, equals);

		if (name.len == 0 || equals == option.len || !kb_str_is_word(name, "_") ||
		    !kb_str_is_word(kb_str_skip(option, equals + 1), "-_.:;+|")) {
			return kb_net_wrong(w, option, "an option of a bond is NAME=VALUE");
		}
	}
	if (options.len >= KB_NET_BOND_OPTIONS) {
		return kb_net_wrong(w, options, "more than %d bytes of options",
				    KB_NET_BOND_OPTIONS - 1);
	}
	memcpy(made->options, options.len > 0 ? options.data : "", options.len);
	return 0;
}

int kb_net_word_bond(struct kb_net_words *w, struct kb_str value)
{
	struct kb_net_virtual made = {.kind = KB_NET_BOND};
	struct kb_str name = KB_STR("bond0");
	struct kb_str ports = KB_STR("eth0,eth1");
	struct kb_str options = KB_STR("mode=balance-rr");
	struct kb_str mtu = {0};

	if (value.len > 0) {
		(void)kb_net_field(&value, &name);
		if (value.data) {
			(void)kb_net_field(&value, &ports);
		}
		if (value.data) {
			/* IPv6 addresses in it have colons: the MTU is the last, and a number. */
			const char *last = memrchr(value.data, ':', value.len);
			struct kb_str tail =
				last ? kb_str_skip(value, (size_t)(last - value.data) + 1)
				     : (struct kb_str){0};
			bool is_mtu = last && kb_str_find(tail, '=') == tail.len;

			mtu = is_mtu ? tail : mtu;
			options = is_mtu ? kb_str_head(value, (size_t)(last - value.data)) : value;
		}
	}
	if (name.len == 0 || kb_net_take_name(w, name, made.name) < 0 ||
	    take_ports(w, ports, &made) < 0 || take_options(w, options, &made) < 0 ||
	    kb_net_take_mtu(w, mtu, &made.mtu) < 0) {
		return name.len == 0 ? kb_net_wrong(w, w->word, "a name is missing") : -EINVAL;
	}
	return add(w, &made);
}

int kb_net_word_bridge(struct kb_net_words *w, struct kb_str value)
{
	struct kb_net_virtual made = {.kind = KB_NET_BRIDGE};
	struct kb_str name = KB_STR("br0");
	struct kb_str ports = KB_STR("eth0");

	if (value.len > 0) {
		(void)kb_net_field(&value, &name);
		ports = value;
	}
	if (name.len == 0) {
		return kb_net_wrong(w, w->word, "a bridge is NAME:INTERFACE[,INTERFACE…]");
	}
	if (kb_net_take_name(w, name, made.name) < 0 || take_ports(w, ports, &made) < 0) {
		return -EINVAL;
	}
	return add(w, &made);
}

int kb_net_word_team(struct kb_net_words *w, struct kb_str value)
{
	(void)value;
	return kb_net_wrong(w, w->word, "kboot makes no teams: a bond does the same");
}

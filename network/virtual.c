/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "virtual.h"

#include <errno.h>

#include "find.h"
#include "program.h"
#include "sysfs.h"

enum { NUMBER_TEXT = 12, PATH_TEXT = 128, VALUE_TEXT = KB_NET_BOND_OPTIONS };

static const char *const kinds[] = {
	[KB_NET_VLAN] = "vlan",
	[KB_NET_BOND] = "bond",
	[KB_NET_BRIDGE] = "bridge",
};

/* The kernel's name of a port; NULL: it is not there. */
static const char *port(const struct kb_network *n, const struct kb_net_virtual *v, unsigned i)
{
	const struct kb_interface *interface = kb_network_find(n, v->ports[i]);

	return interface ? interface->name : NULL;
}

bool kb_virtual_is_port(const struct kb_network *n, const char *name)
{
	for (unsigned i = 0; i < n->config->n_virtuals; i++) {
		const struct kb_net_virtual *v = &n->config->virtuals[i];

		for (unsigned k = 0; v->kind != KB_NET_VLAN && k < v->n_ports; k++) {
			const char *one = port(n, v, k);

			if (one && strcmp(one, name) == 0) {
				return true;
			}
		}
	}
	return false;
}

static void say(const struct kb_network *n, const struct kb_net_virtual *v, const char *what)
{
	kb_diag_report(&n->diags, KB_SEVERITY_WARNING, (struct kb_position){0}, "the %s %s %s",
		       kinds[v->kind], v->name, what);
}

/* They are set before there is a port; "mode" first, on which others depend. */
static void set_options(const struct kb_network *n, const struct kb_net_virtual *v, bool is_mode)
{
	struct kb_str rest = kb_str_from(v->options);
	struct kb_str option;

	while (kb_str_next_until(&rest, ',', &option)) {
		size_t equals = kb_str_find(option, '=');
		struct kb_str name = kb_str_head(option, equals);
		char path[PATH_TEXT];
		char value[VALUE_TEXT];

		if (kb_str_eq(name, KB_STR("mode")) != is_mode) {
			continue;
		}
		(void)snprintf(path, sizeof(path), "class/net/%s/bonding/%.*s", v->name,
			       KB_STR_ARG(kb_str_head(name, PATH_TEXT / 2)));
		(void)snprintf(value, sizeof(value), "%.*s",
			       KB_STR_ARG(kb_str_skip(option, equals + 1)));
		for (char *c = value; *c; c++) {
			if (*c == ';') {
				*c = ',';
			}
		}
		if (kb_sysfs_write(n->sysfs_fd, path, value) < 0) {
			kb_diag_report(&n->diags, KB_SEVERITY_WARNING, (struct kb_position){0},
				       "the bond %s does not take %.*s; it is as it was", v->name,
				       KB_STR_ARG(option));
		}
	}
}

static int add_ports(const struct kb_network *n, const struct kb_net_virtual *v)
{
	int r = 0;

	for (unsigned i = 0; i < v->n_ports; i++) {
		const char *one = port(n, v, i);

		if (!one) {
			continue;
		}
		/* A bond takes only what is off. */
		if (v->kind == KB_NET_BOND) {
			(void)KB_IP(n->sys, "link", "set", "dev", one, "down");
		}
		r = KB_IP(n->sys, "link", "set", "dev", one, "master", v->name);
		if (r == 0) {
			r = KB_IP(n->sys, "link", "set", "dev", one, "up");
		}
		if (r < 0) {
			kb_diag_report(&n->diags, KB_SEVERITY_WARNING, (struct kb_position){0},
				       "the %s %s does not take %s", kinds[v->kind], v->name, one);
		}
	}
	return r;
}

static int make(const struct kb_network *n, const struct kb_net_virtual *v)
{
	char number[NUMBER_TEXT];
	struct kb_interface made;
	int r;

	if (v->kind == KB_NET_VLAN) {
		(void)snprintf(number, sizeof(number), "%u", v->vlan);
		(void)KB_IP(n->sys, "link", "set", "dev", port(n, v, 0), "up");
		return KB_IP(n->sys, "link", "add", "link", port(n, v, 0), "name", v->name, "type",
			     "vlan", "id", number);
	}
	r = KB_IP(n->sys, "link", "add", "name", v->name, "type", kinds[v->kind]);
	/* The module of bonds makes a bond0 when it is loaded: then it is there already. */
	if (r < 0 && kb_interface_read(n->sysfs_fd, v->name, &made) < 0) {
		return r;
	}
	if (v->kind == KB_NET_BOND) {
		set_options(n, v, true);
		set_options(n, v, false);
	}
	return add_ports(n, v);
}

/* All of its ports; when there is no more waiting, one of them. */
static bool can_be_made(const struct kb_network *n, const struct kb_net_virtual *v, bool is_last)
{
	unsigned there = 0;

	for (unsigned i = 0; i < v->n_ports; i++) {
		there += port(n, v, i) != NULL;
	}
	return there == v->n_ports || (is_last && there > 0);
}

void kb_virtual_make(struct kb_network *n, bool is_last)
{
	const struct kb_net_config *c = n->config;
	bool done[KB_NET_MAX] = {false};
	bool progress = true;

	while (progress) {
		progress = false;
		for (unsigned i = 0; i < c->n_virtuals; i++) {
			const struct kb_net_virtual *v = &c->virtuals[i];

			if (done[i] || !can_be_made(n, v, is_last)) {
				continue;
			}
			done[i] = progress = true;
			if (!kb_network_find(n, v->name)) {
				if (make(n, v) < 0) {
					say(n, v, "cannot be made");
				}
				(void)kb_network_look(n);
			}
		}
	}
	for (unsigned i = 0; is_last && i < c->n_virtuals; i++) {
		if (!done[i]) {
			say(n, &c->virtuals[i], "is not made: its interfaces are not there");
		}
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "find.h"

int kb_network_look(struct kb_network *n)
{
	return kb_interfaces_read(n->sysfs_fd, n->interfaces, &n->n_interfaces);
}

/* A card: what is made of one has its address too. */
const struct kb_interface *kb_network_find_mac(const struct kb_network *n, const struct kb_mac *mac)
{
	for (unsigned i = 0; i < n->n_interfaces; i++) {
		if (kb_mac_eq(&n->interfaces[i].mac, mac) && !n->interfaces[i].is_made) {
			return &n->interfaces[i];
		}
	}
	return NULL;
}

const struct kb_interface *kb_network_find(const struct kb_network *n, const char *name)
{
	const struct kb_net_config *c = n->config;

	for (unsigned i = 0; i < c->n_aliases; i++) {
		const struct kb_interface *one =
			strcmp(c->aliases[i].name, name) == 0
				? kb_network_find_mac(n, &c->aliases[i].mac)
				: NULL;

		if (one) {
			return one;
		}
	}
	return kb_interfaces_find(n->interfaces, n->n_interfaces, name);
}

bool kb_network_has(const struct kb_network *n, const char *name)
{
	return kb_network_find(n, name) != NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/config.h"

#include <errno.h>

#include "config_words.h"
#include "kboot/base/cmdline.h"

static int word_nameserver(struct kb_net_words *w, struct kb_str value)
{
	struct kb_str server;

	if (!kb_net_field(&value, &server) || value.data) {
		/* An IPv6 address without its brackets. */
		server = kb_str_skip(w->word, strlen("nameserver="));
	}
	return server.len > 0 ? kb_net_take_dns(w, server)
			      : kb_net_wrong(w, w->word, "an address is missing");
}

/* "01-" and a card's address: the first byte is the kind of network. */
static int word_bootif(struct kb_net_words *w, struct kb_str value)
{
	bool has_kind = value.len == KB_MAC_TEXT + 2 && kb_hex_value(value.data[0]) < 16 &&
			kb_hex_value(value.data[1]) < 16;

	if (value.len == 0) {
		return kb_net_wrong(w, value, "a card's address is missing");
	}
	return kb_net_take_mac(w, kb_str_skip(value, has_kind ? 3 : 0), &w->boot_mac);
}

static int word_rd_bootif(struct kb_net_words *w, struct kb_str value)
{
	w->no_boot_mac = kb_str_eq(value, KB_STR("0"));
	return 0;
}

static int word_peerdns(struct kb_net_words *w, struct kb_str value)
{
	w->config->ignore_peer_dns = kb_str_eq(value, KB_STR("0"));
	return 0;
}

static int word_bootdev(struct kb_net_words *w, struct kb_str value)
{
	return kb_net_take_name(w, value, w->config->boot_device);
}

static int word_route(struct kb_net_words *w, struct kb_str value)
{
	struct kb_net_config *c = w->config;
	struct kb_net_route route = {0};
	struct kb_str to = {0};
	struct kb_str via = {0};
	struct kb_str name = {0};
	int r = kb_net_room(w, c->n_routes, KB_NET_MAX);

	(void)(kb_net_field(&value, &to) && kb_net_field(&value, &via) &&
	       kb_net_field(&value, &name));
	if (r < 0 || to.len == 0 || value.data || (via.len == 0 && name.len == 0)) {
		return r < 0 ? r
			     : kb_net_wrong(w, value.data ? value : w->word,
					    "a route is NETWORK/PREFIX:GATEWAY[:INTERFACE]");
	}
	if (kb_net_take_ip(w, to, &route.to) < 0 || kb_net_take_ip(w, via, &route.via) < 0 ||
	    kb_net_take_name(w, name, route.name) < 0) {
		return -EINVAL;
	}
	if (route.via.family != 0 && route.via.family != route.to.family) {
		return kb_net_wrong(w, via, "one is IPv4, the other IPv6");
	}
	c->routes[c->n_routes++] = route;
	return 0;
}

static int word_ifname(struct kb_net_words *w, struct kb_str value)
{
	struct kb_net_config *c = w->config;
	struct kb_net_alias alias = {0};
	size_t colon = kb_str_find(value, ':');
	struct kb_str mac = kb_str_skip(value, colon + 1);
	int r = kb_net_room(w, c->n_aliases, KB_NET_MAX);

	if (r == 0 && (colon == 0 || mac.len == 0)) {
		return kb_net_wrong(w, w->word, "NAME:ADDRESS of a card is wanted");
	}
	if (r < 0 || kb_net_take_name(w, kb_str_head(value, colon), alias.name) < 0 ||
	    kb_net_take_mac(w, mac, &alias.mac) < 0) {
		return -EINVAL;
	}
	c->aliases[c->n_aliases++] = alias;
	return 0;
}

static const struct {
	struct kb_str name;
	kb_net_word_fn *read;
} words[] = {
	{KB_STR("ip"), kb_net_word_ip},         {KB_STR("nameserver"), word_nameserver},
	{KB_STR("BOOTIF"), word_bootif},        {KB_STR("rd.bootif"), word_rd_bootif},
	{KB_STR("rd.route"), word_route},       {KB_STR("rd.peerdns"), word_peerdns},
	{KB_STR("bootdev"), word_bootdev},      {KB_STR("ifname"), word_ifname},
	{KB_STR("vlan"), kb_net_word_vlan},     {KB_STR("bond"), kb_net_word_bond},
	{KB_STR("bridge"), kb_net_word_bridge}, {KB_STR("team"), kb_net_word_team},
};

static const struct kb_str cluster_words[KB_N_CLUSTER] = {
	[KB_CLUSTER_NETMASK] = KB_STR("netmask"),   [KB_CLUSTER_GATEWAY] = KB_STR("gateway"),
	[KB_CLUSTER_HOSTNAME] = KB_STR("hostname"), [KB_CLUSTER_MTU] = KB_STR("mtu"),
	[KB_CLUSTER_DEVICE] = KB_STR("ksdevice"),
};

/* Whether the word is one of ours. */
static bool take_word(struct kb_net_words *w, const struct kb_cmdline_param *param)
{
	w->word = kb_str_of(param->name.data,
			    (size_t)(param->value.data + param->value.len - param->name.data));
	for (size_t i = 0; i < KB_ARRAY_LEN(words); i++) {
		if (kb_str_eq(param->name, words[i].name)) {
			(void)words[i].read(w, param->value);
			return true;
		}
	}
	for (size_t i = 0; param->has_value && i < KB_N_CLUSTER; i++) {
		if (kb_str_eq(param->name, cluster_words[i])) {
			w->cluster[i] = param->value;
			return true;
		}
	}
	return false;
}

static void read_words(struct kb_net_config *c, struct kb_str text, bool is_setting,
		       const struct kb_diag_sink *diags)
{
	struct kb_net_words w = {.config = c, .diags = diags, .cluster_link = -1};
	struct kb_cmdline_param param;
	struct kb_str rest;

	w.text = kb_str_head(text, KB_NET_TEXT_MAX);
	rest = w.text;
	while (kb_cmdline_next(&rest, &param)) {
		if (take_word(&w, &param) || !is_setting) {
			continue;
		}
		if (param.has_value) {
			(void)kb_net_wrong(&w, w.word, "there is no such word");
		} else {
			(void)kb_net_word_ip(&w, param.name);
		}
	}
	w.word = w.text;
	kb_net_apply_cluster(&w);
	if (w.boot_mac.is_set && !w.no_boot_mac) {
		c->boot_mac = w.boot_mac;
	}
}

void kb_net_config_from_cmdline(struct kb_net_config *c, struct kb_str text,
				const struct kb_diag_sink *diags)
{
	read_words(c, text, false, diags);
}

void kb_net_config_from_setting(struct kb_net_config *c, struct kb_str text,
				const struct kb_diag_sink *diags)
{
	read_words(c, text, true, diags);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The word ip=, in the forms of the kernel (nfsroot.txt) and of dracut.cmdline(7). */
#include <errno.h>
#include <sys/socket.h>

#include "config_words.h"

enum { MAX_FIELDS = 16, ADDRESS_FIELDS = 7 };

struct fields {
	struct kb_str at[MAX_FIELDS]; /* those that are not there are empty */
	unsigned n;
};

static const struct {
	struct kb_str word;
	enum kb_net_method method;
} methods[] = {
	{KB_STR("dhcp"), KB_NET_DHCP},        {KB_STR("on"), KB_NET_DHCP},
	{KB_STR("any"), KB_NET_DHCP},         {KB_STR("both"), KB_NET_DHCP},
	{KB_STR("bootp"), KB_NET_DHCP},       {KB_STR("rarp"), KB_NET_DHCP},
	{KB_STR("dhcp4"), KB_NET_DHCP},       {KB_STR("single-dhcp"), KB_NET_DHCP},
	{KB_STR("off"), KB_NET_OFF},          {KB_STR("none"), KB_NET_OFF},
	{KB_STR("static"), KB_NET_OFF},       {KB_STR("dhcp6"), KB_NET_DHCP6},
	{KB_STR("auto6"), KB_NET_AUTO6},      {KB_STR("auto"), KB_NET_AUTO6},
	{KB_STR("either6"), KB_NET_EITHER6},  {KB_STR("link6"), KB_NET_LINK6},
	{KB_STR("link-local"), KB_NET_LINK6}, {KB_STR("ibft"), KB_NET_IBFT},
};

static int find_method(struct kb_str word, enum kb_net_method *ret_method)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(methods); i++) {
		if (kb_str_eq(word, methods[i].word)) {
			*ret_method = methods[i].method;
			return 0;
		}
	}
	return -ENOENT;
}

/* "dhcp", or with a client identifier "dhcp,TYPE,TEXT". */
static int take_method(const struct kb_net_words *w, struct kb_str field, struct kb_net_link *link)
{
	size_t comma = kb_str_find(field, ',');
	struct kb_str rest = kb_str_skip(field, comma + 1);
	size_t second = kb_str_find(rest, ',');
	struct kb_str id = kb_str_skip(rest, second + 1);
	uint64_t type;

	if (find_method(kb_str_head(field, comma), &link->method) < 0) {
		return kb_net_wrong(w, field, "neither an address nor a way to get one");
	}
	if (comma == field.len) {
		return 0;
	}
	if (kb_str_to_u64(kb_str_head(rest, second), &type) < 0 || type > 255 || id.len == 0 ||
	    id.len >= KB_NET_CLIENT_ID || memchr(id.data, '\0', id.len)) {
		return kb_net_wrong(w, rest, "a client identifier is dhcp,TYPE,TEXT");
	}
	link->client_id_type = (unsigned)type;
	memcpy(link->client_id, id.data, id.len);
	return 0;
}

static bool is_method(struct kb_str field)
{
	enum kb_net_method method;

	return find_method(kb_str_head(field, kb_str_find(field, ',')), &method) == 0;
}

/* Fields from i on as they stand in the word: a card's address has colons too. */
static struct kb_str from_field(const struct kb_net_words *w, const struct fields *f, unsigned i)
{
	const char *end = w->word.data + w->word.len;

	return i < f->n ? kb_str_of(f->at[i].data, (size_t)(end - f->at[i].data))
			: (struct kb_str){0};
}

static int take_mtu_and_mac(const struct kb_net_words *w, const struct fields *f, unsigned i,
			    struct kb_net_link *link)
{
	int r = kb_net_take_mtu(w, f->at[i], &link->mtu);

	return r < 0 ? r : kb_net_take_mac(w, from_field(w, f, i + 1), &link->new_mac);
}

/* Behind the method: DNS1:DNS2:NTP, or MTU:MAC where the first is no address. */
static int take_tail(const struct kb_net_words *w, const struct fields *f, struct kb_net_link *link)
{
	struct kb_net_config *c = w->config;
	struct kb_ip ip = {0};
	int r;

	if (f->at[7].len > 0 && kb_ip_parse(f->at[7], &ip) < 0) {
		return take_mtu_and_mac(w, f, 7, link);
	}
	if (f->at[7].len == 0 && f->n > 8 && kb_ip_parse(f->at[8], &ip) < 0 && f->at[8].len > 0) {
		return kb_net_take_mac(w, from_field(w, f, 8), &link->new_mac);
	}
	if (f->n > 10 && from_field(w, f, 10).len > 0) {
		return kb_net_wrong(w, f->at[10], "there is nothing behind the time server");
	}
	ip.family = 0;
	r = kb_net_take_ip(w, f->at[9], &ip);
	if (r == 0 && ip.family != 0) {
		r = kb_net_room(w, c->n_ntp, KB_NET_MAX_NTP);
	}
	r = r < 0 ? r : kb_net_take_dns(w, f->at[7]);
	r = r < 0 ? r : kb_net_take_dns(w, f->at[8]);
	if (r == 0 && ip.family != 0 && !kb_ip_is_any(&ip)) {
		c->ntp[c->n_ntp++] = ip;
	}
	return r;
}

static bool has_prefix(struct kb_str address)
{
	return kb_str_find(address, '/') < address.len;
}

/* CLIENT:PEER:GATEWAY:MASK:HOST:DEVICE:METHOD… */
static int take_long(const struct kb_net_words *w, const struct fields *f, struct kb_net_link *link)
{
	bool has_method = f->at[6].len > 0;
	int r = kb_net_take_ip(w, f->at[0], &link->address);

	r = r < 0 ? r : kb_net_take_ip(w, f->at[1], &link->peer);
	r = r < 0 ? r : kb_net_take_ip(w, f->at[2], &link->gateway);
	if (r == 0 && link->address.family != 0 && (f->at[3].len > 0 || !has_prefix(f->at[0]))) {
		r = kb_net_take_mask(w, f->at[3], &link->address);
	}
	r = r < 0 ? r : kb_net_take_host(w, f->at[4], link->hostname);
	r = r < 0 ? r : kb_net_take_name(w, f->at[5], link->name);
	r = r < 0 || !has_method ? r : take_method(w, f->at[6], link);
	if (r < 0) {
		return r;
	}
	if (link->gateway.family != 0 && kb_ip_is_any(&link->gateway)) {
		link->gateway.family = 0;
	}
	if (link->address.family != 0 && !kb_ip_is_any(&link->address) &&
	    (!has_method || link->method == KB_NET_OFF)) {
		if (link->gateway.family != 0 && link->gateway.family != link->address.family) {
			return kb_net_wrong(w, f->at[2], "one is IPv4, the other IPv6");
		}
		link->method = KB_NET_STATIC;
	}
	return take_tail(w, f, link);
}

/* ip=METHOD or ip=ADDRESS. *ret_cluster: the latter, whose other values are in other words. */
static int take_one(struct kb_net_words *w, struct kb_str field, struct kb_net_link *link,
		    bool *ret_cluster)
{
	if (kb_ip_parse(field, &link->address) == 0) {
		link->method = KB_NET_STATIC;
		*ret_cluster = true;
		return has_prefix(field) ? 0
					 : kb_net_take_mask(w, (struct kb_str){0}, &link->address);
	}
	link->address = (struct kb_ip){0};
	if (take_method(w, field, link) < 0) {
		return -EINVAL;
	}
	w->config->single |= kb_str_eq(field, KB_STR("single-dhcp"));
	return 0;
}

static int split(const struct kb_net_words *w, struct kb_str value, struct fields *f)
{
	struct kb_str field;

	while (kb_net_field(&value, &field)) {
		if (f->n == MAX_FIELDS) {
			return kb_net_wrong(w, field, "too many fields");
		}
		f->at[f->n++] = field;
	}
	return 0;
}

int kb_net_word_ip(struct kb_net_words *w, struct kb_str value)
{
	struct kb_net_config *c = w->config;
	struct kb_net_link link = {0};
	struct fields f = {0};
	struct kb_ip whole;
	bool is_cluster = false;
	int r = value.len == 0 ? kb_net_wrong(w, w->word, "nothing is behind it")
			       : kb_net_room(w, c->n_links, KB_NET_MAX);

	r = r < 0 ? r : split(w, value, &f);
	if (r < 0) {
		return r;
	}
	if (f.n == 1 || kb_ip_parse(value, &whole) == 0) {
		r = take_one(w, f.n == 1 ? f.at[0] : value, &link, &is_cluster);
	} else if (is_method(f.at[1])) {
		r = kb_net_take_name(w, f.at[0], link.name);
		r = r < 0 ? r : take_method(w, f.at[1], &link);
		r = r < 0 ? r : take_mtu_and_mac(w, &f, 2, &link);
	} else {
		r = take_long(w, &f, &link);
	}
	if (r < 0) {
		return r;
	}
	c->is_said = true;
	if (link.method == KB_NET_OFF && link.name[0] == '\0') {
		c->is_off = true;
		return 0;
	}
	w->cluster_link = is_cluster ? (int)c->n_links : w->cluster_link;
	c->links[c->n_links++] = link;
	return 0;
}

static int take_ksdevice(const struct kb_net_words *w, struct kb_str value,
			 struct kb_net_link *link)
{
	static const struct kb_str any[] = {KB_STR("link"), KB_STR("bootif"), KB_STR("BOOTIF"),
					    KB_STR("ibft")};

	for (size_t i = 0; i < KB_ARRAY_LEN(any); i++) {
		if (kb_str_eq(value, any[i])) {
			return 0;
		}
	}
	return kb_mac_parse(value, &link->mac) == 0 ? 0 : kb_net_take_name(w, value, link->name);
}

static struct kb_str word_of(const struct kb_net_words *w, struct kb_str value)
{
	const char *start = value.data;

	while (start > w->text.data && !kb_is_blank(start[-1])) {
		start--;
	}
	return start ? kb_str_of(start, (size_t)(value.data + value.len - start)) : w->word;
}

void kb_net_apply_cluster(struct kb_net_words *w)
{
	struct kb_net_link *link;
	struct kb_str *value = w->cluster;

	if (w->cluster_link < 0) {
		return;
	}
	link = &w->config->links[w->cluster_link];
	if (value[KB_CLUSTER_NETMASK].len > 0) {
		w->word = word_of(w, value[KB_CLUSTER_NETMASK]);
		(void)kb_net_take_mask(w, value[KB_CLUSTER_NETMASK], &link->address);
	}
	w->word = word_of(w, value[KB_CLUSTER_GATEWAY]);
	(void)kb_net_take_ip(w, value[KB_CLUSTER_GATEWAY], &link->gateway);
	if (link->gateway.family != 0 && link->gateway.family != link->address.family) {
		(void)kb_net_wrong(w, value[KB_CLUSTER_GATEWAY], "one is IPv4, the other IPv6");
		link->gateway.family = 0;
	}
	w->word = word_of(w, value[KB_CLUSTER_HOSTNAME]);
	(void)kb_net_take_host(w, value[KB_CLUSTER_HOSTNAME], link->hostname);
	w->word = word_of(w, value[KB_CLUSTER_MTU]);
	(void)kb_net_take_mtu(w, value[KB_CLUSTER_MTU], &link->mtu);
	w->word = word_of(w, value[KB_CLUSTER_DEVICE]);
	(void)take_ksdevice(w, value[KB_CLUSTER_DEVICE], link);
}

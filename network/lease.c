/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/lease.h"

#include <errno.h>
#include <sys/socket.h>

enum { MTU_LEAST = 576, MTU_MOST = 65535, MAX_LABEL = 63, MAX_DOMAIN = 253 };

const char *kb_lease_get(const struct kb_lease *lease, const char *name)
{
	for (unsigned i = 0; i < lease->n_vars; i++) {
		if (strcmp(lease->vars[i].name, name) == 0) {
			return lease->vars[i].value;
		}
	}
	return NULL;
}

static struct kb_str get(const struct kb_lease *lease, const char *name)
{
	return kb_str_from(kb_lease_get(lease, name));
}

/* --- what the variables mean */

static bool is_host(const struct kb_ip *ip, int family)
{
	return ip->family == family && ip->prefix == kb_ip_bits(ip) && !kb_ip_is_any(ip);
}

static void read_address(struct kb_lease *lease)
{
	struct kb_ip ip = {0};
	unsigned prefix = 32;

	if (kb_ip_parse(get(lease, "ip"), &ip) == 0 && is_host(&ip, AF_INET)) {
		if (kb_ip_parse_mask(get(lease, "mask"), AF_INET, &prefix) < 0 &&
		    kb_ip_parse_mask(get(lease, "subnet"), AF_INET, &prefix) < 0) {
			prefix = 32;
		}
		ip.prefix = prefix;
		lease->address = ip;
		if (kb_ip_parse(get(lease, "broadcast"), &ip) == 0 && is_host(&ip, AF_INET)) {
			lease->broadcast = ip;
		}
	} else if (kb_ip_parse(get(lease, "ipv6"), &ip) == 0 && is_host(&ip, AF_INET6)) {
		lease->address = ip;
	}
}

static void add_route(struct kb_lease *lease, const struct kb_ip *to, const struct kb_ip *via)
{
	if (lease->n_routes < KB_LEASE_MAX_ROUTES) {
		lease->routes[lease->n_routes++] = (struct kb_lease_route){*to, *via};
	}
}

/* "NETWORK/PREFIX GATEWAY" pairs; up to the first that is none. */
static void read_static_routes(struct kb_lease *lease, struct kb_str text)
{
	struct kb_str network;
	struct kb_str gateway;

	while (kb_str_next_word(&text, &network) && kb_str_next_word(&text, &gateway)) {
		struct kb_ip to;
		struct kb_ip via;

		if (kb_ip_parse(network, &to) < 0 || to.family != AF_INET ||
		    kb_ip_parse(gateway, &via) < 0 || via.family != AF_INET || via.prefix != 32) {
			return;
		}
		/* RFC 3442: this gateway means the link itself. */
		via.family = kb_ip_is_any(&via) ? 0 : AF_INET;
		add_route(lease, &to, &via);
	}
}

/* The first router; option 121, or Microsoft's number for it, in its place (RFC 3442). */
static void read_routes(struct kb_lease *lease)
{
	static const char *const names[] = {"staticroutes", "msstaticroutes"};
	const struct kb_ip everywhere = {.family = AF_INET};
	struct kb_str routers = get(lease, "router");
	struct kb_str word;
	struct kb_ip via;

	for (size_t i = 0; i < KB_ARRAY_LEN(names) && lease->n_routes == 0; i++) {
		read_static_routes(lease, get(lease, names[i]));
	}
	while (lease->n_routes == 0 && kb_str_next_word(&routers, &word)) {
		if (kb_ip_parse(word, &via) == 0 && is_host(&via, AF_INET)) {
			add_route(lease, &everywhere, &via);
		}
	}
}

static unsigned read_list(struct kb_str text, struct kb_ip *list, unsigned most)
{
	struct kb_str word;
	unsigned n = 0;

	while (n < most && kb_str_next_word(&text, &word)) {
		struct kb_ip ip;

		if (kb_ip_parse(word, &ip) == 0 && is_host(&ip, ip.family)) {
			list[n++] = ip;
		}
	}
	return n;
}

bool kb_domain_ok(struct kb_str name)
{
	struct kb_str label;

	if (name.len == 0 || name.len > MAX_DOMAIN) {
		return false;
	}
	while (kb_str_next_until(&name, '.', &label)) {
		if (label.len == 0 || label.len > MAX_LABEL || !kb_str_is_word(label, "-_")) {
			return false;
		}
	}
	return true;
}

static void read_search(struct kb_lease *lease)
{
	struct kb_str text = get(lease, "search");
	struct kb_str word;
	size_t len = 0;

	text = text.len > 0 ? text : get(lease, "domain");
	while (kb_str_next_word(&text, &word)) {
		if (kb_domain_ok(word) && len + 1 + word.len < KB_LEASE_SEARCH) {
			len += (size_t)snprintf(lease->search + len, KB_LEASE_SEARCH - len,
						"%s%.*s", len > 0 ? " " : "", KB_STR_ARG(word));
		}
	}
}

static void read_all(struct kb_lease *lease)
{
	struct kb_str interface = get(lease, "interface");
	uint64_t mtu;

	if (interface.data && kb_interface_name_ok(interface)) {
		memcpy(lease->interface, interface.data, interface.len);
	}
	read_address(lease);
	read_routes(lease);
	read_search(lease);
	lease->n_dns = read_list(get(lease, "dns"), lease->dns, KB_LEASE_MAX_DNS);
	lease->n_ntp = read_list(get(lease, "ntpsrv"), lease->ntp, KB_LEASE_MAX_NTP);
	if (kb_str_to_u64(get(lease, "mtu"), &mtu) == 0 && mtu >= MTU_LEAST && mtu <= MTU_MOST) {
		lease->mtu = (unsigned)mtu;
	}
}

/* --- the variables themselves */

static bool is_name(struct kb_str name)
{
	if (name.len == 0 || name.len > KB_LEASE_NAME || name.data[0] < 'a' || name.data[0] > 'z') {
		return false;
	}
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];

		if (!(c >= 'a' && c <= 'z') && !kb_is_digit(c) && c != '_') {
			return false;
		}
	}
	return true;
}

/* value: of the arena. The first of a name counts. */
static void add_var(struct kb_lease *lease, const char *name, const char *value)
{
	if (lease->n_vars < KB_LEASE_MAX_VARS && !kb_lease_get(lease, name)) {
		lease->vars[lease->n_vars++] = (struct kb_lease_var){name, value};
	}
}

int kb_lease_from_environment(struct kb_arena *arena, char *const *environment,
			      struct kb_lease *ret_lease)
{
	struct kb_lease lease = {0};

	for (; *environment; environment++) {
		struct kb_str line = kb_str_from(*environment);
		size_t equals = kb_str_find(line, '=');
		struct kb_str value = kb_str_skip(line, equals + 1);
		const char *name;
		const char *text;

		if (equals == line.len || !is_name(kb_str_head(line, equals)) ||
		    value.len > KB_LEASE_VALUE) {
			continue;
		}
		name = kb_arena_str(arena, kb_str_head(line, equals));
		text = kb_arena_str(arena, value);
		if (!name || !text) {
			return -ENOMEM;
		}
		add_var(&lease, name, text);
	}
	read_all(&lease);
	*ret_lease = lease;
	return 0;
}

void kb_lease_print(const struct kb_lease *lease, struct kb_buf *to)
{
	for (unsigned i = 0; i < lease->n_vars; i++) {
		kb_buf_printf(to, "%s=", lease->vars[i].name);
		for (const char *c = lease->vars[i].value; *c; c++) {
			if (*c >= ' ' && *c <= '~' && *c != '\\') {
				kb_buf_putc(to, *c);
			} else {
				kb_buf_printf(to, "\\x%02x", (unsigned char)*c);
			}
		}
		kb_buf_putc(to, '\n');
	}
}

/* What kb_lease_print wrote; NULL: it did not, or memory is gone (*ret_error). */
static char *unescape(struct kb_arena *arena, struct kb_str text, int *ret_error)
{
	char *value = kb_arena_alloc(arena, text.len + 1);

	*ret_error = value ? 0 : -ENOMEM;
	for (size_t n = 0; value && text.len > 0; n++) {
		unsigned high = 0;
		unsigned low = 0;
		bool is_code = text.data[0] == '\\';

		if (is_code) {
			high = text.len >= 4 && text.data[1] == 'x' ? kb_hex_value(text.data[2])
								    : 16;
			low = high < 16 ? kb_hex_value(text.data[3]) : 16;
		}
		if (low > 15 || (is_code && (high | low) == 0)) {
			return NULL;
		}
		value[n] = (char)(is_code ? high << 4 | low : (unsigned char)text.data[0]);
		text = kb_str_skip(text, is_code ? 4 : 1);
	}
	return value;
}

int kb_lease_from_text(struct kb_arena *arena, struct kb_str text, struct kb_lease *ret_lease)
{
	struct kb_lease lease = {0};
	struct kb_str line;

	text = kb_str_head(text, KB_LEASE_FILE_MAX);
	while (kb_str_next_line(&text, &line)) {
		size_t equals = kb_str_find(line, '=');
		const char *name;
		const char *value;
		int error;

		if (equals == line.len || !is_name(kb_str_head(line, equals)) ||
		    memchr(line.data, '\0', line.len)) {
			continue;
		}
		name = kb_arena_str(arena, kb_str_head(line, equals));
		value = unescape(arena, kb_str_skip(line, equals + 1), &error);
		if (!name || error < 0) {
			return -ENOMEM;
		}
		if (value && strlen(value) <= KB_LEASE_VALUE) {
			add_var(&lease, name, value);
		}
	}
	read_all(&lease);
	*ret_lease = lease;
	return 0;
}

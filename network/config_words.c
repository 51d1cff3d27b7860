/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "config_words.h"

#include <errno.h>
#include <sys/socket.h>

#include "kboot/base/escape.h"

enum { SHOWN_BYTES = 80, MTU_LEAST = 68, MTU_MOST = 65535 };

int kb_net_wrong(const struct kb_net_words *w, struct kb_str at, const char *fmt, ...)
{
	KB_BUF struct kb_buf text = {0};
	bool is_inside = at.data >= w->text.data && at.data <= w->text.data + w->text.len;
	const char *from = is_inside && at.data ? at.data : w->word.data;
	va_list args;

	kb_buf_putc(&text, '`');
	kb_escape(&text, kb_str_head(w->word, SHOWN_BYTES));
	kb_buf_puts(&text, w->word.len > SHOWN_BYTES ? "…`: " : "`: ");
	va_start(args, fmt);
	kb_buf_vprintf(&text, fmt, args);
	va_end(args);
	kb_diag_report(w->diags, KB_SEVERITY_WARNING,
		       (struct kb_position){.column = (unsigned)(from - w->text.data) + 1},
		       "%s; ignored", text.data ? text.data : "out of memory");
	return -EINVAL;
}

bool kb_net_field(struct kb_str *rest, struct kb_str *ret_field)
{
	size_t close = rest->len > 0 && rest->data[0] == '[' ? kb_str_find(*rest, ']') : rest->len;

	if (!rest->data) {
		return false;
	}
	/* "[…]" is a field only where its colons or its end follow. */
	if (close + 1 == rest->len || (close < rest->len && rest->data[close + 1] == ':')) {
		*ret_field = kb_str_of(rest->data + 1, close - 1);
		close++;
	} else {
		close = kb_str_find(*rest, ':');
		*ret_field = kb_str_head(*rest, close);
	}
	*rest = close < rest->len ? kb_str_skip(*rest, close + 1) : (struct kb_str){0};
	return true;
}

/* --- what may stand in a field */

int kb_net_room(const struct kb_net_words *w, unsigned n, unsigned most)
{
	return n < most ? 0 : kb_net_wrong(w, w->word, "more than %u of them", most);
}

int kb_net_take_ip(const struct kb_net_words *w, struct kb_str field, struct kb_ip *ret_ip)
{
	if (field.len > 0 && kb_ip_parse(field, ret_ip) < 0) {
		return kb_net_wrong(w, field, "an address is wanted there");
	}
	return 0;
}

int kb_net_take_name(const struct kb_net_words *w, struct kb_str field, char *ret)
{
	if (field.len == 0) {
		return 0;
	}
	if (!kb_interface_name_ok(field)) {
		return kb_net_wrong(w, field, "no interface can have such a name");
	}
	memcpy(ret, field.data, field.len);
	ret[field.len] = '\0';
	return 0;
}

int kb_net_take_mac(const struct kb_net_words *w, struct kb_str field, struct kb_mac *ret_mac)
{
	if (field.len > 0 && kb_mac_parse(field, ret_mac) < 0) {
		return kb_net_wrong(w, field,
				    "a card's address is wanted there, as 52:54:00:12:34:56");
	}
	return 0;
}

int kb_net_take_mtu(const struct kb_net_words *w, struct kb_str field, unsigned *ret_mtu)
{
	uint64_t mtu;

	if (field.len == 0) {
		return 0;
	}
	if (kb_str_to_u64(field, &mtu) < 0 || mtu < MTU_LEAST || mtu > MTU_MOST) {
		return kb_net_wrong(w, field, "an MTU is a number from %d to %d", MTU_LEAST,
				    MTU_MOST);
	}
	*ret_mtu = (unsigned)mtu;
	return 0;
}

int kb_net_take_host(const struct kb_net_words *w, struct kb_str field, char *ret)
{
	if (field.len >= KB_NET_HOST || !kb_str_is_word(field, "-._")) {
		return kb_net_wrong(w, field, "a host name is letters, digits, - and .");
	}
	memcpy(ret, field.len > 0 ? field.data : "", field.len);
	ret[field.len] = '\0';
	return 0;
}

/* By its class, as the kernel takes it, where nothing is said. */
static unsigned usual_prefix(const struct kb_ip *ip)
{
	if (ip->family == AF_INET6) {
		return 64;
	}
	return ip->bytes[0] < 128 ? 8 : ip->bytes[0] < 192 ? 16 : 24;
}

int kb_net_take_mask(const struct kb_net_words *w, struct kb_str field, struct kb_ip *address)
{
	if (field.len == 0) {
		address->prefix = usual_prefix(address);
		return 0;
	}
	if (kb_ip_parse_mask(field, address->family, &address->prefix) < 0) {
		return kb_net_wrong(w, field, "the size of a network is wanted there, as %s",
				    address->family == AF_INET6 ? "64" : "24 or 255.255.255.0");
	}
	return 0;
}

int kb_net_take_dns(const struct kb_net_words *w, struct kb_str field)
{
	struct kb_net_config *c = w->config;
	struct kb_ip server = {0};
	int r = kb_net_take_ip(w, field, &server);

	if (r < 0 || server.family == 0 || kb_ip_is_any(&server)) {
		return r;
	}
	r = kb_net_room(w, c->n_dns, KB_NET_MAX_DNS);
	if (r == 0) {
		c->dns[c->n_dns++] = server;
	}
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `network` says. */
#include <errno.h>

#include "apply.h"
#include "find.h"
#include "kboot/base/clock.h"
#include "kboot/network/lease.h"
#include "kboot/network/time.h"
#include "kboot/network/up.h"
#include "show.h"
#include "state.h"

enum { HOW_TEXT = 64, FILE_TEXT = 4096 };

void kb_show_how(const char *interface, struct kb_buf *to)
{
	KB_ARENA struct kb_arena arena = {0};
	char text[FILE_TEXT];
	struct kb_lease lease;
	struct kb_ip server;
	char buf[KB_IP_TEXT];

	kb_note_read(KB_LEASE_DIR, interface, text, sizeof(text));
	if (text[0] && kb_lease_from_text(&arena, kb_str_from(text), &lease) == 0) {
		const char *from = kb_lease_get(&lease, "serverid");

		if (from && kb_ip_parse(kb_str_from(from), &server) == 0) {
			kb_buf_printf(to, " (DHCP from %s)", kb_ip_print(&server, buf));
		} else {
			kb_buf_puts(to, " (DHCP)");
		}
		return;
	}
	kb_note_read(KB_NETWORK_DIR, interface, text, HOW_TEXT);
	if (text[0]) {
		kb_buf_printf(to, " (%s)", text);
	}
}

/* Whose it is, and what else it may be called. */
static void put_card(const struct kb_interface *one, struct kb_buf *to)
{
	if (!one->driver[0] && !one->bus[0]) {
		return;
	}
	kb_buf_printf(to, "    %s%s%s%s", one->driver, one->driver[0] && one->bus[0] ? " " : "",
		      one->bus[0] ? "at " : "", one->bus);
	if (one->has_link && one->speed_mbit > 0) {
		kb_buf_printf(to, ", %u Mbit/s", one->speed_mbit);
	}
	for (unsigned i = 0, n = 0; i < KB_INTERFACE_NAMES; i++) {
		if (one->names[i][0]) {
			kb_buf_printf(to, "%s%s", n++ == 0 ? ", also " : " ", one->names[i]);
		}
	}
	kb_buf_putc(to, '\n');
}

static void put_interface(const struct kb_interface *one, struct kb_buf *to)
{
	char mac[KB_MAC_TEXT] = "";

	if (one->mac.is_set) {
		(void)kb_mac_print(&one->mac, mac);
	}
	kb_buf_printf(to, "%s  %s  %s", one->name,
		      !one->is_on     ? "off"
		      : one->has_link ? "up"
				      : "no link",
		      mac);
	if (one->is_on) {
		kb_buf_puts(to, "  ");
		(void)kb_addresses(one->name, to);
		kb_show_how(one->name, to);
	}
	kb_buf_putc(to, '\n');
	put_card(one, to);
}

static void put_servers(struct kb_buf *to)
{
	char text[FILE_TEXT];
	struct kb_str rest;
	struct kb_str line;

	kb_note_read(KB_RESOLV_DIR, KB_RESOLV_NAME, text, sizeof(text));
	rest = kb_str_from(text);
	while (kb_str_next_line(&rest, &line)) {
		if (kb_str_starts(line, KB_STR("nameserver "))) {
			kb_buf_printf(to, "dns %.*s\n",
				      KB_STR_ARG(kb_str_skip(line, strlen("nameserver "))));
		}
	}
}

/* Only where it is worth a word: outside of the image nobody knows. */
static void put_clock(struct kb_buf *to)
{
	int64_t now = kb_clock_now();
	char clause[HOW_TEXT * 4];
	char shown[KB_CLOCK_TEXT];
	int64_t ms;

	kb_time_note_read(clause, sizeof(clause), &ms);
	if (!kb_clock_is_set(now, kb_clock_built())) {
		kb_buf_printf(to, "clock unset: it shows %s%s%s\n", kb_clock_print(now, shown),
			      clause[0] ? "; " : "", clause);
	} else if (clause[0]) {
		kb_buf_printf(to, "clock %s (%s)\n", kb_clock_print(now, shown), clause);
	}
}

int kb_network_show(struct kb_network *n, struct kb_buf *to)
{
	unsigned cards = 0;

	for (unsigned i = 0; i < n->n_interfaces; i++) {
		cards += n->interfaces[i].is_card;
	}
	if (cards == 0) {
		kb_buf_puts(to, "There is no network card that this kernel has a driver for.\n");
	}
	for (unsigned i = 0; i < n->n_interfaces; i++) {
		if (n->interfaces[i].is_card || n->interfaces[i].is_made) {
			put_interface(&n->interfaces[i], to);
		}
	}
	kb_gateways(to);
	put_servers(to);
	put_clock(to);
	return kb_buf_error(to);
}

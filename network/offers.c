/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "offers.h"

#include <errno.h>
#include <sys/socket.h>

static bool is_same(const struct kb_ip *a, const struct kb_ip *b)
{
	return a->family != 0 && a->family == b->family && memcmp(a->bytes, b->bytes, 4) == 0;
}

/* --- what there is */

static bool has_file(const struct kb_dhcp_packet *p)
{
	return kb_dhcp_text(p, KB_DHCP_FILE).len > 0 || p->file[0] != '\0';
}

bool kb_offer_has_file(const struct kb_offer *offer)
{
	return has_file(&offer->packet);
}

static bool is_alone(const struct kb_dhcp_packet *p)
{
	struct kb_str no_proxy =
		kb_dhcp_suboption(kb_dhcp_option(p, KB_DHCP_IPXE), KB_IPXE_NO_PROXY);

	return has_file(p) && no_proxy.len > 0 && no_proxy.data[no_proxy.len - 1] != '\0';
}

static unsigned be16(struct kb_str s)
{
	return (unsigned)(unsigned char)s.data[0] << 8 | (unsigned char)s.data[1];
}

/* Who serves the item: of type, count and addresses each; else the server itself. */
static struct kb_ip server_of(const struct kb_offer *offer, struct kb_str servers)
{
	struct kb_ip ip = {.family = AF_INET, .prefix = 32};

	while (servers.len >= 3) {
		size_t n = 4 * (size_t)(unsigned char)servers.data[2];
		bool is_it = be16(servers) == offer->item;

		servers = kb_str_skip(servers, 3);
		if (is_it && n > 0 && servers.len >= n) {
			memcpy(ip.bytes, servers.data, 4);
			return kb_ip_is_any(&ip) ? offer->server : ip;
		}
		servers = kb_str_skip(servers, n);
	}
	return offer->server;
}

/* Takes the next item off *menu: type, length and text of each. */
static bool next_item(struct kb_str *menu, unsigned *ret_item, struct kb_str *ret_title)
{
	size_t len;

	if (menu->len < 3) {
		return false;
	}
	len = (size_t)(unsigned char)menu->data[2];
	*ret_item = be16(*menu);
	*ret_title = kb_str_head(kb_str_skip(*menu, 3), len);
	*menu = kb_str_skip(*menu, 3 + len);
	return true;
}

/* The prompt is seconds and a text; 255: for ever (PXE 2.1, table 2-1). */
static int wait_of(const struct kb_dhcp_packet *packet)
{
	struct kb_str prompt =
		kb_dhcp_suboption(kb_dhcp_option(packet, KB_DHCP_VENDOR), KB_PXE_PROMPT);
	unsigned s = prompt.len > 0 ? (unsigned char)prompt.data[0] : 0;

	return s == 255 ? -1 : (int)s;
}

static void set_item(struct kb_offers *offers, struct kb_offer *offer, unsigned item,
		     struct kb_str title, unsigned menu)
{
	struct kb_str servers =
		kb_dhcp_suboption(kb_dhcp_option(&offer->packet, KB_DHCP_VENDOR), KB_PXE_SERVERS);

	title = kb_str_head(title, kb_str_find(title, '\0'));
	offer->item = item;
	offer->menu = menu;
	offer->ask = server_of(offer, servers);
	offer->wait_s = wait_of(&offer->packet);
	(void)snprintf(offer->title, sizeof(offer->title), "%.*s", KB_STR_ARG(title));
	offers->at[offers->n++] = *offer;
}

/* Each item is asked for; 0 is "boot from the disk" (PXE 2.1, section 2.4.4). How many there are.
 */
static unsigned add_items(struct kb_offers *offers, const struct kb_offer *server,
			  struct kb_str menu)
{
	unsigned first = offers->n + 1;
	unsigned n = 0;
	struct kb_str title;
	unsigned item;

	while (n < KB_OFFERS_MAX_ITEMS && offers->n < KB_OFFERS_MAX &&
	       next_item(&menu, &item, &title)) {
		struct kb_offer offer = *server;

		if (item != 0) {
			set_item(offers, &offer, item, title, first);
			n++;
		}
	}
	return n;
}

/* A server for PXE that names no file yet says it on a port of its own, of each item where it has a
 * menu. One that offers an address as well has that port for its menu only. */
static void add_offer(struct kb_offers *offers, struct kb_offer *offer)
{
	struct kb_str menu =
		kb_dhcp_suboption(kb_dhcp_option(&offer->packet, KB_DHCP_VENDOR), KB_PXE_MENU);
	bool may_ask =
		!has_file(&offer->packet) &&
		kb_str_starts(kb_dhcp_option(&offer->packet, KB_DHCP_CLASS), KB_STR("PXEClient"));

	if (may_ask && add_items(offers, offer, menu) > 0) {
		return;
	}
	if (may_ask && offer->is_proxy) {
		offer->ask = offer->server;
	}
	offers->at[offers->n++] = *offer;
}

static void take_offer(struct kb_offers *offers, const struct kb_dhcp_packet *packet,
		       const struct kb_ip *from)
{
	const struct kb_ip *server = packet->server.family ? &packet->server : from;
	bool is_proxy = packet->yiaddr.family == 0;
	unsigned n_servers = 0;

	for (unsigned i = 0; i < offers->n; i++) {
		if (offers->at[i].is_proxy == is_proxy && is_same(&offers->at[i].server, server)) {
			return;
		}
		n_servers += offers->at[i].menu == 0 || offers->at[i].menu == i + 1;
	}
	if (n_servers < KB_OFFERS_MAX_SERVERS && offers->n < KB_OFFERS_MAX) {
		struct kb_offer offer = {.packet = *packet, .server = *server};

		offer.is_proxy = is_proxy;
		add_offer(offers, &offer);
	}
}

/* What it said before stays, unless it has a file to name now. */
static void take_answer(struct kb_offer *offer, const struct kb_dhcp_packet *packet,
			const struct kb_ip *from)
{
	if (is_same(&offer->ask, from) || is_same(&offer->ask, &packet->server)) {
		offer->ask.family = 0;
		if (has_file(packet)) {
			offer->packet = *packet;
		}
	}
}

void kb_offers_take(struct kb_offers *offers, const struct kb_dhcp_packet *packet,
		    unsigned question, const struct kb_ip *from)
{
	if (packet->type == KB_DHCP_OFFER && question == 0) {
		take_offer(offers, packet, from);
	} else if (packet->type == KB_DHCP_ACK && question > 0 && question <= offers->n) {
		take_answer(&offers->at[question - 1], packet, from);
	}
}

bool kb_offers_are_settled(const struct kb_offers *offers)
{
	for (unsigned i = 0; i < offers->n; i++) {
		if (offers->at[i].ask.family != 0) {
			return false;
		}
	}
	return offers->n > 0;
}

bool kb_offers_are_final(const struct kb_offers *offers)
{
	for (unsigned i = 0; i < offers->n; i++) {
		if (is_alone(&offers->at[i].packet)) {
			return true;
		}
	}
	return false;
}

/* --- which of them */

/* Higher is better; of two in one class that of the lease's server. */
enum class { CLASS_NO_FILE, CLASS_FILE, CLASS_PROXY, CLASS_ALONE };

static const char *const words[] = {
	[CLASS_NO_FILE] = "no server names a file to boot",
	[CLASS_FILE] = "it names a file, and no proxyDHCP server does",
	[CLASS_PROXY] = "it names a file as a proxyDHCP server, which counts before a DHCP server",
	[CLASS_ALONE] = "it names a file, and says that no proxyDHCP server counts",
};

static enum class class_of(const struct kb_offer *offer) {
	return !has_file(&offer->packet)  ? CLASS_NO_FILE
	       : is_alone(&offer->packet) ? CLASS_ALONE
	       : offer->is_proxy          ? CLASS_PROXY
					  : CLASS_FILE;
}

const struct kb_offer *kb_offers_choose(const struct kb_offers *offers, const struct kb_ip *lease,
					const char **ret_why)
{
	const struct kb_offer *best = NULL;
	unsigned best_rank = 0;

	for (unsigned i = 0; i < offers->n; i++) {
		const struct kb_offer *offer = &offers->at[i];
		bool is_lease = is_same(&offer->server, lease) && !offer->is_proxy;
		unsigned rank = 2 * (unsigned)class_of(offer) + (is_lease ? 1 : 0);

		if (!best || rank > best_rank) {
			best = offer;
			best_rank = rank;
		}
	}
	if (best) {
		*ret_why = words[class_of(best)];
	}
	return best;
}

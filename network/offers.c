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

/* A proxyDHCP server that names no file yet says it on a port of its own: where it has a menu, of
 * the item that is the first (PXE 2.1, section 2.4.4). Item 0 is "boot from the disk". */
static void plan_question(struct kb_offer *offer)
{
	struct kb_str vendor = kb_dhcp_option(&offer->packet, KB_DHCP_VENDOR);
	struct kb_str menu = kb_dhcp_suboption(vendor, KB_PXE_MENU);

	if (!offer->is_proxy || has_file(&offer->packet) ||
	    !kb_str_starts(kb_dhcp_option(&offer->packet, KB_DHCP_CLASS), KB_STR("PXEClient"))) {
		return;
	}
	if (menu.len >= 3) {
		offer->item = be16(menu);
	}
	offer->ask = server_of(offer, kb_dhcp_suboption(vendor, KB_PXE_SERVERS));
}

static void take_offer(struct kb_offers *offers, const struct kb_dhcp_packet *packet,
		       const struct kb_ip *from)
{
	const struct kb_ip *server = packet->server.family ? &packet->server : from;
	bool is_proxy = packet->yiaddr.family == 0;

	for (unsigned i = 0; i < offers->n; i++) {
		if (offers->at[i].is_proxy == is_proxy && is_same(&offers->at[i].server, server)) {
			return;
		}
	}
	if (offers->n < KB_OFFERS_MAX) {
		struct kb_offer *offer = &offers->at[offers->n++];

		*offer = (struct kb_offer){.packet = *packet, .server = *server};
		offer->is_proxy = is_proxy;
		plan_question(offer);
	}
}

/* What it said before stays, unless it has a file to name now. */
static void take_answer(struct kb_offers *offers, const struct kb_dhcp_packet *packet,
			const struct kb_ip *from)
{
	for (unsigned i = 0; i < offers->n; i++) {
		struct kb_offer *offer = &offers->at[i];

		if (is_same(&offer->ask, from) || is_same(&offer->ask, &packet->server)) {
			offer->ask.family = 0;
			if (has_file(packet)) {
				offer->packet = *packet;
			}
			return;
		}
	}
}

void kb_offers_take(struct kb_offers *offers, const struct kb_dhcp_packet *packet,
		    const struct kb_ip *from)
{
	if (packet->type == KB_DHCP_OFFER) {
		take_offer(offers, packet, from);
	} else if (packet->type == KB_DHCP_ACK) {
		take_answer(offers, packet, from);
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

/* --- what it says */

enum { MAX_VARIABLES = 32 };

struct info {
	struct kb_arena *arena;
	struct kb_boot_info info;
	char *variables[MAX_VARIABLES + 1];
	unsigned n_variables;
	bool is_short; /* of memory */
};

/* NULL: it is empty. */
static const char *text_of(struct info *to, struct kb_str text)
{
	const char *copy = text.len > 0 ? kb_arena_str(to->arena, text) : NULL;

	to->is_short |= text.len > 0 && !copy;
	return copy;
}

static const char *address_of(struct info *to, const struct kb_ip *ip)
{
	char buf[KB_IP_TEXT];

	return ip->family ? text_of(to, kb_str_from(kb_ip_print(ip, buf))) : NULL;
}

/* value NULL: there is none to set. */
static void set(struct info *to, const char *name, const char *value)
{
	char *line;

	if (!value || to->n_variables == MAX_VARIABLES) {
		return;
	}
	line = kb_arena_printf(to->arena, "%s=%s", name, value);
	to->is_short |= !line;
	to->variables[to->n_variables++] = line;
}

/* As udhcpc has what it knows no name for. */
static void set_hex(struct info *to, unsigned code, struct kb_str value)
{
	KB_BUF struct kb_buf hex = {0};
	char name[8];

	for (size_t i = 0; i < value.len; i++) {
		kb_buf_printf(&hex, "%02x", (unsigned char)value.data[i]);
	}
	to->is_short |= kb_buf_error(&hex) < 0;
	(void)snprintf(name, sizeof(name), "opt%u", code);
	set(to, name, text_of(to, kb_buf_view(&hex)));
}

/* The option counts before the field; the server has a file where none says another. */
static void read_place(struct info *to, const struct kb_offer *offer)
{
	const struct kb_dhcp_packet *p = &offer->packet;
	struct kb_boot_info *info = &to->info;

	info->server_id = address_of(to, &offer->server);
	info->file = text_of(to, kb_dhcp_text(p, KB_DHCP_FILE));
	info->file = info->file ? info->file : text_of(to, kb_str_from(p->file));
	info->server = text_of(to, kb_dhcp_text(p, KB_DHCP_TFTP));
	info->server = info->server ? info->server : address_of(to, &p->siaddr);
	info->server = info->server ? info->server : text_of(to, kb_str_from(p->sname));
	info->server = info->server ? info->server : info->server_id;
}

/* NULL: it is a name. */
static const char *address_in(const char *server)
{
	struct kb_ip ip;

	return kb_ip_parse(kb_str_from(server), &ip) == 0 && ip.family == AF_INET ? server : NULL;
}

static void set_variables(struct info *to, const struct kb_dhcp_packet *p)
{
	static const unsigned char raw[] = {
		KB_DHCP_VENDOR, 128, 129, 130, 131, 132, 133, 134, 135, 150, 175, 203};
	const struct kb_boot_info *info = &to->info;
	struct kb_str reboot = kb_dhcp_option(p, KB_DHCP_REBOOT_TIME);

	set(to, "serverid", info->server_id);
	set(to, "siaddr", p->siaddr.family ? address_of(to, &p->siaddr) : address_in(info->server));
	set(to, "sname", text_of(to, kb_str_from(p->sname)));
	set(to, "tftp", info->server);
	set(to, "bootfile", info->file);
	set(to, "boot_file", info->file);
	set(to, "rootpath", info->root_path);
	set(to, "vendor", text_of(to, kb_dhcp_text(p, KB_DHCP_CLASS)));
	set(to, "pxeconffile", info->config_file);
	set(to, "pxepathprefix", info->path_prefix);
	if (reboot.len == 4) {
		set(to, "reboottime",
		    kb_arena_printf(to->arena, "%u",
				    be16(reboot) << 16 | be16(kb_str_skip(reboot, 2))));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(raw); i++) {
		set_hex(to, raw[i], kb_dhcp_option(p, raw[i]));
	}
}

int kb_offer_info(const struct kb_offer *offer, const char *why, struct kb_arena *arena,
		  struct kb_boot_info *ret_info)
{
	const struct kb_dhcp_packet *p = &offer->packet;
	struct kb_str vendor = kb_dhcp_option(p, KB_DHCP_VENDOR);
	struct info to = {.arena = arena};
	char **variables;

	read_place(&to, offer);
	to.info.root_path = text_of(&to, kb_dhcp_text(p, KB_DHCP_ROOT_PATH));
	to.info.config_file = text_of(&to, kb_dhcp_text(p, KB_DHCP_CONFIG_FILE));
	to.info.path_prefix = text_of(&to, kb_dhcp_text(p, KB_DHCP_PATH_PREFIX));
	to.info.vendor = kb_str_of(text_of(&to, vendor), vendor.len);
	to.info.is_ipxe = kb_dhcp_option(p, KB_DHCP_IPXE).data != NULL;
	to.info.reason = kb_arena_printf(arena, "%s answers%s: %s", to.info.server_id,
					 offer->is_proxy ? " (proxyDHCP)" : "", why);
	set_variables(&to, p);
	variables = kb_arena_array(arena, to.n_variables + 1, sizeof(*variables));
	if (to.is_short || !to.info.reason || !variables) {
		return -ENOMEM;
	}
	memcpy(variables, to.variables, to.n_variables * sizeof(*variables));
	to.info.variables = variables;
	*ret_info = to.info;
	return 0;
}

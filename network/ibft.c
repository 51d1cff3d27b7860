/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/ibft.h"

#include <sys/socket.h>

#include "sysfs.h"

/* The kernel's drivers/firmware/iscsi_ibft.c and its ABI document have these. */
enum { MAX_CARDS = 8, VALID = 1, ORIGIN_DHCP = 3, TEXT = 64 };

static bool read_ip(int fd, const char *name, struct kb_ip *ret_ip)
{
	char text[TEXT];
	struct kb_ip ip;

	if (kb_sysfs_text(fd, name, text, sizeof(text)) < 0 ||
	    kb_ip_parse(kb_str_from(text), &ip) < 0 || kb_ip_is_any(&ip)) {
		return false;
	}
	*ret_ip = ip;
	return true;
}

static void read_mask(int fd, struct kb_ip *address)
{
	unsigned long prefix;
	char text[TEXT];

	if (kb_sysfs_number(fd, "prefix-len", &prefix) == 0 && prefix > 0 &&
	    prefix <= kb_ip_bits(address)) {
		address->prefix = (unsigned)prefix;
	} else if (kb_sysfs_text(fd, "subnet-mask", text, sizeof(text)) == 0 &&
		   kb_ip_parse_mask(kb_str_from(text), address->family, &address->prefix) < 0) {
		address->prefix = kb_ip_bits(address);
	}
}

static void read_dns(struct kb_net_config *c, int fd, const char *name)
{
	struct kb_ip server;

	if (c->n_dns < KB_NET_MAX_DNS && read_ip(fd, name, &server)) {
		c->dns[c->n_dns++] = server;
	}
}

/* One card; false: the table has none of that number, or none that counts. */
static bool read_card(struct kb_net_config *c, int sysfs_fd, unsigned number,
		      struct kb_net_link *ret)
{
	char path[TEXT];
	char text[TEXT];
	unsigned long value = 0;
	KB_CLOSE int fd = -1;

	(void)snprintf(path, sizeof(path), "firmware/ibft/ethernet%u", number);
	fd = kb_sysfs_open(sysfs_fd, path);
	if (fd < 0 || kb_sysfs_number(fd, "flags", &value) < 0 || !(value & VALID) ||
	    kb_sysfs_text(fd, "mac", text, sizeof(text)) < 0 ||
	    kb_mac_parse(kb_str_from(text), &ret->mac) < 0) {
		return false;
	}
	read_dns(c, fd, "primary-dns");
	read_dns(c, fd, "secondary-dns");
	if ((kb_sysfs_number(fd, "origin", &value) == 0 && value == ORIGIN_DHCP) ||
	    !read_ip(fd, "ip-addr", &ret->address)) {
		ret->method = KB_NET_DHCP;
		return true;
	}
	ret->method = KB_NET_STATIC;
	read_mask(fd, &ret->address);
	if (read_ip(fd, "gateway", &ret->gateway) && ret->gateway.family != ret->address.family) {
		ret->gateway.family = 0;
	}
	return true;
}

static unsigned add_cards(struct kb_net_config *c, int sysfs_fd)
{
	unsigned found = 0;

	for (unsigned i = 0; i < MAX_CARDS && c->n_links < KB_NET_MAX; i++) {
		struct kb_net_link link = {0};

		if (read_card(c, sysfs_fd, i, &link)) {
			c->links[c->n_links++] = link;
			found++;
		}
	}
	return found;
}

void kb_net_config_from_ibft(struct kb_net_config *c, int sysfs_fd,
			     const struct kb_diag_sink *diags)
{
	struct kb_net_link asked = {0};
	bool is_wanted = false;
	unsigned kept = 0;

	for (unsigned i = 0; i < c->n_links; i++) {
		if (c->links[i].method == KB_NET_IBFT) {
			is_wanted = true;
			asked = c->links[i];
		} else {
			c->links[kept++] = c->links[i];
		}
	}
	c->n_links = kept;
	if (is_wanted && add_cards(c, sysfs_fd) == 0) {
		kb_diag_report(diags, KB_SEVERITY_WARNING, (struct kb_position){0},
			       "the firmware has no table of the network (iBFT); DHCP is asked "
			       "instead");
		asked.method = KB_NET_DHCP;
		c->links[c->n_links++] = asked;
	}
}

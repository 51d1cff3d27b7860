/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the network is to be: the words ip=, vlan=, bond= … of a kernel's command line, and the
 * setting network= of kboot.conf. For network and app. Must not look at the machine: which
 * interfaces there are is not known here.
 */
#ifndef KBOOT_NETWORK_CONFIG_H
#define KBOOT_NETWORK_CONFIG_H

#include "kboot/base/error.h"
#include "kboot/network/address.h"

enum {
	KB_NET_MAX = 16, /* of each: links, routes, … */
	KB_NET_MAX_PORTS = 8,
	KB_NET_MAX_DNS = 3, /* as many as a resolver asks */
	KB_NET_MAX_NTP = 4,
	KB_NET_HOST = 254,
	KB_NET_CLIENT_ID = 128,
	KB_NET_BOND_OPTIONS = 256,
	KB_NET_TEXT_MAX = 1 << 16,
};

enum kb_net_method {
	KB_NET_DHCP, /* by DHCP; IPv6 as the routers say */
	KB_NET_OFF,  /* left alone */
	KB_NET_STATIC,
	KB_NET_DHCP6,
	KB_NET_AUTO6,   /* from the routers alone */
	KB_NET_EITHER6, /* from the routers; where they say nothing, by DHCP */
	KB_NET_LINK6,   /* on, with the address that it gives itself */
	KB_NET_IBFT,    /* as the firmware's table says */
};

/* How one interface is set up: the one of that name or address; neither: any card. */
struct kb_net_link {
	char name[KB_INTERFACE_NAME];
	struct kb_mac mac;
	enum kb_net_method method;
	struct kb_ip address; /* of STATIC */
	struct kb_ip peer;
	struct kb_ip gateway;
	unsigned mtu;          /* 0: as it is */
	struct kb_mac new_mac; /* that it is to have */
	char hostname[KB_NET_HOST];
	char client_id[KB_NET_CLIENT_ID]; /* for DHCP; "": its own */
	unsigned client_id_type;
};

struct kb_net_route {
	struct kb_ip to;
	struct kb_ip via; /* family 0: on the link itself */
	char name[KB_INTERFACE_NAME];
};

enum kb_net_kind { KB_NET_VLAN, KB_NET_BOND, KB_NET_BRIDGE };

/* An interface that is made of others: a VLAN's one parent, a bond's or bridge's ports. */
struct kb_net_virtual {
	enum kb_net_kind kind;
	char name[KB_INTERFACE_NAME];
	char ports[KB_NET_MAX_PORTS][KB_INTERFACE_NAME];
	unsigned n_ports;
	unsigned vlan; /* its number */
	unsigned mtu;
	char options[KB_NET_BOND_OPTIONS]; /* NAME=VALUE, commas between */
};

/* ifname=: a name by which a card may be called here. */
struct kb_net_alias {
	char name[KB_INTERFACE_NAME];
	struct kb_mac mac;
};

/* Zero-initialised says nothing. */
struct kb_net_config {
	bool is_said; /* there was a word about how interfaces get addresses */
	bool is_off;  /* nothing is brought up by itself */
	bool single;  /* the first link that works is enough */
	struct kb_net_link links[KB_NET_MAX];
	struct kb_net_route routes[KB_NET_MAX];
	struct kb_net_virtual virtuals[KB_NET_MAX];
	struct kb_net_alias aliases[KB_NET_MAX];
	struct kb_ip dns[KB_NET_MAX_DNS];
	struct kb_ip ntp[KB_NET_MAX_NTP];
	unsigned n_links, n_routes, n_virtuals, n_aliases, n_dns, n_ntp;
	struct kb_mac boot_mac;              /* BOOTIF= */
	char boot_device[KB_INTERFACE_NAME]; /* bootdev=: whose gateway counts */
	bool ignore_peer_dns;
};

/*
 * Adds what a kernel's command line says; words of others are passed over. What is wrong is one
 * sentence a word, with its column, and that word does not count.
 */
void kb_net_config_from_cmdline(struct kb_net_config *c, struct kb_str text,
				const struct kb_diag_sink *diags);
/*
 * The value of network=: the same words, and those that stand behind ip=, with blanks between them;
 * any other is wrong. "off": nothing is brought up.
 */
void kb_net_config_from_setting(struct kb_net_config *c, struct kb_str text,
				const struct kb_diag_sink *diags);

#endif

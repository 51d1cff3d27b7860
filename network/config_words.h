/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Words of a configuration being read: their fields, and sentences about them.
 * For config.c and the files that read one family of words each.
 * Must not keep anything of a word that was refused.
 */
#ifndef KBOOT_NETWORK_CONFIG_WORDS_H
#define KBOOT_NETWORK_CONFIG_WORDS_H

#include "kboot/network/config.h"

/* Of Anaconda: they mean something only beside an ip= that is an address alone. */
enum kb_cluster {
	KB_CLUSTER_NETMASK,
	KB_CLUSTER_GATEWAY,
	KB_CLUSTER_HOSTNAME,
	KB_CLUSTER_MTU,
	KB_CLUSTER_DEVICE,
	KB_N_CLUSTER,
};

struct kb_net_words {
	struct kb_net_config *config;
	struct kb_str text; /* all of it */
	struct kb_str word; /* the one that is read, "ip=…" */
	const struct kb_diag_sink *diags;
	struct kb_str cluster[KB_N_CLUSTER];
	int cluster_link; /* which link they are of; -1: none */
	struct kb_mac boot_mac;
	bool no_boot_mac;
};

typedef int kb_net_word_fn(struct kb_net_words *w, struct kb_str value);

/* A sentence about the word, whose wrong part is at; answers -EINVAL. */
int kb_net_wrong(const struct kb_net_words *w, struct kb_str at, const char *fmt, ...)
	KB_PRINTF(3, 4);
/* Takes a field off *rest, which ends at ":"; an address in brackets is one, without them. */
bool kb_net_field(struct kb_str *rest, struct kb_str *ret_field);

/* What may stand there, with the sentence; an empty field is fine and leaves *ret as it is. */
int kb_net_take_ip(const struct kb_net_words *w, struct kb_str field, struct kb_ip *ret_ip);
KB_MUST_CHECK int kb_net_take_name(const struct kb_net_words *w, struct kb_str field, char *ret);
KB_MUST_CHECK int kb_net_take_mac(const struct kb_net_words *w, struct kb_str field,
				  struct kb_mac *ret_mac);
int kb_net_take_mtu(const struct kb_net_words *w, struct kb_str field, unsigned *ret_mtu);
int kb_net_take_host(const struct kb_net_words *w, struct kb_str field, char *ret);
/* An empty one is what its class says, as the kernel has it. */
int kb_net_take_mask(const struct kb_net_words *w, struct kb_str field, struct kb_ip *address);
KB_MUST_CHECK int kb_net_take_dns(const struct kb_net_words *w, struct kb_str field);
/* 0 where n may become one more. */
KB_MUST_CHECK int kb_net_room(const struct kb_net_words *w, unsigned n, unsigned most);

/* The families. */
kb_net_word_fn kb_net_word_ip;
kb_net_word_fn kb_net_word_vlan, kb_net_word_bond, kb_net_word_bridge, kb_net_word_team;
/* Once all words were read. */
void kb_net_apply_cluster(struct kb_net_words *w);

#endif

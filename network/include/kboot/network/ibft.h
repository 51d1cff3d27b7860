/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The network as the firmware's iSCSI table (iBFT) has it, which the kernel shows below /sys.
 * For app, where a configuration says `ibft`.
 * Must not count a card that the table does not call valid.
 */
#ifndef KBOOT_NETWORK_IBFT_H
#define KBOOT_NETWORK_IBFT_H

#include "kboot/network/config.h"

/* Puts what the table says of each card in the place of the links that are to be as it says. Where
 * it says nothing, they ask DHCP, with a sentence. */
void kb_net_config_from_ibft(struct kb_net_config *c, int sysfs_fd,
			     const struct kb_diag_sink *diags);

#endif

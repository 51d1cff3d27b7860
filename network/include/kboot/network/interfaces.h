/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The interfaces that there are, and what each may be called.
 * For network and app.
 * Must not rename any: without udev they are called as the kernel found them.
 */
#ifndef KBOOT_NETWORK_INTERFACES_H
#define KBOOT_NETWORK_INTERFACES_H

#include "kboot/network/address.h"

enum { KB_INTERFACES_MAX = 64, KB_INTERFACE_NAMES = 4, KB_INTERFACE_TEXT = 32 };

struct kb_interface {
	char name[KB_INTERFACE_NAME];
	/* What systemd would call it, as far as it can be told: by the firmware's index (eno1), by
	 * the slot (ens3), by the path (enp0s3), by the address (enx…); "": cannot be told. */
	char names[KB_INTERFACE_NAMES][KB_INTERFACE_NAME];
	char driver[KB_INTERFACE_TEXT]; /* "": none is known */
	char bus[KB_INTERFACE_TEXT];    /* where on the PCI bus, "0000:00:03.0" */
	struct kb_mac mac;
	bool is_card; /* hardware, or a virtual machine's */
	bool is_made; /* of others: a VLAN, bond or bridge */
	bool is_on;
	bool has_link; /* the other end of the cable is there; told only where it is on */
	char operstate[KB_INTERFACE_TEXT];
	unsigned speed_mbit; /* 0: not said */
};

/* Below /sys, or a tree like it. In the order of their names, eth2 before eth10. -errno. */
KB_MUST_CHECK int kb_interfaces_read(int sysfs_fd, struct kb_interface ret[KB_INTERFACES_MAX],
				     unsigned *ret_n);
/* One of them again. -ENODEV. */
KB_MUST_CHECK int kb_interface_read(int sysfs_fd, const char *name, struct kb_interface *ret);
/* By the kernel's name, else by one of the others; NULL: there is none. */
const struct kb_interface *kb_interfaces_find(const struct kb_interface *list, unsigned n,
					      const char *name);

#endif

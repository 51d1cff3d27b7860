/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Folders that stand for the machine: what --root, --device and --config say.
 * For app (fills it) and core (reads it instead of the hardware).
 * Must not be mixed with the machine: with a simulation nothing outside these folders is looked at
 * or changed.
 */
#ifndef KBOOT_CORE_SIMULATION_H
#define KBOOT_CORE_SIMULATION_H

#include "kboot/fetch/url_map.h"
#include "kboot/model/device.h"
#include "kboot/model/loader.h"

enum { KB_SIM_MAX_DEVICES = 64 };

/* Borrowed strings. Each device has its tree set. */
struct kb_simulation {
	const char *root_dir; /* the booted environment's root; NULL: none */
	struct kb_device devices[KB_SIM_MAX_DEVICES];
	size_t n_devices;
	struct kb_loader_vars vars;        /* of the firmware */
	const struct kb_url_map *url_maps; /* what stands for servers */
	size_t n_url_maps;
	const char *const *lease; /* "NAME=VALUE", udhcpc's names; NULL: no DHCP server */
	size_t n_lease;
};

#endif

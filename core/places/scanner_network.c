/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker of the place that is a network boot service. */
#include "scanner.h"

void kb_scanner_ask_network(struct kb_scanned_place *scanned, struct kb_child_spec *spec)
{
	const struct kb_scanner *s = scanned->owner;

	if (scanned->place.kind != KB_PLACE_NETWORK) {
		return;
	}
	scanned->netboot = (struct kb_netboot_job){
		.sys = s->sys,
		.places = s->places,
		.lease = s->lease,
		.n_lease = s->n_lease,
	};
	spec->run = kb_netboot_job_run;
	spec->data = &scanned->netboot;
}

int kb_scanner_deadline_ms(const struct kb_place *place)
{
	return place->kind == KB_PLACE_NETWORK ? KB_NETBOOT_DEADLINE_MS : KB_SCAN_DEADLINE_MS;
}

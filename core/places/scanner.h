/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the places where entries come from, and reads them by workers. For the engine. Must
 * not decide which entry is the default, and must not read a device in the engine itself.
 */
#ifndef KBOOT_CORE_SCANNER_H
#define KBOOT_CORE_SCANNER_H

#include "catalog/place.h"
#include "journal.h"
#include "kboot/base/child.h"
#include "kboot/base/loop.h"
#include "kboot/core/simulation.h"
#include "work/netboot_job.h"
#include "work/scan_job.h"

/* A place, and the worker that reads it. */
struct kb_scanned_place {
	struct kb_place place; /* first: what is seen of it */
	struct kb_scanner *owner;
	const struct kb_device *simulated;
	bool again;     /* it changed while it was being read */
	bool is_alone;  /* with others it could not be read to the end */
	bool is_listed; /* the machine has it, as of the last look */
	struct kb_scan_job job;
	struct kb_netboot_job netboot;                       /* of a NETWORK */
	struct kb_scan_other others[KB_FINDINGS_MAX_OTHERS]; /* of job */
	uint64_t other_ids[KB_FINDINGS_MAX_OTHERS]; /* their places, when it was read last; 0: none
						     */
	struct kb_child *child;
	struct kb_findings incoming; /* what a running worker tells */
	size_t lent_bytes;           /* what is shown need not be free for incoming */
};

struct kb_scanner {
	struct kb_places *places; /* all of them are in a kb_scanned_place */
	struct kb_loop *loop;
	const struct kb_sys *sys;
	struct kb_journal *journal;
	int sysfs_fd;
	const char *const *lease; /* a simulation's; NULL: the machine's */
	size_t n_lease;
	const struct kb_loader_vars *vars; /* a simulation's; NULL: the firmware's are read */
	unsigned n_scanning;               /* disks and folders */
	bool paused;                       /* no reader is started */
	struct kb_memory memory;    /* when the engine started, for what reading one may take */
	struct kb_account findings; /* what may be kept of all places together */
	void *ctx;
	/* Before findings of a place go: nothing may keep a pointer into them. */
	void (*changing)(void *ctx);
	/* After they came, went, or a worker ended. */
	void (*changed)(void *ctx);
	/* Its reader had to be stopped, or died: a person should hear of it. */
	void (*troubled)(void *ctx, const struct kb_place *place);
	/* A device is gone; its place too. */
	void (*removed)(void *ctx, const char *name);
	/* It stands on one that is gone, and is still there for the kernel. NULL: nobody cares. */
	void (*orphaned)(void *ctx, const char *name);
};

void kb_scanner_done(struct kb_scanner *s);
/* kboot's own configuration, read here and now: it is in memory. */
KB_MUST_CHECK int kb_scanner_add_own(struct kb_scanner *s, const char *config,
				     struct kb_error *err);
/* What was set at the prompt, as the text of a kboot.conf; in place of what it was before. */
KB_MUST_CHECK int kb_scanner_set_session(struct kb_scanner *s, struct kb_str text,
					 const struct kb_place **ret_place);
KB_MUST_CHECK int kb_scanner_add_simulation(struct kb_scanner *s, const struct kb_simulation *sim);
/* A network boot service, which is asked. */
KB_MUST_CHECK int kb_scanner_add_network(struct kb_scanner *s);
/* One that has failed is asked again. */
void kb_scanner_ask_service_again(struct kb_scanner *s);
/* Compares sysfs with what is known: adds, removes; with again also reads the known ones anew. */
KB_MUST_CHECK int kb_scanner_enumerate(struct kb_scanner *s, bool again, struct kb_error *err);
/* After a uevent. */
KB_MUST_CHECK int kb_scanner_device_added(struct kb_scanner *s, const char *name);
void kb_scanner_device_removed(struct kb_scanner *s, const char *name);
/* What device-mapper has made of it goes, as if it had been removed. False: nothing. */
bool kb_scanner_drop_holders(struct kb_scanner *s, const struct kb_place *place);
/* Whether what stands on a set is read by this member of it, or not any more. */
void kb_scanner_read_as(struct kb_scanner *s, struct kb_place *place, bool is_whole);
/* Reads simulated places and folders anew. */
void kb_scanner_read_again(struct kb_scanner *s);
/* What the worker is, where the place is a network boot service. */
void kb_scanner_ask_network(struct kb_scanned_place *scanned, struct kb_child_spec *spec);
/* Starts readers for what is queued, as many as there may be. */
void kb_scanner_pump(struct kb_scanner *s);
/* A device that device-mapper has made of this one; NULL: none. An array may do without one of its
 * disks: whoever assembled it looks at it again. */
struct kb_place *kb_scanner_holder(const struct kb_scanner *s, const struct kb_place *place);
/* An array gets the name that its members have: "md/data". */
void kb_scanner_name_array(const struct kb_scanner *s, struct kb_block *block);
/* What a device is made of, and called, is known a moment later than that it is there. */
bool kb_scanner_same_stack(const struct kb_block *a, const struct kb_block *b);
/* Gives its job what is there of the filesystems that its configurations lead to. */
void kb_scanner_give_others(struct kb_scanned_place *scanned);
/* Where one of these has come, or gone, the place is read again. */
void kb_scanner_queue_outdated(struct kb_scanner *s);
/* For the worker of a place. */
int kb_scanner_deadline_ms(const struct kb_place *place);
/* Puts a copy of template where it belongs in the order. simulated: its device; or NULL. */
KB_MUST_CHECK int kb_scanner_add(struct kb_scanner *s, const struct kb_place *template,
				 const struct kb_device *simulated, struct kb_place **ret_place);

#endif

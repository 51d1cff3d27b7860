/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The places where entries come from: kboot's own configuration, a folder, each device; and the
 * workers that read them. For the engine. Must not decide which entry is the default, and must not
 * read a device in the engine itself.
 */
#ifndef KBOOT_CORE_PLACES_H
#define KBOOT_CORE_PLACES_H

#include "catalog/findings.h"
#include "journal.h"
#include "kboot/base/child.h"
#include "kboot/base/loop.h"
#include "kboot/core/simulation.h"
#include "kboot/scan/block.h"
#include "work/scan_job.h"

enum { KB_PLACES_AT_ONCE = 4 };

/* What comes before FOLDER is kboot's own; the rest was found. */
enum kb_place_kind { KB_PLACE_SESSION, KB_PLACE_OWN, KB_PLACE_FOLDER, KB_PLACE_DEVICE };
enum kb_place_status { KB_PLACE_QUEUED, KB_PLACE_SCANNING, KB_PLACE_READ, KB_PLACE_FAILED };

struct kb_places;

struct kb_place {
	struct kb_places *owner;
	uint64_t id;           /* never used again, unlike the name of its device */
	struct kb_place *next; /* in the order in which entries are shown */
	enum kb_place_kind kind;
	enum kb_place_status status;
	bool again; /* it changed while it was being read */
	bool known; /* it has been read since it came, or since a person asked to look again */
	struct kb_block block;
	const struct kb_device *simulated;
	const char *folder; /* of a FOLDER; the file of OWN */
	struct kb_scan_job job;
	struct kb_child *child;
	struct kb_findings found;    /* what is shown */
	struct kb_findings incoming; /* what a running worker tells */
	size_t lent_bytes;           /* what found takes need not be free for incoming */
};

struct kb_places {
	struct kb_loop *loop;
	const struct kb_sys *sys;
	struct kb_journal *journal;
	int sysfs_fd;
	bool read_write;
	struct kb_place *first;
	uint64_t last_id;
	unsigned n_scanning;
	bool paused;                /* no reader is started */
	struct kb_memory memory;    /* when the engine started */
	struct kb_account findings; /* of all places together */
	void *ctx;
	/* Before findings of a place go: nothing may keep a pointer into them. */
	void (*changing)(void *ctx);
	/* After they came, went, or a worker ended. */
	void (*changed)(void *ctx);
	/* Its reader had to be stopped, or died: a person should hear of it. */
	void (*troubled)(void *ctx, const struct kb_place *place);
	/* A device is gone; its place too. */
	void (*removed)(void *ctx, const char *name);
};

void kb_places_done(struct kb_places *p);
/* Before any is added: what may be kept of all of them, and what reading one may take. */
void kb_places_divide(struct kb_places *p, const struct kb_memory *memory);
/* kboot's own configuration, read here and now: it is in memory. */
KB_MUST_CHECK int kb_places_add_own(struct kb_places *p, const char *config, struct kb_error *err);
/* What was set at the prompt, as the text of a kboot.conf; in place of what it was before. */
KB_MUST_CHECK int kb_places_set_session(struct kb_places *p, struct kb_str text,
					const struct kb_place **ret_place);
KB_MUST_CHECK int kb_places_add_simulation(struct kb_places *p, const struct kb_simulation *sim);
/* Compares sysfs with what is known: adds, removes; with again also reads the known ones anew. */
KB_MUST_CHECK int kb_places_enumerate(struct kb_places *p, bool again, struct kb_error *err);
/* After a uevent. */
KB_MUST_CHECK int kb_places_device_added(struct kb_places *p, const char *name);
void kb_places_device_removed(struct kb_places *p, const char *name);
/* Reads simulated places and folders anew. */
void kb_places_read_again(struct kb_places *p);
/* Places that are still to be read or being read. */
unsigned kb_places_pending(const struct kb_places *p);
/* Those of them that have not been read before. */
unsigned kb_places_unread(const struct kb_places *p);
/* The folder that stands for the booted environment (--root); NULL. Borrowed. */
const char *kb_places_folder(const struct kb_places *p);
/* What a reference fits: NAME, UUID=… and so on. */
struct kb_fit {
	const struct kb_place *place; /* the first one, internal before removable; NULL: none */
	const struct kb_place *other; /* a further one, no part of the same filesystem */
	bool ambiguous; /* both are internal, or both removable: a person has to name one */
};
void kb_places_fit(const struct kb_places *p, struct kb_str reference, bool internal_only,
		   struct kb_fit *ret_fit);
/* The device that a reference means; NULL: none, or it is ambiguous. Borrowed until the next
 * change. */
const struct kb_device *kb_places_device(const struct kb_places *p, struct kb_str reference);
/* The device with the memory of a Linux that sleeps on it (hibernation); NULL. Borrowed. */
const struct kb_device *kb_places_hibernated(const struct kb_places *p);
/* What the system that is installed on device would mount; NULL where none is. Borrowed. */
const struct kb_fstab *kb_places_fstab(const struct kb_places *p, const struct kb_device *device);
/* "sda2", "kboot's configuration", a folder: for sentences. */
const char *kb_place_name(const struct kb_place *place);

#endif

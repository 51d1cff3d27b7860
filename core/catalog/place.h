/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The places where entries come from, as they are seen: kboot's own configuration, a folder, each
 * device. For the rest of core, which only looks; the scanner finds and changes them. Must not read
 * anything.
 */
#ifndef KBOOT_CORE_PLACE_H
#define KBOOT_CORE_PLACE_H

#include "findings.h"
#include "kboot/base/log.h"
#include "kboot/fetch/url_map.h"
#include "kboot/model/set.h"
#include "kboot/scan/block.h"

/* What comes before FOLDER is kboot's own; the rest was found. */
enum kb_place_kind {
	KB_PLACE_SESSION,
	KB_PLACE_OWN,
	KB_PLACE_FOLDER,
	KB_PLACE_DEVICE,
	KB_PLACE_NETWORK, /* a network boot service */
};
enum kb_place_status { KB_PLACE_QUEUED, KB_PLACE_SCANNING, KB_PLACE_READ, KB_PLACE_FAILED };

struct kb_place {
	uint64_t id;           /* never used again, unlike the name of its device */
	struct kb_place *next; /* in the order in which entries are shown */
	enum kb_place_kind kind;
	enum kb_place_status status;
	bool known;   /* it has been read since it came, or since a person asked to look again */
	bool is_news; /* it was read, and the log has not been told */
	struct kb_block block;
	const char *folder; /* of a FOLDER; the file of OWN */
	bool stays_locked;  /* a person has locked it: no key file opens it by itself */
	uint64_t key_tried; /* the fingerprint of the key file that does not open it; 0: none */
	bool is_whole;      /* its set was assembled, and this member stands for it */
	struct kb_findings found;
};

enum { KB_PLACES_MAX_SETS = 128 };

struct kb_places {
	struct kb_place *first;
	uint64_t last_id; /* of the newest one */
	bool simulated;   /* there is no machine behind them, but what stands for servers: */
	const struct kb_url_map *url_maps;
	size_t n_url_maps;
	bool read_write; /* what is mounted of them */
	/* What their devices make together, as it was told last. Borrowed. */
	const struct kb_set *sets[KB_PLACES_MAX_SETS];
	size_t n_sets;
};

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
/* What a crypttab on any disk calls so ("mapper/sda3_crypt", "/dev/mapper/…"), where that is open;
 * NULL. */
const struct kb_place *kb_places_crypttab(const struct kb_places *p, struct kb_str reference);
/* What the nth name that a configuration of place leads to fits: on an internal disk internal ones
 * alone, as no removable disk tells it what boots from it. */
void kb_places_lead(const struct kb_places *p, const struct kb_place *place, size_t n,
		    struct kb_fit *ret_fit);
/* The device that a reference means; NULL: none, or it is ambiguous. Borrowed until the next
 * change. */
const struct kb_device *kb_places_device(const struct kb_places *p, struct kb_str reference);
/* The block device of that name, also before it was read; NULL. Borrowed. */
struct kb_place *kb_places_block(const struct kb_places *p, struct kb_str name);
/* The one with that id; NULL: it has gone. Borrowed. */
const struct kb_place *kb_places_by_id(const struct kb_places *p, uint64_t id);
/* The place that was found to be this device; NULL: none is, or device is. Borrowed. */
const struct kb_place *kb_places_of(const struct kb_places *p, const struct kb_device *device);
/* Are both partitions of it (or it)? */
bool kb_on_one_disk(const struct kb_device *a, const struct kb_device *b);
/* What it is a member of, whether or not that is known to be there. */
enum kb_set_kind kb_place_set_kind(const struct kb_place *place);
/* The set that the place's device is a member of, as far as it is known; NULL. Borrowed. */
const struct kb_set *kb_places_set(const struct kb_places *p, const struct kb_place *place);
/* The place before it that has the same bytes: a cloned disk, another way to the same disk, a part
 * of a mirror that is no mirror here; NULL. The first in the order of the hardware counts. */
const struct kb_place *kb_places_original(const struct kb_places *p, const struct kb_place *copy);
/* Whether a passphrase opens it, and nobody has said it yet. */
bool kb_place_is_locked(const struct kb_places *p, const struct kb_place *place);
/* What its set is waiting for, or why it is not there, as a word and a sentence: "locked",
 * "waiting: 2 of 3 disks are there". Nothing: it is no member. */
void kb_place_put_state(const struct kb_places *p, const struct kb_place *place,
			struct kb_buf *text);
/* Is the device made of that one (a kernel name), whatever lies between? NULL is not. */
bool kb_place_is_behind(const struct kb_places *p, const struct kb_device *device,
			const char *volume);
/* The first device that is made of it; NULL. Borrowed. */
const struct kb_place *kb_places_holder(const struct kb_places *p, const struct kb_place *place);
/* The device with the memory of a Linux that sleeps on it (hibernation); NULL. Borrowed. */
const struct kb_device *kb_places_hibernated(const struct kb_places *p);
/* "sda2", "kboot's configuration", a folder: for sentences. */
const char *kb_place_name(const struct kb_place *place);
/* Why nothing boots from it, as a sentence without its stop; nothing where there are entries, or no
 * word yet. DEBUG: not worth anybody's while; INFO: worth it where nothing boots at all. */
enum kb_log_level kb_place_tell(const struct kb_places *p, const struct kb_place *place,
				struct kb_buf *text);

#endif

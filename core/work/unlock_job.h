/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The worker that opens a locked volume, with what a person said or with a key file.
 * For the engine, through kb_child_start.
 * Must not run in the engine itself, and must not tell the secret to anybody but cryptsetup.
 */
#ifndef KBOOT_CORE_UNLOCK_JOB_H
#define KBOOT_CORE_UNLOCK_JOB_H

#include "catalog/place.h"
#include "kboot/base/secret.h"
#include "kboot/base/sys.h"

/* Argon2 may take its time on a slow machine. */
enum { KB_UNLOCK_DEADLINE_MS = 180000, KB_UNLOCK_NAME_BYTES = 128 };

/* What a report says that another secret would help. */
#define KB_UNLOCK_WANTS "passphrase"

struct kb_unlock_job {
	const struct kb_sys *sys;
	const struct kb_places *places;
	const char *root;                /* the booted environment's device; "" */
	char device[64];                 /* "sda3" */
	char name[KB_UNLOCK_NAME_BYTES]; /* of what it becomes, below /dev/mapper */
	const struct kb_secret *secret;  /* NULL: what is in the key file */
	const char *keyfile;
	/* Others that may take the same; by kernel name and mapping's name. */
	struct kb_unlock_other {
		char device[64];
		char name[KB_UNLOCK_NAME_BYTES];
	} others[16];
	size_t n_others;
};

/* Of the mapping, below /dev/mapper: as systemd calls what no crypttab names, so that a key which
 * is handed over is found by it. */
void kb_unlock_name(const struct kb_device *device, char ret_name[static KB_UNLOCK_NAME_BYTES]);
/* The run function of a child: data is a struct kb_unlock_job. Writes reports to out_fd: a note for
 * each volume that it opened besides, an error with wants where the secret was wrong. */
int kb_unlock_job_run(void *data, int out_fd);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From names to what they mean on this machine: the automounter, told of the places that were
 * found. For the workers of core. Must not run in the engine itself: it mounts and may hang.
 */
#ifndef KBOOT_CORE_RESOLVER_H
#define KBOOT_CORE_RESOLVER_H

#include "catalog/place.h"
#include "kboot/base/error.h"
#include "kboot/base/sys.h"
#include "kboot/formats/hosts.h"
#include "kboot/mount/automount.h"

/* What a worker keeps of its time, to say why something took too long before it is killed. */
enum { KB_RESOLVER_RESERVE_MS = 1000 };

/* Shared mounts are made in folders below it. */
#define KB_RESOLVER_RUN_DIR "/run/kboot"

/* A file that was fetched. */
struct kb_fetched {
	const char *name; /* as the entry has it */
	int fd;
};

struct kb_resolver_spec {
	const struct kb_sys *sys;
	const struct kb_places *places; /* as they were when the worker was forked */
	const char *root;               /* the booted environment's device; "" or NULL: none */
	bool read_write;
	bool insist; /* on read_write: fail rather than mount read-only */
	/* In the machine's own mount namespace, to stay: for the prompt. Else in one of this
	 * process, with which the mounts go. */
	bool shared;
	bool may_exec;                    /* programs found there may be run */
	const struct kb_fetched *fetched; /* what URLs stand for */
	size_t n_fetched;
	int64_t deadline_ms; /* when this worker is killed, on the table's clock; 0: never */
	void *ctx;
	/*
	 * Worth telling a person. of is 0 for news; of a mistake in a file it is the
	 * file's fingerprint, which is another one when the file changes: once is enough.
	 */
	void (*note)(void *ctx, const char *sentence, uint64_t of);
};

struct kb_resolver {
	struct kb_resolver_spec spec;
	struct kb_hosts hosts; /* of the booted environment, read when a host is named */
	bool has_hosts;
	struct kb_automount automount; /* finds names; goes by kb_automount_done */
};

/* spec's pointers must outlive r. -errno with a sentence where there is no mount namespace. */
KB_MUST_CHECK int kb_resolver_init(struct kb_resolver *r, const struct kb_resolver_spec *spec,
				   struct kb_error *err);
/* As in the spec: for the files that are resolved from now on. */
void kb_resolver_set_deadline(struct kb_resolver *r, int64_t deadline_ms);
/*
 * Opens a regular file for reading. On a device that has an fstab of its own, a file that is not on
 * the device itself is looked for where that fstab would mount: /boot of a system whose /boot is
 * another partition. The sentence begins with what could not be opened. ret_name: what was opened,
 * by the name of what holds it and without links and dots; borrowed from r. -EREMOTE: it is a URL,
 * and nothing that was fetched.
 */
KB_MUST_CHECK int kb_resolver_open(struct kb_resolver *r, const char *name, const char *from,
				   int *ret_fd, const char **ret_name, struct kb_error *err);

/* The address that the booted environment's /etc/hosts has for the host; false: none. It is read
 * when this is asked for the first time. */
bool kb_resolver_address(struct kb_resolver *r, const char *host,
			 char ret_address[static INET6_ADDRSTRLEN]);

#endif

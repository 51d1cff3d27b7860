/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The list of the last time: where it is kept, what it was, and what is to be kept of this one.
 * A part of struct kb_engine.
 * Must not be more than shown: it chooses, boots and permits nothing.
 */
#ifndef KBOOT_CORE_ENGINE_REMEMBERING_H
#define KBOOT_CORE_ENGINE_REMEMBERING_H

#include "catalog/remembered.h"
#include "kboot/base/child.h"
#include "work/remember_job.h"

struct kb_remembering {
	struct kb_arena arena; /* of the words below */
	bool is_efi;
	const char *on;   /* the device of the file, as remember= names it; NULL: there is none */
	const char *path; /* on it */
	bool is_asked;    /* for what was kept: once */
	bool is_listed;   /* the order of the list begins with it */
	struct kb_remember_job job;
	struct kb_child *child;
	struct kb_buf text; /* what the worker has read by now */
	struct kb_remembered last;
	uint64_t early_load; /* of the pipeline: what was the default; 0: none */
	/* To be written when an entry is started. */
	bool is_gathered;
	struct kb_buf list;
	struct kb_device device;
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * An engine with its clients on a fake machine: folders for disks, a clock that a test moves, and
 * every call that would change the machine written down.
 * For the unit tests of core.
 * Must not be slow: the loop is turned until it is quiet, nothing sleeps.
 */
#ifndef KBOOT_TESTS_CORE_FIXTURE_H
#define KBOOT_TESTS_CORE_FIXTURE_H

#include "fake_sys.h"
#include "serve/request.h"
#include "serve/serve.h"
#include "temp_dir.h"

enum { FIXTURE_CLIENTS = 4 };

struct core_fixture {
	struct fake_sys *fake;
	struct temp_dir dir;
	struct kb_simulation simulation;
	char trees[8][96];
	char config[96];
	char run_dir[96];
	struct kb_core_options options;
	struct kb_core *core;
	int ends[FIXTURE_CLIENTS];
	char heard[1 << 16]; /* by the client that was asked last */
};

/* config: the text of kboot's own kboot.conf; NULL: none. */
void core_fixture_init(struct core_fixture *f, const char *config);
/* A disk whose kboot.conf has this text (NULL: none), and whose /vmlinuz is a kernel. */
struct kb_device *core_fixture_disk(struct core_fixture *f, const char *name, const char *conf);
/* Until everything has been read. */
void core_fixture_start(struct core_fixture *f);
void core_fixture_done(struct core_fixture *f);
/* From now on the machine itself is meant: boots leave, mounts are unmounted (in the fake). */
void core_fixture_is_machine(struct core_fixture *f);
/* Turns the loop until nothing happens and no worker runs. */
void core_fixture_run(struct core_fixture *f);
/* Moves the clock of countdowns, and lets its timer go off. */
void core_fixture_pass(struct core_fixture *f, int64_t ms);
/* A client; its number is its place in ends. */
int core_fixture_connect(struct core_fixture *f);
void core_fixture_hang_up(struct core_fixture *f, int client);
/* Sends a line (without LF), runs, and answers everything that came. */
const char *core_fixture_say(struct core_fixture *f, int client, const char *line);
const char *core_fixture_hear(struct core_fixture *f, int client);
/* Is the text part of a line of the log? */
bool core_fixture_logged(const struct core_fixture *f, const char *text);
/* The id of the entry with that label. */
const char *core_fixture_id(const struct core_fixture *f, const char *label);
/* Pretends that the entry with that label has been loaded. */
void core_fixture_arm(struct core_fixture *f, const char *label);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program that is run to its end, for what it says: bounded in time and in words.
 * For workers, which may wait.
 * Must not pass anything on that the caller did not name: no shell, no environment of ours.
 */
#ifndef KBOOT_BASE_RUN_H
#define KBOOT_BASE_RUN_H

#include "kboot/base/str.h"
#include "kboot/base/sys.h"

enum { KB_RUN_LAST_WORDS = 256, KB_RUN_INPUT_MAX = 1 << 20 };

struct kb_run {
	const struct kb_sys *sys;
	const char *const *argv;
	const char *const *envp;
	struct kb_str input; /* its standard input; up to KB_RUN_INPUT_MAX */
	size_t most_bytes;   /* on its standard output */
	int most_ms;
};

struct kb_run_result {
	int status; /* exit code; 128 and the signal that ended it */
	struct kb_buf out;
	char last_words[KB_RUN_LAST_WORDS]; /* the last line on its standard error, one line */
};

/*
 * 0, whatever the program ended with. -ENOENT: there is no such program; -ETIMEDOUT, -EFBIG: it
 * was killed; -E2BIG: so much input. *result is to be done with in every case.
 */
KB_MUST_CHECK int kb_run(const struct kb_run *run, struct kb_run_result *result);
void kb_run_result_done(struct kb_run_result *result);
/* For what no hardware's appearance loads: argv is modprobe's, which is waited for. Whether it
 * helped shows when what was loaded is used. */
void kb_run_modprobe(const struct kb_sys *sys, const char *const *argv);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the prompt adds to the engine: its variables, its workers' words, the fstabs of places. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>

#include "catalog/findings.h"
#include "catalog/session_vars.h"
#include "fault.h"
#include "kboot/base/tree.h"
#include "places/scanner.h"
#include "work/prompt_job.h"
#include "work/report.h"

static int variables_of_a_session(struct fake_sys *fake)
{
	struct kb_session_vars s = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_error err = {0};
	int r = kb_session_vars_set(&s, "timeout", "5", &err);

	(void)fake;
	if (r == 0) {
		r = kb_session_vars_set(&s, "my linux", "/vmlinuz quiet", &err);
	}
	if (r == 0) {
		r = kb_session_vars_set(&s, "Timeout", "7", &err);
	}
	if (r == 0) {
		r = kb_session_vars_unset(&s, "my linux", &err);
	}
	if (r == 0) {
		kb_session_vars_text(&s, NULL, &text);
		r = kb_buf_error(&text);
	}
	kb_session_vars_done(&s);
	return (r < 0 && r != kb_buf_error(&text)) != (err.text[0] != '\0') ? 1 : r;
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static int session_as_a_place(struct fake_sys *fake)
{
	struct kb_journal journal = {.sys = &fake->table};
	struct kb_places places = {0};
	struct kb_scanner scanner = {.places = &places,
				     .sys = &fake->table,
				     .journal = &journal,
				     .sysfs_fd = -1,
				     .changing = nothing,
				     .changed = nothing};
	const struct kb_place *place = NULL;
	int r = kb_scanner_set_session(&scanner, KB_STR("timeout=\"5\"\nmine=\"/k quiet\"\n"),
				       &place);

	if (r == 0) {
		r = kb_scanner_set_session(&scanner, KB_STR("timeout=\"7\"\n"), &place);
	}
	kb_scanner_done(&scanner);
	return r;
}

static int words_of_a_worker(struct fake_sys *fake)
{
	static const char *const lines[] = {
		"{\"note\":\"/boot: sda1\"}",
		"{\"place\":\"/boot\",\"path\":\"/r/sda2\",\"how\":\"boot\"}",
		"{\"error\":\"no\"}",
	};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_report report;
	int r = 0;

	(void)fake;
	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(lines); i++) {
		r = kb_report_decode(&arena, kb_str_from(lines[i]), &report);
	}
	return r;
}

static int read_back(int fd, struct kb_findings *f)
{
	KB_BUF struct kb_buf text = {0};
	const struct kb_diag_sink quiet = {0};
	struct kb_str rest;
	struct kb_str line;
	int r = lseek(fd, 0, SEEK_SET) < 0 ? -errno : kb_read_all(fd, 1 << 20, &text);

	rest = kb_buf_view(&text);
	while (r == 0 && kb_str_next_line(&rest, &line)) {
		r = kb_findings_read_line(f, line, &quiet);
	}
	return r == 0 && (f->n_systems != 1 || f->systems[0].fstab.n_lines != 2) ? 1 : r;
}

static int an_fstab_from_a_worker(struct fake_sys *fake)
{
	struct kb_fstab_line lines[] = {
		{.source = "UUID=b", .dir = "/boot", .at.line = 3},
		{.source = "/x", .dir = "/srv", .is_bind = true},
	};
	const struct kb_system system = {"/@",
					 {"Debian", "root=a ro", "a", NULL},
					 {lines, KB_ARRAY_LEN(lines)}};
	KB_CLOSE int fd = memfd_create("findings", MFD_CLOEXEC);
	struct kb_findings_writer w = {.fd = fd};
	struct kb_findings f = {0};
	int r = kb_findings_write_system(&w, &system);

	(void)fake;
	if (r == 0) {
		r = kb_findings_write_end(&w);
	}
	if (r == 0) {
		r = read_back(fd, &f);
	}
	kb_findings_writer_done(&w);
	kb_findings_done(&f);
	return r;
}

const struct fault_scenario fault_scenarios[] = {
	{"variables of a session", variables_of_a_session},
	{"a session as a place", session_as_a_place},
	{"words of a worker", words_of_a_worker},
	{"an fstab from a worker", an_fstab_from_a_worker},
	{0},
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "report.h"

#include <errno.h>

#include "kboot/base/record.h"

#define AT(member) offsetof(struct kb_report, member)

static const struct kb_field fields[] = {
	{0, KB_FIELD_TEXT, "note", AT(note), 0, NULL},
	{0, KB_FIELD_NONZERO, "of", AT(of), 0, NULL},
	{0, KB_FIELD_TEXT, "error", AT(error), 0, NULL},
	{0, KB_FIELD_BOOL, "missing", AT(is_missing), 0, NULL},
	{0, KB_FIELD_TEXT, "stage", AT(stage), 0, NULL},
	{0, KB_FIELD_TEXT, "method", AT(method), 0, NULL},
	{0, KB_FIELD_NONZERO, "done", AT(done_bytes), 0, NULL},
	{0, KB_FIELD_NONZERO, "total", AT(total_bytes), 0, NULL},
	{0, KB_FIELD_TEXT, "wants", AT(wants), 0, NULL},
	{0, KB_FIELD_TEXT, "server", AT(server), 0, NULL},
	{0, KB_FIELD_TEXT, "user", AT(user), 0, NULL},
	{0, KB_FIELD_TEXT, "host_key", AT(host_key), 0, NULL},
	{0, KB_FIELD_TEXT, "plan", AT(plan), 0, NULL},
	{0, KB_FIELD_TEXT, "place", AT(place), 0, NULL},
	{0, KB_FIELD_TEXT, "path", AT(path), 0, NULL},
	{0, KB_FIELD_TEXT, "how", AT(how), 0, NULL},
};

void kb_report_tell(int out_fd, const struct kb_report *report)
{
	KB_BUF struct kb_buf line = {0};

	kb_json_open(&line, NULL, '{');
	if (kb_record_encode(fields, KB_ARRAY_LEN(fields), 0, report, &line) == 0) {
		kb_json_tell(out_fd, &line);
	}
}

void kb_report_error(int out_fd, int r, const struct kb_error *err)
{
	const struct kb_report report = {.error = err->code ? err->text : strerror(-r),
					 .is_missing = r == -ENODEV};

	kb_report_tell(out_fd, &report);
}

int kb_report_decode(struct kb_arena *arena, struct kb_str line, struct kb_report *ret_report)
{
	struct kb_report report = {0};
	int r = kb_record_read(fields, KB_ARRAY_LEN(fields), 0, arena, line, &report);

	if (r == 0) {
		*ret_report = report;
	}
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "tables.h"

#include <stdio.h>

#include "kboot/base/escape.h"
#include "kboot/terminal/table.h"
#include "kboot/terminal/text.h"

const char *kb_shell_device_size(const struct kb_table_row *device, char size[KB_SIZE_BYTES])
{
	uint64_t bytes;

	(void)snprintf(size, KB_SIZE_BYTES, "-");
	if (kb_str_to_u64(kb_str_from(device->cells[KB_DEVICES_SIZE]), &bytes) == 0) {
		kb_format_bytes(bytes, size, KB_SIZE_BYTES);
	}
	return size;
}

static void add_device(struct kb_table *t, const struct kb_table_row *row)
{
	const char *const *cells = row->cells;
	const char *fstype = cells[KB_DEVICES_FSTYPE];
	char size[KB_SIZE_BYTES];

	kb_table_add(t, (struct kb_table_row){
				{cells[KB_DEVICES_NAME], fstype ? fstype : "-",
				 kb_table_printf(t, "%9s", kb_shell_device_size(row, size)),
				 cells[KB_DEVICES_STATE], cells[KB_DEVICES_ALIAS],
				 cells[KB_DEVICES_MEMBERS], cells[KB_DEVICES_LABEL],
				 cells[KB_DEVICES_UUID]}});
}

static void add_mount(struct kb_table *t, const struct kb_table_row *row)
{
	const char *const *cells = row->cells;
	bool writable = cells[KB_MOUNTS_ACCESS] && strcmp(cells[KB_MOUNTS_ACCESS], "rw") == 0;

	kb_table_add(t, (struct kb_table_row){{cells[KB_MOUNTS_NAME], cells[KB_MOUNTS_SOURCE],
					       cells[KB_MOUNTS_FSTYPE],
					       writable ? "read-write" : "read-only"}});
}

static void add_variable(struct kb_table *t, const struct kb_table_row *row)
{
	const char *name = row->cells[KB_VARIABLES_NAME];
	const char *value = row->cells[KB_VARIABLES_VALUE];
	const char *source = row->cells[KB_VARIABLES_SOURCE];

	if (name) {
		kb_table_add(t, (struct kb_table_row){
					{kb_table_printf(t, "%s%s%s", name, value ? "=" : "",
							 value ? value : ""),
					 kb_table_printf(t, "(%s)", source ? source : "not set")}});
	}
}

static void add_session(struct kb_table *t, const struct kb_table_row *row)
{
	const char *const *cells = row->cells;
	const char *minutes = cells[KB_SESSIONS_MINUTES];

	kb_table_add(t,
		     (struct kb_table_row){{cells[KB_SESSIONS_ID], cells[KB_SESSIONS_WHO],
					    cells[KB_SESSIONS_FROM], cells[KB_SESSIONS_KIND],
					    kb_table_printf(t, "%s min", minutes ? minutes : "?"),
					    cells[KB_SESSIONS_LIMITS]}});
}

/* How the rows of a list are shown, and what is said where there are none. */
static const struct list {
	enum kb_intent_type type;
	void (*add)(struct kb_table *t, const struct kb_table_row *row);
	const char *nothing;
} lists[] = {
	{KB_DO_DEVICES, add_device, "no device was found\n"},
	{KB_DO_MOUNTS, add_mount, "nothing is mounted\n"},
	{KB_DO_VARIABLES, add_variable, ""},
	{KB_DO_SESSIONS, add_session, "nobody is logged in\n"},
};

static void put_list(struct kb_buf *to, const struct list *list, const struct kb_message *reply)
{
	KB_TABLE struct kb_table t = {0};
	size_t before = to->len;

	for (size_t i = 0; i < reply->n_rows; i++) {
		list->add(&t, &reply->rows[i]);
	}
	kb_table_lines(&t, kb_table_columns(), 0, to);
	kb_buf_puts(to, to->len > before ? "" : list->nothing);
	kb_escape_lines(to, kb_str_from(reply->text));
}

/* What a person wrote first; a bare kernel has a name that can be typed as well. */
static void put_labels(struct kb_buf *to, const struct kb_message *reply)
{
	const char *heading = "Kernels without a label:\n";

	for (int bare = 0; bare <= 1; bare++) {
		for (size_t i = 0; i < reply->n_rows; i++) {
			const char *label = reply->rows[i].cells[KB_LABELS_LABEL];
			const char *format = reply->rows[i].cells[KB_LABELS_FORMAT];
			bool is_bare =
				format && strcmp(format, kb_format_name(KB_FORMAT_FILE)) == 0;

			if (label && is_bare == bare) {
				kb_buf_puts(to, is_bare ? heading : "");
				kb_escape_printf(to, "%s", label);
				heading = is_bare ? "" : "\nKernels without a label:\n";
			}
		}
	}
}

void kb_shell_put_reply(struct kb_buf *to, enum kb_intent_type type, const struct kb_message *reply)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(lists); i++) {
		if (lists[i].type == type) {
			put_list(to, &lists[i], reply);
			return;
		}
	}
	if (type == KB_DO_LABELS) {
		put_labels(to, reply);
	}
	kb_buf_puts(to, reply->text ? reply->text : "");
}

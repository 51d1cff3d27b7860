/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/proto/message.h"

#include <errno.h>

#include "kboot/base/record.h"

/* Each table in the order of its enum. */
static const char *const type_names[KB_N_MESSAGES] = {
	[KB_MSG_HELLO] = "hello",       [KB_MSG_CATALOG] = "catalog",
	[KB_MSG_ENTRY] = "entry",       [KB_MSG_CATALOG_END] = "catalog-end",
	[KB_MSG_STATE] = "state",       [KB_MSG_GREETING] = "greeting",
	[KB_MSG_LOG] = "log",           [KB_MSG_REPLY] = "reply",
	[KB_MSG_QUESTION] = "question", [KB_MSG_BYE] = "bye",
};

static const char *const phase_names[KB_N_PHASES] = {
	[KB_PHASE_STARTING] = "starting",   [KB_PHASE_DELAY] = "delay",
	[KB_PHASE_COUNTDOWN] = "countdown", [KB_PHASE_WAITING] = "waiting",
	[KB_PHASE_BOOTING] = "booting",     [KB_PHASE_LEAVING] = "leaving",
};

static const char *const stage_names[KB_N_STAGES] = {
	[KB_STAGE_NONE] = "none",           [KB_STAGE_FETCHING] = "fetching",
	[KB_STAGE_RESOLVING] = "resolving", [KB_STAGE_CHECKING] = "checking",
	[KB_STAGE_LOADING] = "loading",     [KB_STAGE_ARMED] = "armed",
	[KB_STAGE_FAILED] = "failed",       [KB_STAGE_UNLOCKING] = "unlocking",
};

static const char *const notice_names[] = {
	[KB_NOTICE_NONE] = "none",
	[KB_NOTICE_INFO] = "info",
	[KB_NOTICE_WARNING] = "warning",
	[KB_NOTICE_ERROR] = "error",
};

static const char *const inquiry_names[KB_N_INQUIRIES] = {
	[KB_INQUIRY_NONE] = "none",
	[KB_INQUIRY_LOGIN] = "login",
	[KB_INQUIRY_HOST_KEY] = "host-key",
	[KB_INQUIRY_PASSPHRASE] = "passphrase",
};

static const char *const log_names[] = {
	[KB_LOG_DEBUG] = "debug",
	[KB_LOG_INFO] = "info",
	[KB_LOG_WARNING] = "warning",
	[KB_LOG_ERROR] = "error",
};

_Static_assert(sizeof(enum kb_phase) == sizeof(unsigned), "fields of type ENUM are unsigned");

#define AT(member)                 offsetof(struct kb_message, member)
#define ENUM_FIELD(name, f, names) KB_FIELD_ENUM, name, AT(f), KB_ARRAY_LEN(names), names

/* What each message carries beside its type; the entry's object is model's. */
static const struct kb_field fields[] = {
	{KB_MSG_HELLO, KB_FIELD_UINT, "version", AT(version), 0, NULL},
	{KB_MSG_HELLO, KB_FIELD_BOOL, "restarted", AT(restarted), 0, NULL},
	{KB_MSG_HELLO, KB_FIELD_TEXT, "text", AT(text), 0, NULL},
	{KB_MSG_CATALOG, KB_FIELD_SIZE, "count", AT(count), 0, NULL},
	{KB_MSG_STATE, ENUM_FIELD("phase", state.phase, phase_names)},
	{KB_MSG_STATE, KB_FIELD_INT64, "remaining_ms", AT(state.remaining_ms), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_INT64, "total_ms", AT(state.total_ms), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_BOOL, "has_timeout", AT(state.has_timeout), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_INT64, "timeout_ms", AT(state.timeout_ms), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "default_id", AT(state.default_id), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "default_why", AT(state.default_why), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "selected_id", AT(state.selected_id), 0, NULL},
	{KB_MSG_STATE, ENUM_FIELD("stage", state.stage, stage_names)},
	{KB_MSG_STATE, KB_FIELD_TEXT, "stage_id", AT(state.stage_id), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "stage_title", AT(state.stage_title), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_UINT64, "done_bytes", AT(state.done_bytes), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_UINT64, "total_bytes", AT(state.total_bytes), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_UINT64, "bytes_per_s", AT(state.bytes_per_s), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_UINT, "scanning", AT(state.scanning), 0, NULL},
	{KB_MSG_STATE, ENUM_FIELD("notice_level", state.notice_level, notice_names)},
	{KB_MSG_STATE, KB_FIELD_UINT64, "notice_seq", AT(state.notice_seq), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "notice", AT(state.notice), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "disks", AT(state.disks), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "network", AT(state.network), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "ssh", AT(state.ssh), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "sessions", AT(state.sessions), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_TEXT, "clock", AT(state.clock), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_BOOL, "restricted", AT(state.restricted), 0, NULL},
	{KB_MSG_STATE, KB_FIELD_BOOL, "simulated", AT(state.simulated), 0, NULL},
	{KB_MSG_GREETING, KB_FIELD_TEXT, "text", AT(text), 0, NULL},
	{KB_MSG_LOG, KB_FIELD_UINT64, "seq", AT(log.seq), 0, NULL},
	{KB_MSG_LOG, KB_FIELD_INT64, "time_ms", AT(log.time_ms), 0, NULL},
	{KB_MSG_LOG, ENUM_FIELD("level", log.level, log_names)},
	{KB_MSG_LOG, KB_FIELD_ARRAY, "text", AT(log.text), KB_LOG_LINE_BYTES, NULL},
	{KB_MSG_REPLY, KB_FIELD_TEXT, "to", AT(to), 0, NULL},
	{KB_MSG_REPLY, KB_FIELD_NONZERO, "request", AT(request), 0, NULL},
	{KB_MSG_REPLY, KB_FIELD_BOOL, "ok", AT(ok), 0, NULL},
	{KB_MSG_REPLY, KB_FIELD_TEXT, "text", AT(text), 0, NULL},
	{KB_MSG_REPLY, KB_FIELD_TEXT, "place", AT(place), 0, NULL},
	{KB_MSG_REPLY, KB_FIELD_TEXT, "path", AT(path), 0, NULL},
	{KB_MSG_REPLY, KB_FIELD_TEXT, "how", AT(how), 0, NULL},
	{KB_MSG_REPLY, KB_FIELD_TEXT, "pid", AT(pid_text), 0, NULL},
	{KB_MSG_QUESTION, KB_FIELD_NONZERO, "question", AT(inquiry.number), 0, NULL},
	{KB_MSG_QUESTION, ENUM_FIELD("kind", inquiry.kind, inquiry_names)},
	{KB_MSG_QUESTION, KB_FIELD_TEXT, "text", AT(inquiry.text), 0, NULL},
	{KB_MSG_QUESTION, KB_FIELD_TEXT, "user", AT(inquiry.user), 0, NULL},
	{KB_MSG_BYE, KB_FIELD_TEXT, "text", AT(text), 0, NULL},
};

const char *kb_phase_name(enum kb_phase phase)
{
	return (size_t)phase < KB_N_PHASES ? phase_names[phase] : "unknown";
}

const char *kb_stage_name(enum kb_stage stage)
{
	return (size_t)stage < KB_N_STAGES ? stage_names[stage] : "unknown";
}

/* What is not known at the end of a row is left out. */
static void encode_rows(const struct kb_message *message, struct kb_buf *buf)
{
	kb_json_open(buf, "rows", '[');
	for (size_t i = 0; i < message->n_rows; i++) {
		const struct kb_table_row *row = &message->rows[i];
		size_t n = KB_TABLE_CELLS;

		while (n > 0 && !row->cells[n - 1]) {
			n--;
		}
		kb_json_open(buf, NULL, '[');
		for (size_t k = 0; k < n; k++) {
			kb_json_put_text(buf, NULL, row->cells[k]);
		}
		kb_json_close(buf, ']');
	}
	kb_json_close(buf, ']');
}

static int decode_row(const struct kb_json *from, struct kb_table_row *row)
{
	size_t n = 0;

	if (from->type != KB_JSON_ARRAY) {
		return -EINVAL;
	}
	for (const struct kb_json *cell = from->parts; cell; cell = cell->next) {
		bool fits = cell->type == KB_JSON_TEXT || cell->type == KB_JSON_NULL;

		if (n == KB_TABLE_CELLS || !fits) {
			return -EINVAL;
		}
		row->cells[n++] = cell->type == KB_JSON_TEXT ? cell->text : NULL;
	}
	return 0;
}

static int decode_rows(struct kb_arena *arena, const struct kb_json *from,
		       struct kb_message *message)
{
	struct kb_table_row *rows;
	size_t n = 0;
	int r = 0;

	if (!from) {
		return 0;
	}
	for (const struct kb_json *row = from->parts; row; row = row->next) {
		n++;
	}
	if (from->type != KB_JSON_ARRAY || n > KB_TABLE_MAX_ROWS) {
		return -EINVAL;
	}
	rows = kb_arena_array(arena, n, sizeof(*rows));
	if (!rows) {
		return -ENOMEM;
	}
	for (const struct kb_json *row = from->parts; row && r == 0; row = row->next) {
		r = decode_row(row, &rows[message->n_rows++]);
	}
	message->rows = rows;
	return r;
}

int kb_message_encode(const struct kb_message *message, struct kb_buf *buf)
{
	size_t start = buf->len;
	int r;

	if ((size_t)message->type >= KB_N_MESSAGES) {
		return -EINVAL;
	}
	kb_json_open(buf, NULL, '{');
	kb_json_put_text(buf, "type", type_names[message->type]);
	r = kb_record_encode(fields, KB_ARRAY_LEN(fields), (int)message->type, message, buf);
	if (message->type == KB_MSG_ENTRY) {
		kb_entry_to_json(&message->entry, "entry", buf);
	}
	if (message->type == KB_MSG_REPLY && message->n_rows > 0) {
		encode_rows(message, buf);
		r = message->n_rows > KB_TABLE_MAX_ROWS ? -EMSGSIZE : r;
	}
	return kb_json_end_line(buf, start, KB_PROTO_MAX_LINE, r);
}

int kb_message_decode(struct kb_arena *arena, struct kb_str line, struct kb_message *ret_message)
{
	const struct kb_json *object = NULL;
	struct kb_message message = {0};
	const char *name;
	int type;
	int r;

	r = line.len > KB_PROTO_MAX_LINE ? -EINVAL : kb_json_parse(arena, line, &object);
	if (r < 0) {
		return r;
	}
	name = kb_json_get_str(object, "type", NULL);
	if (!name) {
		return -EINVAL;
	}
	type = kb_record_name(type_names, KB_N_MESSAGES, name);
	if (type < 0) {
		return -ENOTSUP;
	}
	message.type = (enum kb_message_type)type;
	r = kb_record_decode(fields, KB_ARRAY_LEN(fields), type, object, &message);
	if (r == 0 && message.type == KB_MSG_ENTRY) {
		r = kb_entry_from_json(arena, kb_json_get(object, "entry"), &message.entry);
	}
	if (r == 0 && message.type == KB_MSG_REPLY) {
		r = message.to ? decode_rows(arena, kb_json_get(object, "rows"), &message)
			       : -EINVAL;
	}
	if (r == 0) {
		*ret_message = message;
	}
	return r;
}

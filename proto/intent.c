/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/proto/intent.h"

#include <errno.h>

#include "kboot/base/record.h"
#include "kboot/proto/message.h"

/* In the order of enum kb_intent_type. */
static const char *const type_names[KB_N_INTENTS] = {
	[KB_DO_WATCH] = "watch",
	[KB_DO_ACTIVITY] = "activity",
	[KB_DO_SELECT] = "select",
	[KB_DO_BOOT] = "boot",
	[KB_DO_CANCEL] = "cancel",
	[KB_DO_ANSWER] = "answer",
	[KB_DO_RESCAN] = "rescan",
	[KB_DO_LOG] = "log",
	[KB_DO_SHELL] = "shell",
	[KB_DO_REBOOT] = "reboot",
	[KB_DO_POWEROFF] = "poweroff",
	[KB_DO_FIRMWARE] = "firmware",
	[KB_DO_LIST] = "list",
	[KB_DO_EXPLAIN] = "explain",
	[KB_DO_PLAN] = "plan",
	[KB_DO_STATUS] = "status",
	[KB_DO_VISIT] = "visit",
	[KB_DO_RUN] = "run",
	[KB_DO_SET] = "set",
	[KB_DO_UNSET] = "unset",
	[KB_DO_VARIABLES] = "variables",
	[KB_DO_SAVE] = "save",
	[KB_DO_ROOT] = "root",
	[KB_DO_MOUNTS] = "mounts",
	[KB_DO_UMOUNT] = "umount",
	[KB_DO_REMOUNT] = "remount",
	[KB_DO_DEVICES] = "devices",
	[KB_DO_LABELS] = "labels",
	[KB_DO_UNLOCK] = "unlock",
	[KB_DO_LOCK] = "lock",
	[KB_DO_CHROOT] = "chroot",
	[KB_DO_CHROOT_END] = "chroot-end",
	[KB_DO_SYSTEMS] = "systems",
	[KB_DO_SESSION] = "session",
	[KB_DO_FILES] = "files",
	[KB_DO_SESSIONS] = "sessions",
	[KB_DO_END] = "end",
};

#define TEXT_FIELD(intent, member)                                                                 \
	{                                                                                          \
		intent, KB_FIELD_TEXT, #member, offsetof(struct kb_intent, member), 0, NULL        \
	}

/* Of every intent. */
static const struct kb_field number = {0,         KB_FIELD_NONZERO,
				       "request", offsetof(struct kb_intent, request),
				       0,         NULL};

static const struct kb_field fields[] = {
	TEXT_FIELD(KB_DO_WATCH, tty),
	TEXT_FIELD(KB_DO_SELECT, id),
	TEXT_FIELD(KB_DO_BOOT, id),
	TEXT_FIELD(KB_DO_BOOT, args),
	TEXT_FIELD(KB_DO_BOOT, name),
	TEXT_FIELD(KB_DO_EXPLAIN, id),
	TEXT_FIELD(KB_DO_PLAN, id),
	TEXT_FIELD(KB_DO_PLAN, args),
	TEXT_FIELD(KB_DO_PLAN, name),
	TEXT_FIELD(KB_DO_PLAN, from),
	TEXT_FIELD(KB_DO_VISIT, name),
	TEXT_FIELD(KB_DO_VISIT, from),
	TEXT_FIELD(KB_DO_VISIT, want),
	TEXT_FIELD(KB_DO_VISIT, id),
	TEXT_FIELD(KB_DO_VISIT, value),
	TEXT_FIELD(KB_DO_RUN, name),
	TEXT_FIELD(KB_DO_RUN, from),
	TEXT_FIELD(KB_DO_SET, name),
	TEXT_FIELD(KB_DO_SET, value),
	TEXT_FIELD(KB_DO_SET, from),
	TEXT_FIELD(KB_DO_UNSET, name),
	TEXT_FIELD(KB_DO_ROOT, name),
	TEXT_FIELD(KB_DO_UMOUNT, name),
	TEXT_FIELD(KB_DO_REMOUNT, name),
	TEXT_FIELD(KB_DO_REMOUNT, from),
	TEXT_FIELD(KB_DO_REMOUNT, want),
	TEXT_FIELD(KB_DO_ROOT, want),
	TEXT_FIELD(KB_DO_CHROOT, name),
	TEXT_FIELD(KB_DO_CHROOT, want),
	TEXT_FIELD(KB_DO_CHROOT_END, name),
	TEXT_FIELD(KB_DO_LABELS, want),
	TEXT_FIELD(KB_DO_DEVICES, want),
	TEXT_FIELD(KB_DO_UNLOCK, name),
	TEXT_FIELD(KB_DO_LOCK, name),
	TEXT_FIELD(KB_DO_VARIABLES, name),
	TEXT_FIELD(KB_DO_RUN, id),
	TEXT_FIELD(KB_DO_FIRMWARE, name),
	TEXT_FIELD(KB_DO_SESSION, user),
	TEXT_FIELD(KB_DO_SESSION, from),
	TEXT_FIELD(KB_DO_SESSION, want),
	TEXT_FIELD(KB_DO_END, name),
	TEXT_FIELD(KB_DO_ANSWER, user),
	TEXT_FIELD(KB_DO_ANSWER, secret),
	{KB_DO_ANSWER, KB_FIELD_NONZERO, "question", offsetof(struct kb_intent, question), 0, NULL},
};

/* Without these the intent means nothing. */
static bool is_whole(const struct kb_intent *intent)
{
	switch (intent->type) {
	case KB_DO_SELECT:
		return intent->id != NULL;
	case KB_DO_ANSWER:
		return intent->question > 0;
	case KB_DO_RUN:
		return intent->id || intent->name;
	case KB_DO_SET:
		return intent->name && intent->value;
	case KB_DO_VISIT:
	case KB_DO_UNSET:
	case KB_DO_UMOUNT:
	case KB_DO_LOCK:
	case KB_DO_END:
	case KB_DO_REMOUNT:
		return intent->name != NULL;
	default:
		return true;
	}
}

const char *kb_intent_name(enum kb_intent_type type)
{
	return (size_t)type < KB_N_INTENTS ? type_names[type] : "unknown";
}

int kb_intent_encode(const struct kb_intent *intent, struct kb_buf *buf)
{
	size_t start = buf->len;
	int r;

	if ((size_t)intent->type >= KB_N_INTENTS) {
		return -EINVAL;
	}
	kb_json_open(buf, NULL, '{');
	kb_json_put_text(buf, "do", type_names[intent->type]);
	r = kb_record_encode(&number, 1, number.record, intent, buf);
	if (r == 0) {
		r = kb_record_encode(fields, KB_ARRAY_LEN(fields), (int)intent->type, intent, buf);
	}
	return kb_json_end_line(buf, start, KB_PROTO_MAX_LINE, r);
}

int kb_intent_decode(struct kb_arena *arena, struct kb_str line, struct kb_intent *ret_intent)
{
	const struct kb_json *object = NULL;
	struct kb_intent intent = {0};
	const char *name;
	int type;
	int r;

	r = line.len > KB_PROTO_MAX_LINE ? -EINVAL : kb_json_parse(arena, line, &object);
	if (r < 0) {
		return r;
	}
	name = kb_json_get_str(object, "do", NULL);
	if (!name) {
		return -EINVAL;
	}
	type = kb_record_name(type_names, KB_N_INTENTS, name);
	if (type < 0) {
		return -ENOTSUP;
	}
	intent.type = (enum kb_intent_type)type;
	r = kb_record_decode(&number, 1, number.record, object, &intent);
	if (r == 0) {
		r = kb_record_decode(fields, KB_ARRAY_LEN(fields), type, object, &intent);
	}
	if (r == 0 && !is_whole(&intent)) {
		r = -EINVAL;
	}
	if (r == 0) {
		*ret_intent = intent;
	}
	return r;
}

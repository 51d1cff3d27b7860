/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "assignment.h"

#include <stdio.h>

#include "ask.h"
#include "kboot/model/setting.h"

static bool is_one_of(struct kb_str name, const char *const *names, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (kb_str_eq_nocase(name, kb_str_from(names[i]))) {
			return true;
		}
	}
	return false;
}

bool kb_shell_is_tag(struct kb_str name)
{
	static const char *const tags[] = {"UUID", "LABEL", "PARTUUID", "PARTLABEL"};

	return is_one_of(name, tags, KB_ARRAY_LEN(tags));
}

bool kb_shell_is_assignment(struct kb_str line, const struct kb_shell_word *word)
{
	struct kb_str name = kb_str_head(kb_str_skip(line, word->start), word->end - word->start);
	size_t equals = kb_str_find(name, '=');

	if (equals == 0 || equals == name.len) {
		return false;
	}
	name = kb_str_head(name, equals);
	for (size_t i = 0; i < name.len; i++) {
		if (strchr("/:'\"\\", name.data[i])) {
			return false;
		}
	}
	return !kb_shell_is_tag(name);
}

bool kb_shell_is_boot_assignment(const struct kb_shell_word *word)
{
	static const char *const names[] = {"initrd", "root", "dtb"};
	struct kb_str name = kb_str_from(word->text);

	return is_one_of(kb_str_head(name, kb_str_find(name, '=')), names, KB_ARRAY_LEN(names));
}

/* Another root is another environment: what was there is not where one is any more. */
static void root_changed(struct kb_shell *s, const char *name)
{
	enum kb_variable variable;

	if (kb_variable_find(kb_str_from(name), &variable) == 0 && variable == KB_VAR_ROOT &&
	    strncmp(s->place, "//", 2) != 0 && s->place[0] == '/') {
		s->place[1] = '\0';
		kb_shell_leave_root(s);
	}
}

int kb_shell_set(struct kb_shell *s, const char *name, const char *value)
{
	const struct kb_intent intent = {.type = value ? KB_DO_SET : KB_DO_UNSET,
					 .name = name,
					 .value = value,
					 .from = s->place};
	int status = kb_shell_ask_text(s, &intent);

	if (status == 0) {
		root_changed(s, name);
	}
	return status;
}

int kb_shell_assign(struct kb_shell *s, const struct kb_shell_word *word)
{
	size_t equals = strcspn(word->text, "=");
	KB_ARENA struct kb_arena arena = {0};
	const char *name = kb_arena_str(&arena, kb_str_of(word->text, equals));

	if (!name) {
		return kb_shell_fail("out of memory");
	}
	return kb_shell_set(s, name, word->text[equals] ? word->text + equals + 1 : "");
}

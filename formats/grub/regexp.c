/* SPDX-License-Identifier: GPL-2.0-or-later */
/* regexp: patterns from a disk, on the C library's matcher. */
#include <errno.h>
#include <regex.h>

#include "commands.h"

enum { MAX_PATTERN = 256, MAX_SUBJECT = 1024, MAX_GROUPS = 16, MAX_REPEAT = 64 };

/* What a library would need all memory or all day for: large or nested counts, back references. */
static bool is_modest(const char *pattern)
{
	const char *brace = strchr(pattern, '{');

	if (strlen(pattern) > MAX_PATTERN) {
		return false;
	}
	for (const char *p = pattern; *p; p++) {
		if (p[0] == '\\' && kb_is_digit(p[1])) {
			return false;
		}
	}
	if (!brace) {
		return true;
	}
	for (const char *p = brace; *p; p++) {
		if (kb_is_digit(*p) && strtoul(p, NULL, 10) > MAX_REPEAT) {
			return false;
		}
	}
	return !strchr(brace + 1, '{');
}

/* "VAR", "N:VAR": group 1 unless it says. */
static void set_group(struct grub *g, const char *target, const char *subject,
		      const regmatch_t *groups)
{
	char *end = NULL;
	unsigned long n = strtoul(target, &end, 10);
	const char *name = target;
	KB_FREE char *value = NULL;

	if (end > target && *end == ':') {
		name = end + 1;
	} else {
		n = 1;
	}
	if (n < MAX_GROUPS && groups[n].rm_so >= 0) {
		value = strndup(subject + groups[n].rm_so,
				(size_t)(groups[n].rm_eo - groups[n].rm_so));
		grub_check(g, value ? 0 : -ENOMEM);
		grub_set(g, name, value ? value : "");
	} else {
		grub_set(g, name, "");
	}
}

static int match(struct grub *g, const struct grub_arguments *args, const char *pattern,
		 const char *subject)
{
	regmatch_t groups[MAX_GROUPS];
	regex_t regex;
	int r = REG_BADPAT;

	if (is_modest(pattern) && strlen(subject) <= MAX_SUBJECT) {
		r = regcomp(&regex, pattern, REG_EXTENDED);
	}
	if (r == 0) {
		r = regexec(&regex, subject, MAX_GROUPS, groups, 0);
		regfree(&regex);
	}
	if (r == REG_ESPACE) {
		grub_check(g, -ENOMEM);
	} else if (r != 0 && r != REG_NOMATCH) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "regexp: `%.64s` cannot be used", pattern);
	}
	if (r != 0) {
		return GRUB_FALSE;
	}
	for (size_t i = 1; i < args->n && strcmp(args->words[i], "--") != 0;) {
		const char *target = NULL;

		i += !grub_take_option(args, &i, 's', "set", &target);
		if (target) {
			set_group(g, target, subject, groups);
		}
	}
	return 0;
}

/* Options may stand anywhere before a "--". */
int grub_regexp(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	const char *texts[2];
	const char *target;
	size_t n = 0;
	bool may_be_option = true;

	(void)node;
	(void)grub_spend(g, 16);
	for (size_t i = 1; i < args->n;) {
		const char *word = args->words[i];

		if (may_be_option && grub_take_option(args, &i, 's', "set", &target)) {
			continue;
		}
		i++;
		if (may_be_option && strcmp(word, "--") == 0) {
			may_be_option = false;
		} else if (n == KB_ARRAY_LEN(texts) ||
			   (may_be_option && word[0] == '-' && word[1])) {
			grub_report(g, GRUB_TROUBLE_COMMAND, "regexp: `%.64s` is too much", word);
			return GRUB_BAD_ARGUMENT;
		} else {
			texts[n++] = word;
		}
	}
	return n == KB_ARRAY_LEN(texts) ? match(g, args, texts[0], texts[1])
					: grub_need(g, args, args->n);
}

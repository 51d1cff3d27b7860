/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rpm_version.h"

static bool is_part(char c)
{
	return kb_is_digit(c) || kb_is_letter(c) || c == '~' || c == '^';
}

static struct kb_str skip_separators(struct kb_str s)
{
	while (s.len > 0 && !is_part(s.data[0])) {
		s = kb_str_skip(s, 1);
	}
	return s;
}

static struct kb_str take_run(struct kb_str *s, bool (*in_run)(char c))
{
	size_t n = 0;
	struct kb_str run;

	while (n < s->len && in_run(s->data[n])) {
		n++;
	}
	run = kb_str_head(*s, n);
	*s = kb_str_skip(*s, n);
	return run;
}

static bool starts_with(struct kb_str s, char c)
{
	return s.len > 0 && s.data[0] == c;
}

/* The side with a mark is lower, for ^ only against more text; 0: both have it, or none. */
static int compare_mark(struct kb_str *a, struct kb_str *b, char mark)
{
	bool x = starts_with(*a, mark);
	bool y = starts_with(*b, mark);

	if (x && y) {
		*a = kb_str_skip(*a, 1);
		*b = kb_str_skip(*b, 1);
		return 0;
	}
	if (mark == '^' && x != y) {
		return x ? (b->len == 0 ? 1 : -1) : (a->len == 0 ? -1 : 1);
	}
	return y - x;
}

static int compare_numbers(struct kb_str a, struct kb_str b)
{
	while (starts_with(a, '0')) {
		a = kb_str_skip(a, 1);
	}
	while (starts_with(b, '0')) {
		b = kb_str_skip(b, 1);
	}
	return a.len != b.len ? (a.len > b.len) - (a.len < b.len) : kb_str_compare(a, b);
}

int rpm_version_compare(struct kb_str a, struct kb_str b)
{
	for (;;) {
		struct kb_str x;
		struct kb_str y;
		int r;

		a = skip_separators(a);
		b = skip_separators(b);
		if (starts_with(a, '~') || starts_with(b, '~')) {
			r = compare_mark(&a, &b, '~');
		} else if (starts_with(a, '^') || starts_with(b, '^')) {
			r = compare_mark(&a, &b, '^');
		} else if (a.len == 0 || b.len == 0) {
			return (a.len > 0) - (b.len > 0);
		} else if (kb_is_digit(a.data[0])) {
			x = take_run(&a, kb_is_digit);
			y = take_run(&b, kb_is_digit);
			/* Digits are newer than letters. */
			r = y.len == 0 ? 1 : compare_numbers(x, y);
		} else {
			x = take_run(&a, kb_is_letter);
			y = take_run(&b, kb_is_letter);
			r = y.len == 0 ? -1 : kb_str_compare(x, y);
		}
		if (r != 0) {
			return r;
		}
	}
}

/* What is behind the last dash, which goes with it. */
static struct kb_str take_last(struct kb_str *name)
{
	size_t n = name->len;
	struct kb_str last;

	while (n > 0 && name->data[n - 1] != '-') {
		n--;
	}
	last = kb_str_skip(*name, n);
	*name = kb_str_head(*name, n > 0 ? n - 1 : 0);
	return n > 0 ? last : KB_STR("");
}

int rpm_file_compare(const char *a, const char *b)
{
	struct kb_str x = kb_str_from(a);
	struct kb_str y = kb_str_from(b);
	struct kb_str release_x = take_last(&x);
	struct kb_str release_y = take_last(&y);
	struct kb_str version_x = take_last(&x);
	struct kb_str version_y = take_last(&y);
	int r = rpm_version_compare(x, y);

	r = r != 0 ? r : rpm_version_compare(version_x, version_y);
	r = r != 0 ? r : rpm_version_compare(release_x, release_y);
	return r != 0 ? r : strcmp(a, b);
}

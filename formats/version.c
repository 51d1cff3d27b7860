/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "version.h"

#include <stdbool.h>

static bool is_counted(char c)
{
	return kb_is_digit(c) || kb_is_letter(c) || c == '~' || c == '^' || c == '.' || c == '-';
}

static int order(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static bool starts_with(struct kb_str s, char c)
{
	return s.len > 0 && s.data[0] == c;
}

static struct kb_str drop_while(struct kb_str s, bool (*drop)(char c))
{
	while (s.len > 0 && drop(s.data[0])) {
		s = kb_str_skip(s, 1);
	}
	return s;
}

static bool is_ignored(char c)
{
	return !is_counted(c);
}

static bool is_zero(char c)
{
	return c == '0';
}

/* The side that starts with c is lower; when both do, c is taken off both. */
static int step_separator(struct kb_str *a, struct kb_str *b, char c)
{
	int r = order(!starts_with(*a, c), !starts_with(*b, c));

	if (r == 0 && starts_with(*a, c)) {
		*a = kb_str_skip(*a, 1);
		*b = kb_str_skip(*b, 1);
	}
	return r;
}

static struct kb_str take_run(struct kb_str *s, bool (*member)(char c))
{
	struct kb_str after = drop_while(*s, member);
	struct kb_str run = kb_str_head(*s, s->len - after.len);

	*s = after;
	return run;
}

/* A number without leading zeros is larger when it is longer. No digits are a 0. */
static int step_number(struct kb_str *a, struct kb_str *b)
{
	struct kb_str x;
	struct kb_str y;
	int r;

	*a = drop_while(*a, is_zero);
	*b = drop_while(*b, is_zero);
	x = take_run(a, kb_is_digit);
	y = take_run(b, kb_is_digit);
	r = order(x.len, y.len);
	return r != 0 ? r : kb_str_compare(x, y);
}

static void drop_ignored(struct kb_str *a, struct kb_str *b)
{
	*a = drop_while(*a, is_ignored);
	*b = drop_while(*b, is_ignored);
}

/*
 * Steps 4 to 6 of the specification: one separator after the other, in this order. What does not
 * count is dropped behind each: else the comparison would be no order ("a < b < c < a").
 */
static int step_separators(struct kb_str *a, struct kb_str *b)
{
	static const char separators[] = {'-', '^', '.'};

	for (size_t i = 0; i < sizeof(separators); i++) {
		int r = step_separator(a, b, separators[i]);

		if (r != 0) {
			return r;
		}
		drop_ignored(a, b);
	}
	return 0;
}

int kb_version_compare(struct kb_str a, struct kb_str b)
{
	for (;;) {
		int r;

		drop_ignored(&a, &b);
		r = step_separator(&a, &b, '~');
		if (r != 0) {
			return r;
		}
		if (a.len == 0 || b.len == 0) {
			return order(a.len > 0, b.len > 0);
		}
		r = step_separators(&a, &b);
		if (r != 0) {
			return r;
		}
		if ((a.len > 0 && kb_is_digit(a.data[0])) ||
		    (b.len > 0 && kb_is_digit(b.data[0]))) {
			r = step_number(&a, &b);
		} else {
			r = kb_str_compare(take_run(&a, kb_is_letter), take_run(&b, kb_is_letter));
		}
		if (r != 0) {
			return r;
		}
	}
}

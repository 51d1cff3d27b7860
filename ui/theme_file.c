/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "theme_file.h"

#include <errno.h>

enum { SHOWN_MAX = 40 }; /* bytes of a bad word that a sentence repeats */

static const char *const role_names[KB_N_STYLES] = {
	[KB_STYLE_TEXT] = "text",         [KB_STYLE_TITLE] = "title",
	[KB_STYLE_FAINT] = "faint",       [KB_STYLE_HEADING] = "heading",
	[KB_STYLE_SELECTED] = "selected", [KB_STYLE_LABEL] = "label",
	[KB_STYLE_KEY] = "key",           [KB_STYLE_GOOD] = "good",
	[KB_STYLE_WARNING] = "warning",   [KB_STYLE_ERROR] = "error",
};

static const char *const colour_names[KB_N_COLOURS] = {"black", "red",     "green", "yellow",
						       "blue",  "magenta", "cyan",  "white"};

static const struct {
	const char *name;
	unsigned look;
} attributes[] = {
	{"bold", KB_LOOK_BOLD},
	{"dim", KB_LOOK_DIM},
	{"reverse", KB_LOOK_REVERSE},
	{"underline", KB_LOOK_UNDERLINE},
};

struct reading {
	const char *file;
	struct kb_theme *theme;
	struct kb_str line; /* being read */
	unsigned number;    /* of it, from 1 */
	unsigned seen[2];   /* a bit a role: with colours, and without */
	struct kb_error *err;
};

/* Where in the line something stands. */
static struct kb_position place(const struct reading *r, struct kb_str part)
{
	return (struct kb_position){r->file, r->number, (unsigned)(part.data - r->line.data) + 1};
}

static bool is_name(struct kb_str word, const char *name)
{
	return kb_str_eq_nocase(word, kb_str_from(name));
}

static bool is_between(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == ',';
}

/* Words stand between blanks and commas. At the end: an empty word there, and false. */
static bool next_word(struct kb_str *rest, struct kb_str *ret_word)
{
	size_t len = 0;

	while (rest->len > 0 && is_between(rest->data[0])) {
		*rest = kb_str_skip(*rest, 1);
	}
	while (len < rest->len && !is_between(rest->data[len])) {
		len++;
	}
	*ret_word = kb_str_head(*rest, len);
	*rest = kb_str_skip(*rest, len);
	return len > 0;
}

/* A word that is missing means the terminal's own. */
static int read_colour(const struct reading *r, struct kb_str *rest, int *ret_colour)
{
	struct kb_str word;

	if (!next_word(rest, &word) || is_name(word, "default")) {
		*ret_colour = KB_COLOUR_OWN;
		return 0;
	}
	for (int i = 0; i < KB_N_COLOURS; i++) {
		if (is_name(word, colour_names[i])) {
			*ret_colour = i;
			return 0;
		}
	}
	return kb_error_set_at(r->err, -EINVAL, place(r, word),
			       "there is no colour `%.*s`: default black red green yellow blue "
			       "magenta cyan white",
			       KB_STR_ARG(kb_str_head(word, SHOWN_MAX)));
}

static int read_attributes(const struct reading *r, struct kb_str rest, unsigned *ret_look)
{
	struct kb_str word;
	unsigned look = 0;

	while (next_word(&rest, &word)) {
		unsigned one = 0;

		for (size_t i = 0; i < KB_ARRAY_LEN(attributes); i++) {
			one |= is_name(word, attributes[i].name) ? attributes[i].look : 0;
		}
		if (one == 0) {
			return kb_error_set_at(
				r->err, -EINVAL, place(r, word),
				"there is no attribute `%.*s`: bold dim reverse underline",
				KB_STR_ARG(kb_str_head(word, SHOWN_MAX)));
		}
		look |= one;
	}
	*ret_look = look;
	return 0;
}

static int find_role(const struct reading *r, struct kb_str name, enum kb_style *ret_style)
{
	for (int i = 0; i < KB_N_STYLES; i++) {
		if (is_name(name, role_names[i])) {
			*ret_style = (enum kb_style)i;
			return 0;
		}
	}
	return kb_error_set_at(r->err, -EINVAL, place(r, name),
			       "there is no role `%.*s`: text title faint heading selected label "
			       "key good warning error, or mono. and one of these",
			       KB_STR_ARG(kb_str_head(name, SHOWN_MAX)));
}

static int read_look(const struct reading *r, struct kb_str value, struct kb_look *look)
{
	struct kb_look made = *look;
	int code = read_colour(r, &value, &made.colour);

	if (code == 0) {
		code = read_colour(r, &value, &made.background);
	}
	if (code == 0) {
		code = read_attributes(r, value, &made.look);
	}
	if (code == 0) {
		*look = made;
	}
	return code;
}

static int read_line(struct reading *r)
{
	const struct kb_str mono = KB_STR("mono.");
	struct kb_str text = kb_str_trim(r->line);
	size_t equals = kb_str_find(text, '=');
	struct kb_str name = kb_str_trim(kb_str_head(text, equals));
	struct kb_str value = kb_str_skip(text, equals + 1);
	bool is_mono = kb_str_eq_nocase(kb_str_head(name, mono.len), mono);
	enum kb_style style;
	int code;

	if (text.len == 0 || text.data[0] == '#' || text.data[0] == ';') {
		return 0;
	}
	if (equals == text.len) {
		return kb_error_set_at(r->err, -EINVAL, place(r, text),
				       "a line is `role=foreground, background, attributes`");
	}
	code = find_role(r, is_mono ? kb_str_skip(name, mono.len) : name, &style);
	if (code == 0 && is_mono) {
		code = read_attributes(r, value, &r->theme->styles[style].mono);
	} else if (code == 0) {
		code = read_look(r, value, &r->theme->styles[style]);
	}
	if (code == 0 && r->seen[is_mono] & 1U << style) {
		code = kb_error_set_at(r->err, -EINVAL, place(r, name),
				       "`%.*s` is there twice; the last one counts",
				       KB_STR_ARG(name));
	}
	if (code == 0) {
		r->seen[is_mono] |= 1U << style;
	}
	return code;
}

/* A theme that says how text looks means all of it: what it leaves out differs by attributes alone.
 */
static void follow_text(const struct reading *r)
{
	const struct kb_look *text = &r->theme->styles[KB_STYLE_TEXT];

	for (int i = 0; (r->seen[0] & 1U << KB_STYLE_TEXT) && i < KB_N_STYLES; i++) {
		struct kb_look *look = &r->theme->styles[i];

		if (!(r->seen[0] & 1U << i)) {
			look->colour = text->colour;
			look->background = text->background;
			look->look |= text->look;
		}
	}
}

int kb_theme_parse(const char *file, struct kb_str text, struct kb_theme *theme,
		   struct kb_error *err)
{
	const struct kb_str mark = KB_STR("\xef\xbb\xbf"); /* of UTF-8, by some editors */
	struct reading reading = {.file = file, .theme = theme, .err = err};
	int first = 0;

	if (text.len > KB_THEME_MAX_BYTES) {
		return kb_error_set_at(err, -EFBIG, (struct kb_position){.file = file},
				       "the theme is above %d KiB", KB_THEME_MAX_BYTES >> 10);
	}
	if (kb_str_starts(text, mark)) {
		text = kb_str_skip(text, mark.len);
	}
	while (kb_str_next_line(&text, &reading.line)) {
		int code;

		reading.number++;
		code = read_line(&reading);
		if (code < 0 && first == 0) {
			first = code;
			reading.err = NULL; /* the first one is told */
		}
	}
	follow_text(&reading);
	return first;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>

#include "kboot/base/tree.h"
#include "theme_file.h"

static struct kb_error err;

static int parse(const char *text, struct kb_theme *theme)
{
	*theme = kb_theme_default;
	kb_error_clear(&err);
	return kb_theme_parse("a.theme", kb_str_from(text), theme, &err);
}

static void assert_same(const struct kb_theme *a, const struct kb_theme *b)
{
	for (size_t i = 0; i < KB_N_STYLES; i++) {
		assert_int_equal(a->styles[i].colour, b->styles[i].colour);
		assert_int_equal(a->styles[i].background, b->styles[i].background);
		assert_int_equal(a->styles[i].look, b->styles[i].look);
		assert_int_equal(a->styles[i].mono, b->styles[i].mono);
	}
}

/* A line is refused with this text, and nothing changed. */
static void refused(const char *line, unsigned column, const char *text)
{
	struct kb_theme theme;

	assert_int_equal(parse(line, &theme), -EINVAL);
	assert_string_equal(err.file, "a.theme");
	assert_int_equal(err.line, 1);
	assert_int_equal(err.column, column);
	assert_string_equal(err.text, text);
	assert_same(&theme, &kb_theme_default);
}

static void a_line_changes_its_role(void **state)
{
	struct kb_theme theme;
	struct kb_theme expected = kb_theme_default;

	(void)state;
	expected.styles[KB_STYLE_SELECTED] =
		(struct kb_look){7, 4, KB_LOOK_BOLD | KB_LOOK_UNDERLINE, KB_LOOK_REVERSE};
	expected.styles[KB_STYLE_FAINT].mono = KB_LOOK_DIM | KB_LOOK_REVERSE;
	assert_int_equal(parse("selected=white, blue, bold underline\nmono.faint=dim,reverse\n",
			       &theme),
			 0);
	assert_same(&theme, &expected);
}

static void written_as_people_write(void **state)
{
	struct kb_theme theme;
	struct kb_theme expected = kb_theme_default;

	(void)state;
	expected.styles[KB_STYLE_KEY] = (struct kb_look){1, KB_COLOUR_OWN, 0, KB_LOOK_BOLD};
	expected.styles[KB_STYLE_ERROR] = (struct kb_look){KB_COLOUR_OWN, 0, KB_LOOK_DIM, 0};
	assert_int_equal(parse("\xef\xbb\xbf# a comment\r\n; another\r\n\r\n  Key =\tRED\r\n"
			       "ERROR = default black,dim\r\n MONO.error =",
			       &theme),
			 0);
	assert_same(&theme, &expected);
}

static void what_is_wrong_is_said(void **state)
{
	(void)state;
	refused("titel=red", 1,
		"there is no role `titel`: text title faint heading selected label key good "
		"warning error, or mono. and one of these");
	refused("  mono.x=", 8,
		"there is no role `x`: text title faint heading selected label key good warning "
		"error, or mono. and one of these");
	refused("=red", 1,
		"there is no role ``: text title faint heading selected label key good warning "
		"error, or mono. and one of these");
	refused("\ttitle=red, pink", 13,
		"there is no colour `pink`: default black red green yellow blue magenta cyan "
		"white");
	refused("title=bold", 7,
		"there is no colour `bold`: default black red green yellow blue magenta cyan "
		"white");
	refused("title=red blue blink", 16,
		"there is no attribute `blink`: bold dim reverse underline");
	refused("mono.title=red", 12, "there is no attribute `red`: bold dim reverse underline");
	refused("title red", 1, "a line is `role=foreground, background, attributes`");
}

static void hostile_words_are_cut_and_cleaned(void **state)
{
	struct kb_theme theme;
	char line[2000];

	(void)state;
	memset(line, 'x', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	memcpy(line, "title=\x1b[2J", 10);
	assert_int_equal(parse(line, &theme), -EINVAL);
	assert_string_equal(err.text,
			    "there is no colour `?[2Jxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx`: "
			    "default black red green yellow blue magenta cyan white");
	assert_same(&theme, &kb_theme_default);
}

static void the_first_slip_is_told_and_the_rest_counts(void **state)
{
	struct kb_theme theme;
	struct kb_theme expected = kb_theme_default;

	(void)state;
	expected.styles[KB_STYLE_TITLE] = (struct kb_look){3, KB_COLOUR_OWN, 0, KB_LOOK_BOLD};
	assert_int_equal(parse("\n key=mauve\nkey=pink\n", &theme), -EINVAL);
	assert_int_equal(err.line, 2);
	assert_int_equal(err.column, 6);
	assert_int_equal(parse("\nkey=mauve\nlabel=7\ntitle=yellow\n", &theme), -EINVAL);
	assert_int_equal(err.line, 2);
	assert_same(&theme, &expected);
	/* Of two the last counts, and that is said. */
	assert_int_equal(parse("title=red\nmono.title=bold\ntitle=yellow\n", &theme), -EINVAL);
	assert_int_equal(err.line, 3);
	assert_string_equal(err.text, "`title` is there twice; the last one counts");
	assert_same(&theme, &expected);
}

static void the_cap(void **state)
{
	struct kb_theme theme = kb_theme_default;
	static char text[KB_THEME_MAX_BYTES + 1];

	(void)state;
	memset(text, '\n', sizeof(text));
	memcpy(text, "key=red", 7);
	assert_int_equal(kb_theme_parse("a.theme", kb_str_of(text, sizeof(text)), &theme, &err),
			 -EFBIG);
	assert_string_equal(err.text, "the theme is above 16 KiB");
	assert_same(&theme, &kb_theme_default);
	assert_int_equal(kb_theme_parse("a.theme", kb_str_of(text, sizeof(text) - 1), &theme, &err),
			 0);
	assert_int_equal(theme.styles[KB_STYLE_KEY].colour, 1);
}

static void read_shipped(const char *name, struct kb_theme *theme)
{
	KB_CLOSE int folder = open(KB_THEMES, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree tree = {.root_fd = folder};
	KB_BUF struct kb_buf text = {0};

	assert_true(folder >= 0);
	assert_int_equal(kb_tree_read(&tree, name, KB_THEME_MAX_BYTES, &text), 0);
	assert_int_equal(kb_theme_parse(name, kb_buf_view(&text), theme, NULL), 0);
}

/* Luminance as WCAG 2 has it, in ten thousandths. */
struct palette {
	int plain[KB_N_COLOURS];
	int bold[KB_N_COLOURS];
	int dim; /* what half-bright text comes to */
};

static const struct palette vga_console = {
	{0, 855, 2875, 1504, 290, 1145, 3165, 4020},
	{908, 2841, 7411, 9344, 1565, 3498, 8067, 10000},
	908, /* dark grey, whatever the colour */
};

/* xterm's 256 colours: bold is no other colour. */
static const struct palette xterm = {
	{0, 1298, 4366, 5664, 617, 1739, 4807, 7835},
	{0, 1298, 4366, 5664, 617, 1739, 4807, 7835},
	908,
};

/* Of the contrast 4.5:1, how many per cent. The terminal's own is grey on black. */
static int contrast(const struct kb_look *look, const struct palette *palette)
{
	int colour = look->colour == KB_COLOUR_OWN ? 7 : look->colour;
	int ground = palette->plain[look->background == KB_COLOUR_OWN ? 0 : look->background];
	int text = look->look & KB_LOOK_BOLD ? palette->bold[colour] : palette->plain[colour];
	int lighter, darker;

	text = look->look & KB_LOOK_DIM ? palette->dim : text;
	lighter = text > ground ? text : ground;
	darker = text > ground ? ground : text;
	return (lighter + 500) * 1000 / ((darker + 500) * 45);
}

static void every_role_of_every_theme_can_be_read(void **state)
{
	static const char *const names[] = {"default.theme", "dark-on-light.theme",
					    "high-contrast.theme"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		struct kb_theme theme = kb_theme_default;

		read_shipped(names[i], &theme);
		for (int style = 0; style < KB_N_STYLES; style++) {
			int vga = contrast(&theme.styles[style], &vga_console);
			int many = contrast(&theme.styles[style], &xterm);

			if (vga < 100 || many < 100) {
				print_error("%s: role %d: %d %% and %d %% of 4.5:1\n", names[i],
					    style, vga, many);
			}
			assert_true(vga >= 100 && many >= 100);
		}
	}
}

static void what_is_left_out_follows_text(void **state)
{
	struct kb_theme theme;

	(void)state;
	assert_int_equal(parse("text=black, white, underline\nkey=blue, white\n", &theme), 0);
	assert_int_equal(theme.styles[KB_STYLE_HEADING].colour, 0);
	assert_int_equal(theme.styles[KB_STYLE_HEADING].background, 7);
	assert_int_equal(theme.styles[KB_STYLE_KEY].colour, 4);
	assert_int_equal(theme.styles[KB_STYLE_TITLE].look, KB_LOOK_BOLD | KB_LOOK_UNDERLINE);
	assert_int_equal(theme.styles[KB_STYLE_SELECTED].look, KB_LOOK_REVERSE | KB_LOOK_UNDERLINE);
	assert_int_equal(theme.styles[KB_STYLE_HEADING].mono, 0);
}

static void the_default_file_says_what_is_built_in(void **state)
{
	struct kb_theme theme;

	(void)state;
	memset(&theme, 0x55, sizeof(theme)); /* every role and both its halves are in it */
	read_shipped("default.theme", &theme);
	assert_same(&theme, &kb_theme_default);
}

/* Where the ground is coloured it is so everywhere, and the selection stands out on it. */
static void the_other_themes_cover_the_screen(void **state)
{
	static const char *const names[] = {"dark-on-light.theme", "high-contrast.theme"};

	(void)state;
	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		struct kb_theme theme = kb_theme_default;
		const struct kb_look *text = &theme.styles[KB_STYLE_TEXT];
		const struct kb_look *selected = &theme.styles[KB_STYLE_SELECTED];

		read_shipped(names[i], &theme);
		for (size_t style = 0; style < KB_N_STYLES; style++) {
			const struct kb_look *look = &theme.styles[style];

			assert_true(look->colour >= 0 && look->background >= 0);
			assert_true(look->colour != look->background);
			assert_false(look->look & KB_LOOK_DIM);
		}
		assert_int_not_equal(selected->background, text->background);
		assert_true(selected->mono & KB_LOOK_REVERSE);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_changes_its_role),
		cmocka_unit_test(written_as_people_write),
		cmocka_unit_test(what_is_wrong_is_said),
		cmocka_unit_test(hostile_words_are_cut_and_cleaned),
		cmocka_unit_test(the_first_slip_is_told_and_the_rest_counts),
		cmocka_unit_test(the_cap),
		cmocka_unit_test(the_default_file_says_what_is_built_in),
		cmocka_unit_test(every_role_of_every_theme_can_be_read),
		cmocka_unit_test(what_is_left_out_follows_text),
		cmocka_unit_test(the_other_themes_cover_the_screen),
	};

	return cmocka_run_group_tests_name("ui/theme", tests, NULL, NULL);
}

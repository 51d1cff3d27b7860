/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syslinux/config.h"

#include <errno.h>

#include "syslinux/keywords.h"
#include "text_lines.h"

enum { MAX_LINE = 4096, MAX_DEPTH = 16 };

/* One file. */
struct source {
	struct syslinux_config *config;
	struct text_lines lines;
	const char *path;
	unsigned depth;
	bool in_help; /* between TEXT and ENDTEXT */
};

static int read_file(struct syslinux_config *config, const char *path, unsigned depth,
		     struct kb_position from);

/* --- labels and menus */

/* One sentence for all caps: the first says where the reading became incomplete. */
static void say_full(struct syslinux_config *config, struct kb_position at, const char *what)
{
	if (!config->is_full) {
		config->is_full = true;
		conf_diags_loss(config->diags, at, "%s", what);
	}
}

int syslinux_add(struct syslinux_config *config, struct syslinux_label **ret_label)
{
	struct syslinux_label *label = NULL;

	if (config->n_labels == SYSLINUX_MAX_LABELS) {
		return -E2BIG;
	}
	label = kb_arena_alloc(config->arena, sizeof(*label));
	if (!label) {
		return -ENOMEM;
	}
	config->n_labels++;
	label->menu = config->in;
	label->called = config->called;
	label->folder = config->folder;
	label->next = *config->end;
	*config->end = label;
	config->end = &label->next;
	*ret_label = label;
	return 0;
}

static int take_label(struct source *s, struct kb_str value)
{
	struct syslinux_config *config = s->config;
	bool is_uboot = config->dialect == SYSLINUX_UBOOT;
	struct kb_position at = text_lines_at(&s->lines, s->lines.line.data);
	struct kb_str rest = value;
	struct kb_str name;
	int r;

	config->label = NULL;
	if (!kb_str_next_word(&rest, &name)) {
		return 0;
	}
	r = syslinux_add(config, &config->label);
	if (r < 0) {
		say_full(config, at, "there are too many labels: those from here on are left out");
		return r == -E2BIG ? 0 : r;
	}
	config->label->at = at;
	config->label->path = s->path;
	config->label->shown = kb_arena_str(config->arena, value);
	config->label->name = is_uboot ? config->label->shown : kb_arena_str(config->arena, name);
	config->label->append = is_uboot ? NULL : config->globals.append;
	config->label->sysappend = is_uboot ? NULL : config->globals.sysappend;
	return config->label->shown && config->label->name ? 0 : -ENOMEM;
}

static int begin_menu(struct source *s, const char *tag)
{
	struct syslinux_config *config = s->config;
	struct syslinux_menu *menu;

	config->label = NULL;
	if (config->in->depth == KB_ENTRY_MAX_PATH) {
		config->n_too_deep++;
		return 0;
	}
	menu = kb_arena_alloc(config->arena, sizeof(*menu));
	if (!menu) {
		return -ENOMEM;
	}
	menu->parent = config->in;
	menu->depth = config->in->depth + 1;
	menu->tag = tag;
	config->in = menu;
	return 0;
}

static void end_menu(struct source *s)
{
	struct syslinux_config *config = s->config;

	config->label = NULL;
	if (config->n_too_deep > 0) {
		config->n_too_deep--;
	} else if (config->in->parent) {
		config->in = config->in->parent;
	}
}

/* --- keywords */

/* As atoi, at most nine digits. */
static unsigned number(struct kb_str value)
{
	unsigned n = 0;

	for (size_t i = 0; i < value.len && i < 9 && kb_is_digit(value.data[i]); i++) {
		n = 10 * n + (unsigned)(value.data[i] - '0');
	}
	return n;
}

enum scope { ANYWHERE, IN_LABEL, OUTSIDE };

/* Keywords that keep text. What is set twice keeps the last, but U-Boot's first initrd. */
static const struct text_keyword {
	const char *word;
	size_t in_label;
	size_t in_globals; /* 0: it means nothing outside of a label */
	enum scope scope;
} texts[] = {
#define LABEL(field)   offsetof(struct syslinux_label, field)
#define GLOBALS(field) offsetof(struct syslinux_globals, field)
	{"append", LABEL(append), GLOBALS(append), ANYWHERE},
	{"initrd", LABEL(initrd), 0, IN_LABEL},
	{"fdt", LABEL(dtb), 0, IN_LABEL},
	{"devicetree", LABEL(dtb), 0, IN_LABEL},
	{"fdtdir", LABEL(dtb_folder), 0, IN_LABEL},
	{"devicetreedir", LABEL(dtb_folder), 0, IN_LABEL},
	{"fdtoverlays", LABEL(overlays), 0, IN_LABEL},
	{"devicetree-overlay", LABEL(overlays), 0, IN_LABEL},
	{"ipappend", LABEL(sysappend), GLOBALS(sysappend), ANYWHERE},
	{"sysappend", LABEL(sysappend), GLOBALS(sysappend), ANYWHERE},
	{"default", 0, GLOBALS(by_default), OUTSIDE},
	{"ontimeout", 0, GLOBALS(on_timeout), OUTSIDE},
	{"ui", 0, GLOBALS(ui), OUTSIDE},
};

static const struct {
	const char *word;
	enum syslinux_type type;
} types[] = {
	{"kernel", SYSLINUX_KERNEL}, {"linux", SYSLINUX_LINUX},   {"boot", SYSLINUX_BOOT},
	{"bss", SYSLINUX_BOOT},      {"pxe", SYSLINUX_BOOT},      {"fdimage", SYSLINUX_BOOT},
	{"com32", SYSLINUX_COM32},   {"config", SYSLINUX_CONFIG}, {"localboot", SYSLINUX_LOCALBOOT},
};

static bool is_word(struct kb_str word, const char *keyword)
{
	return kb_str_eq_nocase(word, kb_str_from(keyword));
}

static int keep(struct kb_arena *arena, struct kb_str value, const char **text)
{
	*text = kb_arena_str(arena, value);
	return *text ? 0 : -ENOMEM;
}

/* Of U-Boot: the later of default and ontimeout counts, and the first initrd, also in append. */
static int keep_uboot(struct syslinux_config *config, struct kb_str value, const char **text)
{
	struct syslinux_label *label = config->label;
	int r;

	if (text == &config->globals.on_timeout) {
		text = &config->globals.by_default;
	}
	if (label && text == &label->initrd && label->initrd) {
		return 0;
	}
	r = keep(config->arena, value, text);
	if (r == 0 && label && text == &label->append && !label->initrd) {
		const char *at = strstr(label->append, "initrd=");
		struct kb_str rest = kb_str_from(at ? at + strlen("initrd=") : NULL);

		r = at ? keep(config->arena, kb_str_head(rest, kb_str_find(rest, ' ')),
			      &label->initrd)
		       : 0;
	}
	return r;
}

static int take_text(struct syslinux_config *config, const struct text_keyword *keyword,
		     struct kb_str value)
{
	struct syslinux_label *label = config->label;
	bool in_label = label && keyword->scope != OUTSIDE;
	const char **text;

	if (!in_label && keyword->scope == IN_LABEL) {
		return 0;
	}
	text = in_label ? (const char **)((char *)label + keyword->in_label)
			: (const char **)((char *)&config->globals + keyword->in_globals);
	return config->dialect == SYSLINUX_UBOOT ? keep_uboot(config, value, text)
						 : keep(config->arena, value, text);
}

static int take_type(struct syslinux_config *config, enum syslinux_type type, struct kb_str value)
{
	if (!config->label) {
		return 0;
	}
	config->label->type = type;
	return keep(config->arena, value, &config->label->kernel);
}

static void take_timeout(struct source *s, struct kb_str word, struct kb_str value)
{
	struct syslinux_globals *globals = &s->config->globals;

	if (s->config->in->parent) {
		return; /* a submenu's own */
	}
	if (is_word(word, "totaltimeout")) {
		globals->total_timeout = number(value);
	} else {
		globals->timeout = number(value);
	}
	globals->timeout_at = text_lines_at(&s->lines, s->lines.line.data);
}

static int include(struct source *s, struct kb_str value)
{
	struct kb_position at = text_lines_at(&s->lines, value.data);
	struct kb_str tag = value;
	struct kb_str name;
	const char *path;
	int r = 0;

	if (!kb_str_next_word(&tag, &name)) {
		return 0;
	}
	tag = kb_str_trim(tag);
	path = loader_join(s->config->arena, s->config->folder, name);
	if (!path) {
		return -ENOMEM;
	}
	if (tag.len > 0 && s->config->dialect != SYSLINUX_UBOOT) {
		const char *text = kb_arena_str(s->config->arena, tag);

		r = text ? begin_menu(s, text) : -ENOMEM;
	}
	if (r == 0) {
		r = read_file(s->config, path, s->depth + 1, at);
	}
	if (r == 0 && tag.len > 0 && s->config->dialect != SYSLINUX_UBOOT) {
		end_menu(s);
	}
	return r;
}

/* MENU LABEL and MENU TITLE name the label that is open, else the submenu. */
static int take_name(struct source *s, struct kb_str word, struct kb_str value)
{
	struct syslinux_config *config = s->config;

	if (is_word(word, "title")) {
		return keep(config->arena, value, &config->in->title);
	}
	return keep(config->arena, value,
		    config->label ? &config->label->title : &config->in->label);
}

/* Words behind MENU that make a line of a menu one that starts nothing. */
static bool starts_nothing(struct kb_str word)
{
	return is_word(word, "disable") || is_word(word, "disabled") || is_word(word, "quit") ||
	       is_word(word, "goto") || is_word(word, "exit");
}

static int take_menu(struct source *s, struct kb_str value)
{
	struct syslinux_config *config = s->config;
	struct syslinux_label *label = config->label;
	struct kb_str rest = value;
	struct kb_str word = KB_STR("");

	(void)kb_str_next_word(&rest, &word);
	rest = kb_str_trim(rest);
	if (is_word(word, "label") || is_word(word, "title")) {
		return take_name(s, word, rest);
	}
	if (is_word(word, "include")) {
		return include(s, rest);
	}
	if (is_word(word, "begin")) {
		const char *tag = kb_arena_str(config->arena, rest);

		return tag ? begin_menu(s, tag) : -ENOMEM;
	}
	if (is_word(word, "end")) {
		end_menu(s);
	} else if (is_word(word, "separator")) {
		config->label = NULL;
	} else if (is_word(word, "default")) {
		*(label ? &label->is_default : &config->in->is_default) = true;
	} else if (is_word(word, "hide") && label) {
		label->hidden = true;
	} else if (is_word(word, "passwd") && label) {
		return keep(config->arena, rest, &label->passwd);
	} else if (starts_nothing(word) && label) {
		label->is_idle = true;
	}
	return 0;
}

/* Its own words; a word that is not known means nothing to Syslinux. */
static int take_other(struct source *s, struct kb_str word, struct kb_str value)
{
	struct syslinux_config *config = s->config;
	struct syslinux_label *label = config->label;
	bool is_uboot = config->dialect == SYSLINUX_UBOOT;

	if (is_word(word, "menu")) {
		/* That alone makes U-Boot wait; not PROMPT. */
		config->globals.has_prompt |= is_uboot && !label;
		return take_menu(s, value);
	}
	if (is_word(word, "label")) {
		return take_label(s, value);
	}
	if (is_word(word, "include")) {
		return include(s, value);
	}
	if (is_word(word, "text")) {
		s->in_help = true;
	} else if (is_word(word, "timeout") || is_word(word, "totaltimeout")) {
		take_timeout(s, word, value);
	} else if (is_word(word, "prompt") && !is_uboot) {
		config->globals.has_prompt = number(value) != 0;
	} else if (is_uboot && label && !label->unknown && !syslinux_knows(true, word)) {
		return keep(config->arena, word, &label->unknown);
	} else if (!syslinux_knows(is_uboot, word)) {
		conf_diags_unknown(config->diags, text_lines_at(&s->lines, word.data), word);
	}
	return 0;
}

static int take_line(struct source *s, struct kb_str line)
{
	struct kb_str value = line;
	struct kb_str word = KB_STR("");

	(void)kb_str_next_word(&value, &word);
	value = kb_str_trim(value);
	if (s->in_help) {
		s->in_help = !is_word(word, "endtext");
		return 0;
	}
	if (s->config->dialect == SYSLINUX_UBOOT && value.len > 0 && value.data[0] == '#') {
		value = KB_STR("");
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(texts); i++) {
		if (is_word(word, texts[i].word)) {
			return take_text(s->config, &texts[i], value);
		}
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(types); i++) {
		if (is_word(word, types[i].word)) {
			return take_type(s->config, types[i].type, value);
		}
	}
	return take_other(s, word, value);
}

/* --- files */

static int read_lines(struct syslinux_config *config, const char *path, unsigned depth,
		      const char *shown, struct kb_str text)
{
	struct source s = {.config = config,
			   .path = path,
			   .depth = depth,
			   .lines = {.file = shown,
				     .diags = config->diags,
				     .max_line = MAX_LINE,
				     .max_bytes = SYSLINUX_MAX_BYTES - config->n_bytes,
				     .comments = "#",
				     .severity = KB_SEVERITY_LOSS}};
	struct kb_str line;
	int r = 0;

	text_lines_start(&s.lines, text);
	config->n_bytes += text.len > s.lines.max_bytes ? s.lines.max_bytes : text.len;
	while (r == 0 && text_lines_next(&s.lines, &line)) {
		r = take_line(&s, line);
	}
	return r;
}

static int read_file(struct syslinux_config *config, const char *path, unsigned depth,
		     struct kb_position from)
{
	KB_BUF struct kb_buf text = {0};
	const char *shown = tree_canonical(config->arena, config->tree, path);
	int r;

	if (!shown) {
		return -ENOMEM;
	}
	if (depth > MAX_DEPTH || config->n_files == SYSLINUX_MAX_FILES ||
	    config->n_bytes >= SYSLINUX_MAX_BYTES) {
		say_full(config, from,
			 depth > MAX_DEPTH
				 ? "the includes are nested too deep: this one is left out"
				 : "the includes are too many: those from here on are "
				   "left out");
		return 0;
	}
	r = loader_read_head(config->tree, path, SYSLINUX_MAX_BYTES - config->n_bytes, &text);
	if (r < 0 && r != -ENOMEM && from.file) {
		conf_diags_warn(config->diags, from, "%s cannot be read: %s", shown, strerror(-r));
		return 0;
	}
	if (r < 0) {
		return r;
	}
	config->files[config->n_files++] = path;
	return read_lines(config, path, depth, shown, kb_buf_view(&text));
}

int syslinux_read(struct syslinux_config *config, const char *path)
{
	config->path = path;
	config->shown = tree_canonical(config->arena, config->tree, path);
	if (!config->shown) {
		return -ENOMEM;
	}
	config->in = &config->menu;
	config->end = &config->first;
	return read_file(config, path, 1, (struct kb_position){0});
}

int syslinux_add_file(struct syslinux_config *config, const char *path)
{
	return read_file(config, path, 1, (struct kb_position){.file = config->shown});
}

int syslinux_call(struct syslinux_config *config, struct syslinux_label *label, const char *path,
		  const char *folder)
{
	struct syslinux_globals globals = config->globals;
	struct source s = {.config = config};
	int r;

	for (size_t i = 0; i < config->n_files; i++) {
		if (strcmp(config->files[i], path) == 0) {
			return 0;
		}
	}
	config->in = label->menu;
	config->end = &label->next;
	r = begin_menu(&s, label->title ? label->title : label->shown);
	if (r == 0) {
		config->globals = (struct syslinux_globals){0};
		config->called++;
		config->folder = folder;
		r = read_file(config, path, 1, label->at);
		config->folder = label->folder;
		config->globals = globals;
	}
	return r;
}

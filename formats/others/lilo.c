/* SPDX-License-Identifier: GPL-2.0-or-later */
/* LILO, and yaboot, whose syntax is the same. */
#include <errno.h>

#include "others/reading.h"
#include "readers.h"

enum option {
	ROOT,
	APPEND,
	ADDAPPEND, /* LILO: to the global one */
	LITERAL,
	INITRD,
	READ_ONLY,
	READ_WRITE,
	RAMDISK,
	INITRD_SIZE,
	NOVIDEO,
	LABEL,
	ALIAS,
	PASSWORD,
	N_OPTIONS
};

static const struct {
	const char *key;
	enum option option;
	const char *value; /* of a word that stands alone */
} options[] = {
	{"root", ROOT, NULL},
	{"append", APPEND, NULL},
	{"addappend", ADDAPPEND, NULL},
	{"literal", LITERAL, NULL},
	{"initrd", INITRD, NULL},
	{"initrd[32bit]", INITRD, NULL},
	{"initrd[64bit]", INITRD, NULL},
	{"read-only", READ_ONLY, "ro"},
	{"read-write", READ_WRITE, "rw"},
	{"ramdisk", RAMDISK, NULL},
	{"initrd-size", INITRD_SIZE, NULL},
	{"novideo", NOVIDEO, "1"},
	{"label", LABEL, NULL},
	{"alias", ALIAS, NULL},
	{"password", PASSWORD, NULL},
};

/* Text that is not there is NULL. */
struct section {
	struct section *next;
	const char *image; /* NULL: it is another system's boot sector */
	const char *other;
	unsigned line;
	bool is_32bit;
	const char *options[N_OPTIONS];
};

struct conf {
	struct reading *r;
	bool is_yaboot;
	const char *globals[N_OPTIONS];
	struct section *first;
	struct section **end;
	struct section *open;
	size_t n;
	const char *by_default;
	bool has_prompt;
	bool has_timeout;
	unsigned timeout;
	unsigned timeout_line;
	unsigned delay;
};

static bool is(struct kb_str word, const char *keyword)
{
	return kb_str_eq_nocase(word, kb_str_from(keyword));
}

/* --- the grammar */

/* In quotes up to the partner, "\" takes the next byte as it is; without them up to a blank. */
static const char *take_value(struct kb_arena *arena, struct kb_str *rest)
{
	KB_BUF struct kb_buf text = {0};
	bool is_quoted = rest->len > 0 && rest->data[0] == '"';
	size_t i = is_quoted;

	for (; i < rest->len && (is_quoted ? rest->data[i] != '"' : !kb_is_blank(rest->data[i]));
	     i++) {
		i += rest->data[i] == '\\' && i + 1 < rest->len;
		kb_buf_putc(&text, rest->data[i]);
	}
	*rest = kb_str_skip(*rest, i + is_quoted);
	return kb_buf_error(&text) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&text));
}

static int begin(struct conf *conf, const char *key, const char *value)
{
	struct section *section = kb_arena_alloc(&conf->r->arena, sizeof(*section));

	if (!section) {
		return -ENOMEM;
	}
	section->line = conf->r->lines.number;
	section->is_32bit = strcmp(key, "image[32bit]") == 0;
	*(strcmp(key, "other") == 0 ? &section->other : &section->image) = value;
	*conf->end = section;
	conf->end = &section->next;
	conf->open = section;
	conf->n++;
	return 0;
}

static void take_global(struct conf *conf, struct kb_str key, const char *value)
{
	if (is(key, "default")) {
		conf->by_default = value;
	} else if (is(key, "prompt")) {
		conf->has_prompt = true;
	} else if (is(key, "delay")) {
		(void)reading_seconds(kb_str_from(value), 10, &conf->delay);
	} else if (is(key, "timeout")) {
		conf->has_timeout = reading_seconds(kb_str_from(value), 10, &conf->timeout);
		conf->timeout_line = conf->r->lines.number;
	}
}

static int take(struct conf *conf, struct kb_str key, const char *value)
{
	static const char *const images[] = {"image", "image[32bit]", "image[64bit]", "other"};
	const char **texts = conf->open ? conf->open->options : conf->globals;

	for (size_t i = 0; i < KB_ARRAY_LEN(images); i++) {
		if (is(key, images[i])) {
			return begin(conf, images[i], value);
		}
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(options); i++) {
		if (is(key, options[i].key)) {
			texts[options[i].option] = options[i].value ? options[i].value : value;
		}
	}
	take_global(conf, key, value);
	return 0;
}

/* Words, or NAME=VALUE with blanks around the "=" or without; a comment ends the line. */
static int take_line(struct conf *conf, struct kb_str line)
{
	int r = 0;

	while (r == 0 && line.len > 0 && line.data[0] != '#') {
		struct kb_str key;
		const char *value = "";
		size_t len = 0;

		while (len < line.len && !kb_is_blank(line.data[len]) && line.data[len] != '=') {
			len++;
		}
		key = kb_str_head(line, len);
		line = kb_str_trim(kb_str_skip(line, len));
		if (line.len > 0 && line.data[0] == '=') {
			line = kb_str_trim(kb_str_skip(line, 1));
			value = take_value(&conf->r->arena, &line);
			line = kb_str_trim(line);
		}
		r = value ? take(conf, key, value) : -ENOMEM;
	}
	return r;
}

/* --- entries */

static const char *option(const struct conf *conf, const struct section *s, enum option which)
{
	return s->options[which] ? s->options[which] : conf->globals[which];
}

static const char *label_of(const struct section *s)
{
	const char *file = s->image ? s->image : s->other;
	const char *slash = strrchr(file, '/');

	return s->options[LABEL] ? s->options[LABEL] : slash && slash[1] ? slash + 1 : file;
}

static void put(struct kb_buf *args, const char *key, const char *value)
{
	if (value && value[0]) {
		kb_buf_printf(args, "%s%s%s", args->len > 0 ? " " : "", key, value);
	}
}

/* "current" is what the configuration is on; the catalog tells the kernel which one that is. */
static const char *root_of(const struct conf *conf, const struct section *s)
{
	const char *root = option(conf, s, ROOT);

	return root && strcmp(root, "current") == 0 ? conf->r->tree->name : root;
}

/* LILO: of a section both at once is an error, and either beats the other one of the globals. */
static const char *lilo_read(const struct conf *conf, const struct section *s)
{
	const char *const *texts =
		s->options[READ_ONLY] || s->options[READ_WRITE] ? s->options : conf->globals;

	return texts[READ_ONLY] ? texts[READ_ONLY] : texts[READ_WRITE];
}

static int set_args(struct conf *conf, const struct section *s, struct kb_entry *entry)
{
	const char *literal = option(conf, s, LITERAL);
	KB_BUF struct kb_buf args = {0};

	if (!conf->is_yaboot) {
		put(&args, "BOOT_IMAGE=", entry->label);
	}
	if (literal) {
		put(&args, "", literal);
	} else if (conf->is_yaboot) {
		put(&args, "root=", root_of(conf, s));
		put(&args, "", option(conf, s, READ_ONLY));
		put(&args, "", option(conf, s, READ_WRITE));
		put(&args, "ramdisk=", option(conf, s, RAMDISK));
		put(&args, "ramdisk_size=", option(conf, s, INITRD_SIZE));
		put(&args, "", option(conf, s, NOVIDEO) ? "video=ofonly" : NULL);
		put(&args, "", option(conf, s, APPEND));
	} else {
		put(&args, "", lilo_read(conf, s));
		put(&args, "root=", root_of(conf, s));
		put(&args, "ramdisk=", option(conf, s, RAMDISK));
		put(&args, "", option(conf, s, APPEND));
		put(&args, "", s->options[ADDAPPEND]);
	}
	return kb_buf_error(&args) < 0
		       ? -ENOMEM
		       : loader_set_args(&conf->r->arena, kb_buf_view(&args), entry);
}

/* yaboot's "hd:3,/boot/vmlinux": the filesystem that the configuration is on beats that. */
static struct kb_str file_name(const struct conf *conf, const char *text)
{
	struct kb_str name = kb_str_from(text);
	size_t comma = kb_str_find(name, ',');

	return conf->is_yaboot && kb_str_find(name, ':') < comma && comma < name.len
		       ? kb_str_skip(name, comma + 1)
		       : name;
}

static bool is_called(const struct section *s, const char *name)
{
	return strcmp(label_of(s), name) == 0 ||
	       (s->options[ALIAS] && strcmp(s->options[ALIAS], name) == 0);
}

static const struct section *find_default(const struct conf *conf)
{
	for (const struct section *s = conf->first; s && conf->by_default; s = s->next) {
		if (!s->is_32bit && is_called(s, conf->by_default)) {
			return s;
		}
	}
	return conf->first;
}

static int make(struct conf *conf, const struct section *s, struct kb_entry *entry)
{
	const char *initrd = option(conf, s, INITRD);
	int r;

	if (!s->image) {
		return kb_entry_add_problem(&conf->r->arena, entry,
					    "%s: a boot sector, which kboot cannot start",
					    s->other);
	}
	r = reading_file(conf->r, "kernel", file_name(conf, s->image), entry, &entry->kernel);
	if (r == 0 && initrd && initrd[0]) {
		r = reading_initrd(conf->r, "initrd", file_name(conf, initrd), entry);
	}
	return r == 0 ? set_args(conf, s, entry) : r;
}

/* LILO without `prompt` waits for its delay only; with it, and yaboot always, for the timeout, or
 * for ever. */
static int emit_timeout(const struct conf *conf)
{
	if (!conf->is_yaboot && !conf->has_prompt) {
		return reading_timeout(conf->r, conf->delay, 0);
	}
	return conf->has_timeout ? reading_timeout(conf->r, conf->timeout, conf->timeout_line) : 0;
}

static int emit(struct conf *conf)
{
	const struct section *chosen = find_default(conf);
	int r = 0;

	for (const struct section *s = conf->first; r == 0 && s; s = s->next) {
		bool had_default = conf->r->has_default;
		struct kb_entry entry = {
			.label = label_of(s),
			.title = label_of(s),
			.format = conf->is_yaboot ? KB_FORMAT_YABOOT : KB_FORMAT_LILO,
			.line = s->line,
			.hidden = s->is_32bit,
			.remark =
				option(conf, s, PASSWORD) ? "its password is not asked for" : NULL,
		};

		r = make(conf, s, &entry);
		if (r == 0) {
			r = reading_emit(conf->r, &entry, s == chosen);
		}
		if (r == 0 && !had_default && conf->r->has_default) {
			r = emit_timeout(conf);
		}
	}
	return r;
}

static int read_as(struct reading *r, bool is_yaboot)
{
	struct conf conf = {.r = r, .is_yaboot = is_yaboot};
	struct kb_str line;
	int code = 0;

	conf.end = &conf.first;
	while (code == 0 && conf.n < READING_MAX_ENTRIES + 2 && text_lines_next(&r->lines, &line)) {
		code = take_line(&conf, line);
	}
	return code == 0 ? emit(&conf) : code;
}

static int read_lilo(struct reading *r)
{
	return read_as(r, false);
}

static int read_yaboot(struct reading *r)
{
	return read_as(r, true);
}

static int read_conf(struct reading *r)
{
	return read_as(r, strcmp(r->path, "/etc/lilo.conf") != 0);
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	static const struct reading_place places[] = {
		{1, "/etc/lilo.conf"}, {2, "/etc/yaboot.conf"}, {2, "/etc/yaboot.cnf"},
		{2, "/yaboot.conf"},   {2, "/yaboot.cnf"},      {2, "/suseboot/yaboot.cnf"},
		{2, "/YABOOT.CNF"},    {2, "/ETC/YABOOT.CNF"},  {2, "/SUSEBOOT/YABOOT.CNF"},
	};

	return reading_run(tree, out, places, KB_ARRAY_LEN(places), read_conf, err);
}

static int check_lilo(const struct kb_tree *tree, const char *path, const struct kb_reader_out *out,
		      struct kb_error *err)
{
	return reading_check(tree, path, out, read_lilo, err);
}

static int check_yaboot(const struct kb_tree *tree, const char *path,
			const struct kb_reader_out *out, struct kb_error *err)
{
	return reading_check(tree, path, out, read_yaboot, err);
}

const struct kb_reader kb_reader_lilo = {
	.name = "LILO and yaboot",
	.format = KB_FORMAT_LILO,
	.read = read_tree,
	.check = check_lilo,
};

const struct kb_reader kb_reader_yaboot = {
	.name = "yaboot",
	.format = KB_FORMAT_YABOOT,
	.check = check_yaboot,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The text, a line each, fields with a tab between them:
 *
 *   kboot-scan 1
 *   D UUID NAME ALIAS LABEL TYPE   a device, of all that follow up to the next one
 *   V SUBVOLUME                    of it, up to the next one
 *   S FILE                         the configuration, the same
 *   P SUBMENU SUBMENU …            around them, the same
 *   E FORMAT ID TITLE              an entry; its id goes on behind "UUID/FORMAT/"
 *   * FORMAT ID TITLE              the default
 *   end 1f3a…                      the fingerprint of all before
 */
#include <errno.h>
#include <inttypes.h>

#include "remembered.h"

#define FIRST_WORD "kboot-scan "
#define VERSION    "1"
#define HEADER     FIRST_WORD VERSION "\n"
#define LAST_WORD  "end "
#define BLS_FOLDER "/loader/entries/"
#define NO_TITLE   " " /* of a submenu: a field at the end of a line cannot be empty */

enum { END_BYTES = sizeof(LAST_WORD) + 16 };

static bool is_control(struct kb_str character)
{
	unsigned char c = (unsigned char)character.data[0];

	return c < 0x20 || c == 0x7f ||
	       (c == 0xc2 && character.len > 1 && (unsigned char)character.data[1] < 0xa0);
}

/* UTF-8 without controls. */
static bool is_clean(struct kb_str text)
{
	while (text.len > 0) {
		size_t len = kb_str_utf8_len(text);

		if (len == 0 || is_control(kb_str_head(text, len))) {
			return false;
		}
		text = kb_str_skip(text, len);
	}
	return true;
}

/* --- writing */

/* What was written last of each kind. */
struct writer {
	const struct kb_device *device;
	const char *subvolume;
	struct kb_buf source;
	const struct kb_entry *path; /* one that has it */
	struct kb_buf line;
};

static bool same_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

/* Titles of other systems may hold anything; one that is too long ends early. */
static void put_field(struct kb_buf *line, const char *text)
{
	struct kb_str rest = kb_str_head(kb_str_from(text), KB_REMEMBERED_MAX_TEXT);

	kb_buf_putc(line, '\t');
	while (rest.len > 0) {
		size_t len = kb_str_utf8_len(rest);

		if (len == 0 || is_control(kb_str_head(rest, len))) {
			kb_buf_putc(line, len == 0 ? '?' : ' ');
		} else {
			kb_buf_str(line, kb_str_head(rest, len));
		}
		rest = kb_str_skip(rest, len > 0 ? len : 1);
	}
}

/* What of the id is not said by the device and the format; empty: it is another device's. */
static struct kb_str own_part(const struct kb_entry *e)
{
	struct kb_str id = kb_str_from(e->id);
	const char *const words[] = {e->device->uuid, "/", kb_format_name(e->format), "/"};

	for (size_t i = 0; i < KB_ARRAY_LEN(words); i++) {
		struct kb_str word = kb_str_from(words[i]);

		if (!kb_str_starts(id, word)) {
			return KB_STR("");
		}
		id = kb_str_skip(id, word.len);
	}
	return id;
}

/* A network boot service may be another one tomorrow, and kboot's own labels need no memory. */
static bool is_kept(const struct kb_entry *e)
{
	const struct kb_device *d = e->device;

	return (!e->hidden || e->is_default) && !e->is_remote && d && d->uuid && d->uuid[0] &&
	       d->name && d->name[0] && is_clean(kb_str_from(d->uuid)) &&
	       is_clean(kb_str_from(d->name)) && is_clean(kb_str_from(e->id)) &&
	       strlen(e->id) <= KB_REMEMBERED_MAX_TEXT && own_part(e).len > 0;
}

static void put_device(const struct kb_device *d, struct kb_buf *line)
{
	kb_buf_putc(line, 'D');
	put_field(line, d->uuid);
	put_field(line, d->name);
	put_field(line, d->alias);
	put_field(line, d->label ? d->label : d->partlabel);
	put_field(line, d->fstype);
	kb_buf_putc(line, '\n');
}

static void put_one(char letter, const char *text, struct kb_buf *line)
{
	kb_buf_putc(line, letter);
	put_field(line, text);
	kb_buf_putc(line, '\n');
}

/* As the list groups them: a file an entry is one source. */
static void source_of(const struct kb_entry *e, struct kb_buf *source)
{
	const char *file =
		e->menu && !strstr(e->file ? e->file : "", BLS_FOLDER) ? e->menu : e->file;
	size_t len = strlen(e->device->name);

	kb_buf_reset(source);
	if (file && strncmp(file, e->device->name, len) == 0 && file[len] == ':') {
		file += len + 1;
	}
	if (file && strstr(file, BLS_FOLDER)) {
		file = BLS_FOLDER;
	}
	if (e->format != KB_FORMAT_FILE && e->format != KB_FORMAT_LUKS) {
		kb_buf_puts(source, file ? file : "");
	}
}

static bool same_path(const struct kb_entry *a, const struct kb_entry *b)
{
	bool same = (a ? a->n_path : 0) == b->n_path;

	for (size_t i = 0; same && i < b->n_path; i++) {
		same = same_text(a->path[i], b->path[i]);
	}
	return same;
}

static void put_path(const struct kb_entry *e, struct kb_buf *line)
{
	kb_buf_putc(line, 'P');
	for (size_t i = 0; i < e->n_path; i++) {
		put_field(line, e->path[i][0] ? e->path[i] : NO_TITLE);
	}
	kb_buf_putc(line, '\n');
}

static int put_entry(struct writer *w, const struct kb_entry *e)
{
	KB_BUF struct kb_buf source = {0};
	struct kb_str id = own_part(e);

	kb_buf_reset(&w->line);
	source_of(e, &source);
	if (w->device != e->device) {
		put_device(e->device, &w->line);
		kb_buf_reset(&w->source); /* of each device anew */
	}
	if (!same_text(w->subvolume, e->subvolume)) {
		put_one('V', e->subvolume, &w->line);
	}
	if (!kb_str_eq(kb_buf_view(&w->source), kb_buf_view(&source))) {
		put_one('S', source.data ? source.data : "", &w->line);
	}
	if (!same_path(w->path, e)) {
		put_path(e, &w->line);
	}
	kb_buf_printf(&w->line, "%c\t%s\t%.*s", e->is_default ? '*' : 'E',
		      kb_format_name(e->format), KB_STR_ARG(id));
	put_field(&w->line, e->title ? e->title : e->label);
	kb_buf_putc(&w->line, '\n');
	w->device = e->device;
	w->subvolume = e->subvolume;
	w->path = e;
	kb_buf_reset(&w->source);
	kb_buf_puts(&w->source, source.data ? source.data : "");
	return kb_buf_error(&source) < 0 ? -ENOMEM : kb_buf_error(&w->line);
}

void kb_remembered_put(const struct kb_catalog *c, size_t max_bytes, struct kb_buf *text)
{
	KB_BUF struct kb_buf lines = {0};
	struct writer w = {0};
	size_t n = 0;

	kb_buf_puts(&lines, HEADER);
	for (size_t i = 0; i < c->n_entries && n < KB_REMEMBERED_MAX_ENTRIES; i++) {
		if (!is_kept(&c->entries[i])) {
			continue;
		}
		if (put_entry(&w, &c->entries[i]) < 0 ||
		    lines.len + w.line.len + END_BYTES > max_bytes) {
			break;
		}
		kb_buf_str(&lines, kb_buf_view(&w.line));
		n++;
	}
	kb_buf_done(&w.line);
	kb_buf_done(&w.source);
	if (n > 0 && kb_buf_error(&lines) == 0) {
		kb_buf_str(text, kb_buf_view(&lines));
		kb_buf_printf(text, LAST_WORD "%" PRIx64 "\n",
			      kb_str_fingerprint(0, kb_buf_view(&lines)));
	}
}

/* --- reading */

struct reader {
	struct kb_remembered *r;
	const struct kb_device *device;
	const char *subvolume;
	const char *file;
	const char *path[KB_ENTRY_MAX_PATH];
	size_t n_path;
};

/* An empty one where there are no more. */
static struct kb_str take_field(struct kb_str *rest)
{
	struct kb_str field = KB_STR("");

	(void)kb_str_next_until(rest, '\t', &field);
	return field;
}

/* NULL for an empty one, and where there is no memory: *failed then. */
static const char *keep(struct reader *p, struct kb_str field, bool *failed)
{
	const char *copy = NULL;

	if (field.len > KB_REMEMBERED_MAX_TEXT || !is_clean(field)) {
		*failed = true;
	} else if (field.len > 0) {
		copy = kb_arena_str(&p->r->arena, field);
		*failed = *failed || !copy;
	}
	return copy;
}

static bool take_device(struct reader *p, struct kb_str rest)
{
	struct kb_device *d = kb_arena_alloc(&p->r->arena, sizeof(*d));
	bool failed = false;

	if (!d) {
		return false;
	}
	d->uuid = keep(p, take_field(&rest), &failed);
	d->name = keep(p, take_field(&rest), &failed);
	d->alias = keep(p, take_field(&rest), &failed);
	d->label = keep(p, take_field(&rest), &failed);
	d->fstype = keep(p, take_field(&rest), &failed);
	p->device = d;
	p->file = NULL; /* its name begins with the device's */
	return !failed && d->uuid && d->name && rest.len == 0;
}

static bool take_subvolume(struct reader *p, struct kb_str rest)
{
	bool failed = false;

	p->subvolume = keep(p, rest, &failed);
	return !failed && (!p->subvolume || p->subvolume[0] == '/');
}

static bool take_source(struct reader *p, struct kb_str rest)
{
	bool failed = false;
	const char *file = keep(p, rest, &failed);

	p->file = NULL;
	if (file && p->device) {
		p->file = kb_arena_printf(&p->r->arena, "%s:%s", p->device->name, file);
		failed = failed || !p->file;
	}
	return !failed && p->device;
}

static bool take_path(struct reader *p, struct kb_str rest)
{
	bool failed = false;

	for (p->n_path = 0; rest.len > 0 && p->n_path < KB_ENTRY_MAX_PATH;) {
		const char *title = keep(p, take_field(&rest), &failed);

		p->path[p->n_path++] = title ? title : NO_TITLE;
	}
	return !failed && rest.len == 0;
}

static bool has_id(const struct kb_remembered *r, const char *id)
{
	for (size_t i = 0; i < r->n_entries; i++) {
		if (strcmp(r->entries[i].id, id) == 0) {
			return true;
		}
	}
	return false;
}

static bool take_entry(struct reader *p, struct kb_str rest, bool is_default)
{
	struct kb_remembered *r = p->r;
	struct kb_entry e = {.device = p->device,
			     .subvolume = p->subvolume,
			     .file = p->file,
			     .n_path = p->n_path,
			     .tries_left = -1,
			     .remark = "from the last time: its disk has not been read yet",
			     .is_predicted = true};
	bool failed = false;
	const char *format = keep(p, take_field(&rest), &failed);
	const char *id = keep(p, take_field(&rest), &failed);

	e.title = keep(p, take_field(&rest), &failed);
	memcpy(e.path, p->path, sizeof(e.path));
	if (failed || rest.len > 0 || !p->device || !format || !id ||
	    kb_format_from_name(format, &e.format) < 0 ||
	    r->n_entries == KB_REMEMBERED_MAX_ENTRIES || (is_default && r->default_id)) {
		return false;
	}
	e.id = kb_arena_printf(&r->arena, "%s/%s/%s", p->device->uuid, format, id);
	if (!e.id || has_id(r, e.id)) {
		return false;
	}
	r->default_id = is_default ? e.id : r->default_id;
	r->entries[r->n_entries++] = e;
	return true;
}

static bool take_line(struct reader *p, struct kb_str line)
{
	struct kb_str rest = line;
	struct kb_str letter = take_field(&rest);

	if (letter.len != 1) {
		return false;
	}
	switch (letter.data[0]) {
	case 'D':
		return take_device(p, rest);
	case 'V':
		return take_subvolume(p, rest);
	case 'S':
		return take_source(p, rest);
	case 'P':
		return take_path(p, rest);
	case 'E':
	case '*':
		return take_entry(p, rest, letter.data[0] == '*');
	default:
		return false;
	}
}

/* Is it the last line, and true of all that stands before it? */
static bool is_end(struct kb_str text, struct kb_str line, struct kb_str rest)
{
	struct kb_str before = kb_str_of(text.data, (size_t)(line.data - text.data));
	char wanted[END_BYTES + 8];

	(void)snprintf(wanted, sizeof(wanted), LAST_WORD "%" PRIx64, kb_str_fingerprint(0, before));
	return rest.len == 0 && kb_str_eq(line, kb_str_from(wanted));
}

static int read_lines(struct kb_str text, struct reader *p)
{
	struct kb_str rest = kb_str_skip(text, sizeof(HEADER) - 1);
	struct kb_str line;

	while (kb_str_next_line(&rest, &line)) {
		if (kb_str_starts(line, KB_STR(LAST_WORD))) {
			return is_end(text, line, rest) ? 0 : -EINVAL;
		}
		if (!take_line(p, line)) {
			return -EINVAL;
		}
	}
	return -EINVAL; /* its end is missing */
}

int kb_remembered_parse(struct kb_str text, struct kb_remembered *r, struct kb_error *err)
{
	struct reader p = {.r = r};
	int result = -EINVAL;

	if (kb_str_starts(text, KB_STR(FIRST_WORD)) && !kb_str_starts(text, KB_STR(HEADER))) {
		return kb_error_set(err, -EINVAL, "it was written by another version of kboot");
	}
	if (kb_str_starts(text, KB_STR(HEADER)) && kb_str_ends(text, KB_STR("\n")) &&
	    text.len <= KB_REMEMBERED_MAX_BYTES) {
		r->entries =
			kb_arena_array(&r->arena, KB_REMEMBERED_MAX_ENTRIES, sizeof(*r->entries));
		result = r->entries ? read_lines(text, &p) : -ENOMEM;
	}
	if (result < 0) {
		kb_remembered_done(r);
		return kb_error_set(err, result, "it is damaged");
	}
	return 0;
}

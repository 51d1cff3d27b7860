/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a name leads, and what a word is. */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/boot/image.h"
#include "prompt_work.h"

void kb_prompt_tell_note(void *ctx, const char *sentence, uint64_t of)
{
	const struct kb_prompt_work *w = ctx;

	kb_report_tell(w->out_fd, &(struct kb_report){.note = sentence, .of = of});
}

void kb_prompt_tell_how(const struct kb_prompt_work *w, const char *how)
{
	kb_report_tell(w->out_fd, &(struct kb_report){.how = how});
}

static void tell_found(const struct kb_prompt_work *w, const struct kb_place_found *found,
		       const char *how)
{
	/* The folders of a simulation may have been named from where the engine is; the client is
	 * not. */
	KB_FREE char *cwd = found->path[0] == '/' ? NULL : getcwd(NULL, 0);
	KB_BUF struct kb_buf path = {0};
	struct kb_report report = {.place = found->shown, .how = how};

	kb_buf_printf(&path, "%s%s%s", cwd ? cwd : "", cwd ? "/" : "", found->path);
	report.path = path.data;
	if (kb_buf_error(&path) == 0) {
		kb_report_tell(w->out_fd, &report);
	}
}

#define DEV_DIR "/dev/"

/* What the kernel shows is in kboot's own system; a disk has empty folders for it, or none. */
static bool is_the_kernels(struct kb_str name)
{
	static const char *const folders[] = {"/proc", "/dev", "/sys", "/run"};

	for (size_t i = 0; i < KB_ARRAY_LEN(folders); i++) {
		struct kb_str rest = kb_str_skip(name, strlen(folders[i]));

		if (kb_str_starts(name, kb_str_from(folders[i])) &&
		    (rest.len == 0 || rest.data[0] == '/')) {
			return true;
		}
	}
	return false;
}

/* Adds to the sentence of a name that is not there what may have been meant; answers r.
 * sda1, /dev/sda1 and sda1:x are names of files; whoever types one most likely means the device. */
static int add_hint(const struct kb_prompt_work *w, int r, struct kb_error *err)
{
	const struct kb_str whole = kb_str_from(w->job->name);
	struct kb_str name = whole;
	struct kb_str device;
	struct kb_str rest;
	char text[KB_ERROR_TEXT];

	if ((r != -ENOENT && r != -ENOTDIR) || !w->job->name) {
		return r;
	}
	(void)snprintf(text, sizeof(text), "%s", err->text);
	if (kb_str_starts(name, KB_STR(DEV_DIR))) {
		name = kb_str_skip(name, strlen(DEV_DIR));
	}
	device = kb_str_head(name, kb_str_find(name, ':'));
	rest = kb_str_skip(name, device.len + 1);
	if (device.len == 0 || kb_str_starts(rest, KB_STR("/")) ||
	    (!kb_places_block(w->job->places, device) &&
	     !kb_places_device(w->job->places, device))) {
		return is_the_kernels(whole)
			       ? kb_error_set(err, r, "%s (kboot's own: /%s)", text, w->job->name)
			       : r;
	}
	return kb_error_set(err, r, "%s (on the device: %.*s:%s%.*s)", text, KB_STR_ARG(device),
			    rest.len > 0 ? "/" : "", KB_STR_ARG(rest));
}

static int find(struct kb_prompt_work *w, struct kb_place_found *ret_found, struct kb_error *err)
{
	return add_hint(w,
			kb_automount_find(&w->resolver.automount, w->job->name, w->job->from,
					  ret_found, err),
			err);
}

enum { LISTED_BYTES = 128 << 10, BESIDE_A_NAME = 8 };

struct listing {
	const struct kb_prompt_work *work;
	const struct kb_resolved *folder;
	size_t told_bytes;
};

/* A name that cannot be shown as it is cannot be typed either: it is left out. */
static bool is_plain(const char *name)
{
	struct kb_str rest = kb_str_from(name);

	while (rest.len > 0) {
		size_t len = (unsigned char)rest.data[0] < ' ' ? 0 : kb_str_utf8_len(rest);

		if (len == 0) {
			return false;
		}
		rest = kb_str_skip(rest, len);
	}
	return true;
}

static int list_name(void *ctx, const char *name)
{
	struct listing *l = ctx;
	const struct kb_tree *tree = l->folder->tree;
	KB_BUF struct kb_buf path = {0};
	KB_CLOSE int fd = -1;

	if (!kb_str_starts(kb_str_from(name), kb_str_from(l->work->job->list)) || !is_plain(name)) {
		return 0;
	}
	/* All of them are one answer. */
	l->told_bytes += strlen(name) + BESIDE_A_NAME;
	if (l->told_bytes > LISTED_BYTES) {
		return -EMSGSIZE;
	}
	kb_buf_printf(&path, "%s/%s", l->folder->rest, name);
	if (kb_buf_error(&path) < 0) {
		return -ENOMEM;
	}
	kb_report_tell(l->work->out_fd,
		       &(struct kb_report){.how = KB_REPORT_ROW,
					   .path = name,
					   .place = kb_tree_open_dir(tree, path.data, &fd) == 0
							    ? "/"
							    : ""});
	return 0;
}

static int list_folder(const struct kb_prompt_work *w, const struct kb_place_found *found,
		       struct kb_error *err)
{
	struct listing listing = {.work = w, .folder = &found->resolved};
	int r = kb_tree_list(found->resolved.tree, found->resolved.rest, KB_PROMPT_MAX_NAMES,
			     list_name, &listing);

	return r == -E2BIG
		       ? kb_error_set(err, r, "%s has more than %d names: they are not looked at",
				      found->shown, KB_PROMPT_MAX_NAMES)
	       : r == -EMSGSIZE
		       ? kb_error_set(err, r, "too many names in %s begin so: type more of one",
				      found->shown)
	       : r < 0 ? kb_error_set(err, r, "%s cannot be listed: %s", found->shown, strerror(-r))
		       : 0;
}

int kb_prompt_visit(struct kb_prompt_work *w, struct kb_error *err)
{
	struct kb_place_found found;
	int r = find(w, &found, err);

	if (r == 0 && found.resolved.type == KB_TREE_FILE &&
	    (w->job->want_dir || kb_str_ends(kb_str_from(w->job->name), KB_STR("/")))) {
		/* "cd x.iso", "ls x.iso/": what is in the image, not the file. */
		r = kb_automount_find(&w->resolver.automount, ".", found.shown, &found, err);
	}
	if (r == 0 && w->job->want_dir && found.resolved.type != KB_TREE_DIR) {
		r = kb_error_set(err, -ENOTDIR, "%s is not a directory", found.shown);
	}
	if (r == 0 && w->job->list) {
		r = list_folder(w, &found, err);
	}
	if (r == 0) {
		tell_found(w, &found, NULL);
	}
	return r;
}

/* --- what is this word? */

static bool names_a_file(const char *word)
{
	return strpbrk(word, "/:") != NULL;
}

/* A file that is there: a kernel, a program, or neither. */
static int judge(struct kb_prompt_work *w, const struct kb_place_found *found, struct kb_error *err)
{
	KB_CLOSE int fd = -1;
	char what[KB_ERROR_TEXT];
	struct kb_image image;
	struct stat st;
	int r = kb_tree_open(found->resolved.tree, found->resolved.rest, &fd);

	if (r < 0) {
		return kb_error_set(err, r, "%s: %s", found->shown, strerror(-r));
	}
	r = kb_image_inspect(fd, found->shown, &image, err);
	if (r == 0) {
		tell_found(w, found, "boot");
		return 0;
	}
	if (r != -ENOEXEC) {
		return r;
	}
	if (!names_a_file(w->job->name)) {
		return r;
	}
	if (fstat(fd, &st) < 0 || !(st.st_mode & 0111)) {
		(void)snprintf(what, sizeof(what), "%s", err->text);
		return kb_error_set(err, -ENOEXEC, "%s, nor is it executable", what);
	}
	kb_error_clear(err);
	tell_found(w, found, "command");
	return 0;
}

int kb_prompt_word(struct kb_prompt_work *w, struct kb_error *err)
{
	struct kb_place_found found;
	int r = find(w, &found, err);
	bool is_file = r == 0 && found.resolved.type == KB_TREE_FILE;

	if (is_file) {
		r = judge(w, &found, err);
	} else if (r == 0) {
		r = found.resolved.type == KB_TREE_DIR
			    ? kb_error_set(err, -EISDIR, "%s is a directory: cd %s goes there",
					   found.shown, w->job->name)
			    : kb_error_set(err, -ENOEXEC, "%s is no regular file", found.shown);
	}
	/* BusyBox may know a word that names nothing here, or nothing that can be started. */
	if (r < 0 && !names_a_file(w->job->name) && (!is_file || r == -ENOEXEC)) {
		kb_error_clear(err);
		kb_prompt_tell_how(w, "command");
		return 0;
	}
	return r;
}

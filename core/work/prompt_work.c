/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a name leads, and what a word is. */
#include "prompt_work.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/boot/image.h"

void kb_prompt_tell_note(void *ctx, const char *sentence, uint64_t of)
{
	const struct kb_prompt_work *w = ctx;
	KB_BUF struct kb_buf line = {0};

	kb_json_open(&line, NULL, '{');
	kb_json_put_text(&line, "note", sentence);
	kb_json_put_int(&line, "of", (int64_t)of);
	kb_json_tell(w->out_fd, &line);
}

static void tell_found(const struct kb_prompt_work *w, const struct kb_place_found *found,
		       const char *how)
{
	/* The folders of a simulation may have been named from where the engine is; the client is
	 * not. */
	KB_FREE char *cwd = found->path[0] == '/' ? NULL : getcwd(NULL, 0);
	KB_BUF struct kb_buf path = {0};
	KB_BUF struct kb_buf line = {0};

	kb_buf_printf(&path, "%s%s%s", cwd ? cwd : "", cwd ? "/" : "", found->path);
	kb_json_open(&line, NULL, '{');
	kb_json_put_text(&line, "place", found->shown);
	kb_json_put_text(&line, "path", path.data);
	if (how) {
		kb_json_put_text(&line, "how", how);
	}
	if (kb_buf_error(&path) == 0) {
		kb_json_tell(w->out_fd, &line);
	}
}

static int find(struct kb_prompt_work *w, struct kb_place_found *ret_found, struct kb_error *err)
{
	return kb_prompt_hint(
		w, kb_resolver_find(&w->resolver, w->job->name, w->job->from, ret_found, err), err);
}

int kb_prompt_visit(struct kb_prompt_work *w, struct kb_error *err)
{
	struct kb_place_found found;
	int r = find(w, &found, err);

	if (r == 0 && w->job->want_dir && found.resolved.type != KB_TREE_DIR) {
		r = kb_error_set(err, -ENOTDIR, "%s is not a directory", found.shown);
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
		kb_error_clear(err);
		kb_json_tell_text(w->out_fd, "how", "command");
		return 0;
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

	if (r == 0 && found.resolved.type == KB_TREE_FILE) {
		return judge(w, &found, err);
	}
	if (!names_a_file(w->job->name)) {
		kb_error_clear(err);
		kb_json_tell_text(w->out_fd, "how", "command");
		return 0;
	}
	if (r < 0) {
		return r;
	}
	return found.resolved.type == KB_TREE_DIR
		       ? kb_error_set(err, -EISDIR, "%s is a directory: cd %s goes there",
				      found.shown, w->job->name)
		       : kb_error_set(err, -ENOEXEC, "%s is no regular file", found.shown);
}

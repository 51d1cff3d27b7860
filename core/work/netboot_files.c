/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netboot_files.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kboot/base/tree.h"
#include "kboot/formats/ipxe.h"

static bool is_same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

/* Once for each: a script of iPXE is run again from its start for each answer. */
static int look_up(struct kb_netboot_files *f, const char *url, const char *post,
		   struct kb_netboot_asked **ret_asked, struct kb_error *err)
{
	struct kb_netboot_asked *a;
	struct kb_error why = {0};
	struct stat st;

	for (size_t i = 0; i < f->n_asked; i++) {
		if (strcmp(f->asked[i].url, url) == 0 && is_same(f->asked[i].post, post)) {
			*ret_asked = &f->asked[i];
			return 0;
		}
	}
	if (f->n_asked == KB_NETBOOT_MAX_ASKED) {
		return kb_error_set(err, -E2BIG, "more than %d files were asked for",
				    KB_NETBOOT_MAX_ASKED);
	}
	a = &f->asked[f->n_asked];
	*a = (struct kb_netboot_asked){.url = kb_arena_strdup(f->arena, url),
				       .post = post ? kb_arena_strdup(f->arena, post) : NULL,
				       .fd = -1};
	if (!a->url || (post && !a->post)) {
		return kb_error_no_memory(err);
	}
	f->n_asked++;
	a->code = kb_remote_open(f->sys, f->places, &f->session, url, post,
				 f->kept_bytes < KB_NETBOOT_MAX_ALL ? KB_NETBOOT_MAX_FILE : 0,
				 &a->fd, &why);
	a->why = a->code < 0 ? kb_arena_strdup(f->arena, why.text) : "";
	if (a->code == 0 && fstat(a->fd, &st) == 0) {
		f->kept_bytes += (uint64_t)st.st_size;
	}
	*ret_asked = a;
	return 0;
}

static int open_asked(struct kb_netboot_files *f, const char *url, const char *post,
		      struct kb_netboot_asked **ret_asked, struct kb_error *err)
{
	int r = look_up(f, url, post, ret_asked, err);

	if (r == 0 && (*ret_asked)->code < 0) {
		r = kb_error_set(err, (*ret_asked)->code, "%s",
				 (*ret_asked)->why ? (*ret_asked)->why : url);
	}
	/* One offset for all: whoever opens it reads it now. */
	if (r == 0 && lseek((*ret_asked)->fd, 0, SEEK_SET) < 0) {
		r = kb_error_set(err, -errno, "%s: %s", url, strerror(errno));
	}
	return r;
}

int kb_netboot_ask(struct kb_netboot_files *f, const char *url, int *ret_fd, struct kb_error *err)
{
	struct kb_netboot_asked *asked = NULL;
	int r = open_asked(f, url, NULL, &asked, err);

	if (r < 0) {
		return r;
	}
	*ret_fd = fcntl(asked->fd, F_DUPFD_CLOEXEC, 0);
	return *ret_fd < 0 ? kb_error_set(err, -errno, "%s: %s", url, strerror(errno)) : 0;
}

int kb_netboot_script(struct kb_netboot_files *f, const char *url, const char *post,
		      struct kb_str *ret_text, struct kb_error *err)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_netboot_asked *asked = NULL;
	int r = open_asked(f, url, post, &asked, err);

	if (r == 0 && !asked->script.data) {
		r = kb_read_all(asked->fd, KB_NETBOOT_MAX_FILE, &text);
		r = r == 0 && !kb_ipxe_is_script(kb_buf_view(&text)) ? -ENOEXEC : r;
		asked->script.data = r == 0 ? kb_arena_str(f->arena, kb_buf_view(&text)) : NULL;
		asked->script.len = text.len;
		r = r == 0 && !asked->script.data ? -ENOMEM : r;
	}
	if (r == 0) {
		*ret_text = asked->script;
	}
	return r;
}

void kb_netboot_files_done(struct kb_netboot_files *f)
{
	for (size_t i = 0; i < f->n_asked; i++) {
		(void)kb_close(f->asked[i].fd);
	}
	kb_fetch_session_done(&f->session);
}

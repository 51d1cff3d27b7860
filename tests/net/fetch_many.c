/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fetch_many CA POST URL…: the files one after the other, on one session or, with SESSION=no in the
 * environment, each on its own; their bytes and what was wrong. POST "": no form is sent. */
#include <stdio.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include "kboot/fetch/fetch.h"

enum { MAX_BYTES = 1 << 20, DEADLINE_MS = 20000 };

static int fetch(struct kb_fetch_request *request, const char *url)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_fetch_resource resource;
	struct kb_fetch_part part = {.fd = -1};
	struct kb_error err = {0};
	off_t at = 0;
	int r = kb_fetch_resource_parse(&arena, kb_str_from(url), &resource, &err);

	r = r < 0 ? r : kb_fetch_part_open(&part, &err);
	request->urls = resource.urls;
	request->n_urls = r < 0 ? 0 : resource.n_urls;
	r = r < 0 ? r : kb_fetch(request, &part, &err);
	if (r < 0) {
		(void)fprintf(stderr, "%s\n", err.text);
	} else if (sendfile(STDOUT_FILENO, part.fd, &at, kb_fetch_part_bytes(&part)) < 0) {
		r = -1;
	}
	kb_fetch_part_close(&part);
	return r;
}

int main(int argc, char **argv)
{
	struct kb_fetch_session session = {0};
	struct kb_fetch_request request = {.sys = &kb_sys_linux, .max_bytes = MAX_BYTES};
	const char *own = getenv("SESSION");
	int r = argc < 4 ? -1 : 0;

	for (int i = 3; r == 0 && i < argc; i++) {
		request.ca_file = argv[1];
		request.post = argv[2][0] ? argv[2] : NULL;
		request.session = own && strcmp(own, "no") == 0 ? NULL : &session;
		request.deadline_ms = kb_sys_linux.now_ms(kb_sys_linux.ctx) + DEADLINE_MS;
		r = fetch(&request, argv[i]);
	}
	kb_fetch_session_done(&session);
	return r < 0;
}

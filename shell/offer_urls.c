/* SPDX-License-Identifier: GPL-2.0-or-later */
/* URLs that Tab can offer: those that were typed before, and hosts of the booted environment. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "history.h"
#include "offers.h"

enum { HOSTS_BYTES = 64 << 10 };

/* In front of a URL, or behind it, in a line that was typed. */
static bool is_outside(char c)
{
	return kb_is_blank(c) || c == ',' || c == '"' || c == '\'' || c == '=';
}

static void offer_from_history(struct kb_completion *c)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_str rest;

	if (!c->shell->options->history || kb_history_read(c->shell->options->history, &text) < 0) {
		return;
	}
	rest = kb_buf_view(&text);
	while (rest.len > 0 && !c->failed) {
		size_t end = 0;

		while (end < rest.len && !is_outside(rest.data[end])) {
			end++;
		}
		if (kb_part_is_url(kb_str_head(rest, end))) {
			kb_offer(c, kb_arena_str(&c->arena, kb_str_head(rest, end)), NULL, NULL,
				 false);
		}
		rest = kb_str_skip(rest, end < rest.len ? end + 1 : end);
	}
}

static void offer_host(struct kb_completion *c, struct kb_str scheme, struct kb_str host)
{
	kb_offer(c, kb_arena_printf(&c->arena, "%.*s%.*s/", KB_STR_ARG(scheme), KB_STR_ARG(host)),
		 NULL, NULL, true);
}

/* address name name… # and what follows is left out. */
static void offer_line(struct kb_completion *c, struct kb_str scheme, struct kb_str line)
{
	bool is_name = false;

	line = kb_str_head(line, kb_str_find(line, '#'));
	while (line.len > 0) {
		size_t end = 0;

		while (end < line.len && !kb_is_blank(line.data[end])) {
			end++;
		}
		if (end > 0 && is_name) {
			offer_host(c, scheme, kb_str_head(line, end));
		}
		is_name = is_name || end > 0;
		line = kb_str_skip(line, end < line.len ? end + 1 : end);
	}
}

static void offer_hosts(struct kb_completion *c, struct kb_str scheme)
{
	const struct kb_intent intent = {.type = KB_DO_VISIT, .name = "/etc/hosts", .want = "any"};
	const struct kb_message *reply = kb_offer_ask(c, &intent);
	char *text = kb_arena_alloc(&c->arena, HOSTS_BYTES);
	struct stat st;
	KB_CLOSE int fd = -1;
	struct kb_str rest;
	ssize_t n;

	/* A link may lead where one is not. */
	fd = reply && reply->path && text
		     ? open(reply->path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
		     : -1;
	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
		return;
	}
	n = read(fd, text, HOSTS_BYTES);
	rest = kb_str_of(text, n > 0 ? (size_t)n : 0);
	while (rest.len > 0 && !c->failed) {
		size_t end = kb_str_find(rest, '\n');

		offer_line(c, scheme, kb_str_head(rest, end));
		rest = kb_str_skip(rest, end < rest.len ? end + 1 : end);
	}
}

/* Is it inside what can be gone about in: behind the host of NFS, behind the share of SMB? */
static bool navigates(struct kb_str part)
{
	bool is_smb = kb_str_starts(part, KB_STR("smb://"));
	size_t slashes = is_smb ? 2 : 1;

	if (!is_smb && !kb_str_starts(part, KB_STR("nfs://"))) {
		return false;
	}
	part = kb_str_skip(part, strlen("smb://"));
	while (slashes > 0 && part.len > 0) {
		slashes -= part.data[0] == '/';
		part = kb_str_skip(part, 1);
	}
	return slashes == 0;
}

bool kb_part_is_url(struct kb_str part)
{
	size_t colon = kb_str_find(part, ':');

	return colon > 0 && kb_is_letter(part.data[0]) &&
	       kb_str_starts(kb_str_skip(part, colon), KB_STR("://"));
}

void kb_offer_urls(struct kb_completion *c)
{
	size_t host = kb_str_find(c->part, ':') + strlen("://");

	c->group = KB_GROUP_FILES;
	if (navigates(c->part)) {
		kb_offer_files(c);
		return;
	}
	offer_from_history(c);
	if (kb_str_find(kb_str_skip(c->part, host), '/') == c->part.len - host) {
		offer_hosts(c, kb_str_head(c->part, host));
	}
}

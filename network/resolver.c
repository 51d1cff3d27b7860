/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <stdio.h>
#include <sys/socket.h>

#include "apply.h"
#include "kboot/base/tree.h"
#include "sysfs.h"

enum { NOTE_NAME = 48, NOTE_TEXT = 1024, MAX_NOTES = 256, SEARCH_BYTES = 256 };

#define PREFIX "dns-"

/* "dns-2-eth0". */
static void name_note(const char *interface, enum kb_resolver_source source, char *buf)
{
	(void)snprintf(buf, NOTE_NAME, PREFIX "%d-%.16s", (int)source, interface);
}

/* fe80::/10: of one link only, which has to be said. */
static bool is_link_local(const struct kb_ip *ip)
{
	return ip->family == AF_INET6 && ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

/* --- all of them */

struct all {
	int dir_fd;
	char names[MAX_NOTES][NOTE_NAME];
	size_t n_names;
	struct kb_str servers[KB_NET_MAX_DNS]; /* below texts */
	unsigned n_servers;
	struct kb_buf search;
	struct kb_buf texts; /* of all notes */
};

static int take_name(void *ctx, const char *name)
{
	struct all *all = ctx;

	if (strncmp(name, PREFIX, strlen(PREFIX)) == 0 && strlen(name) < NOTE_NAME &&
	    all->n_names < MAX_NOTES) {
		(void)snprintf(all->names[all->n_names++], NOTE_NAME, "%s", name);
	}
	return 0;
}

/* By who says so, then by the interface. */
static int compare(const void *a, const void *b)
{
	return strverscmp(a, b);
}

static bool is_listed(const struct all *all, struct kb_str server)
{
	for (unsigned i = 0; i < all->n_servers; i++) {
		if (kb_str_eq(all->servers[i], server)) {
			return true;
		}
	}
	return false;
}

static void take_line(struct all *all, struct kb_str line)
{
	struct kb_str word;

	if (!kb_str_next_word(&line, &word)) {
		return;
	}
	line = kb_str_trim(line);
	if (kb_str_eq(word, KB_STR("nameserver")) && all->n_servers < KB_NET_MAX_DNS &&
	    !is_listed(all, line)) {
		all->servers[all->n_servers++] = line;
	} else if (kb_str_eq(word, KB_STR("search")) && all->search.len == 0 && line.len > 0) {
		kb_buf_printf(&all->search, "search %.*s\n", KB_STR_ARG(line));
	}
}

static void read_all(struct all *all)
{
	const struct kb_tree tree = {.root_fd = all->dir_fd, .name = ""};
	struct kb_str rest;
	struct kb_str line;

	if (kb_tree_list(&tree, "/", (size_t)MAX_NOTES * 4, take_name, all) < 0) {
		return;
	}
	qsort(all->names, all->n_names, NOTE_NAME, compare);
	for (size_t i = 0; i < all->n_names; i++) {
		char text[NOTE_TEXT];

		if (kb_sysfs_text(all->dir_fd, all->names[i], text, sizeof(text)) == 0) {
			kb_buf_printf(&all->texts, "%s\n", text);
		}
	}
	rest = kb_buf_view(&all->texts);
	while (kb_str_next_line(&rest, &line)) {
		take_line(all, line);
	}
}

/* A dead server must not hold up a boot: so many seconds for all of a question. */
static int write_file(const struct all *all)
{
	KB_BUF struct kb_buf text = {0};

	if (all->n_servers == 0) {
		kb_note_remove(KB_RESOLV_DIR, KB_RESOLV_NAME);
		return 0;
	}
	kb_buf_puts(&text, "options timeout:3 attempts:2\n");
	kb_buf_append(&text, all->search.data, all->search.len);
	for (unsigned i = 0; i < all->n_servers; i++) {
		kb_buf_printf(&text, "nameserver %.*s\n", KB_STR_ARG(all->servers[i]));
	}
	return kb_buf_error(&text) < 0
		       ? kb_buf_error(&text)
		       : kb_note_write(KB_RESOLV_DIR, KB_RESOLV_NAME, kb_buf_view(&text));
}

static int make(void)
{
	struct all *all = calloc(1, sizeof(*all));
	int r = -ENOMEM;

	if (all) {
		all->dir_fd = kb_sysfs_open(AT_FDCWD, KB_NETWORK_DIR);
		read_all(all);
		r = write_file(all);
		(void)kb_close(all->dir_fd);
		kb_buf_done(&all->search);
		kb_buf_done(&all->texts);
	}
	free(all);
	return r;
}

/* --- one */

int kb_resolver_say(const char *interface, enum kb_resolver_source source, const struct kb_ip *dns,
		    unsigned n, const char *search)
{
	KB_BUF struct kb_buf text = {0};
	char name[NOTE_NAME];
	char buf[KB_IP_TEXT];
	int r;

	if (n == 0) {
		return 0;
	}
	if (search[0]) {
		kb_buf_printf(&text, "search %.*s\n", SEARCH_BYTES, search);
	}
	for (unsigned i = 0; i < n; i++) {
		kb_buf_printf(&text, "nameserver %s", kb_ip_print(&dns[i], buf));
		/* As a number: who may make no socket of this machine finds none by name. */
		if (is_link_local(&dns[i])) {
			kb_buf_printf(&text, "%%%u", if_nametoindex(interface));
		}
		kb_buf_putc(&text, '\n');
	}
	if (kb_buf_error(&text) < 0) {
		return kb_buf_error(&text);
	}
	name_note(interface, source, name);
	r = kb_note_write(KB_NETWORK_DIR, name, kb_buf_view(&text));
	return r < 0 ? r : make();
}

void kb_resolver_forget(const char *interface)
{
	char name[NOTE_NAME];

	for (int source = 0; source < KB_N_RESOLVER_SOURCES; source++) {
		name_note(interface, (enum kb_resolver_source)source, name);
		kb_note_remove(KB_NETWORK_DIR, name);
	}
	(void)make();
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/formats/hosts.h"

#include <arpa/inet.h>
#include <errno.h>

#include "text_lines.h"

enum { SHOWN_MAX = 60 }; /* bytes of a word that a sentence repeats */

#define SHOWN(s) KB_STR_ARG(kb_str_head((s), SHOWN_MAX))

struct reading {
	struct kb_arena *arena;
	struct conf_diags diags;
	struct text_lines lines;
	struct kb_hosts hosts;
	size_t max_names;
	bool is_full;
};

/* One way to write each address. */
static bool format_address(struct kb_str word, char ret_text[static INET6_ADDRSTRLEN])
{
	static const int families[] = {AF_INET, AF_INET6};
	char text[INET6_ADDRSTRLEN] = "";
	unsigned char bytes[sizeof(struct in6_addr)];

	if (word.len >= sizeof(text)) {
		return false;
	}
	memcpy(text, word.data, word.len);
	for (size_t i = 0; i < KB_ARRAY_LEN(families); i++) {
		if (inet_pton(families[i], text, bytes) == 1) {
			return inet_ntop(families[i], bytes, ret_text, INET6_ADDRSTRLEN) != NULL;
		}
	}
	return false;
}

static struct kb_str without_last_dot(struct kb_str name)
{
	return kb_str_ends(name, KB_STR(".")) ? kb_str_head(name, name.len - 1) : name;
}

/* Letters beyond ASCII are used as they are. */
static bool is_name(struct kb_str name)
{
	for (size_t i = 0; i < name.len; i++) {
		char c = name.data[i];

		if ((unsigned char)c < 0x80 && !kb_str_is_word(kb_str_of(&c, 1), "-_.")) {
			return false;
		}
		if (c == '.' && (i == 0 || i + 1 == name.len || name.data[i - 1] == '.')) {
			return false;
		}
	}
	return name.len > 0 && name.len <= KB_HOSTS_MAX_NAME;
}

static int add_name(struct reading *r, struct kb_str word, const char *address)
{
	struct kb_host *host = &r->hosts.hosts[r->hosts.n_hosts];
	struct kb_position at = text_lines_at(&r->lines, word.data);
	struct kb_str name = without_last_dot(word);

	if (!is_name(name)) {
		conf_diags_error(&r->diags, at, "`%.*s` is no host name and is left out",
				 SHOWN(word));
		return 0;
	}
	if (r->hosts.n_hosts == r->max_names) {
		if (!r->is_full) {
			conf_diags_error(&r->diags, at,
					 "more than %d names: this one and the rest are left out",
					 KB_HOSTS_MAX_NAMES);
		}
		r->is_full = true;
		return 0;
	}
	*host = (struct kb_host){kb_arena_str(r->arena, name), address, at};
	if (!host->name) {
		return -ENOMEM;
	}
	r->hosts.n_hosts++;
	return 0;
}

static int read_line(struct reading *r, struct kb_str text)
{
	struct kb_str rest = kb_str_head(text, kb_str_find(text, '#'));
	char buf[INET6_ADDRSTRLEN];
	const char *address;
	struct kb_str word;
	int code = 0;

	(void)kb_str_next_word(&rest, &word);
	if (!format_address(word, buf)) {
		conf_diags_error(&r->diags, text_lines_at(&r->lines, word.data),
				 "`%.*s` is no IPv4 or IPv6 address: the line is skipped",
				 SHOWN(word));
		return 0;
	}
	if (kb_str_trim(rest).len == 0) {
		conf_diags_warn(&r->diags, text_lines_at(&r->lines, word.data),
				"there is no name behind %s", buf);
		return 0;
	}
	address = r->is_full ? buf : kb_arena_strdup(r->arena, buf);
	if (!address) {
		return -ENOMEM;
	}
	while (code == 0 && kb_str_next_word(&rest, &word)) {
		code = add_name(r, word, address);
	}
	return code;
}

/* At least as many as there are names. */
static size_t count_names(struct kb_str text)
{
	size_t n = 0;

	for (size_t i = 1; n < KB_HOSTS_MAX_NAMES && i < text.len; i++) {
		n += kb_is_blank(text.data[i - 1]) && !kb_is_blank(text.data[i]);
	}
	return n;
}

static int read_all(struct reading *r, const char *file, struct kb_str text)
{
	struct kb_str line;
	int code = 0;

	r->max_names = count_names(kb_str_head(text, KB_HOSTS_MAX_BYTES));
	r->hosts.hosts = kb_arena_array(r->arena, r->max_names, sizeof(*r->hosts.hosts));
	r->lines.file = kb_arena_strdup(r->arena, file);
	if (!r->hosts.hosts || (file && !r->lines.file)) {
		return -ENOMEM;
	}
	text_lines_start(&r->lines, text);
	while (code == 0 && text_lines_next(&r->lines, &line)) {
		code = read_line(r, line);
	}
	return code;
}

int kb_hosts_read(struct kb_arena *arena, const char *file, struct kb_str text,
		  const struct kb_diag_sink *diags, struct kb_hosts *ret_hosts,
		  struct kb_error *err)
{
	struct reading r = {
		.arena = arena,
		.diags = {.sink = diags, .max = KB_HOSTS_MAX_DIAGS},
		.lines = {.diags = &r.diags,
			  .comments = "#",
			  .severity = KB_SEVERITY_ERROR,
			  .max_line = KB_HOSTS_MAX_LINE,
			  .max_bytes = KB_HOSTS_MAX_BYTES},
	};

	if (read_all(&r, file, text) < 0) {
		return kb_error_set_at(err, -ENOMEM, (struct kb_position){.file = file},
				       "out of memory");
	}
	conf_diags_end(&r.diags, r.lines.file);
	*ret_hosts = r.hosts;
	return 0;
}

const char *kb_hosts_find(const struct kb_hosts *hosts, struct kb_str name)
{
	name = without_last_dot(name);
	for (size_t i = 0; i < hosts->n_hosts; i++) {
		if (kb_str_eq_nocase(kb_str_from(hosts->hosts[i].name), name)) {
			return hosts->hosts[i].address;
		}
	}
	return NULL;
}

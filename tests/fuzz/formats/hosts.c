/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever the bytes: every name kept is found, and every address is one. */
#include "kboot/formats/hosts.h"

#include <arpa/inet.h>
#include <string.h>

#include "fuzz.h"
#include "lines.h"

struct context {
	unsigned n_lines;
	size_t n_diags;
};

static void hear(void *ctx, const struct kb_diag *diag)
{
	struct context *c = ctx;

	c->n_diags++;
	FUZZ_CHECK(diag->text[0] != '\0' && !strchr(diag->text, '\n'));
	FUZZ_CHECK(diag->at.line <= c->n_lines + 1);
}

static bool is_address(const char *text)
{
	unsigned char bytes[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, text, bytes) == 1 || inet_pton(AF_INET6, text, bytes) == 1;
}

static void check_host(const struct context *c, const struct kb_hosts *hosts, size_t i)
{
	const struct kb_host *host = &hosts->hosts[i];
	size_t len = strlen(host->name);

	FUZZ_CHECK(len > 0 && len <= KB_HOSTS_MAX_NAME && !strpbrk(host->name, " \t\r\n#/:%"));
	FUZZ_CHECK(is_address(host->address));
	FUZZ_CHECK(host->at.line > 0 && host->at.line <= c->n_lines && host->at.column > 1);
	FUZZ_CHECK(i == 0 || host->at.line >= host[-1].at.line);
	FUZZ_CHECK(i >= 64 || kb_hosts_find(hosts, kb_str_from(host->name)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct context c = {0};
	struct kb_diag_sink sink = {hear, &c};
	struct kb_str text = kb_str_of((const char *)data, size);
	struct kb_hosts hosts;
	struct kb_error err;

	c.n_lines = fuzz_count_lines(data, size);
	FUZZ_CHECK(kb_hosts_read(&arena, "f", text, &sink, &hosts, &err) == 0);
	FUZZ_CHECK(c.n_diags <= KB_HOSTS_MAX_DIAGS + 1 && hosts.n_hosts <= KB_HOSTS_MAX_NAMES);
	for (size_t i = 0; i < hosts.n_hosts; i++) {
		check_host(&c, &hosts, i);
	}
	return 0;
}

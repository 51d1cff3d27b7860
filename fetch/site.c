/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/fetch/site.h"

#include <fcntl.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"

#define SITE "/etc/kboot/"

/* What the engine keeps of proxy= is for the programs of the prompt, too. */
static void read_proxy(const char *path, struct kb_fetch_site *site)
{
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : read(fd, site->text, sizeof(site->text) - 1);
	char *blank;

	site->text[n > 0 ? n : 0] = '\0';
	blank = strchr(site->text, ' ');
	if (blank) {
		*blank = '\0';
	}
	site->proxy = site->text;
	site->no_proxy = blank ? blank + 1 : "";
}

void kb_fetch_at_site(struct kb_fetch_request *request, struct kb_fetch_site *site)
{
	request->netrc = access(SITE "netrc", R_OK) == 0 ? SITE "netrc" : NULL;
	request->known_hosts = SITE "known_hosts";
	request->identity = SITE "ssh_identity";
	request->pins = access(SITE "pins", F_OK) == 0 ? SITE "pins" : NULL;
	read_proxy(KB_FETCH_PROXY_SETTING, site);
	if (site->proxy[0]) {
		request->proxy = site->proxy;
		request->no_proxy = site->no_proxy;
	}
}

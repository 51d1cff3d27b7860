/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a router says, name servers are addresses of hosts, and domains are words of
 * resolv.conf. */
#include "router.h"

#include <sys/socket.h>

#include "fuzz.h"
#include "kboot/network/lease.h"

static void check(const struct kb_router *router)
{
	struct kb_str rest = kb_str_from(router->search);
	struct kb_str word;

	FUZZ_CHECK(router->index > 0 && router->n_dns <= KB_NET_MAX_DNS);
	FUZZ_CHECK(strlen(router->search) < sizeof(router->search));
	for (unsigned i = 0; i < router->n_dns; i++) {
		FUZZ_CHECK(router->dns[i].family == AF_INET6 && router->dns[i].bytes[0] != 0xff);
		FUZZ_CHECK(!kb_ip_is_any(&router->dns[i]));
	}
	while (kb_str_next_word(&rest, &word)) {
		FUZZ_CHECK(kb_domain_ok(word));
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_routers r = {.fd = -1};

	kb_routers_take(&r, data, size);
	FUZZ_CHECK(r.n <= KB_ROUTERS_MAX);
	for (unsigned i = 0; i < r.n; i++) {
		check(&r.at[i]);
	}
	return 0;
}

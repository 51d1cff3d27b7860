/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "kboot/formats/ipxe.h"

enum kind {
	TEXT,
	FIRST,   /* the first of several addresses */
	PREFIX,  /* length of a netmask */
	ADDRESS, /* where it is one */
	MACHINE, /* of no interface */
};

/* Of two that give one setting the first counts. */
static const struct {
	const char *variable;
	const char *setting;
	enum kind kind;
} rows[] = {
	{"mac", "net0/mac", TEXT},
	{"ip", "net0.dhcp/ip", TEXT},
	{"subnet", "net0.dhcp/netmask", TEXT},
	{"mask", "net0.dhcp/netmask", PREFIX},
	{"router", "net0.dhcp/gateway", FIRST},
	{"dns", "net0.dhcp/dns", FIRST},
	{"siaddr", "net0.dhcp/next-server", ADDRESS},
	{"tftp", "net0.dhcp/next-server", ADDRESS},
	{"serverid", "net0.dhcp/dhcp-server", TEXT},
	{"bootfile", "net0.dhcp/filename", TEXT},
	{"boot_file", "net0.dhcp/filename", TEXT},
	{"tftp", "net0.dhcp/66", TEXT},
	{"hostname", "net0.dhcp/hostname", TEXT},
	{"domain", "net0.dhcp/domain", TEXT},
	{"rootpath", "net0.dhcp/root-path", TEXT},
	{"vendor", "net0.dhcp/43", TEXT},
	{"ntpsrv", "net0.dhcp/ntp", FIRST},
	{"search", "net0.dhcp/search", TEXT},
	{"pxeconffile", "net0.dhcp/209", TEXT},
	{"pxepathprefix", "net0.dhcp/210", TEXT},
	{"uuid", "smbios/uuid", MACHINE},
	{"serial", "smbios/serial", MACHINE},
	{"asset", "smbios/asset", MACHINE},
	{"manufacturer", "smbios/manufacturer", MACHINE},
	{"product", "smbios/product", MACHINE},
	{"platform", "builtin/platform", MACHINE},
	{"buildarch", "builtin/buildarch", MACHINE},
	{"version", "builtin/version", MACHINE},
	{"unixtime", "builtin/unixtime", MACHINE},
};

static const char *variable(const char *const *lease, size_t n, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = n; i > 0; i--) {
		if (strncmp(lease[i - 1], name, len) == 0 && lease[i - 1][len] == '=' &&
		    lease[i - 1][len + 1]) {
			return lease[i - 1] + len + 1;
		}
	}
	return NULL;
}

/* "SETTING=VALUE"; *ret_text NULL: the value says nothing. */
static int put(struct kb_arena *arena, const char *setting, enum kind kind, const char *value,
	       const char **ret_text)
{
	struct in_addr address;
	struct kb_str first = kb_str_of(value, strcspn(value, " "));

	*ret_text = NULL;
	if (kind == ADDRESS &&
	    (inet_pton(AF_INET, value, &address) != 1 || address.s_addr == INADDR_ANY)) {
		return 0;
	}
	if (kind == PREFIX) {
		uint64_t bits;
		char mask[INET_ADDRSTRLEN];

		if (kb_str_to_u64(first, &bits) < 0 || bits > 32) {
			return 0;
		}
		address.s_addr = htonl(bits == 0 ? 0 : UINT32_MAX << (32 - bits));
		(void)inet_ntop(AF_INET, &address, mask, sizeof(mask));
		*ret_text = kb_arena_printf(arena, "%s=%s", setting, mask);
	} else if (kind == FIRST) {
		*ret_text = kb_arena_printf(arena, "%s=%.*s", setting, KB_STR_ARG(first));
	} else {
		*ret_text = kb_arena_printf(arena, "%s=%s", setting, value);
	}
	return *ret_text ? 0 : -ENOMEM;
}

static bool is_set(const char *const *settings, size_t n, const char *setting)
{
	return variable(settings, n, setting) != NULL;
}

/* "optN=HEX" is what udhcpc makes of a number without a name. */
static const char *put_option(struct kb_arena *arena, const char *text)
{
	size_t len = strspn(text + 3, "0123456789");
	const char *value = text + 3 + len + 1;

	return kb_arena_printf(arena, "net0.dhcp/%.*s:hexraw=%s", (int)len, text + 3, value);
}

static bool is_option(const char *text)
{
	return strncmp(text, "opt", 3) == 0 && kb_is_digit(text[3]) &&
	       text[3 + strspn(text + 3, "0123456789")] == '=';
}

int kb_ipxe_lease(struct kb_arena *arena, const char *const *lease, size_t n_lease,
		  const char *const **ret_settings, size_t *ret_n)
{
	const char **settings =
		kb_arena_array(arena, KB_ARRAY_LEN(rows) + n_lease, sizeof(*settings));
	size_t n = 0;

	if (!settings) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(rows); i++) {
		const char *value = variable(lease, n_lease, rows[i].variable);
		int r = 0;

		if (value && !is_set(settings, n, rows[i].setting)) {
			r = put(arena, rows[i].setting, rows[i].kind, value, &settings[n]);
			n += settings[n] != NULL;
		}
		if (r < 0) {
			return r;
		}
	}
	for (size_t i = 0; i < n_lease; i++) {
		if (is_option(lease[i])) {
			settings[n] = put_option(arena, lease[i]);
			if (!settings[n++]) {
				return -ENOMEM;
			}
		}
	}
	*ret_settings = settings;
	*ret_n = n;
	return 0;
}

int kb_ipxe_machine(struct kb_arena *arena, const char *machine, const char *const *lease,
		    size_t n_lease, const char *const **ret_settings, size_t *ret_n)
{
	static const struct {
		const char *machine;
		const char *setting;
	} archs[] = {{"aarch64", "buildarch=arm64"}, {"i686", "buildarch=i386"}};
	const char *own[] = {"platform=efi", "version=1.21.1", "buildarch=x86_64"};
	const size_t n_own = KB_ARRAY_LEN(own);
	const char **all = kb_arena_array(arena, n_own + n_lease, sizeof(*all));

	if (!all) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(archs); i++) {
		if (strcmp(machine, archs[i].machine) == 0) {
			own[n_own - 1] = archs[i].setting;
		}
	}
	memcpy(all, own, sizeof(own));
	if (n_lease > 0) {
		memcpy(all + n_own, lease, n_lease * sizeof(*all));
	}
	return kb_ipxe_lease(arena, all, n_own + n_lease, ret_settings, ret_n);
}

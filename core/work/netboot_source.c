/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netboot_source.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>

#include "kboot/base/str.h"

enum { NAME_BYTES = 128 };

const char *kb_netboot_var(const struct kb_netboot_lease *lease, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < lease->n_vars; i++) {
		const char *var = lease->vars[i];

		if (strncmp(var, name, len) == 0 && var[len] == '=' && var[len + 1]) {
			return var + len + 1;
		}
	}
	return NULL;
}

static const char *first_of(const struct kb_netboot_lease *lease, const char *const *names,
			    size_t n)
{
	const char *value = NULL;

	for (size_t i = 0; i < n && !value; i++) {
		value = kb_netboot_var(lease, names[i]);
	}
	return value;
}

const char *kb_netboot_encode(struct kb_arena *arena, const char *path)
{
	KB_BUF struct kb_buf out = {0};

	for (; *path; path++) {
		unsigned char c = (unsigned char)*path;

		if (kb_is_letter(*path) || kb_is_digit(*path) || strchr("-._~/!$&'()*+,;=:@", c)) {
			kb_buf_putc(&out, *path);
		} else {
			kb_buf_printf(&out, "%%%02X", c);
		}
	}
	return kb_buf_error(&out) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&out));
}

static bool is_address(const char *host)
{
	struct in6_addr any;

	return inet_pton(AF_INET, host, &any) == 1 || inet_pton(AF_INET6, host, &any) == 1;
}

/* Services give a name that means something to nobody, and the address beside it. NULL: there is
 * none. */
static const char *server_of(const struct kb_netboot_lease *lease, kb_netboot_host_fn *is_known,
			     void *ctx)
{
	static const char *const names[] = {"tftp", "siaddr", "sname", "serverid"};
	const char *first = NULL;

	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		const char *host = kb_netboot_var(lease, names[i]);
		bool is_one = host && strcmp(host, "0.0.0.0") != 0;

		if (is_one && (is_address(host) || is_known(ctx, host))) {
			return host;
		}
		first = is_one && !first ? host : first;
	}
	return first;
}

int kb_netboot_url(struct kb_arena *arena, const struct kb_netboot_lease *lease,
		   kb_netboot_host_fn *is_known, void *ctx, const char **ret_url,
		   struct kb_error *err)
{
	static const char *const files[] = {"bootfile", "boot_file"};
	const char *file = first_of(lease, files, KB_ARRAY_LEN(files));
	const char *config = kb_netboot_var(lease, "pxeconffile");
	const char *server;
	const char *path;

	if (!file && config) {
		file = config;
	}
	if (!file) {
		return kb_error_set(err, -ENOENT, "the DHCP server names no boot file");
	}
	if (strstr(file, "://")) {
		*ret_url = file;
		return 0;
	}
	server = server_of(lease, is_known, ctx);
	if (!server) {
		return kb_error_set(err, -EINVAL,
				    "the DHCP server names the boot file %s and no server", file);
	}
	path = kb_netboot_encode(arena, file[0] == '/' ? file + 1 : file);
	*ret_url = path ? kb_arena_printf(arena, "tftp://%s%s%s/%s", strchr(server, ':') ? "[" : "",
					  server, strchr(server, ':') ? "]" : "", path)
			: NULL;
	return *ret_url ? 0 : kb_error_no_memory(err);
}

/* The names that services give to boot programs; the first that fits. */
enum kb_netboot_kind kb_netboot_kind_of(const char *url)
{
	static const struct {
		const char *pattern;
		enum kb_netboot_kind kind;
	} names[] = {
		{"*/pxelinux.cfg/*", KB_NETBOOT_PXELINUX_CONFIG},
		{"*/kboot.c[on][nf]*", KB_NETBOOT_KBOOT_CONF},
		{"*/grub.cfg*", KB_NETBOOT_GRUB_CONFIG},
		{"*/*pxelinux.0", KB_NETBOOT_PXELINUX},
		{"*/syslinux*.efi", KB_NETBOOT_PXELINUX},
		{"*/*grub*.efi*", KB_NETBOOT_GRUB},
		{"*/shim*.efi*", KB_NETBOOT_GRUB},
		{"*/boot[xa]*64.efi", KB_NETBOOT_GRUB},
		{"*/grub.0", KB_NETBOOT_GRUB},
		{"*/core.0", KB_NETBOOT_GRUB},
		{"*/undionly*", KB_NETBOOT_IPXE},
		{"*/ipxe*", KB_NETBOOT_IPXE},
		{"*/snp*", KB_NETBOOT_IPXE},
		{"*/netboot.xyz*", KB_NETBOOT_IPXE},
		{"*/*.k*pxe", KB_NETBOOT_IPXE},
		{"*/*.pxe", KB_NETBOOT_IPXE},
	};
	KB_ARENA struct kb_arena arena = {0};
	const char *path = kb_arena_str(&arena, kb_str_head(kb_str_from(url), strcspn(url, "?#")));

	for (size_t i = 0; path && i < KB_ARRAY_LEN(names); i++) {
		if (fnmatch(names[i].pattern, path, FNM_CASEFOLD) == 0) {
			return names[i].kind;
		}
	}
	return KB_NETBOOT_UNKNOWN;
}

/* --- where programs look */

struct places {
	struct kb_arena *arena;
	const char **paths;
	size_t n;
	bool no_memory;
};

static void add(struct places *p, const char *folder, const char *name)
{
	const char *path =
		kb_arena_printf(p->arena, "%s%s%s", folder,
				kb_str_ends(kb_str_from(folder), KB_STR("/")) ? "" : "/", name);

	p->no_memory = p->no_memory || !path;
	if (path && p->n < KB_NETBOOT_MAX_PLACES) {
		p->paths[p->n++] = path;
	}
}

/* "52:54:…" as "01-52-54-…", in lower case. */
static bool hardware(const struct kb_netboot_lease *lease, char name[static NAME_BYTES])
{
	const char *mac = kb_netboot_var(lease, "mac");
	int n = mac && strlen(mac) < 60 ? snprintf(name, NAME_BYTES, "01-%s", mac) : 0;

	for (int i = 0; i < n; i++) {
		name[i] = kb_lower(name[i]);
		if (name[i] == ':') {
			name[i] = '-';
		}
	}
	return n > 0;
}

/* The address as eight digits. */
static bool address(const struct kb_netboot_lease *lease, char name[static 9])
{
	const char *ip = kb_netboot_var(lease, "ip");
	struct in_addr four;

	if (!ip || inet_pton(AF_INET, ip, &four) != 1) {
		return false;
	}
	(void)snprintf(name, 9, "%08X", (unsigned)ntohl(four.s_addr));
	return true;
}

static const char *folder_of(struct kb_arena *arena, const char *path)
{
	const char *slash = strrchr(path, '/');

	return kb_arena_str(arena,
			    kb_str_head(kb_str_from(path), slash ? (size_t)(slash - path) : 0));
}

/* After the manual of PXELINUX; 210 is what its names begin with, 209 the only name that is tried
 * before the others. */
static void add_pxelinux(struct places *p, const struct kb_netboot_lease *lease, const char *folder)
{
	const char *prefix = kb_netboot_var(lease, "pxepathprefix");
	const char *config = kb_netboot_var(lease, "pxeconffile");
	const char *uuid = kb_netboot_var(lease, "uuid");
	char name[NAME_BYTES];
	char hex[9];

	if (prefix && !strstr(prefix, "://")) {
		folder = kb_arena_printf(p->arena, "%s%s", prefix[0] == '/' ? "" : "/", prefix);
		if (!folder) {
			p->no_memory = true;
			return;
		}
	}
	if (config && !strstr(config, "://")) {
		add(p, config[0] == '/' ? "" : folder, config + (config[0] == '/'));
	}
	folder = kb_arena_printf(p->arena, "%s%spxelinux.cfg", folder,
				 kb_str_ends(kb_str_from(folder), KB_STR("/")) ? "" : "/");
	if (!folder) {
		p->no_memory = true;
		return;
	}
	if (uuid) {
		add(p, folder, uuid);
	}
	if (hardware(lease, name)) {
		add(p, folder, name);
	}
	for (size_t len = address(lease, hex) ? 8 : 0; len > 0; len--) {
		hex[len] = '\0';
		add(p, folder, hex);
	}
	add(p, folder, "default");
}

static void add_grub_in(struct places *p, const struct kb_netboot_lease *lease, const char *folder)
{
	const char *uuid = kb_netboot_var(lease, "uuid");
	const char *mac = kb_netboot_var(lease, "mac");
	char name[NAME_BYTES];
	char file[NAME_BYTES + 16];
	char hex[9];

	if (uuid && strlen(uuid) < NAME_BYTES) {
		(void)snprintf(file, sizeof(file), "grub.cfg-%s", uuid);
		add(p, folder, file);
	}
	if (hardware(lease, name)) {
		(void)snprintf(file, sizeof(file), "grub.cfg-%s", name);
		add(p, folder, file);
	}
	if (mac && strlen(mac) < NAME_BYTES) { /* as MAAS and Foreman name it */
		(void)snprintf(file, sizeof(file), "grub.cfg-%s", mac);
		add(p, folder, file);
	}
	for (size_t len = address(lease, hex) ? 8 : 0; len > 0; len--) {
		hex[len] = '\0';
		(void)snprintf(file, sizeof(file), "grub.cfg-%s", hex);
		add(p, folder, file);
	}
	add(p, folder, "grub.cfg");
}

/* A program does not say what prefix it was built with: beside it, then where distributions have
 * it. */
static void add_grub(struct places *p, const struct kb_netboot_lease *lease, const char *folder)
{
	static const char *const below[] = {"", "/grub", "/boot/grub"};

	for (size_t i = 0; i < KB_ARRAY_LEN(below); i++) {
		const char *place = kb_arena_printf(p->arena, "%s%s", folder, below[i]);

		p->no_memory = p->no_memory || !place;
		if (place) {
			add_grub_in(p, lease, place);
		}
	}
	add_grub_in(p, lease, "/grub");
	add_grub_in(p, lease, "/boot/grub");
}

int kb_netboot_places(struct kb_arena *arena, const struct kb_netboot_lease *lease,
		      enum kb_netboot_kind kind, const char *path,
		      const char *ret_paths[static KB_NETBOOT_MAX_PLACES], size_t *ret_n)
{
	struct places p = {.arena = arena, .paths = ret_paths};
	const char *folder = folder_of(arena, path);

	if (!folder) {
		return -ENOMEM;
	}
	switch (kind) {
	case KB_NETBOOT_PXELINUX:
		add_pxelinux(&p, lease, folder);
		break;
	case KB_NETBOOT_GRUB:
		add_grub(&p, lease, folder);
		break;
	case KB_NETBOOT_IPXE:
		add(&p, folder, "autoexec.ipxe");
		add(&p, folder, "menu.ipxe");
		break;
	default:
		add(&p, "", path + (path[0] == '/'));
		break;
	}
	*ret_n = p.n;
	return p.no_memory ? -ENOMEM : 0;
}

static int put(struct kb_arena *arena, const char *name, const char *value, const char **ret)
{
	*ret = value ? kb_arena_printf(arena, "%s=%s", name, value) : NULL;
	return value && !*ret ? -ENOMEM : 0;
}

/* A word of a command line: nothing that ends one. */
static const char *word_of(const struct kb_netboot_lease *lease, const char *name)
{
	const char *value = kb_netboot_var(lease, name);

	for (const char *c = value; c && *c; c++) {
		if (!kb_is_letter(*c) && !kb_is_digit(*c) && !strchr(".:-", *c)) {
			return NULL;
		}
	}
	return value;
}

int kb_netboot_net(struct kb_arena *arena, const struct kb_netboot_lease *lease,
		   struct kb_reader_net *ret_net)
{
	const char *ip = word_of(lease, "ip");
	const char *server = word_of(lease, "siaddr");
	const char *mask = word_of(lease, "subnet");
	const char *routers = kb_netboot_var(lease, "router");
	const char *router =
		routers ? kb_arena_str(arena, kb_str_head(kb_str_from(routers),
							  strspn(routers, "0123456789.")))
			: "";
	const char *four = ip && router
				   ? kb_arena_printf(arena, "%s:%s:%s:%s", ip, server ? server : "",
						     router, mask ? mask : "")
				   : NULL;
	char name[NAME_BYTES];
	struct kb_reader_net net = {0};

	if (!router || (ip && !four) || put(arena, "ip", four, &net.ip) < 0 ||
	    put(arena, "BOOTIF", word_of(lease, "mac") && hardware(lease, name) ? name : NULL,
		&net.bootif) < 0 ||
	    put(arena, "SYSUUID", word_of(lease, "uuid"), &net.uuid) < 0) {
		return -ENOMEM;
	}
	*ret_net = net;
	return 0;
}

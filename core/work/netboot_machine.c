/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netboot_machine.h"

#include <errno.h>
#include <fcntl.h>

#include "kboot/base/tree.h"
#include "kboot/network/lease.h"
#include "kboot/network/probe.h"

enum { MAX_VARS = 2 * KB_LEASE_MAX_VARS, MAX_LEASES = 64 };

struct gathering {
	struct kb_arena *arena;
	const char **vars;
	size_t n_vars;
};

static int add_var(struct gathering *g, const char *name, const char *value)
{
	const char *var = kb_arena_printf(g->arena, "%s=%s", name, value);

	if (!var) {
		return -ENOMEM;
	}
	if (g->n_vars < MAX_VARS) {
		g->vars[g->n_vars++] = var;
	}
	return 0;
}

static int add_machine(struct gathering *g, const char *name, const char *file)
{
	struct kb_tree tree = {.name = ""};
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct kb_str value;

	tree.root_fd = fd;
	if (fd < 0 || kb_tree_read(&tree, file, 256, &text) < 0) {
		return 0;
	}
	value = kb_str_trim(kb_buf_view(&text));
	return value.len > 0 ? add_var(g, name, kb_arena_str(g->arena, value)) : 0;
}

/* A lease that names a boot file is meant before others. */
struct leases {
	struct kb_arena *arena;
	int dir_fd;
	struct kb_lease best;
	bool found;
};

static int take_lease(void *ctx, const char *name)
{
	struct leases *l = ctx;
	const struct kb_tree tree = {.root_fd = l->dir_fd, .name = ""};
	KB_BUF struct kb_buf text = {0};
	struct kb_lease lease;

	if (kb_tree_read(&tree, name, KB_LEASE_FILE_MAX, &text) < 0 || strstr(name, ".pid")) {
		return 0;
	}
	if (kb_lease_from_text(l->arena, kb_buf_view(&text), &lease) < 0) {
		return -ENOMEM;
	}
	if (!l->found ||
	    (!kb_lease_get(&l->best, "boot_file") && !kb_lease_get(&l->best, "bootfile"))) {
		l->best = lease;
		l->found = true;
	}
	return 0;
}

/* What is to be booted is asked once more, as a machine does that boots from a network: a lease was
 * asked for by one that does not. What is said counts before the lease. Nobody need answer. */
static int ask_servers(struct gathering *g, const struct kb_sys *sys, const struct kb_lease *lease,
		       struct kb_error *note)
{
	KB_CLOSE int sysfs_fd = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *server = kb_lease_get(lease, "serverid");
	struct kb_probe probe = {.interface = lease->interface, .arch = kb_probe_arch(sysfs_fd)};
	struct kb_boot_info info;
	int r;

	if (!server || kb_ip_parse(kb_str_from(server), &probe.lease) < 0) {
		probe.lease = (struct kb_ip){0}; /* not known */
	}
	r = kb_probe_run(&probe, sys, sysfs_fd, g->arena, &info, note);
	if (r < 0) {
		return r == -ENOMEM ? r : 0;
	}
	kb_error_fill(note, 0, "%s", info.reason);
	for (char *const *var = info.variables; *var && g->n_vars < MAX_VARS; var++) {
		g->vars[g->n_vars++] = *var;
	}
	return 0;
}

int kb_netboot_machine(const struct kb_sys *sys, struct kb_arena *arena,
		       struct kb_netboot_lease *ret_lease, struct kb_error *note,
		       struct kb_error *err)
{
	KB_CLOSE int fd = open(KB_LEASE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct gathering gathering = {.arena = arena,
				      .vars = kb_arena_array(arena, MAX_VARS, sizeof(char *))};
	struct gathering *g = &gathering;
	struct leases l = {.arena = arena, .dir_fd = fd};
	const struct kb_tree tree = {.root_fd = fd, .name = ""};
	char mac[64];
	int r = fd < 0 ? -errno : kb_tree_list(&tree, "/", MAX_LEASES, take_lease, &l);

	if (r < 0 || !l.found) {
		return kb_error_set(err, -ENOENT, "no DHCP server has answered");
	}
	r = g->vars ? ask_servers(g, sys, &l.best, note) : -ENOMEM;
	for (unsigned i = 0; r == 0 && i < l.best.n_vars; i++) {
		r = add_var(g, l.best.vars[i].name, l.best.vars[i].value);
	}
	(void)snprintf(mac, sizeof(mac), "/class/net/%s/address", l.best.interface);
	r = r < 0 ? r : add_machine(g, "mac", mac);
	r = r < 0 ? r : add_machine(g, "uuid", "/class/dmi/id/product_uuid");
	*ret_lease = (struct kb_netboot_lease){g->vars, g->n_vars};
	return r < 0 ? kb_error_no_memory(err) : 0;
}

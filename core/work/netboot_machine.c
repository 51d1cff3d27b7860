/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netboot_machine.h"

#include <errno.h>
#include <fcntl.h>

#include "kboot/base/tree.h"
#include "kboot/network/lease.h"

enum { MAX_VARS = 2 * KB_LEASE_MAX_VARS, MAX_LEASES = 64 };

struct gathering {
	struct kb_arena *arena;
	const char **vars;
	size_t n_vars;
};

/* One that is there already counts. */
static int add_var(struct gathering *g, const char *name, const char *value)
{
	const struct kb_netboot_lease so_far = {g->vars, g->n_vars};
	const char *var = kb_netboot_var(&so_far, name)
				  ? ""
				  : kb_arena_printf(g->arena, "%s=%s", name, value);

	if (!var) {
		return -ENOMEM;
	}
	if (var[0] && g->n_vars < MAX_VARS) {
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
 * asked for by one that does not. Nobody need answer. */
static int ask_servers(const struct kb_sys *sys, struct kb_arena *arena, int sysfs_fd,
		       const struct kb_lease *lease, struct kb_boot_infos *ret_infos,
		       struct kb_error *note)
{
	const char *server = kb_lease_get(lease, "serverid");
	struct kb_probe probe = {.interface = lease->interface, .arch = kb_probe_arch(sysfs_fd)};
	int r;

	if (!server || kb_ip_parse(kb_str_from(server), &probe.lease) < 0) {
		probe.lease = (struct kb_ip){0}; /* not known */
	}
	r = kb_probe_run(&probe, sys, sysfs_fd, arena, ret_infos, note);
	if (r < 0) {
		ret_infos->n = 0;
		return r == -ENOMEM ? r : 0;
	}
	kb_error_fill(note, 0, "%s", ret_infos->at[0].reason);
	return 0;
}

/* What is said by them counts before the lease. info NULL: they say nothing. */
static int gather(struct kb_arena *arena, const struct kb_boot_info *info,
		  const struct kb_lease *lease, int sysfs_fd, struct kb_netboot_lease *ret_lease)
{
	struct gathering gathering = {.arena = arena,
				      .vars = kb_arena_array(arena, MAX_VARS, sizeof(char *))};
	struct gathering *g = &gathering;
	char mac[64];
	int r = g->vars ? 0 : -ENOMEM;

	for (char *const *var = info ? info->variables : NULL; r == 0 && var && *var; var++) {
		g->vars[g->n_vars++] = *var; /* fewer than a lease may have */
	}
	for (unsigned i = 0; r == 0 && i < lease->n_vars; i++) {
		r = add_var(g, lease->vars[i].name, lease->vars[i].value);
	}
	(void)snprintf(mac, sizeof(mac), "/class/net/%s/address", lease->interface);
	r = r < 0 ? r : add_machine(g, "mac", mac);
	r = r < 0 ? r : add_machine(g, "uuid", "/class/dmi/id/product_uuid");
	r = r < 0 ? r : add_var(g, "platform", kb_probe_has_efi(sysfs_fd) ? "efi" : "pcbios");
	*ret_lease = (struct kb_netboot_lease){g->vars, g->n_vars};
	return r;
}

int kb_netboot_machine(const struct kb_sys *sys, struct kb_arena *arena,
		       struct kb_netboot_choices *ret_choices, struct kb_error *note,
		       struct kb_error *err)
{
	KB_CLOSE int fd = open(KB_LEASE_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	KB_CLOSE int sysfs_fd = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct kb_netboot_choices choices = {0};
	struct kb_boot_infos infos = {0};
	struct leases l = {.arena = arena, .dir_fd = fd};
	const struct kb_tree tree = {.root_fd = fd, .name = ""};
	int r = fd < 0 ? -errno : kb_tree_list(&tree, "/", MAX_LEASES, take_lease, &l);

	if (r < 0 || !l.found) {
		return kb_error_set(err, -ENOENT, "no DHCP server has answered");
	}
	r = ask_servers(sys, arena, sysfs_fd, &l.best, &infos, note);
	do {
		const struct kb_boot_info *info = infos.n > 0 ? &infos.at[choices.n] : NULL;

		choices.at[choices.n].title = info ? info->title : NULL;
		r = r < 0 ? r
			  : gather(arena, info, &l.best, sysfs_fd, &choices.at[choices.n].lease);
		choices.n++;
	} while (r == 0 && choices.n < infos.n);
	choices.wait_s = infos.wait_s;
	if (r == 0) {
		*ret_choices = choices;
	}
	return r < 0 ? kb_error_no_memory(err) : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "resolver.h"

#include <errno.h>
#include <fcntl.h>

#include "credentials.h"
#include "kboot/formats/fstab.h"
#include "kboot/mount/network.h"
#include "remote.h"
#include "reported.h"

static const struct kb_device *find_device(void *ctx, struct kb_str reference,
					   const struct kb_device **ret_other)
{
	const struct kb_resolver *r = ctx;
	struct kb_fit fit;

	kb_places_fit(r->spec.places, reference, false, &fit);
	*ret_other = fit.ambiguous ? &fit.other->found.device : NULL;
	return fit.place ? &fit.place->found.device : NULL;
}

/* A file of an environment that is being read. */
struct reading {
	const struct kb_resolver *resolver;
	uint64_t of;
};

static struct reading reading(const struct kb_resolver *r, const struct kb_tree *tree,
			      const char *name, struct kb_str text)
{
	uint64_t of = kb_str_fingerprint(0, kb_str_from(r->spec.root));

	of = kb_str_fingerprint(of, kb_str_from(tree->name));
	of = kb_str_fingerprint(of, kb_str_from(name));
	return (struct reading){r, kb_str_fingerprint(of, text)};
}

static void tell_diag(void *ctx, const struct kb_diag *diag)
{
	const struct reading *file = ctx;
	char text[KB_ERROR_TEXT];

	(void)snprintf(text, sizeof(text), "%s:%u:%u: %s", diag->at.file, diag->at.line,
		       diag->at.column, diag->text);
	file->resolver->spec.note(file->resolver->spec.ctx, text, file->of);
}

/* The environment's, or where it has none the one that was built into the image. */
static int read_fstab(void *ctx, struct kb_arena *arena, const struct kb_tree *tree,
		      struct kb_fstab *ret_fstab)
{
	const struct kb_resolver *r = ctx;
	struct reading file;
	const struct kb_diag_sink sink = {tell_diag, &file};
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int own_root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const struct kb_tree own = {.root_fd = own_root};
	const char *name = "/etc/fstab";
	const char *copy;
	int code = kb_tree_read(tree, "/etc/fstab", (size_t)2 * KB_FSTAB_MAX_BYTES, &text);

	if (code == -ENOENT && !r->spec.places->simulated) {
		name = "kboot's own /etc/fstab";
		code = kb_tree_read(&own, "/etc/fstab", (size_t)2 * KB_FSTAB_MAX_BYTES, &text);
	}
	if (code == -ENOMEM) {
		return code;
	}
	if (code < 0) {
		/* Broken or not there: the environment is its root filesystem alone. */
		kb_buf_reset(&text);
	}
	file = reading(r, tree, name, kb_buf_view(&text));
	copy = kb_arena_str(arena, kb_buf_view(&text));
	return copy ? kb_fstab_read(arena, name, kb_str_from(copy), &sink, ret_fstab, NULL)
		    : -ENOMEM;
}

static void note(void *ctx, const char *sentence)
{
	const struct kb_resolver *r = ctx;

	r->spec.note(r->spec.ctx, sentence, 0);
}

/* The environment's /etc/hosts. One that cannot be read names nobody. */
static void read_hosts(struct kb_resolver *r)
{
	struct reading file;
	const struct kb_diag_sink sink = {tell_diag, &file};
	KB_BUF struct kb_buf text = {0};
	struct kb_place_found found;
	struct kb_error err = {0};
	const char *copy;

	/* Set first: an environment that is itself on a server is looked for while we look. */
	r->has_hosts = true;
	if (kb_automount_find(&r->automount, "/etc/hosts", NULL, &found, &err) < 0 ||
	    kb_tree_read(found.resolved.tree, found.resolved.rest, KB_HOSTS_MAX_BYTES, &text) < 0) {
		return;
	}
	file = reading(r, found.resolved.tree, "/etc/hosts", kb_buf_view(&text));
	copy = kb_arena_str(&r->automount.arena, kb_buf_view(&text));
	if (!copy || kb_hosts_read(&r->automount.arena, "/etc/hosts", kb_str_from(copy), &sink,
				   &r->hosts, &err) < 0) {
		r->hosts.n_hosts = 0;
	}
}

bool kb_resolver_address(struct kb_resolver *r, const char *host,
			 char ret_address[static INET6_ADDRSTRLEN])
{
	const char *address;

	if (!r->has_hosts) {
		read_hosts(r);
	}
	address = kb_hosts_find(&r->hosts, kb_str_from(host));
	if (!address) {
		return false;
	}
	(void)snprintf(ret_address, INET6_ADDRSTRLEN, "%s", address);
	return true;
}

static bool find_address(void *ctx, const char *host, char ret_address[static INET6_ADDRSTRLEN])
{
	return kb_resolver_address(ctx, host, ret_address);
}

static int network_up(void *ctx, int64_t deadline_ms, struct kb_error *err)
{
	const struct kb_resolver *r = ctx;

	return kb_network_up(r->spec.sys, deadline_ms, err);
}

static int smb_user(void *ctx, const struct kb_smb_place *place, struct kb_smb_user *ret_user)
{
	struct kb_resolver *r = ctx;

	return kb_credentials_find(&r->automount.arena, place, ret_user);
}

static void init_automount(struct kb_resolver *r)
{
	const struct kb_resolver_spec *spec = &r->spec;
	bool hibernated = kb_places_hibernated(spec->places) != NULL;
	const struct kb_automount_hooks hooks = {
		.ctx = r,
		.device = find_device,
		.fstab = read_fstab,
		.note = note,
		.smb_user = smb_user,
		.server = {.ctx = r, .address = find_address, .network_up = network_up},
	};
	const struct kb_automount_options options = {
		.dev_dir = "/dev",
		.modules = "/proc/modules",
		.run_dir = KB_RESOLVER_RUN_DIR,
		.root = spec->root && spec->root[0] ? spec->root : NULL,
		.folder = kb_places_folder(spec->places),
		.read_write = spec->read_write && (spec->insist || !hibernated),
		.hibernated = hibernated,
		.may_exec = spec->may_exec,
		.no_network = r->spec.places->simulated,
		.keep = spec->shared,
	};

	kb_automount_init(&r->automount, spec->sys, &hooks, &options);
}

int kb_resolver_init(struct kb_resolver *r, const struct kb_resolver_spec *spec,
		     struct kb_error *err)
{
	int code = 0;

	*r = (struct kb_resolver){.spec = *spec};
	init_automount(r);
	kb_resolver_set_deadline(r, spec->deadline_ms);
	if (!spec->shared && !r->spec.places->simulated) {
		code = spec->sys->unshare_mounts(spec->sys->ctx);
	}
	return code < 0 ? kb_error_set(err, code, "no mount namespace: %s", strerror(-code)) : 0;
}

void kb_resolver_set_deadline(struct kb_resolver *r, int64_t deadline_ms)
{
	r->automount.options.deadline_ms =
		deadline_ms > 0 ? deadline_ms - KB_RESOLVER_RESERVE_MS : 0;
}

/* The system on place that path is in; *path becomes what that system calls it. *ret_subvolume
 * NULL: the first system. */
static void enter_system(const struct kb_place *place, const char **path,
			 const char **ret_subvolume)
{
	for (size_t i = 0; place && i < place->found.n_systems; i++) {
		const char *below = place->found.systems[i].subvolume;
		const char *rest = below && below[0] ? kb_path_below(*path, below) : NULL;

		if (rest && rest[0]) {
			*ret_subvolume = i > 0 ? below + 1 : NULL;
			*path = rest;
			return;
		}
	}
}

/* name on a device, as the system installed there sees it, or from the top of a btrfs. */
static int find_as_installed(struct kb_resolver *r, const char *name,
			     struct kb_place_found *ret_found)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *subvolume = NULL;
	const struct kb_device *device;
	struct kb_error err = {0};
	struct kb_name parsed;
	int code;

	if (kb_name_parse(&arena, kb_str_from(name), NULL, NULL, &parsed, &err) < 0 ||
	    parsed.kind != KB_NAME_DEVICE) {
		return -ENOENT;
	}
	device = kb_places_device(r->spec.places, kb_str_from(parsed.place));
	enter_system(kb_places_of(r->spec.places, device), &parsed.path, &subvolume);
	code = kb_automount_find_in(&r->automount, parsed.place, subvolume, parsed.path, ret_found,
				    &err);
	if (code == -ENOENT && device && device->fstype && strcmp(device->fstype, "btrfs") == 0) {
		code = kb_automount_find_in(&r->automount, parsed.place, "/", parsed.path,
					    ret_found, &err);
	}
	return code;
}

static int open_found(const struct kb_place_found *found, const char *name, int *ret_fd,
		      struct kb_error *err)
{
	int code = found->resolved.type == KB_TREE_DIR ? -EISDIR : 0;

	if (found->resolved.type == KB_TREE_OTHER) {
		return kb_error_set(err, -EINVAL, "%s is no regular file", name);
	}
	if (code == 0) {
		code = kb_tree_open(found->resolved.tree, found->resolved.rest, ret_fd);
	}
	return code < 0 ? kb_error_set(err, code, "%s: %s", name, strerror(-code)) : 0;
}

static int open_url(struct kb_resolver *r, const char *name, int *ret_fd, const char **ret_name,
		    struct kb_error *err)
{
	for (size_t i = 0; i < r->spec.n_fetched; i++) {
		if (strcmp(r->spec.fetched[i].name, name) == 0) {
			*ret_fd = fcntl(r->spec.fetched[i].fd, F_DUPFD_CLOEXEC, 0);
			*ret_name = r->spec.fetched[i].name;
			return *ret_fd < 0
				       ? kb_error_set(err, -errno, "%s: %s", name, strerror(errno))
				       : 0;
		}
	}
	if (r->spec.places->n_url_maps > 0) {
		return kb_remote_open_mapped(r->spec.places, &r->automount.arena, kb_str_from(name),
					     ret_fd, ret_name, err);
	}
	return kb_error_set(err, -EREMOTE, "%s: not fetched", name);
}

int kb_resolver_open(struct kb_resolver *r, const char *name, const char *from, int *ret_fd,
		     const char **ret_name, struct kb_error *err)
{
	struct kb_place_found found;
	int code;

	if (kb_name_is_url(name)) {
		return open_url(r, name, ret_fd, ret_name, err);
	}
	code = kb_automount_find(&r->automount, name, from, &found, err);
	if (code == -ENOENT || code == -ENOTDIR) {
		if (find_as_installed(r, name, &found) == 0) {
			kb_error_clear(err);
			code = 0;
		}
	}
	if (code == -ENODEV || code == -ENOTUNIQ) {
		return kb_error_prefix(err, code, "%s", name);
	}
	if (code == 0) {
		code = open_found(&found, name, ret_fd, err);
	}
	if (code == 0) {
		*ret_name = found.canonical;
	}
	return code;
}

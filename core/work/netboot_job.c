/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "netboot_job.h"

#include <errno.h>
#include <netdb.h>

#include "catalog/findings.h"
#include "kboot/base/tree.h"
#include "kboot/boot/image.h"
#include "kboot/formats/grub.h"
#include "kboot/formats/ipxe.h"
#include "kboot/formats/reader.h"
#include "kboot/model/name.h"
#include "kboot/mount/network.h"
#include "kboot/network/time.h"
#include "netboot_files.h"
#include "netboot_ipxe.h"
#include "netboot_machine.h"
#include "netboot_source.h"

enum { MEMORY_BYTES = 128 << 20 };

struct netboot {
	const struct kb_netboot_job *job;
	struct kb_findings_writer *w;
	struct kb_arena arena;
	struct kb_netboot_choices choices;
	size_t choice; /* the one that is read */
	struct kb_netboot_lease lease;
	const char *origin; /* of the tree: "tftp://10.0.0.1" */
	struct kb_reader_out inner;
	struct kb_reader_net net;
	struct kb_netboot_files files;
	struct kb_error *err;
};

/* --- entries: names of a server's files become URLs */

/* A path of the server that was named. NULL: no memory. */
static const char *url_of(struct netboot *n, const char *path)
{
	const char *encoded = kb_netboot_encode(&n->arena, path);

	return encoded ? kb_arena_printf(&n->arena, "%s%s%s", n->origin,
					 encoded[0] == '/' ? "" : "/", encoded)
		       : NULL;
}

static int name_file(struct netboot *n, const char **name)
{
	struct kb_name parsed;
	struct kb_error quiet;

	if (!*name ||
	    kb_name_parse(&n->arena, kb_str_from(*name), NULL, NULL, &parsed, &quiet) < 0 ||
	    (parsed.kind != KB_NAME_ENVIRONMENT && parsed.kind != KB_NAME_RELATIVE)) {
		return 0;
	}
	*name = url_of(n, parsed.path);
	return *name ? 0 : -ENOMEM;
}

static bool is_power(const char *command)
{
	return strcmp(command, "reboot") == 0 || strcmp(command, "poweroff") == 0;
}

static bool is_path(const char *name)
{
	return name && name[0] == '/';
}

/* The items of a server's menu are submenus, and only the first is its own choice. */
static void enter_menu(const struct netboot *n, struct kb_entry *entry)
{
	const char *title = n->choices.at[n->choice].title;

	if (!title) {
		return;
	}
	entry->n_path = entry->n_path < KB_ENTRY_MAX_PATH ? entry->n_path + 1 : entry->n_path;
	memmove(entry->path + 1, entry->path, (entry->n_path - 1) * sizeof(*entry->path));
	entry->path[0] = title;
	entry->is_default = entry->is_default && n->choice == 0 && n->choices.wait_s >= 0;
}

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	struct netboot *n = ctx;
	struct kb_entry copy = *entry;
	int r = name_file(n, &copy.kernel);

	enter_menu(n, &copy);
	if (copy.command && !is_power(copy.command)) {
		copy.command = NULL;
		r = r < 0 ? r
			  : kb_entry_add_problem(&n->arena, &copy,
						 "a server says it: no command of the prompt");
	}
	r = r < 0 || !is_path(copy.file) ? r : name_file(n, &copy.file);
	r = r < 0 || !is_path(copy.menu) ? r : name_file(n, &copy.menu);

	for (size_t i = 0; r == 0 && i < copy.n_initrd; i++) {
		r = name_file(n, &copy.initrd[i]);
	}
	r = r < 0 ? r : name_file(n, &copy.dtb);
	return r < 0 ? r : n->inner.entry(n->inner.ctx, &copy);
}

/* How long its menu waits; nothing else that a server says is a setting. */
static int take_setting(void *ctx, const struct kb_setting *setting)
{
	const struct netboot *n = ctx;

	return setting->rank == KB_RANK_LOADER && setting->variable == KB_VAR_TIMEOUT &&
			       n->choice == 0 && n->choices.wait_s == 0
		       ? n->inner.setting(n->inner.ctx, setting)
		       : 0;
}

static struct kb_reader_out reader_out(struct netboot *n)
{
	n->inner = kb_findings_writer_out(n->w);
	return (struct kb_reader_out){.ctx = n,
				      .entry = take_entry,
				      .setting = take_setting,
				      .diags = n->inner.diags,
				      .net = &n->net};
}

static int open_url(struct netboot *n, const char *path, int *ret_fd, struct kb_error *err)
{
	const char *url = url_of(n, path);

	return url ? kb_netboot_ask(&n->files, url, ret_fd, err) : kb_error_no_memory(err);
}

static int open_below(void *ctx, const char *path, int *ret_fd)
{
	struct kb_error quiet = {0};

	return open_url(ctx, path, ret_fd, &quiet);
}

static bool is_grubs(enum kb_netboot_kind kind)
{
	return kind == KB_NETBOOT_GRUB || kind == KB_NETBOOT_GRUB_CONFIG;
}

static int read_grub(struct netboot *n, const struct kb_tree *tree, const char *path,
		     const struct kb_reader_out *out)
{
	const char *file = kb_netboot_var(&n->lease, "bootfile");
	const struct kb_grub_net net = {
		.ip = kb_netboot_var(&n->lease, "ip"),
		.mac = kb_netboot_var(&n->lease, "mac"),
		.hostname = kb_netboot_var(&n->lease, "hostname"),
		.domain = kb_netboot_var(&n->lease, "domain"),
		.boot_file = file ? file : kb_netboot_var(&n->lease, "boot_file"),
		.root_path = kb_netboot_var(&n->lease, "rootpath"),
		.uuid = kb_netboot_var(&n->lease, "uuid"),
	};

	return kb_grub_read_net(tree, path, &net, out, n->err);
}

/* The first of the configurations that the server has. */
static int read_config(struct netboot *n, enum kb_netboot_kind kind, const char *path)
{
	const struct kb_tree_source source = {n, open_below};
	const struct kb_tree tree = {.root_fd = -1, .name = n->origin, .source = &source};
	const struct kb_reader_out out = reader_out(n);
	const char *paths[KB_NETBOOT_MAX_PLACES];
	size_t n_paths = 0;
	int r = kb_netboot_places(&n->arena, &n->lease, kind, path, paths, &n_paths);

	for (size_t i = 0; r == 0 && i < n_paths; i++) {
		KB_CLOSE int fd = -1;
		struct kb_error why = {0};
		int code = open_url(n, paths[i], &fd, &why);

		/* One that is there and does not come is this machine's all the same: the next
		 * would be another one's. */
		if (code < 0 && code != -ENOENT && code != -EACCES) {
			return kb_error_set(n->err, code, "%s", why.text);
		}
		if (code == 0) {
			return is_grubs(kind)
				       ? read_grub(n, &tree, paths[i], &out)
				       : kb_reader_pxelinux.check(&tree, paths[i], &out, n->err);
		}
	}
	return r < 0 ? kb_error_no_memory(n->err)
		     : kb_error_set(n->err, -ENOENT,
				    "%s has no configuration for this machine (%s and %zu more "
				    "names were tried)",
				    n->origin, n_paths > 0 ? paths[0] : "", n_paths);
}

/* --- iPXE */

static int give_timeout(struct netboot *n, const char *file, unsigned s)
{
	const struct kb_setting setting = {.variable = KB_VAR_TIMEOUT,
					   .value = kb_arena_printf(&n->arena, "%u", s),
					   .rank = KB_RANK_LOADER,
					   .at = {.file = file, .line = 1}};

	return setting.value ? n->inner.setting(n->inner.ctx, &setting) : -ENOMEM;
}

static int run_script(struct netboot *n, const char *url, struct kb_str text)
{
	const struct kb_reader_out out = reader_out(n);
	const struct kb_netboot_script script = {
		.arena = &n->arena,
		.files = &n->files,
		.lease = &n->lease,
		.diags = out.diags,
		.ctx = n,
		.entry = take_entry,
	};
	int64_t wait_ms = -1;
	int r = kb_netboot_run(&script, url, text, &wait_ms);

	r = r < 0 || wait_ms < 0 || n->choice > 0 || n->choices.wait_s != 0
		    ? r
		    : give_timeout(n, url, (unsigned)((wait_ms + 999) / 1000));
	return r < 0 ? kb_error_set(n->err, r, "%s: %s", url, strerror(-r)) : 0;
}

/* --- by name and content */

static int name_origin(struct netboot *n, const struct kb_url *url)
{
	struct kb_url origin = *url;

	origin.path = "";
	origin.query = origin.fragment = NULL;
	n->origin = kb_url_print(&n->arena, &origin);
	return n->origin ? 0 : kb_error_no_memory(n->err);
}

static int read_conf(struct netboot *n, const char *url, struct kb_str text)
{
	const struct kb_tree tree = {.root_fd = -1, .name = ""};
	const struct kb_reader_out out = reader_out(n);

	return kb_read_kboot_conf(&tree, url, text, &out, n->err);
}

/* Never the default: it may be this very kboot, which would start itself for ever. */
static int boot_kernel(struct netboot *n, const char *url)
{
	struct kb_entry entry = {.format = KB_FORMAT_FILE,
				 .label = url,
				 .file = url,
				 .line = 1,
				 .kernel = url,
				 .args = "",
				 .tries_left = -1};
	const struct kb_reader_out out = reader_out(n);

	return out.entry(out.ctx, &entry);
}

static int read_by_name(struct netboot *n, const char *url, const char *path,
			enum kb_netboot_kind kind)
{
	const char *paths[KB_NETBOOT_MAX_PLACES];
	size_t n_paths = 0;

	switch (kind) {
	case KB_NETBOOT_PXELINUX:
	case KB_NETBOOT_PXELINUX_CONFIG:
	case KB_NETBOOT_GRUB:
	case KB_NETBOOT_GRUB_CONFIG:
		return read_config(n, kind, path);
	case KB_NETBOOT_IPXE:
		if (kb_netboot_places(&n->arena, &n->lease, kind, path, paths, &n_paths) < 0) {
			return kb_error_no_memory(n->err);
		}
		break;
	default:
		break;
	}
	for (size_t i = 0; i < n_paths; i++) {
		const char *script = url_of(n, paths[i]);
		struct kb_error quiet = {0};
		struct kb_str text;

		if (script && kb_netboot_script(&n->files, script, NULL, &text, &quiet) == 0) {
			return run_script(n, script, text);
		}
	}
	return kb_error_set(n->err, -ENOEXEC, "%s: kboot knows no such boot program", url);
}

/* What it says counts before what it is called. */
static int read_file(struct netboot *n, const char *url, const struct kb_url *parsed)
{
	enum kb_netboot_kind kind = kb_netboot_kind_of(url);
	const char *path = kb_url_decode(&n->arena, kb_str_from(parsed->path));
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = -1;
	struct kb_image image;
	struct kb_error quiet;
	struct kb_error why = {0};
	int r = path ? kb_netboot_ask(&n->files, url, &fd, &why) : -ENOMEM;

	if (r == 0 && kb_read_all(fd, KB_NETBOOT_MAX_FILE, &text) == 0 &&
	    kb_ipxe_is_script(kb_buf_view(&text))) {
		return run_script(n, url, kb_buf_view(&text));
	}
	if (kind != KB_NETBOOT_UNKNOWN && kind != KB_NETBOOT_KBOOT_CONF) {
		return read_by_name(n, url, path ? path : "", kind);
	}
	if (r == 0 && kind == KB_NETBOOT_KBOOT_CONF) {
		return read_conf(n, url, kb_buf_view(&text));
	}
	if (r == -EFBIG || (r == 0 && kb_image_inspect(fd, url, &image, &quiet) == 0)) {
		return boot_kernel(n, url);
	}
	return r < 0 ? kb_error_set(n->err, r, "%s", why.text)
		     : read_by_name(n, url, path, KB_NETBOOT_UNKNOWN);
}

/* --- the whole */

static bool is_known(void *ctx, const char *host)
{
	const struct netboot *n = ctx;
	struct addrinfo *found = NULL;
	bool is_one = n->job->places->simulated || getaddrinfo(host, NULL, NULL, &found) == 0;

	if (found) {
		freeaddrinfo(found);
	}
	return is_one;
}

static int prepare(struct netboot *n)
{
	const struct kb_netboot_job *job = n->job;
	const struct kb_sys *sys = job->sys;
	const int64_t begun_ms = sys->now_ms(sys->ctx);
	struct kb_error note = {0};
	int r = 0;

	n->choices.n = 1;
	n->choices.at[0].lease = (struct kb_netboot_lease){job->lease, job->n_lease};
	if (!job->lease) {
		r = sys->confine(sys->ctx, KB_CONFINE_LOAD, 0);
		r = r < 0 ? r
			  : kb_network_up(sys, sys->now_ms(sys->ctx) + KB_NETWORK_UP_MS, n->err);
		r = r < 0 ? r : kb_netboot_machine(sys, &n->arena, &n->choices, &note, n->err);
		if (r == 0) {
			kb_time_wait(sys, begun_ms - KB_TIME_AGAIN_MS);
		}
	}
	if (r == 0 && note.text[0]) {
		const struct kb_reader_out out = kb_findings_writer_out(n->w);

		kb_diag_report(&out.diags, KB_SEVERITY_WARNING, (struct kb_position){0}, "%s",
			       note.text);
	}
	return r < 0 ? r
		     : sys->confine(sys->ctx,
				    job->places->simulated ? KB_CONFINE_READ : KB_CONFINE_FETCH,
				    MEMORY_BYTES);
}

static int read_choice(struct netboot *n)
{
	struct kb_url parsed;
	const char *url = NULL;
	int r;

	n->lease = n->choices.at[n->choice].lease;
	r = kb_netboot_net(&n->arena, &n->lease, &n->net) < 0 ? kb_error_no_memory(n->err) : 0;
	r = r < 0 ? r : kb_netboot_url(&n->arena, &n->lease, is_known, n, &url, n->err);
	if (r < 0) {
		return r;
	}
	r = kb_url_parse(&n->arena, kb_str_from(url), NULL, &parsed, n->err);
	if (r < 0) {
		return kb_error_prefix(n->err, r, "the DHCP server's boot file %s", url);
	}
	/* Without a password from here on. */
	url = kb_url_print(&n->arena, &parsed);
	r = url ? name_origin(n, &parsed) : kb_error_no_memory(n->err);
	return r < 0 ? r : read_file(n, url, &parsed);
}

/* An item that leads nowhere is there all the same, and says why. */
static int tell_failure(struct netboot *n)
{
	struct kb_entry entry = {.format = KB_FORMAT_PXELINUX,
				 .label = n->choices.at[n->choice].title,
				 .file = "DHCP",
				 .tries_left = -1};
	int r = kb_entry_add_problem(&n->arena, &entry, "%s", n->err->text);

	kb_error_clear(n->err);
	return r < 0 ? r : n->inner.entry(n->inner.ctx, &entry);
}

static int run(struct netboot *n)
{
	int r = prepare(n);

	n->inner = kb_findings_writer_out(n->w);
	if (r == 0 && n->choices.wait_s > 0) {
		r = give_timeout(n, "DHCP", (unsigned)n->choices.wait_s);
	}
	for (; r == 0 && n->choice < n->choices.n; n->choice++) {
		r = read_choice(n);
		r = r < 0 && r != -ENOMEM && n->choices.n > 1 ? tell_failure(n) : r;
	}
	return r;
}

int kb_netboot_job_run(void *data, int out_fd)
{
	struct kb_findings_writer w = {.fd = out_fd};
	struct kb_error err = {0};
	struct netboot *n = calloc(1, sizeof(*n));
	int r = -ENOMEM;

	if (n) {
		n->job = data;
		n->files = (struct kb_netboot_files){.arena = &n->arena,
						     .sys = n->job->sys,
						     .places = n->job->places};
		n->w = &w;
		n->err = &err;
		r = run(n);
	}
	if (r < 0) {
		if (!err.code) {
			kb_error_fill(&err, r, "%s", strerror(-r));
		}
		r = kb_findings_write_error(&w, &err);
	}
	if (r == 0) {
		r = kb_findings_write_end(&w);
	}
	kb_findings_writer_done(&w);
	if (n) {
		kb_netboot_files_done(&n->files);
		kb_arena_done(&n->arena);
	}
	free(n);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network of kboot's own system: brought up when somebody asks for it (kboot itself does when a
 * file is on another machine). What goes wrong is one sentence on stderr, the last line. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "kboot/base/tree.h"
#include "kboot/core/core.h"
#include "kboot/network/ibft.h"
#include "kboot/network/lease_event.h"
#include "kboot/network/up.h"

enum { CMDLINE_MAX = 65536 };

static const char usage[] =
	"network                              what there is\n"
	"network up [INTERFACE]               as configured, else by DHCP (IPv6: as the routers "
	"say)\n"
	"network down [INTERFACE]\n"
	"network INTERFACE ADDRESS/PREFIX [gateway ADDRESS] [dns ADDRESS]\n";

static int fail(const struct kb_error *err)
{
	kb_print_escaped(stderr, "network: %s", err->text);
	return KB_EXIT_FAILED;
}

/* Where the words are that a remark is about. */
struct text {
	const char *name;
};

static void remark(void *ctx, const struct kb_diag *diag)
{
	const struct text *text = ctx;

	if (diag->at.column > 0) {
		kb_print_escaped(stderr, "network: %s:%u: %s", text->name, diag->at.column,
				 diag->text);
	} else {
		kb_print_escaped(stderr, "network: %s", diag->text);
	}
}

/* What kboot's own kernel was told; where that says nothing of it, the setting: as given, or as the
 * engine keeps it. */
static void configure(struct kb_net_config *config, const char *setting)
{
	KB_CLOSE int fd = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	KB_CLOSE int setting_fd = -1;
	KB_BUF struct kb_buf cmdline = {0};
	KB_BUF struct kb_buf kept = {0};
	struct text text = {"kernel command line"};
	const struct kb_diag_sink sink = {remark, &text};

	if (fd >= 0 && kb_read_all(fd, CMDLINE_MAX, &cmdline) == 0) {
		kb_net_config_from_cmdline(config, kb_buf_view(&cmdline), &sink);
	}
	if (!setting) {
		setting_fd = open(KB_ENGINE_RUN_DIR "/" KB_NETWORK_SETTING, O_RDONLY | O_CLOEXEC);
		if (setting_fd >= 0 && kb_read_all(setting_fd, CMDLINE_MAX, &kept) == 0) {
			setting = kept.data;
		}
	}
	if (!config->is_said && setting && setting[0]) {
		text.name = "network=";
		kb_net_config_from_setting(config, kb_str_from(setting), &sink);
	}
}

static int show(struct kb_network *n)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_puts(&text, "");
	if (kb_network_show(n, &text) == 0) {
		kb_print_escaped_lines(stdout, text.data);
	}
	return KB_EXIT_OK;
}

/* INTERFACE ADDRESS/PREFIX [gateway ADDRESS] [dns ADDRESS]: all is read before anything changes. */
static int set(struct kb_network *n, char **args, int n_args, struct kb_error *err)
{
	struct kb_ip address = {0};
	struct kb_ip more[2] = {0};
	int r;

	if (n_args < 2) {
		return kb_error_set(err, -EINVAL,
				    "an address is missing, as in: network %s 192.168.1.5/24",
				    args[0]);
	}
	if (!strchr(args[1], '/') ||
	    strspn(args[1], "0123456789abcdefABCDEF:.") != strcspn(args[1], "/")) {
		return kb_error_set(err, -EINVAL,
				    "%s: not an address with the size of its network, as in "
				    "192.168.1.5/24",
				    args[1]);
	}
	for (int i = 2; i < n_args; i += 2) {
		bool is_dns = strcmp(args[i], "dns") == 0;

		if (i + 1 == n_args) {
			return kb_error_set(err, -EINVAL, "%s: an address is missing behind it",
					    args[i]);
		}
		if (!is_dns && strcmp(args[i], "gateway") != 0) {
			return kb_error_set(err, -EINVAL, "%s: neither gateway nor dns", args[i]);
		}
		if (kb_ip_parse(kb_str_from(args[i + 1]), &more[is_dns]) < 0) {
			return kb_error_set(err, -EINVAL, "%s cannot be the %s of %s", args[i + 1],
					    args[i], args[1]);
		}
	}
	if (kb_ip_parse(kb_str_from(args[1]), &address) < 0) {
		return kb_error_set(err, -EINVAL, "%s cannot have the address %s", args[0],
				    args[1]);
	}
	r = kb_network_lock(n, err);
	return r < 0 ? r : kb_network_set(n, args[0], &address, &more[0], &more[1], err);
}

/* A name that is none is said before anybody else is waited for. */
static int check_name(const struct kb_network *n, const char *name, struct kb_error *err)
{
	return kb_network_has(n, name)
		       ? 0
		       : kb_error_set(err, -ENODEV, "there is no interface %s", name);
}

static int up(struct kb_network *n, const char *name, struct kb_error *err)
{
	int r = kb_network_lock(n, err);

	if (r < 0) {
		return r;
	}
	return name ? kb_network_start_one(n, name, err) : kb_network_start(n, err);
}

static int down(struct kb_network *n, const char *name, struct kb_error *err)
{
	int r = name ? check_name(n, name, err) : 0;

	r = r < 0 ? r : kb_network_lock(n, err);
	return r < 0 ? r : kb_network_stop(n, name, err);
}

static int dispatch(struct kb_network *n, char **args, int n_args, struct kb_error *err)
{
	const char *name = n_args > 1 ? args[1] : NULL;
	int r;

	if (strcmp(args[0], "up") == 0) {
		return up(n, name, err);
	}
	if (strcmp(args[0], "down") == 0) {
		return down(n, name, err);
	}
	r = check_name(n, args[0], err);
	return r < 0 ? r : set(n, args, n_args, err);
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	struct kb_net_config config = {0};
	struct kb_network network = {0};
	struct kb_error err = {0};
	int r;

	if (n_args > 0 && strcmp(args[0], "help") == 0) {
		printf("%s", usage);
		return KB_EXIT_OK;
	}
	if (n_args > 0 && strcmp(args[0], "up") == 0) {
		configure(&config, options->config);
	}
	r = kb_network_init(&network, &kb_sys_linux, &config, &err);
	network.diags = (struct kb_diag_sink){remark, NULL};
	if (r == 0) {
		kb_net_config_from_ibft(&config, network.sysfs_fd, &network.diags);
	}
	if (r == 0 && n_args == 0) {
		r = show(&network);
	} else if (r == 0) {
		r = dispatch(&network, args, n_args, &err);
	}
	kb_network_done(&network);
	return r < 0 ? fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_network = {
	"network",
	"[up [INTERFACE] | down [INTERFACE] | INTERFACE ADDRESS/PREFIX [gateway A] [dns A]]",
	"show or set up this machine's own network",
	0,
	-1,
	run,
};

extern char **environ;

static int run_lease(const struct kb_options *options, char **args, int n_args)
{
	(void)options;
	(void)n_args;
	return kb_lease_event(&kb_sys_linux, args[0], environ) < 0 ? KB_EXIT_FAILED : KB_EXIT_OK;
}

const struct kb_command kb_cmd_lease = {
	"lease", "EVENT", "what udhcpc runs when something happens to its lease", 1, 1, run_lease,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dhcp.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>

#include "apply.h"
#include "kboot/network/lease.h"
#include "kboot/network/lease_event.h"
#include "program.h"
#include "resolver.h"

enum { VALUE_TEXT = 3 * KB_IP_TEXT, PID_TEXT = 16 };

/* As initramfs/root/init names this machine. */
#define KB_OWN_HOSTNAME "kboot"

/* What a client's programs are told beside the lease; no server can say such a name. */
#define ENV_DNS     "KBOOT_DNS="
#define ENV_PEERDNS "KBOOT_PEERDNS="
#define ENV_METRIC  "KBOOT_METRIC="
#define ENV_MTU     "KBOOT_MTU="
#define ENV_FAMILY  "KBOOT_FAMILY="

/* The codes that are asked for beside BusyBox's own: root path, MTU, TFTP server, boot file,
 * domains, routes and Microsoft's, pxelinux's three. */
static const char *const options[] = {"17",  "26",  "66",  "67",  "119",
				      "121", "249", "209", "210", "211"};

/* udhcpc takes one path, without arguments: a link to this program by which app knows what it is.
 */
static int make_program(char *link, size_t size)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n < 0) {
		return -errno;
	}
	self[n] = '\0';
	(void)snprintf(link, size, "%s/kboot-lease", KB_NETWORK_DIR);
	(void)unlink(link);
	return symlink(self, link) < 0 && errno != EEXIST ? -errno : 0;
}

static void pid_name(const char *interface, bool is_ipv6, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s.pid%s", interface, is_ipv6 ? "6" : "");
}

/* "0x3d:" and the identifier's bytes. */
static const char *client_id(struct kb_arena *arena, const struct kb_net_link *link)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_printf(&text, "0x3d:%02x", link->client_id_type);
	for (const char *c = link->client_id; *c; c++) {
		kb_buf_printf(&text, "%02x", (unsigned char)*c);
	}
	return kb_arena_str(arena, kb_buf_view(&text));
}

struct argv {
	const char *at[KB_PROGRAM_ARGS + 1];
	size_t n;
};

static void push(struct argv *argv, const char *one, const char *two)
{
	if (argv->n + 2 < KB_PROGRAM_ARGS) {
		argv->at[argv->n++] = one;
		argv->at[argv->n++] = two;
	}
}

static void push_identity(struct kb_arena *arena, struct argv *argv, const struct kb_net_link *link)
{
	if (link->hostname[0]) {
		push(argv, "-x", kb_arena_printf(arena, "hostname:%s", link->hostname));
	}
	if (link->client_id[0]) {
		push(argv, "-x", client_id(arena, link));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(options); i++) {
		push(argv, "-O", options[i]);
	}
}

static void make_environment(struct kb_arena *arena, const char *interface, bool is_ipv6,
			     const struct kb_net_config *c, const struct kb_net_link *link,
			     const char **env)
{
	KB_BUF struct kb_buf dns = {0};
	char buf[KB_IP_TEXT];
	bool is_boot = strcmp(c->boot_device, interface) == 0;

	kb_buf_puts(&dns, ENV_DNS);
	for (unsigned i = 0; i < c->n_dns; i++) {
		kb_buf_printf(&dns, "%s ", kb_ip_print(&c->dns[i], buf));
	}
	*env++ = kb_arena_str(arena, kb_buf_view(&dns));
	*env++ = c->ignore_peer_dns ? ENV_PEERDNS "0" : ENV_PEERDNS "1";
	*env++ = is_ipv6 ? ENV_FAMILY "6" : ENV_FAMILY "4";
	*env++ = kb_arena_printf(arena, ENV_MTU "%u", link->mtu);
	*env++ = kb_arena_printf(arena, ENV_METRIC "%u",
				 is_boot ? KB_METRIC_BOOT : kb_apply_metric(interface));
	*env = NULL;
}

int kb_dhcp_start(const struct kb_sys *sys, const char *interface, enum kb_dhcp_kind kind,
		  const struct kb_net_config *config, const struct kb_net_link *link,
		  pid_t *ret_pid)
{
	const bool is_ipv6 = kind != KB_DHCP_4;
	KB_ARENA struct kb_arena arena = {0};
	char program[PATH_MAX];
	char name[KB_INTERFACE_NAME + PID_TEXT];
	const char *env[8];
	struct argv argv = {.at = {is_ipv6 ? "udhcpc6" : "udhcpc", "-n"}, .n = 2};
	int r = make_program(program, sizeof(program));

	if (r < 0) {
		return r;
	}
	pid_name(interface, is_ipv6, name, sizeof(name));
	push(&argv, "-i", interface);
	push(&argv, "-t", kb_arena_printf(&arena, "%d", KB_DHCP_TRIES));
	push(&argv, "-T", kb_arena_printf(&arena, "%d", KB_DHCP_PAUSE_S));
	push(&argv, "-p", kb_arena_printf(&arena, "%s/%s", KB_LEASE_DIR, name));
	push(&argv, "-s", program);
	if (!is_ipv6) {
		push_identity(&arena, &argv, link);
	}
	if (kind == KB_DHCP_6_OTHER) {
		argv.at[argv.n++] = "-l";
		push(&argv, "-r", "no");
	}
	make_environment(&arena, interface, is_ipv6, config, link, env);
	for (size_t i = 0; i < 5; i++) {
		if (!env[i]) {
			return -ENOMEM;
		}
	}
	for (size_t i = 0; i < argv.n; i++) {
		if (!argv.at[i]) {
			return -ENOMEM;
		}
	}
	return kb_program_start(sys, argv.at, env, ret_pid);
}

/* Is it one of ours? A number may have been used again. */
static bool is_client(const char *pid)
{
	char folder[PID_TEXT + 8];
	char comm[PID_TEXT];

	(void)snprintf(folder, sizeof(folder), "/proc/%.15s", pid);
	kb_note_read(folder, "comm", comm, sizeof(comm));
	return strncmp(comm, "udhcpc", strlen("udhcpc")) == 0;
}

void kb_dhcp_stop(const struct kb_sys *sys, const char *interface)
{
	for (int six = 0; six <= 1; six++) {
		char name[KB_INTERFACE_NAME + PID_TEXT];
		char text[PID_TEXT];
		uint64_t pid;

		pid_name(interface, six, name, sizeof(name));
		kb_note_read(KB_LEASE_DIR, name, text, sizeof(text));
		if (kb_str_to_u64(kb_str_from(text), &pid) == 0 && pid > 1 && pid < INT32_MAX &&
		    is_client(text)) {
			(void)sys->kill(sys->ctx, (pid_t)pid, SIGTERM);
		}
		kb_note_remove(KB_LEASE_DIR, name);
	}
	kb_note_remove(KB_LEASE_DIR, interface);
}

/* --- what happens to a lease */

struct event {
	const struct kb_sys *sys;
	struct kb_lease lease;
	const char *dns;
	bool takes_dns;
	bool is_ipv6;
	bool has_mtu; /* it is configured */
	unsigned metric;
};

static const char *env_get(char *const *environment, const char *name)
{
	for (; *environment; environment++) {
		if (strncmp(*environment, name, strlen(name)) == 0) {
			return *environment + strlen(name);
		}
	}
	return "";
}

static void set_routes(const struct event *e)
{
	const struct kb_lease *l = &e->lease;

	for (unsigned i = 0; i < l->n_routes; i++) {
		(void)kb_apply_route(e->sys, l->interface, &l->routes[i].to, &l->routes[i].via,
				     &l->address, e->metric);
	}
}

/* Those of the configuration, and then the lease's. */
static void set_resolver(const struct event *e)
{
	struct kb_ip servers[KB_LEASE_MAX_DNS];
	struct kb_str rest = kb_str_from(e->dns);
	struct kb_str word;
	unsigned n = 0;

	while (n < KB_LEASE_MAX_DNS && kb_str_next_word(&rest, &word)) {
		n += kb_ip_parse(word, &servers[n]) == 0;
	}
	for (unsigned i = 0; e->takes_dns && i < e->lease.n_dns && n < KB_LEASE_MAX_DNS; i++) {
		servers[n++] = e->lease.dns[i];
	}
	(void)kb_resolver_say(e->lease.interface, e->is_ipv6 ? KB_RESOLVER_DHCP6 : KB_RESOLVER_DHCP,
			      servers, n, e->takes_dns ? e->lease.search : "");
}

static int keep(const struct event *e)
{
	KB_BUF struct kb_buf text = {0};

	kb_lease_print(&e->lease, &text);
	return kb_buf_error(&text) < 0
		       ? kb_buf_error(&text)
		       : kb_note_write(KB_LEASE_DIR, e->lease.interface, kb_buf_view(&text));
}

/* The name that the server gives this machine; one that configuration gave stays. */
static void set_hostname(const struct event *e)
{
	const char *name = kb_lease_get(&e->lease, "hostname");
	char now[KB_NET_HOST];

	if (!name || !kb_domain_ok(kb_str_from(name)) || strlen(name) > HOST_NAME_MAX ||
	    strcmp(name, "bad") == 0 || gethostname(now, sizeof(now)) < 0 ||
	    (strcmp(now, "(none)") != 0 && strcmp(now, "localhost") != 0 &&
	     strcmp(now, KB_OWN_HOSTNAME) != 0)) {
		return;
	}
	if (sethostname(name, strlen(name)) < 0) {
		return; /* nothing depends on it */
	}
}

static int bound(const struct event *e)
{
	const struct kb_lease *l = &e->lease;
	int r;

	if (l->address.family == 0) {
		return e->is_ipv6 ? (set_resolver(e), 0) : -EINVAL;
	}
	r = kb_apply_address(e->sys, l->interface, &l->address, NULL, &l->broadcast);
	if (r < 0) {
		return r;
	}
	set_hostname(e);
	if (!e->has_mtu) {
		(void)kb_apply_mtu(e->sys, l->interface, l->mtu);
	}
	set_routes(e);
	set_resolver(e);
	/* The lease of IPv4 is the one that people ask for. */
	return e->is_ipv6 ? kb_note_write(KB_NETWORK_DIR, l->interface, KB_STR("DHCPv6")) : keep(e);
}

static int deconfigure(const struct event *e)
{
	const char *interface = e->lease.interface;

	if (e->is_ipv6) {
		return 0;
	}
	kb_note_remove(KB_LEASE_DIR, interface);
	(void)KB_IP(e->sys, "link", "set", "dev", interface, "up");
	return KB_IP(e->sys, "-4", "addr", "flush", "dev", interface);
}

int kb_lease_event(const struct kb_sys *sys, const char *event, char *const *environment)
{
	KB_ARENA struct kb_arena arena = {0};
	struct event e = {
		.sys = sys,
		.dns = env_get(environment, ENV_DNS),
		.takes_dns = strcmp(env_get(environment, ENV_PEERDNS), "0") != 0,
		.is_ipv6 = strcmp(env_get(environment, ENV_FAMILY), "6") == 0,
		.has_mtu = strspn(env_get(environment, ENV_MTU), "123456789") > 0,
	};
	uint64_t metric;
	int r = kb_lease_from_environment(&arena, environment, &e.lease);

	if (r < 0 || e.lease.interface[0] == '\0') {
		return r < 0 ? r : -EINVAL;
	}
	if (kb_str_to_u64(kb_str_from(env_get(environment, ENV_METRIC)), &metric) == 0 &&
	    metric <= INT32_MAX) {
		e.metric = (unsigned)metric;
	}
	if (strcmp(event, "deconfig") == 0) {
		return deconfigure(&e);
	}
	return strcmp(event, "bound") == 0 || strcmp(event, "renew") == 0 ? bound(&e) : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "apply.h"
#include "dhcp.h"
#include "program.h"
#include "resolver.h"
#include "state.h"
#include "sysfs.h"

enum { LOOK_MS = 50, SENTENCE_NAMES = 200, PATH_TEXT = 96 };

static int64_t now_ms(const struct kb_network *n)
{
	return n->sys->now_ms(n->sys->ctx);
}

/* --- an address that is known */

int kb_link_set(struct kb_network *n, const char *interface, const struct kb_net_link *link,
		const char *how, struct kb_error *err)
{
	const struct kb_ip everywhere = {.family = link->gateway.family};
	bool is_boot = strcmp(n->config->boot_device, interface) == 0;
	char address[KB_IP_TEXT];
	char gateway[KB_IP_TEXT];
	int r;

	kb_dhcp_stop(n->sys, interface);
	(void)KB_IP(n->sys, "addr", "flush", "dev", interface, "scope", "global");
	if (KB_IP(n->sys, "link", "set", "dev", interface, "up") < 0) {
		return kb_error_set(err, -EIO, "%s cannot be switched on", interface);
	}
	(void)kb_ip_print_prefix(&link->address, address);
	r = kb_apply_address(n->sys, interface, &link->address, &link->peer, NULL);
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot have the address %s", interface, address);
	}
	(void)kb_note_write(KB_NETWORK_DIR, interface, kb_str_from(how));
	if (link->gateway.family != 0) {
		r = kb_apply_route(n->sys, interface, &everywhere, &link->gateway, &link->address,
				   is_boot ? KB_METRIC_BOOT : kb_apply_metric(interface));
	}
	return r < 0 ? kb_error_set(err, r, "%s cannot be the gateway of %s",
				    kb_ip_print(&link->gateway, gateway), address)
		     : 0;
}

static enum kb_link_state set_configured(struct kb_network *n, const struct kb_link_job *job)
{
	struct kb_error err = {0};

	if (kb_link_set(n, job->interface, job->link, "as configured", &err) < 0) {
		kb_diag_report(&n->diags, KB_SEVERITY_WARNING, (struct kb_position){0}, "%s",
			       err.text);
		return KB_LINK_FAILED;
	}
	(void)kb_resolver_say(job->interface, KB_RESOLVER_CONFIGURED, n->config->dns,
			      n->config->n_dns, "");
	return KB_LINK_WELL;
}

/* --- one that somebody tells */

static bool asks_ipv4(enum kb_net_method method)
{
	return method == KB_NET_DHCP;
}

static pid_t ask(struct kb_network *n, struct kb_link_job *job, enum kb_dhcp_kind kind)
{
	pid_t pid = 0;
	int r = kb_dhcp_start(n->sys, job->interface, kind, n->config, job->link, &pid);

	if (r < 0) {
		kb_diag_report(&n->diags, KB_SEVERITY_WARNING, (struct kb_position){0},
			       "%s does not run: %s", kind == KB_DHCP_4 ? "udhcpc" : "udhcpc6",
			       strerror(-r));
		return 0;
	}
	job->until_ms = now_ms(n) + KB_NETWORK_ASK_MS;
	return pid;
}

/* It has a link now. */
static enum kb_link_state begin(struct kb_network *n, struct kb_link_job *job)
{
	kb_note_remove(KB_NETWORK_DIR, job->interface);
	job->begun_ms = now_ms(n);
	job->until_ms = job->begun_ms + KB_NETWORK_ASK_MS;
	kb_dhcp_stop(n->sys, job->interface);
	if (asks_ipv4(job->link->method)) {
		job->pid = ask(n, job, KB_DHCP_4);
	}
	return KB_LINK_ASKS;
}

/* Has the client ended? *ret_well: with a lease. */
static bool has_ended(struct kb_network *n, pid_t *pid, bool *ret_well)
{
	int status = -1;

	if (*pid > 0 && kb_program_wait(n->sys, *pid, 0, &status) != 0) {
		*pid = 0;
		*ret_well = status == 0;
	}
	return *pid == 0;
}

/* Whether, and what for. Pure. */
static bool wants_dhcp6(enum kb_net_method method, unsigned flags, int64_t waited_ms,
			enum kb_dhcp_kind *ret_kind)
{
	*ret_kind = KB_DHCP_6;
	if (method == KB_NET_DHCP6 ||
	    (method == KB_NET_EITHER6 && !flags && waited_ms >= KB_NETWORK_ASK_MS / 2)) {
		return true;
	}
	if ((flags & KB_ROUTER_ADDRESSES) && method != KB_NET_AUTO6) {
		return method == KB_NET_DHCP || method == KB_NET_EITHER6;
	}
	*ret_kind = KB_DHCP_6_OTHER;
	return (flags & (KB_ROUTER_OTHER | KB_ROUTER_ADDRESSES)) && method != KB_NET_LINK6;
}

/* Asking needs an address of the link that nobody else has. */
static void ask_dhcp6(struct kb_network *n, struct kb_link_job *job)
{
	enum kb_dhcp_kind kind;

	if (!job->was_asked6 && kb_has_ipv6(job->interface, true) &&
	    wants_dhcp6(job->link->method, kb_router_flags(job->interface),
			now_ms(n) - job->begun_ms, &kind)) {
		job->was_asked6 = true;
		job->pid6 = ask(n, job, kind);
	}
}

/* What the routers said of name servers counts behind what DHCP says. */
static void take_routers_word(const struct kb_network *n, const struct kb_routers *routers,
			      const char *interface)
{
	const struct kb_router *router = kb_routers_of(routers, interface);
	char how[8];

	if (router && !n->config->ignore_peer_dns) {
		(void)kb_resolver_say(interface, KB_RESOLVER_ROUTER, router->dns, router->n_dns,
				      router->search);
	}
	kb_note_read(KB_NETWORK_DIR, interface, how, sizeof(how));
	if (!how[0] && kb_has_ipv6(interface, false)) {
		(void)kb_note_write(KB_NETWORK_DIR, interface, KB_STR("from the router"));
	}
}

/* An address, and all that was to be asked for beside it. */
static bool is_well_by_ipv6(struct kb_network *n, struct kb_link_job *job)
{
	enum kb_net_method method = job->link->method;
	bool was_well = true;

	if (method == KB_NET_LINK6) {
		return kb_has_ipv6(job->interface, true);
	}
	ask_dhcp6(n, job);
	return has_ended(n, &job->pid6, &was_well) && kb_has_ipv6(job->interface, false) &&
	       (method != KB_NET_DHCP6 || job->was_asked6);
}

/* A lease of IPv4 may bring more than an address: a network boot service. So IPv6 alone is enough
 * only when that has had its time. */
static enum kb_link_state look(struct kb_network *n, struct kb_link_job *job)
{
	bool was_asked = job->pid > 0;
	bool is_well = false;
	bool has_ended4 = has_ended(n, &job->pid, &is_well);

	if (was_asked && has_ended4 && is_well) {
		return KB_LINK_WELL;
	}
	if (is_well_by_ipv6(n, job) &&
	    (has_ended4 || now_ms(n) - job->begun_ms >= KB_NETWORK_IPV6_MS)) {
		return KB_LINK_WELL;
	}
	if (job->pid > 0 || job->pid6 > 0) {
		return KB_LINK_ASKS; /* they end by themselves */
	}
	if (asks_ipv4(job->link->method) && !kb_router_flags(job->interface)) {
		return KB_LINK_FAILED;
	}
	return now_ms(n) < job->until_ms ? KB_LINK_ASKS : KB_LINK_FAILED;
}

static void advance(struct kb_network *n, struct kb_link_job *job)
{
	struct kb_interface now;

	if (job->state == KB_LINK_WAITS) {
		if (kb_interface_read(n->sysfs_fd, job->interface, &now) == 0 && now.has_link) {
			job->state = begin(n, job);
		} else if (now_ms(n) >= job->until_ms) {
			job->state = KB_LINK_FAILED;
		}
	} else if (job->state == KB_LINK_ASKS) {
		job->state = look(n, job);
	}
}

/* --- all of them */

/* Routers are asked every second, not every fourth. */
static void ask_routers_often(const char *interface)
{
	char path[PATH_TEXT];

	(void)snprintf(path, sizeof(path),
		       "/proc/sys/net/ipv6/conf/%s/router_solicitation_interval", interface);
	if (kb_sysfs_write(AT_FDCWD, path, "1") < 0) {
		return; /* a kernel without IPv6 */
	}
}

static int switch_on(struct kb_network *n, struct kb_link_job *job, struct kb_error *err)
{
	const struct kb_net_link *link = job->link;
	char mac[KB_MAC_TEXT];

	if (link->new_mac.is_set) {
		(void)KB_IP(n->sys, "link", "set", "dev", job->interface, "address",
			    kb_mac_print(&link->new_mac, mac));
	}
	(void)kb_apply_mtu(n->sys, job->interface, link->mtu);
	if (link->method == KB_NET_STATIC) {
		job->state = set_configured(n, job);
		return 0;
	}
	ask_routers_often(job->interface);
	if (KB_IP(n->sys, "link", "set", "dev", job->interface, "up") < 0) {
		job->state = KB_LINK_FAILED;
		return kb_error_set(err, -EIO, "%s cannot be switched on", job->interface);
	}
	job->until_ms = now_ms(n) + KB_NETWORK_LINK_MS;
	return 0;
}

static unsigned count(const struct kb_link_jobs *jobs, enum kb_link_state state)
{
	unsigned found = 0;

	for (unsigned i = 0; i < jobs->n; i++) {
		found += jobs->at[i].state == state;
	}
	return found;
}

static bool is_done(const struct kb_link_jobs *jobs)
{
	return (!jobs->all_wanted && count(jobs, KB_LINK_WELL) > 0) ||
	       count(jobs, KB_LINK_WAITS) + count(jobs, KB_LINK_ASKS) == 0;
}

/* Why none is well: of those with a link, where there are any. */
static int say_why(struct kb_network *n, const struct kb_link_jobs *jobs, struct kb_error *err)
{
	KB_BUF struct kb_buf names = {.max_bytes = SENTENCE_NAMES};
	bool any_link = false;
	bool asked = false;

	for (int with_link = 1; with_link >= 0 && !any_link; with_link--) {
		for (unsigned i = 0; i < jobs->n; i++) {
			struct kb_interface now = {0};

			(void)(kb_interface_read(n->sysfs_fd, jobs->at[i].interface, &now) < 0);
			if (now.has_link == (with_link == 1)) {
				kb_buf_printf(&names, "%s%s", names.len > 0 ? " " : "",
					      jobs->at[i].interface);
				any_link |= now.has_link;
				asked |= asks_ipv4(jobs->at[i].link->method);
			}
		}
	}
	if (!any_link) {
		return kb_error_set(err, -ENETDOWN, "no link on %s: is the cable in?", names.data);
	}
	return kb_error_set(err, -ENETDOWN,
			    asked ? "nobody answers DHCP on %s (within %d s)"
				  : "%s gets no address by IPv6 (within %d s)",
			    names.data, KB_DHCP_TRIES * KB_DHCP_PAUSE_S);
}

int kb_links_up(struct kb_network *n, struct kb_link_jobs *jobs, struct kb_error *err)
{
	int r = 0;

	kb_routers_open(&jobs->routers);
	for (unsigned i = 0; i < jobs->n; i++) {
		if (jobs->at[i].link->method == KB_NET_OFF) {
			jobs->at[i].state = KB_LINK_FAILED;
		} else if (switch_on(n, &jobs->at[i], err) < 0) {
			r = -EIO;
		}
	}
	while (!is_done(jobs)) {
		kb_routers_read(&jobs->routers);
		for (unsigned i = 0; i < jobs->n; i++) {
			advance(n, &jobs->at[i]);
		}
		if (!is_done(jobs)) {
			(void)usleep(LOOK_MS * 1000);
		}
	}
	kb_routers_read(&jobs->routers);
	for (unsigned i = 0; i < jobs->n; i++) {
		if (jobs->at[i].state != KB_LINK_FAILED) {
			take_routers_word(n, &jobs->routers, jobs->at[i].interface);
		}
	}
	kb_routers_done(&jobs->routers);
	if (count(jobs, KB_LINK_WELL) > 0) {
		return 0;
	}
	return r < 0 ? r : say_why(n, jobs, err);
}

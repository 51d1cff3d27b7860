/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "link.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "apply.h"
#include "dhcp.h"
#include "program.h"
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
	(void)kb_resolver_write(n->config->dns, n->config->n_dns, "");
	return KB_LINK_WELL;
}

/* --- one that somebody tells */

static bool asks_ipv4(enum kb_net_method method)
{
	return method == KB_NET_DHCP;
}

static enum kb_link_state ask(struct kb_network *n, struct kb_link_job *job, bool is_ipv6)
{
	int r = kb_dhcp_start(n->sys, job->interface, is_ipv6, n->config, job->link, &job->pid);

	job->asks_ipv6 = is_ipv6;
	job->until_ms = now_ms(n) + KB_NETWORK_ASK_MS;
	if (r < 0) {
		kb_diag_report(&n->diags, KB_SEVERITY_WARNING, (struct kb_position){0},
			       "%s does not run: %s", is_ipv6 ? "udhcpc6" : "udhcpc", strerror(-r));
		job->pid = 0;
		return KB_LINK_FAILED;
	}
	return KB_LINK_ASKS;
}

/* It has a link now. */
static enum kb_link_state begin(struct kb_network *n, struct kb_link_job *job)
{
	kb_note_remove(KB_NETWORK_DIR, job->interface);
	job->until_ms = now_ms(n) + KB_NETWORK_ASK_MS;
	if (asks_ipv4(job->link->method)) {
		kb_dhcp_stop(n->sys, job->interface);
		return ask(n, job, false);
	}
	return KB_LINK_ASKS;
}

/* The client's end decides; an address that the routers gave is one too. */
static enum kb_link_state look_at_client(struct kb_network *n, struct kb_link_job *job)
{
	int status = -1;
	int r = kb_program_wait(n->sys, job->pid, 0, &status);

	if (r == 0) {
		return KB_LINK_ASKS;
	}
	job->pid = 0;
	return (r == 1 && status == 0) || kb_has_address(job->interface) ? KB_LINK_WELL
									 : KB_LINK_FAILED;
}

/* By IPv6 alone, in the order of the method: the link's own address, the routers, DHCP. */
static enum kb_link_state look_at_ipv6(struct kb_network *n, struct kb_link_job *job)
{
	enum kb_net_method method = job->link->method;
	bool has_link = kb_has_ipv6(job->interface, true);
	bool has_address = kb_has_ipv6(job->interface, false);
	bool is_over = now_ms(n) >= job->until_ms;

	if (method == KB_NET_LINK6 ? has_link : has_address && method != KB_NET_DHCP6) {
		return KB_LINK_WELL;
	}
	if (has_link && (method == KB_NET_DHCP6 ||
			 (method == KB_NET_EITHER6 && now_ms(n) >= job->until_ms - 3000))) {
		return ask(n, job, true);
	}
	return is_over ? KB_LINK_FAILED : KB_LINK_ASKS;
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
		job->state = job->pid > 0 ? look_at_client(n, job) : look_at_ipv6(n, job);
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

	for (unsigned i = 0; i < jobs->n; i++) {
		if (jobs->at[i].link->method == KB_NET_OFF) {
			jobs->at[i].state = KB_LINK_FAILED;
		} else if (switch_on(n, &jobs->at[i], err) < 0) {
			r = -EIO;
		}
	}
	while (!is_done(jobs)) {
		for (unsigned i = 0; i < jobs->n; i++) {
			advance(n, &jobs->at[i]);
		}
		if (!is_done(jobs)) {
			(void)usleep(LOOK_MS * 1000);
		}
	}
	if (count(jobs, KB_LINK_WELL) > 0) {
		return 0;
	}
	return r < 0 ? r : say_why(n, jobs, err);
}

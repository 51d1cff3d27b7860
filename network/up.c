/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/up.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "apply.h"
#include "dhcp.h"
#include "find.h"
#include "kboot/network/lease.h"
#include "kboot/network/time.h"
#include "link.h"
#include "program.h"
#include "resolver.h"
#include "state.h"
#include "sysfs.h"
#include "virtual.h"

enum { LOOK_MS = 100 };

int kb_network_init(struct kb_network *n, const struct kb_sys *sys,
		    const struct kb_net_config *config, struct kb_error *err)
{
	static const char *const folders[] = {"/run/kboot", KB_LEASE_DIR, KB_NETWORK_DIR};
	int r;

	*n = (struct kb_network){.sys = sys, .config = config, .lock_fd = -1};
	for (size_t i = 0; i < KB_ARRAY_LEN(folders); i++) {
		if (mkdir(folders[i], 0755) < 0 && errno != EEXIST) {
			r = -errno;
			n->sysfs_fd = -1;
			return kb_error_set(err, r, "%s: %s", folders[i], strerror(-r));
		}
	}
	n->sysfs_fd = kb_sysfs_open(AT_FDCWD, "/sys");
	r = n->sysfs_fd < 0 ? -errno : kb_network_look(n);
	return r < 0 ? kb_error_set(err, r, "/sys: %s", strerror(-r)) : 0;
}

void kb_network_done(struct kb_network *n)
{
	n->sysfs_fd = kb_close(n->sysfs_fd);
	n->lock_fd = kb_close(n->lock_fd);
}

int kb_network_lock(struct kb_network *n, struct kb_error *err)
{
	int r = 0;

	n->lock_fd = open(KB_NETWORK_DIR "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	while (r == 0 && flock(n->lock_fd, LOCK_EX) < 0) {
		r = errno == EINTR ? 0 : -errno;
	}
	return n->lock_fd < 0 || r < 0
		       ? kb_error_set(err, -EBUSY, "somebody else is at it: %s", strerror(errno))
		       : 0;
}

static void pause_for_a_look(void)
{
	(void)usleep(LOOK_MS * 1000);
}

/* --- which interfaces are meant */

static bool is_for_any(const struct kb_net_link *link)
{
	return link->name[0] == '\0' && !link->mac.is_set;
}

static bool has_job(const struct kb_link_jobs *jobs, const char *name)
{
	for (unsigned i = 0; i < jobs->n; i++) {
		if (strcmp(jobs->at[i].interface, name) == 0) {
			return true;
		}
	}
	return false;
}

static void add_job(struct kb_link_jobs *jobs, const char *interface,
		    const struct kb_net_link *link)
{
	if (jobs->n < KB_INTERFACES_MAX) {
		struct kb_link_job *job = &jobs->at[jobs->n++];

		*job = (struct kb_link_job){.link = link};
		(void)snprintf(job->interface, sizeof(job->interface), "%s", interface);
	}
}

/* Those of a link without a name: the card that the machine was booted from, if that is known,
 * else every one that nothing else is said of. */
static void add_any(struct kb_network *n, struct kb_link_jobs *jobs, const struct kb_net_link *link)
{
	const struct kb_interface *boot = kb_network_find_mac(n, &n->config->boot_mac);

	for (unsigned i = 0; i < n->n_interfaces; i++) {
		const struct kb_interface *one = &n->interfaces[i];

		if ((boot ? one == boot : one->is_card || one->is_made) &&
		    !has_job(jobs, one->name) && !kb_virtual_is_port(n, one->name)) {
			add_job(jobs, one->name, link);
		}
	}
}

static const struct kb_interface *find_named(const struct kb_network *n,
					     const struct kb_net_link *link)
{
	return link->mac.is_set ? kb_network_find_mac(n, &link->mac)
				: kb_network_find(n, link->name);
}

static const struct kb_net_link by_dhcp = {.method = KB_NET_DHCP};

static void plan(struct kb_network *n, struct kb_link_jobs *jobs)
{
	const struct kb_net_config *c = n->config;

	jobs->all_wanted = !c->single;
	for (unsigned i = 0; i < c->n_links; i++) {
		const struct kb_interface *one =
			is_for_any(&c->links[i]) ? NULL : find_named(n, &c->links[i]);

		if (one) {
			add_job(jobs, one->name, &c->links[i]);
		} else if (!is_for_any(&c->links[i])) {
			kb_diag_report(&n->diags, KB_SEVERITY_WARNING, (struct kb_position){0},
				       "there is no interface %s", c->links[i].name);
		}
	}
	for (unsigned i = 0; i < c->n_links; i++) {
		if (is_for_any(&c->links[i])) {
			jobs->all_wanted = false;
			add_any(n, jobs, &c->links[i]);
		}
	}
	if (c->n_links == 0) {
		jobs->all_wanted = false;
		add_any(n, jobs, &by_dhcp);
	}
}

/* --- waiting for drivers */

static bool is_complete(const struct kb_network *n)
{
	const struct kb_net_config *c = n->config;
	bool has_card = false;

	for (unsigned i = 0; i < n->n_interfaces; i++) {
		has_card |= n->interfaces[i].is_card;
	}
	for (unsigned i = 0; i < c->n_virtuals; i++) {
		for (unsigned k = 0; k < c->virtuals[i].n_ports; k++) {
			if (!kb_network_find(n, c->virtuals[i].ports[k])) {
				return false;
			}
		}
	}
	for (unsigned i = 0; i < c->n_links; i++) {
		if (!is_for_any(&c->links[i]) && !find_named(n, &c->links[i])) {
			return false;
		}
	}
	return has_card || (c->n_links > 0 && !is_for_any(&c->links[0]));
}

/* VLANs and the like are made as soon as what they are made of is there. */
static void wait_for_cards(struct kb_network *n)
{
	int64_t until_ms = n->sys->now_ms(n->sys->ctx) + KB_NETWORK_CARD_MS;

	while (kb_network_look(n) == 0 && !is_complete(n) &&
	       n->sys->now_ms(n->sys->ctx) < until_ms) {
		kb_virtual_make(n, false);
		pause_for_a_look();
	}
}

static bool is_on(const struct kb_interface *one)
{
	return one && (one->is_card || one->is_made) && one->is_on && kb_has_address(one->name);
}

static bool is_any_on(const struct kb_network *n)
{
	for (unsigned i = 0; i < n->n_interfaces; i++) {
		if (!kb_virtual_is_port(n, n->interfaces[i].name) && is_on(&n->interfaces[i])) {
			return true;
		}
	}
	return false;
}

/* Somebody was faster. Where interfaces are named, these count: the card below a VLAN may have an
 * address of its own from a router, as soon as it is up. */
static bool is_online(const struct kb_network *n)
{
	const struct kb_net_config *c = n->config;
	unsigned n_named = 0;
	unsigned n_on = 0;

	for (unsigned i = 0; i < c->n_links; i++) {
		if (is_for_any(&c->links[i])) {
			return is_any_on(n);
		}
		if (c->links[i].method != KB_NET_OFF) {
			n_named++;
			n_on += is_on(find_named(n, &c->links[i]));
		}
	}
	return n_named == 0 ? is_any_on(n) : n_on == n_named || (c->single && n_on > 0);
}

static void add_routes(const struct kb_network *n)
{
	for (unsigned i = 0; i < n->config->n_routes; i++) {
		const struct kb_net_route *route = &n->config->routes[i];
		const struct kb_interface *one =
			route->name[0] ? kb_network_find(n, route->name) : NULL;

		if ((route->name[0] && !one) ||
		    kb_apply_route(n->sys, one ? one->name : "", &route->to, &route->via, NULL, 0) <
			    0) {
			char buf[KB_IP_TEXT];

			kb_diag_report(&n->diags, KB_SEVERITY_WARNING, (struct kb_position){0},
				       "there is no route to %s",
				       kb_ip_print_prefix(&route->to, buf));
		}
	}
}

/* For those who show how the network is; and whom ip= names as time servers. */
static int leave_notes(const struct kb_network *n, int r, const struct kb_error *err)
{
	KB_BUF struct kb_buf servers = {0};
	char buf[KB_IP_TEXT];

	if (r < 0) {
		(void)kb_note_write(KB_NETWORK_DIR, KB_NETWORK_WHY, kb_str_from(err->text));
		return r;
	}
	kb_note_remove(KB_NETWORK_DIR, KB_NETWORK_WHY);
	for (unsigned i = 0; i < n->config->n_ntp; i++) {
		kb_buf_printf(&servers, "%s ", kb_ip_print(&n->config->ntp[i], buf));
	}
	if (servers.len > 0) {
		(void)kb_note_write(KB_NETWORK_DIR, KB_TIME_CONFIGURED, kb_buf_view(&servers));
	}
	return r;
}

static int start_all(struct kb_network *n, struct kb_error *err)
{
	struct kb_link_jobs jobs = {0};
	int r;

	if (n->config->is_off && n->config->n_links == 0) {
		return kb_error_set(err, -ENETDOWN, "it is configured to be off");
	}
	(void)KB_IP(n->sys, "link", "set", "dev", "lo", "up");
	wait_for_cards(n);
	if (is_online(n)) {
		return 0;
	}
	kb_virtual_make(n, true);
	plan(n, &jobs);
	if (jobs.n == 0) {
		return kb_error_set(err, -ENODEV,
				    n->config->n_links > 0 && !is_for_any(&n->config->links[0])
					    ? "there is no interface %s"
					    : "there is no network card that this kernel has a "
					      "driver for",
				    n->config->n_links > 0 ? n->config->links[0].name : "");
	}
	r = kb_links_up(n, &jobs, err);
	if (r == 0) {
		add_routes(n);
	}
	return r;
}

int kb_network_start(struct kb_network *n, struct kb_error *err)
{
	return leave_notes(n, start_all(n, err), err);
}

static const struct kb_interface *find_or_say(const struct kb_network *n, const char *name,
					      struct kb_error *err)
{
	const struct kb_interface *one = kb_network_find(n, name);

	if (!one) {
		(void)kb_error_set(err, -ENODEV, "there is no interface %s", name);
	}
	return one;
}

int kb_network_start_one(struct kb_network *n, const char *name, struct kb_error *err)
{
	const struct kb_net_config *c = n->config;
	struct kb_link_jobs jobs = {.all_wanted = true};
	const struct kb_interface *one;

	if (!kb_network_find(n, name)) {
		kb_virtual_make(n, true);
	}
	one = find_or_say(n, name, err);
	if (!one) {
		return -ENODEV;
	}
	if (strcmp(one->name, "lo") == 0) {
		return KB_IP(n->sys, "link", "set", "dev", "lo", "up");
	}
	for (unsigned i = 0; i < c->n_links; i++) {
		if (!is_for_any(&c->links[i]) && find_named(n, &c->links[i]) == one &&
		    c->links[i].method != KB_NET_OFF) {
			add_job(&jobs, one->name, &c->links[i]);
		}
	}
	if (jobs.n == 0) {
		add_job(&jobs, one->name, &by_dhcp);
	}
	return leave_notes(n, kb_links_up(n, &jobs, err), err);
}

static void stop_one(struct kb_network *n, const struct kb_interface *one)
{
	kb_dhcp_stop(n->sys, one->name);
	kb_note_remove(KB_NETWORK_DIR, one->name);
	kb_resolver_forget(one->name);
	(void)KB_IP(n->sys, "addr", "flush", "dev", one->name);
	(void)KB_IP(n->sys, "link", "set", "dev", one->name, "down");
	if (one->is_made) {
		(void)KB_IP(n->sys, "link", "del", "dev", one->name);
	}
}

/* Its name servers go with an interface. */
int kb_network_stop(struct kb_network *n, const char *name, struct kb_error *err)
{
	const struct kb_interface *only = name ? find_or_say(n, name, err) : NULL;
	bool any_on = false;

	if (name && !only) {
		return -ENODEV;
	}
	for (unsigned i = 0; i < n->n_interfaces; i++) {
		const struct kb_interface *one = &n->interfaces[i];

		if (name ? one == only : one->is_card || one->is_made) {
			stop_one(n, one);
		}
	}
	if (kb_network_look(n) < 0) {
		return 0;
	}
	for (unsigned i = 0; i < n->n_interfaces; i++) {
		any_on |= n->interfaces[i].is_on &&
			  (n->interfaces[i].is_card || n->interfaces[i].is_made);
	}
	if (!any_on) {
		kb_note_remove(KB_NETWORK_DIR, KB_NETWORK_WHY);
	}
	return 0;
}

int kb_network_set(struct kb_network *n, const char *name, const struct kb_ip *address,
		   const struct kb_ip *gateway, const struct kb_ip *dns, struct kb_error *err)
{
	const struct kb_interface *one = find_or_say(n, name, err);
	const struct kb_net_link link = {.method = KB_NET_STATIC,
					 .address = *address,
					 .gateway = *gateway};
	int r;

	if (!one) {
		return -ENODEV;
	}
	r = kb_link_set(n, one->name, &link, "by hand", err);
	if (r == 0 && dns->family != 0) {
		r = kb_resolver_say(one->name, KB_RESOLVER_CONFIGURED, dns, 1, "");
	}
	return r < 0 && err->code == 0 ? kb_error_set(err, r, "resolv.conf: %s", strerror(-r)) : r;
}

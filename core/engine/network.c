/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine.h"

#include <errno.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

#include "kboot/base/clock.h"
#include "kboot/network/time.h"
#include "work/report.h"

enum { EVENT_BYTES = 16384 };

/* --- the clock */

static void clock_line(void *owner, struct kb_str line)
{
	struct kb_engine *e = owner;
	KB_ARENA struct kb_arena arena = {.max_bytes = (size_t)KB_NETWORK_TEXT * 4};
	struct kb_report report;

	if (kb_report_decode(&arena, line, &report) == 0 && report.note) {
		kb_journal_add(&e->journal, KB_LOG_INFO, "%s", report.note);
	}
}

static void clock_ended(void *owner, const struct kb_child_result *result)
{
	struct kb_engine *e = owner;

	e->network.clock_child = NULL;
	if (result->end == KB_CHILD_EXITED && result->status != 0) {
		e->network.clock_asked_ms = 0; /* there was no network */
	}
	kb_engine_ask(e, KB_WORK_NETWORK);
}

static bool may_ask_time(const struct kb_engine *e)
{
	const struct kb_engine_network *n = &e->network;

	return n->is_listening && !n->clock_child && e->state != KB_ENGINE_LEAVING &&
	       (n->clock_asked_ms == 0 ||
		kb_engine_now(e) - n->clock_asked_ms >= KB_TIME_AGAIN_MS) &&
	       !kb_clock_is_set(kb_clock_now(), kb_clock_built());
}

/* Somebody goes to a server, and certificates are judged by the time. */
static void ask_time(struct kb_engine *e)
{
	struct kb_engine_network *n = &e->network;
	const struct kb_child_spec spec = {
		.name = "clock",
		.run = kb_clock_job_run,
		.data = &n->clock_job,
		.deadline_ms = KB_CLOCK_DEADLINE_MS,
		.owner = e,
		.on_line = clock_line,
		.on_exit = clock_ended,
	};
	int r;

	n->clock_job.sys = e->sys;
	n->clock_asked_ms = kb_engine_now(e);
	r = kb_child_start(e->loop, e->sys, &spec, &n->clock_child);
	if (r < 0) {
		kb_journal_add(&e->journal, KB_LOG_ERROR, "no worker for the clock: %s",
			       strerror(-r));
	}
}

static void say_clock(const struct kb_engine *e, struct kb_buf *to)
{
	int64_t now = kb_clock_now();
	char shown[KB_CLOCK_TEXT];
	char clause[KB_NETWORK_TEXT];
	int64_t ms;

	kb_time_note_read(clause, sizeof(clause), &ms);
	if (e->network.clock_child) {
		(void)snprintf(clause, sizeof(clause), "time servers are asked");
	}
	if (!kb_clock_is_set(now, kb_clock_built())) {
		kb_buf_printf(to, "unset: it shows %s%s%s", kb_clock_print(now, shown),
			      clause[0] ? "; " : "", clause);
	} else if (clause[0]) {
		kb_buf_puts(to, clause);
	}
}

/* --- what wants the network */

static struct kb_place *service_of(const struct kb_engine *e)
{
	struct kb_place *place = e->places.first;

	while (place && place->kind != KB_PLACE_NETWORK) {
		place = place->next;
	}
	return place;
}

static bool service_has_failed(const struct kb_engine *e)
{
	const struct kb_place *service = service_of(e);

	return service && service->status == KB_PLACE_FAILED;
}

static bool is_fetching(const struct kb_engine *e)
{
	return e->pipeline.stage == KB_STAGE_FETCHING;
}

static bool has_failed(const struct kb_engine *e)
{
	return e->pipeline.stage == KB_STAGE_FAILED && kb_downloads_are_needed(&e->pipeline.entry);
}

/* The selected entry, as it is: nobody asked for more than to have it ready. */
static void load_again(struct kb_engine *e)
{
	const struct kb_entry *entry = kb_catalog_by_id(&e->catalog, e->selection.id);

	if (!entry || e->state != KB_ENGINE_CHOOSING || !kb_pipeline_holds(&e->pipeline, entry) ||
	    kb_engine_may(e, KB_MAY_ARM, entry) != KB_ANSWER_YES) {
		return;
	}
	if (kb_pipeline_start(&e->pipeline, entry, kb_engine_root(e)) < 0) {
		kb_journal_add(&e->journal, KB_LOG_ERROR, "%s cannot be prepared",
			       kb_entry_display(entry));
	}
}

/* What could not be had without a network, once more: a cable came, or an address. */
static void try_again(struct kb_engine *e)
{
	if (service_has_failed(e)) {
		kb_scanner_ask_service_again(&e->scanner);
	}
	if (has_failed(e)) {
		load_again(e);
	}
}

/* --- how it is */

static bool take(char *text, const struct kb_buf *now)
{
	const char *news = now->data ? now->data : "";

	if (strncmp(text, news, KB_NETWORK_TEXT - 1) == 0) {
		return false;
	}
	(void)snprintf(text, KB_NETWORK_TEXT, "%s", news);
	return true;
}

/* Nobody is shown a network that nobody wants. */
static bool is_wanted(const struct kb_engine *e, enum kb_network_state state)
{
	return state > KB_NETWORK_OFF || e->ssh.ready[0] || service_of(e) || is_fetching(e) ||
	       has_failed(e);
}

static void look(struct kb_engine *e)
{
	struct kb_engine_network *n = &e->network;
	KB_BUF struct kb_buf words = {.max_bytes = KB_NETWORK_TEXT};
	KB_BUF struct kb_buf clock = {.max_bytes = KB_NETWORK_TEXT};
	enum kb_network_state state = kb_network_look_and_say(e->scanner.sysfs_fd, &words);
	/* A card, a cable, an address. */
	bool came =
		state > n->state && (state >= KB_NETWORK_LINK || n->state == KB_NETWORK_NO_CARD);
	bool is_news;

	if (!is_wanted(e, state)) {
		kb_buf_done(&words);
	}
	say_clock(e, &clock);
	is_news = take(n->text, &words);
	is_news = take(n->clock, &clock) || is_news;
	n->state = state;
	if (came) {
		try_again(e);
	}
	if (is_news) {
		kb_engine_changed(e);
	}
}

void kb_engine_look_at_network(struct kb_engine *e)
{
	const struct kb_place *service = service_of(e);

	if (!e->network.is_listening || e->state == KB_ENGINE_LEAVING) {
		return;
	}
	if ((is_fetching(e) || (service && service->status == KB_PLACE_SCANNING)) &&
	    may_ask_time(e)) {
		ask_time(e);
	}
	look(e);
	if (service_has_failed(e)) {
		kb_timer_set(e->network.again, KB_NETWORK_AGAIN_MS);
	}
}

/* --- what the kernel says */

static void on_events(void *data, int fd, uint32_t events)
{
	struct kb_engine *e = data;
	char buf[EVENT_BYTES];

	(void)events;
	/* What has changed is looked up: an event that was lost (ENOBUFS) is one, too. */
	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0 || errno == EINTR ||
	       errno == ENOBUFS) {
	}
	kb_engine_ask(e, KB_WORK_NETWORK);
}

/* A DHCP server may have come since. */
static void on_again(void *data)
{
	struct kb_engine *e = data;

	if (e->network.state == KB_NETWORK_LINK && service_has_failed(e)) {
		kb_scanner_ask_service_again(&e->scanner);
	}
}

int kb_engine_listen_to_network(struct kb_engine *e)
{
	struct kb_engine_network *n = &e->network;
	const struct sockaddr_nl groups = {
		.nl_family = AF_NETLINK,
		.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
	};
	int r;

	n->netlink_fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
	if (n->netlink_fd < 0 || bind(n->netlink_fd, (const void *)&groups, sizeof(groups)) < 0) {
		return -errno;
	}
	r = kb_loop_add_fd(e->loop, n->netlink_fd, EPOLLIN, on_events, e, &n->events);
	r = r < 0 ? r : kb_loop_add_timer(e->loop, on_again, e, &n->again);
	n->is_listening = r == 0;
	kb_engine_ask(e, KB_WORK_NETWORK);
	return r;
}

void kb_engine_network_done(struct kb_engine *e)
{
	struct kb_engine_network *n = &e->network;

	kb_child_cancel(n->clock_child);
	kb_source_remove(n->events);
	kb_source_remove(n->again);
	n->netlink_fd = kb_close(n->netlink_fd);
}

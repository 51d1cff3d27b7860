/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "clock_job.h"

#include <errno.h>
#include <unistd.h>

#include "kboot/base/clock.h"
#include "kboot/mount/network.h"
#include "kboot/network/time.h"
#include "report.h"

enum { LOOK_MS = 100 };

static bool wait_for_network(const struct kb_sys *sys)
{
	const int64_t until_ms = sys->now_ms(sys->ctx) + KB_CLOCK_WAIT_MS;

	while (!kb_network_is_up()) {
		if (sys->now_ms(sys->ctx) >= until_ms) {
			return false;
		}
		(void)usleep(LOOK_MS * 1000);
	}
	return true;
}

/* Whoever waits for the time has given up for want of a network then. */
static int repair(const struct kb_sys *sys, struct kb_error *err)
{
	struct kb_time_servers servers = {0};

	if (!wait_for_network(sys)) {
		return kb_error_set(err, -ENETDOWN, "the network does not come up");
	}
	kb_time_servers_gather(&servers);
	return kb_time_repair(sys, &servers, kb_clock_built(), err);
}

int kb_clock_job_run(void *data, int out_fd)
{
	const struct kb_clock_job *job = data;
	const struct kb_sys *sys = job->sys;
	KB_BUF struct kb_buf note = {0};
	struct kb_error err = {0};
	char shown[KB_CLOCK_TEXT];
	const char *clause = "set by a time server";
	int r = sys->confine(sys->ctx, KB_CONFINE_CLOCK, 0);

	if (r < 0) {
		return r;
	}
	r = repair(sys, &err);
	if (r == -ENETDOWN) {
		return r; /* whoever wanted it is told by others */
	}
	clause = r < 0 ? err.text : clause;
	kb_time_note(sys, clause);
	kb_buf_printf(&note, "the clock shows %s: %s", kb_clock_print(kb_clock_now(), shown),
		      clause);
	kb_report_tell(out_fd, &(struct kb_report){.note = note.data});
	return 0;
}

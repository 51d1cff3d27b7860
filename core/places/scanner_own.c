/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places that are kboot's own: its configuration, what was set at the prompt, and the network's
 * boot service. */
#include <errno.h>
#include <fcntl.h>

#include "kboot/base/tree.h"
#include "kboot/formats/kboot_conf.h"
#include "scanner.h"

struct keeper {
	struct kb_findings *found;
	struct kb_diag_sink journal;
};

static void keep(void *ctx, const struct kb_diag *diag)
{
	const struct keeper *keeper = ctx;

	kb_findings_take_diag(keeper->found, diag, &keeper->journal);
}

static int read_own(struct kb_scanner *s, struct kb_place *place, struct kb_error *err)
{
	struct keeper keeper = {&place->found, kb_journal_sink(s->journal)};
	const struct kb_diag_sink sink = {.report = keep, .ctx = &keeper};
	struct kb_reader_out out = kb_findings_reader_out(&place->found, &sink);
	KB_BUF struct kb_buf text = {.max_bytes = KB_CONF_MAX_BYTES};
	KB_CLOSE int fd = open(place->folder, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	KB_CLOSE int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct kb_tree tree = {.root_fd = root, .name = NULL};
	int r = fd < 0 || root < 0 ? -errno : kb_read_all(fd, KB_CONF_MAX_BYTES, &text);

	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be read: %s", place->folder, strerror(-r));
	}
	r = kb_read_kboot_conf(&tree, place->folder, kb_buf_view(&text), &out, err);
	if (r == -E2BIG) {
		kb_diag_report(&sink, KB_SEVERITY_LOSS, (struct kb_position){.file = place->folder},
			       "only the first %zu labels are kept", place->found.n_entries);
		r = 0;
	}
	return r;
}

int kb_scanner_add_own(struct kb_scanner *s, const char *config, struct kb_error *err)
{
	struct kb_place template = {.kind = KB_PLACE_OWN,
				    .status = KB_PLACE_READ,
				    .folder = config};
	struct kb_place *place;
	int r = kb_scanner_add(s, &template, NULL, &place);

	if (r < 0) {
		return kb_error_set(err, r, "out of memory");
	}
	r = read_own(s, place, &place->found.error);
	if (r < 0) {
		place->status = KB_PLACE_FAILED;
		*err = place->found.error;
	}
	return r;
}

static int get_session(struct kb_scanner *s, struct kb_place **ret_place)
{
	const struct kb_place template = {.kind = KB_PLACE_SESSION,
					  .status = KB_PLACE_READ,
					  .folder = "this session"};

	if (s->places->first && s->places->first->kind == KB_PLACE_SESSION) {
		*ret_place = s->places->first;
		return 0;
	}
	return kb_scanner_add(s, &template, NULL, ret_place);
}

int kb_scanner_set_session(struct kb_scanner *s, struct kb_str text,
			   const struct kb_place **ret_place)
{
	const struct kb_diag_sink sink = kb_journal_sink(s->journal);
	struct kb_findings found = {.arena.account = &s->findings};
	struct kb_reader_out out = kb_findings_reader_out(&found, &sink);
	struct kb_place *place;
	struct kb_error err = {0};
	int r = get_session(s, &place);

	if (r == 0) {
		r = kb_read_kboot_conf(NULL, "this session", text, &out, &err);
	}
	if (r < 0) {
		kb_findings_done(&found);
		return r;
	}
	s->changing(s->ctx);
	kb_findings_done(&place->found);
	place->found = found;
	*ret_place = place;
	s->changed(s->ctx);
	return 0;
}

int kb_scanner_add_network(struct kb_scanner *s)
{
	const struct kb_place template = {.kind = KB_PLACE_NETWORK};
	struct kb_place *place;

	return kb_scanner_add(s, &template, NULL, &place);
}

void kb_scanner_ask_service_again(struct kb_scanner *s)
{
	for (struct kb_place *place = s->places->first; place; place = place->next) {
		if (place->kind == KB_PLACE_NETWORK && place->status == KB_PLACE_FAILED) {
			place->status = KB_PLACE_QUEUED;
		}
	}
	kb_scanner_pump(s);
}

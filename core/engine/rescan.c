/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A person looks at the disks again, and is told when that ended and what it brought. */
#include "engine.h"

int kb_engine_rescan(struct kb_engine *e, struct kb_error *err)
{
	/* Of two in a row the second is told what both have brought. */
	if (!e->rescans) {
		kb_order_done(&e->before_rescan);
		e->rescans = kb_order_copy(&e->order, &e->before_rescan) == 0;
	}
	e->keeps_order = false;
	kb_downloads_forget_kept(&e->pipeline.downloads);
	kb_engine_notice(e, KB_NOTICE_INFO, "Looking at all disks again ...");
	if (!e->options.simulation) {
		kb_assembly_again(&e->assembly);
		return kb_scanner_enumerate(&e->scanner, true, err);
	}
	kb_scanner_read_again(&e->scanner);
	return 0;
}

static void add_count(struct kb_buf *text, size_t n, const char *what)
{
	if (n > 0) {
		kb_buf_printf(text, "%s%zu %s %s", text->len > 0 ? ", " : "", n,
			      n == 1 ? "entry" : "entries", what);
	}
}

void kb_engine_rescan_ended(struct kb_engine *e)
{
	KB_BUF struct kb_buf news = {0};
	unsigned n = 0;

	if (!e->rescans || !kb_engine_settled(e)) {
		return;
	}
	e->rescans = false;
	for (const struct kb_place *p = e->places.first; p; p = p->next) {
		n += (p->kind == KB_PLACE_FOLDER || p->kind == KB_PLACE_DEVICE) &&
		     !p->block.has_partitions;
	}
	add_count(&news, kb_order_missing(&e->before_rescan, &e->order), "more");
	add_count(&news, kb_order_missing(&e->order, &e->before_rescan), "gone");
	kb_engine_notice(e, KB_NOTICE_INFO, "Scanned %u %s: %s.", n, n == 1 ? "device" : "devices",
			 news.len > 0 ? news.data : "nothing new");
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "view.h"

/* The screen belongs to the next kernel. */
static void draw(struct kb_ui *ui, struct kb_grid *grid)
{
	(void)ui;
	(void)grid;
}

static void press(struct kb_ui *ui, const struct kb_key *key)
{
	(void)ui;
	(void)key;
}

const struct kb_view kb_view_leaving = {.draw = draw, .press = press};

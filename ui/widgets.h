/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The widgets that views are put together from, each drawn into its area.
 * For the view_*.c.
 * Must not handle keys.
 */
#ifndef KBOOT_UI_WIDGETS_H
#define KBOOT_UI_WIDGETS_H

#include "layout.h"
#include "view.h"

/* Title line: name and version, facts at the right. */
void kb_draw_title(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area);
/* The site's greeting: the message file. */
int kb_greeting_rows(const struct kb_ui *ui, int columns);
void kb_draw_greeting(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area);
/* As many hints as fit, the important ones first to stay. */
void kb_draw_hints(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area,
		   const struct kb_hint *hints, size_t n_hints);
/* The rows; scrolls so that the selected one is seen, and puts the cursor there. */
void kb_draw_list(struct kb_ui *ui, struct kb_grid *grid, struct kb_area area);
/* What of the list is shown ("5-14 of 40"); false where all is. buf is "" then. */
bool kb_list_position(const struct kb_ui *ui, int list_rows, char *buf, size_t size);
/* Fields of an entry or a submenu as a pane, or the most important one as a line. */
void kb_draw_details(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area,
		     const struct kb_row *row);
/* How much of the line a slow terminal gets for row where before's was: every arrow key pays for
 * what differs, the rest is there already. */
int kb_details_columns(const struct kb_ui *ui, const struct kb_row *before,
		       const struct kb_row *row);
/* What happens now: the countdown, what is loaded. */
void kb_draw_status(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area);
int kb_notice_rows(const struct kb_ui *ui, int columns);
void kb_draw_notice(const struct kb_ui *ui, struct kb_grid *grid, struct kb_area area);
/* A row of a list of choices in such a box, with its letter; the cursor stands on the selected one.
 */
void kb_draw_choice(struct kb_grid *grid, struct kb_area area, int row, bool selected, char letter,
		    const char *what);
/* A box in the middle of the grid, cleared, with a head; returns its inside. Wishes are clamped. */
struct kb_area kb_draw_box(const struct kb_ui *ui, struct kb_grid *grid, int rows, int cols,
			   const char *head);

#endif

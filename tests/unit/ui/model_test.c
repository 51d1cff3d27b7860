/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h wants the ones above first. */
#include <cmocka.h>

#include "scene.h"

static void selected_is(struct scene *s, const char *id)
{
	const struct kb_entry *entry = kb_model_selected(&s->ui.model);

	if (!id) {
		assert_null(entry);
		assert_null(s->ui.model.selected_id);
		return;
	}
	assert_non_null(entry);
	assert_string_equal(entry->id, id);
	assert_string_equal(s->ui.model.selected_id, id);
}

static void engine_selects(struct scene *s, const char *id)
{
	s->state.selected_id = id;
	scene_state(s);
}

static void the_selection_is_the_engines(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, 24, 80, KB_CHARSET_UTF8);
	selected_is(&s, NULL);
	scene_catalog(&s);
	selected_is(&s, "a");
	engine_selects(&s, "c");
	selected_is(&s, "c");
	engine_selects(&s, "no such entry");
	selected_is(&s, "c");
	engine_selects(&s, NULL);
	selected_is(&s, "c");
	scene_close(&s);
}

static void a_move_here_is_not_undone_by_an_older_state(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, 24, 80, KB_CHARSET_UTF8);
	scene_catalog(&s);
	engine_selects(&s, "a");
	scene_type(&s, "<Down><Down>");
	selected_is(&s, "c");
	/* The engine is a move behind. */
	engine_selects(&s, "a");
	engine_selects(&s, "b");
	selected_is(&s, "c");
	engine_selects(&s, "c");
	/* Now it has caught up, and what it says is another console's move. */
	engine_selects(&s, "d");
	selected_is(&s, "d");
	scene_close(&s);
}

static void an_engine_that_never_agrees_wins_in_the_end(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, 24, 80, KB_CHARSET_UTF8);
	scene_catalog(&s);
	engine_selects(&s, "a");
	scene_type(&s, "<Down>");
	s.now_ms += KB_UI_SELECT_MS - 1;
	engine_selects(&s, "a");
	selected_is(&s, "b");
	s.now_ms += 1;
	engine_selects(&s, "a");
	selected_is(&s, "a");
	scene_close(&s);
}

static void the_selection_stays_with_its_entry(void **state)
{
	const struct kb_device usb = {.name = "sdc1"};
	const struct kb_entry more[] = {
		{.id = "new", .device = &usb},
		{.id = "b"},
		{.id = "c"},
	};
	struct scene s;

	(void)state;
	scene_open(&s, 24, 80, KB_CHARSET_UTF8);
	scene_catalog(&s);
	engine_selects(&s, "b");
	scene_entries(&s, more, 3);
	selected_is(&s, "b");
	/* Gone: near where it was. */
	scene_entries(&s, &more[2], 1);
	selected_is(&s, "c");
	scene_entries(&s, NULL, 0);
	selected_is(&s, NULL);
	scene_type(&s, "<Down><Up><Home><End><PgDn>3<Enter>e");
	assert_string_equal(scene_sent(&s), "");
	scene_entries(&s, more, 3);
	selected_is(&s, "b");
	scene_close(&s);
}

static void a_catalog_counts_when_it_is_complete(void **state)
{
	const struct kb_message entry = {.type = KB_MSG_ENTRY, .entry = {.id = "z"}};
	struct scene s;

	(void)state;
	scene_open(&s, 24, 80, KB_CHARSET_UTF8);
	scene_catalog(&s);
	scene_message(&s, &(struct kb_message){.type = KB_MSG_CATALOG, .count = 2});
	scene_message(&s, &entry);
	assert_int_equal(s.ui.model.catalog.n_entries, 5);
	/* Begun again before it ended. */
	scene_message(&s, &(struct kb_message){.type = KB_MSG_CATALOG, .count = 1});
	scene_message(&s, &entry);
	scene_message(&s, &(struct kb_message){.type = KB_MSG_CATALOG_END});
	assert_int_equal(s.ui.model.catalog.n_entries, 1);
	selected_is(&s, "z");
	scene_close(&s);
}

static void time_left_never_goes_below_nothing(void **state)
{
	struct scene s;

	(void)state;
	scene_open(&s, 24, 80, KB_CHARSET_UTF8);
	s.state = (struct kb_state){.phase = KB_PHASE_COUNTDOWN,
				    .remaining_ms = 2500,
				    .total_ms = 10000};
	scene_state(&s);
	assert_int_equal(kb_model_remaining_ms(&s.ui.model, s.now_ms + 1000), 1500);
	assert_int_equal(kb_model_remaining_ms(&s.ui.model, s.now_ms + 99999), 0);
	/* The number shown is 3 now and 2 half a second later. */
	assert_int_equal(kb_screen_next_ms(&s.ui), 500);
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_selection_is_the_engines),
		cmocka_unit_test(a_move_here_is_not_undone_by_an_older_state),
		cmocka_unit_test(an_engine_that_never_agrees_wins_in_the_end),
		cmocka_unit_test(the_selection_stays_with_its_entry),
		cmocka_unit_test(a_catalog_counts_when_it_is_complete),
		cmocka_unit_test(time_left_never_goes_below_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

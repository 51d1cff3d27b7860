/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "storage_case.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "kboot/base/tree.h"
#include "lvm/report.h"

static void read_fixture(const char *name, struct kb_buf *text)
{
	char path[256];
	KB_CLOSE int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/%s", KB_FIXTURES, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(kb_read_all(fd, 1 << 20, text), 0);
}

static void a_real_report_is_read(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_lvm_report report;
	struct kb_error err = {0};
	const struct kb_lvm_vg *vg;
	struct kb_lvm_lv *lv;

	(void)state;
	read_fixture("lvm-whole.json", &text);
	assert_int_equal(kb_lvm_report_parse(&arena, kb_buf_view(&text), &report, &err), 0);
	assert_int_equal(report.n_vgs, 1);
	vg = report.vgs;
	assert_string_equal(vg->name, "vg-x");
	assert_int_equal(vg->extent_sectors, 8192);
	assert_int_equal(vg->n_pvs, 4);
	assert_int_equal(vg->n_reported, 4);
	assert_false(vg->is_exported || vg->is_shared || vg->system_id);
	assert_string_equal(vg->pvs[0].name, "/dev/vda");
	assert_int_equal(vg->pvs[0].dev, makedev(253, 0));
	assert_int_equal(vg->pvs[0].start_sectors, 2048);
	lv = kb_lvm_find_lv(vg, "str");
	assert_non_null(lv);
	assert_string_equal(lv->segments->type, "striped");
	assert_int_equal(lv->segments->n_places, 2);
	assert_ptr_equal(lv->segments->places[1].pv, &vg->pvs[1]);
	assert_int_equal(lv->segments->stripe_sectors, 128);
	lv = kb_lvm_find_lv(vg, "r5");
	assert_int_equal(lv->segments->n_places, 3);
	assert_string_equal(lv->segments->places[2].lv->name, "r5_rimage_2");
	assert_string_equal(lv->segments->metadata[0]->name, "r5_rmeta_0");
	assert_true(lv->segments->places[2].lv->is_hidden);
	lv = kb_lvm_find_lv(vg, "thinsnap");
	assert_string_equal(lv->pool, "pool");
	assert_string_equal(lv->origin, "thin");
	assert_int_equal(lv->segments->thin_id, 2);
	assert_true(kb_lvm_find_lv(vg, "pool")->is_pool);
	assert_true(kb_lvm_find_lv(vg, "linsnap")->is_thick_snapshot);
	assert_null(kb_lvm_find_lv(vg, "nothing"));
}

static void a_missing_disk_is_no_place(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	struct kb_lvm_report report;
	struct kb_error err = {0};
	const struct kb_lvm_lv *lv;

	(void)state;
	read_fixture("lvm-missing.json", &text);
	assert_int_equal(kb_lvm_report_parse(&arena, kb_buf_view(&text), &report, &err), 0);
	lv = kb_lvm_find_lv(report.vgs, "lin");
	assert_int_equal(lv->segments->n_places, 1);
	assert_null(lv->segments->places[0].pv);
	assert_null(lv->segments->places[0].lv);
}

/* One thing after the other is put in the place of what a report has. */
static void what_cannot_be_is_refused(void **state)
{
	static const struct {
		const char *was;
		const char *is;
	} changes[] = {
		{"\"vg_name\":\"vg-x\"", "\"vg_name\":\"../../etc\""},
		{"\"lv_name\":\"str\"", "\"lv_name\":\"a b\""},
		{"\"lv_name\":\"str\"", "\"lv_name\":\"\""},
		{"\"lv_name\":\"str\"", "\"lv_name\":\"-r\""},
		{"\"vg_extent_size\":\"8192\"", "\"vg_extent_size\":\"99999999999999999\""},
		{"\"vg_extent_size\":\"8192\"", "\"vg_extent_size\":\"-1\""},
		{"/dev/vda(2)", "/dev/vda(2"},
		{"/dev/vda(2)", "(2)x"},
		{"/dev/vda(2)", "/dev/vda(99999999999999999999)"},
		{"\"report\"", "\"other\""},
	};
	KB_BUF struct kb_buf text = {0};

	(void)state;
	read_fixture("lvm-whole.json", &text);
	for (size_t i = 0; i < KB_ARRAY_LEN(changes); i++) {
		KB_ARENA struct kb_arena arena = {0};
		KB_BUF struct kb_buf changed = {0};
		struct kb_lvm_report report;
		struct kb_error err = {0};
		const char *at = strstr(text.data, changes[i].was);

		assert_non_null(at);
		kb_buf_append(&changed, text.data, (size_t)(at - text.data));
		kb_buf_puts(&changed, changes[i].is);
		kb_buf_puts(&changed, at + strlen(changes[i].was));
		if (kb_lvm_report_parse(&arena, kb_buf_view(&changed), &report, &err) != -EUCLEAN) {
			fail_msg("%s was taken", changes[i].is);
		}
		assert_true(err.text[0]);
	}
}

static void cut_and_flipped_reports_are_survived(void **state)
{
	KB_BUF struct kb_buf text = {0};
	unsigned seed = 7;

	(void)state;
	read_fixture("lvm-whole.json", &text);
	for (int round = 0; round < 300; round++) {
		KB_ARENA struct kb_arena arena = {0};
		KB_BUF struct kb_buf changed = {0};
		struct kb_lvm_report report;
		struct kb_error err = {0};

		kb_buf_append(&changed, text.data, text.len);
		for (int i = 0; i < 3; i++) {
			seed = seed * 1103515245 + 12345;
			changed.data[(seed >> 4) % changed.len] = (char)("0\"[{(,9z"[seed >> 29]);
		}
		(void)!kb_lvm_report_parse(&arena,
					   kb_str_of(changed.data,
						     round % 2 ? changed.len
							       : (seed >> 8) % changed.len),
					   &report, &err);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_real_report_is_read),
		cmocka_unit_test(a_missing_disk_is_no_place),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(cut_and_flipped_reports_are_survived),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

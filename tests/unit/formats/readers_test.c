/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "readers.h"
#include "temp_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "kboot/formats/kboot_conf.h"

struct findings {
	struct kb_arena arena;
	size_t n_entries;
	size_t n_settings;
	size_t n_diags;
	size_t stop_after; /* entries and settings; 0: never */
	struct kb_entry last;
	struct kb_setting last_setting;
	enum kb_severity last_severity;
	char last_diag[KB_ERROR_TEXT];
};

static int answer(const struct findings *f)
{
	return f->stop_after > 0 && f->n_entries + f->n_settings >= f->stop_after ? -ECANCELED : 0;
}

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	struct findings *f = ctx;

	kb_arena_done(&f->arena);
	assert_int_equal(kb_entry_copy(&f->arena, entry, &f->last), 0);
	f->n_entries++;
	return answer(f);
}

static int take_setting(void *ctx, const struct kb_setting *setting)
{
	struct findings *f = ctx;

	f->last_setting.variable = setting->variable;
	f->last_setting.rank = setting->rank;
	f->n_settings++;
	return answer(f);
}

static void take_diag(void *ctx, const struct kb_diag *diag)
{
	struct findings *f = ctx;

	f->n_diags++;
	f->last_severity = diag->severity;
	(void)snprintf(f->last_diag, sizeof(f->last_diag), "%s:%u: %s",
		       diag->at.file ? diag->at.file : "", diag->at.line, diag->text);
}

static struct kb_reader_out out_to(struct findings *f)
{
	return (struct kb_reader_out){.ctx = f,
				      .entry = take_entry,
				      .setting = take_setting,
				      .diags = {take_diag, f}};
}

static int read_tree(const struct kb_reader *reader, const struct temp_dir *dir, struct findings *f,
		     struct kb_error *err)
{
	struct kb_tree tree = {.root_fd = dir->fd, .name = "sda2"};
	struct kb_reader_out out = out_to(f);

	return reader->read(&tree, &out, err);
}

static int setup(void **state)
{
	static struct temp_dir dir;

	temp_dir_init(&dir);
	*state = &dir;
	return 0;
}

static int teardown(void **state)
{
	temp_dir_done(*state);
	return 0;
}

static void are_all_in_the_table(void **state)
{
	(void)state;
	assert_int_equal(kb_n_readers, 9);
	for (size_t i = 0; i < kb_n_readers; i++) {
		assert_non_null(kb_readers[i]->name);
		assert_non_null(kb_readers[i]->read);
	}
}

static void find_nothing_in_nothing(void **state)
{
	struct findings f = {0};
	struct kb_error err;

	for (size_t i = 0; i < kb_n_readers; i++) {
		assert_int_equal(read_tree(kb_readers[i], *state, &f, &err), 0);
	}
	assert_int_equal(f.n_entries + f.n_settings + f.n_diags, 0);
}

static void say_when_a_file_is_too_large(void **state)
{
	struct temp_dir *dir = *state;
	struct findings f = {0};
	struct kb_error err;
	KB_CLOSE int fd = openat(dir->fd, "kboot.conf", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	assert_int_equal(ftruncate(fd, 100 << 20), 0);
	temp_dir_text(dir, "etc/kboot.conf", "linux=reboot\n");
	assert_int_equal(read_tree(&kb_reader_kboot_conf, dir, &f, &err), 0);
	assert_int_equal(f.n_diags, 1);
	assert_string_equal(f.last_diag,
			    "sda2:/kboot.conf:0: the file is above 16 MiB and is not read");
	assert_int_equal(f.n_entries, 1);
	kb_arena_done(&f.arena);
}

static void stop_when_told(void **state)
{
	struct temp_dir *dir = *state;
	struct kb_error err;

	temp_dir_text(dir, "kboot.conf", "timeout=1\ndelay=2\na=b\nb=/k\n");
	temp_dir_text(dir, "vmlinuz-1", "k");
	temp_dir_text(dir, "vmlinuz-2", "k");
	for (size_t i = 1; i <= 4; i++) {
		struct findings f = {.stop_after = i};

		assert_int_equal(read_tree(&kb_reader_kboot_conf, dir, &f, &err), -ECANCELED);
		assert_int_equal(f.n_entries + f.n_settings, i);
		kb_arena_done(&f.arena);
	}
	for (size_t i = 1; i <= 2; i++) {
		struct findings f = {.stop_after = i};

		assert_int_equal(read_tree(&kb_reader_bare, dir, &f, &err), -ECANCELED);
		assert_int_equal(f.n_entries, i);
		kb_arena_done(&f.arena);
	}
}

/* 20,000 labels that each come to 10 kB would be 200 MB. */
static void limit_what_labels_come_to(void **state)
{
	struct temp_dir *dir = *state;
	KB_BUF struct kb_buf text = {0};
	struct findings f = {0};
	struct kb_error err;

	kb_buf_puts(&text, "base=/k ");
	for (int i = 0; i < 5000; i++) {
		kb_buf_puts(&text, "x ");
	}
	kb_buf_putc(&text, '\n');
	for (int i = 1; i < 2000; i++) {
		kb_buf_printf(&text, "l%d=base\n", i);
	}
	temp_dir_text(dir, "kboot.conf", text.data);
	assert_int_equal(read_tree(&kb_reader_kboot_conf, dir, &f, &err), 0);
	assert_in_range(f.n_entries, 1000, 1700);
	assert_int_equal(f.n_diags, 1);
	assert_non_null(strstr(f.last_diag, "the labels come to more than 16 MiB"));
	kb_arena_done(&f.arena);
}

static void leave_own_names_alone(void **state)
{
	struct temp_dir *dir = *state;
	struct kb_tree tree = {.root_fd = dir->fd};
	struct findings f = {0};
	struct kb_reader_out out = out_to(&f);
	struct kb_error err;
	struct kb_str text = KB_STR("timeout=3\nlinux=/boot/vmlinuz initrd=./x root=/dev/sda1\n");

	assert_int_equal(kb_read_kboot_conf(&tree, "/etc/kboot.conf", text, &out, &err), 0);
	assert_int_equal(f.n_entries, 1);
	assert_string_equal(f.last.kernel, "/boot/vmlinuz");
	assert_string_equal(f.last.initrd[0], "./x");
	assert_string_equal(f.last.args, "root=/dev/sda1");
	assert_string_equal(f.last.file, "/etc/kboot.conf");
	assert_int_equal(f.last.line, 2);
	assert_int_equal(f.last.n_problems, 0);
	assert_int_equal(f.last_setting.variable, KB_VAR_TIMEOUT);
	assert_int_equal(f.last_setting.rank, KB_RANK_IMAGE);
	assert_int_equal(kb_read_kboot_conf(NULL, "f", text, &out, &err), 0);
	assert_int_equal(f.n_entries, 2);
	kb_arena_done(&f.arena);
}

static void limit_kernels(void **state)
{
	struct temp_dir *dir = *state;
	struct findings f = {0};
	struct kb_error err;

	for (int i = 0; i < 70; i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "boot/vmlinuz-%d", i);
		temp_dir_text(dir, path, "k");
	}
	assert_int_equal(read_tree(&kb_reader_bare, dir, &f, &err), 0);
	assert_int_equal(f.n_entries, 64);
	assert_string_equal(f.last_diag, ":0: more than 64 kernels: 6 are left out");
	kb_arena_done(&f.arena);
}

static void pass_over_crowded_folders(void **state)
{
	struct temp_dir *dir = *state;
	struct findings f = {0};
	struct kb_error err;

	temp_dir_text(dir, "vmlinuz-1", "k");
	temp_dir_text(dir, "boot/vmlinuz", "k");
	for (int i = 0; i < 8192; i++) {
		char path[32];

		(void)snprintf(path, sizeof(path), "boot/vmlinuz-%d", i);
		assert_int_equal(linkat(dir->fd, "boot/vmlinuz", dir->fd, path, 0), 0);
	}
	assert_int_equal(read_tree(&kb_reader_bare, dir, &f, &err), 0);
	assert_int_equal(f.n_entries, 1);
	assert_int_equal(f.n_diags, 1);
	assert_int_equal(f.last_severity, KB_SEVERITY_LOSS);
	assert_string_equal(f.last_diag, "sda2:/boot:0: more than 8192 names: the folder is not "
					 "searched for kernels");
	kb_arena_done(&f.arena);
}

static void link_entries(struct temp_dir *dir, int n)
{
	temp_dir_text(dir, "loader/entries/0.conf", "linux /vmlinuz\n");
	for (int i = 1; i < n; i++) {
		char path[40];

		(void)snprintf(path, sizeof(path), "loader/entries/%d.conf", i);
		assert_int_equal(linkat(dir->fd, "loader/entries/0.conf", dir->fd, path, 0), 0);
	}
}

/* The others are read all the same. */
static void pass_over_a_crowded_folder_of_entries(void **state)
{
	struct temp_dir *dir = *state;
	struct findings f = {0};
	struct kb_error err;

	link_entries(dir, 8193);
	temp_dir_text(dir, "boot/loader/entries/one.conf", "linux /vmlinuz\n");
	assert_int_equal(read_tree(&kb_reader_bls, dir, &f, &err), 0);
	assert_int_equal(f.n_entries, 1);
	assert_int_equal(f.n_diags, 1);
	assert_string_equal(f.last_diag, "sda2:/loader/entries:0: more than 8192 names: they are "
					 "not looked at");
	kb_arena_done(&f.arena);
}

/* /@boot is not in /@. */
static void know_where_a_subvolume_ends(void **state)
{
	struct temp_dir *dir = *state;
	struct kb_tree tree = {.root_fd = dir->fd, .name = "sda2", .below = "/@"};
	struct findings f = {0};
	struct kb_reader_out out = out_to(&f);
	struct kb_error err;

	temp_dir_text(dir, "loader/entries/one.conf", "linux /@boot/vmlinuz\n");
	temp_dir_text(dir, "boot/vmlinuz", "another");
	assert_int_equal(kb_reader_bls.read(&tree, &out, &err), 0);
	assert_string_equal(f.last.kernel, "/@boot/vmlinuz");
	kb_arena_done(&f.arena);
}

/* Images beyond what is kept are not read: each takes its time. */
static void limit_images(void **state)
{
	struct temp_dir *dir = *state;
	struct findings f = {0};
	struct kb_error err;

	link_entries(dir, 1024);
	temp_dir_text(dir, "EFI/Linux/damaged.efi",
		      "MZ and no more, but some bytes of it are "
		      "where the headers of an image would be");
	assert_int_equal(read_tree(&kb_reader_bls, dir, &f, &err), 0);
	assert_int_equal(f.n_entries, 1024);
	assert_int_equal(f.n_diags, 1);
	assert_string_equal(f.last_diag,
			    "sda2:/loader/entries:0: more than 1024 entries: 1 are left out");
	kb_arena_done(&f.arena);
}

/* What is no regular file must not be opened: a FIFO would wait for ever. */
static void pass_over_special_files(void **state)
{
	struct temp_dir *dir = *state;
	struct findings f = {0};
	struct kb_error err;

	assert_int_equal(mkfifoat(dir->fd, "vmlinuz-1", 0600), 0);
	assert_int_equal(mkfifoat(dir->fd, "kboot.conf", 0600), 0);
	temp_dir_symlink(dir, "vmlinuz-2", "/dev/zero");
	for (size_t i = 0; i < kb_n_readers; i++) {
		assert_int_equal(read_tree(kb_readers[i], dir, &f, &err), 0);
	}
	assert_int_equal(f.n_entries, 0);
	assert_int_equal(f.n_diags, 1);
}

#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(are_all_in_the_table),
		IN_A_FOLDER(find_nothing_in_nothing),
		IN_A_FOLDER(say_when_a_file_is_too_large),
		IN_A_FOLDER(stop_when_told),
		IN_A_FOLDER(limit_what_labels_come_to),
		IN_A_FOLDER(leave_own_names_alone),
		IN_A_FOLDER(limit_kernels),
		IN_A_FOLDER(pass_over_crowded_folders),
		IN_A_FOLDER(pass_over_a_crowded_folder_of_entries),
		IN_A_FOLDER(know_where_a_subvolume_ends),
		IN_A_FOLDER(limit_images),
		IN_A_FOLDER(pass_over_special_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

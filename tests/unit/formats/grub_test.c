/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a hostile grub.cfg can do: each limit ends with one message, and what was read is kept. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "readers.h"
#include "temp_dir.h"

#include <fcntl.h>
#include <sys/stat.h>

#define FIRST "menuentry first { linux /k; }\n"

struct findings {
	size_t n_entries;
	char initials[64]; /* of the titles */
	size_t n_defaults;
	char default_title[64];
	bool has_remark;    /* the default */
	char protected[64]; /* a letter for each entry: y, n */
	size_t n_diags;
	enum kb_severity severity; /* of the last */
	char last[KB_ERROR_TEXT];
	char first_title[64];
	char last_problem[KB_ERROR_TEXT];
	char written[64]; /* the file of the last entry's first write */
	char args[128];   /* of the last entry */
};

struct fixture {
	int block_fd;
	struct temp_dir dir;
	struct findings found;
};

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	struct findings *f = ctx;

	if (f->n_entries++ == 0) {
		(void)snprintf(f->first_title, sizeof(f->first_title), "%s", entry->title);
	}
	if (f->n_entries < sizeof(f->initials)) {
		f->initials[f->n_entries - 1] = entry->title[0];
	}
	f->n_defaults += entry->is_default;
	if (entry->is_default) {
		(void)snprintf(f->default_title, sizeof(f->default_title), "%s", entry->title);
		f->has_remark = entry->remark != NULL;
	}
	if (f->n_entries < sizeof(f->protected)) {
		f->protected[f->n_entries - 1] = entry->is_protected ? 'y' : 'n';
	}
	(void)snprintf(f->last_problem, sizeof(f->last_problem), "%s",
		       entry->n_problems > 0 ? entry->problems[entry->n_problems - 1] : "");
	(void)snprintf(f->written, sizeof(f->written), "%s",
		       entry->writes.n > 0 ? entry->writes.items[0].file : "");
	(void)snprintf(f->args, sizeof(f->args), "%s", entry->args ? entry->args : "");
	return 0;
}

static void take_diag(void *ctx, const struct kb_diag *diag)
{
	struct findings *f = ctx;

	f->n_diags++;
	f->severity = diag->severity;
	(void)snprintf(f->last, sizeof(f->last), "%s:%u:%u: %s", diag->at.file, diag->at.line,
		       diag->at.column, diag->text);
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	temp_dir_init(&f->dir);
	temp_dir_text(&f->dir, "k", "kernel");
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	temp_dir_done(&f->dir);
	free(f);
	return 0;
}

static const struct findings *read_again(struct fixture *f)
{
	struct kb_tree tree = {.root_fd = f->dir.fd, .block_fd = f->block_fd, .name = "sda2"};
	struct kb_reader_out out = {.ctx = &f->found,
				    .entry = take_entry,
				    .diags = {take_diag, &f->found}};
	struct kb_error err;

	f->found = (struct findings){0};
	assert_int_equal(kb_reader_grub.read(&tree, &out, &err), 0);
	return &f->found;
}

static const struct findings *read_text(struct fixture *f, const char *text)
{
	temp_dir_text(&f->dir, "boot/grub/grub.cfg", text);
	return read_again(f);
}

static void assert_kept(const struct findings *f, const char *message)
{
	assert_string_equal(f->first_title, "first");
	assert_int_equal(f->n_diags, 1);
	if (!strstr(f->last, message)) {
		fail_msg("%s: without \"%s\"", f->last, message);
	}
}

/* By a limit, which is said wherever entries are listed. */
static void assert_limited(const struct findings *f, const char *message)
{
	assert_kept(f, message);
	assert_int_equal(f->severity, KB_SEVERITY_LOSS);
}

static void end_loops(void **state)
{
	assert_limited(read_text(*state,
				 FIRST "while true; do true; done\nmenuentry b { linux /k; }"),
		       "sda2:/boot/grub/grub.cfg:2:");
	assert_limited(read_text(*state, FIRST "until false; do true; done"), "400000 steps");
	assert_limited(read_text(*state, FIRST "for i in a; do while true; do x=1; done; done"),
		       "steps");
}

static void end_loops_in_bodies(void **state)
{
	const struct findings *f =
		read_text(*state, FIRST "menuentry b { linux /k; while true; do true; done; }\n");

	assert_limited(f, "20000 steps");
	assert_int_equal(f->n_entries, 2);
	assert_string_equal(f->last_problem, "its script does not come to an end");
}

static void end_doubling(void **state)
{
	assert_limited(read_text(*state, FIRST "a=xxxxxxxx\nwhile true; do a=$a$a; done\n"),
		       "a word above 64 KiB");
	assert_limited(read_text(*state,
				 FIRST "a='x x'\nwhile true; do a=\"$a $a\"; echo $a; done\n"),
		       "more than 4096 words in a command");
	assert_limited(read_text(*state, FIRST "i=x\nwhile true; do i=x$i; eval \"v$i=$i$i$i$i\"; "
					       "done\n"),
		       "keeps more than kboot has room for");
}

static void end_recursion(void **state)
{
	struct fixture *f = *state;

	assert_limited(read_text(f, FIRST "function f { f; }\nf\n"), "200 deep");
	assert_limited(read_text(f, FIRST "source /boot/grub/grub.cfg\n"), "16 deep");
	assert_int_equal(f->found.n_entries, 17);
	assert_limited(read_text(f, FIRST "x='eval $x'\neval $x\n"), "deep");
}

static void end_nesting(void **state)
{
	KB_BUF struct kb_buf text = {0};

	kb_buf_puts(&text, FIRST);
	for (size_t i = 0; i < 70; i++) {
		kb_buf_puts(&text, "if true; then ");
	}
	kb_buf_puts(&text, "true; ");
	for (size_t i = 0; i < 70; i++) {
		kb_buf_puts(&text, "fi; ");
	}
	kb_buf_puts(&text, "\nmenuentry after { linux /k; }\n");
	assert_limited(read_text(*state, text.data), "64 deep");
	assert_int_equal(((struct fixture *)*state)->found.n_entries, 2);
}

/* A file whose last byte is a backslash, in a word and in quotes. */
static void end_at_a_backslash(void **state)
{
	static const char *const ends[] = {"echo a\\", "echo \"a\\", "\\", "\"\\", "$\"\\"};
	char text[100];

	for (size_t i = 0; i < KB_ARRAY_LEN(ends); i++) {
		(void)snprintf(text, sizeof(text), FIRST "%s", ends[i]);
		assert_kept(read_text(*state, text), i % 2 || i == 4 ? "a quote is never closed"
								     : "ends behind a backslash");
	}
}

static void limit_entries(void **state)
{
	const struct findings *f =
		read_text(*state, FIRST "while true; do menuentry x { linux /k; }; done\n");

	assert_limited(f, "more than 10000 entries");
	assert_int_equal(f->n_entries, 10000);
	assert_int_equal(f->n_defaults, 1);
}

static void refuse_large_files(void **state)
{
	struct fixture *f = *state;
	int fd;

	(void)read_text(f, FIRST);
	fd = openat(f->dir.fd, "boot/grub/grub.cfg", O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, 100 << 20), 0);
	(void)close(fd);
	(void)read_again(f);
	assert_int_equal(f->found.n_entries, 0);
	assert_int_equal(f->found.n_diags, 1);
	assert_non_null(strstr(f->found.last, "above 16 MiB"));
}

/* As openSUSE's header does it: grubenv says where on the device the second block is. */
static void read_the_block_on_the_device(void **state)
{
	struct fixture *f = *state;
	KB_BUF struct kb_buf block = {0};
	int fd;

	kb_buf_puts(&block, "# GRUB Environment Block\nsaved_entry=b\n");
	while (block.len < 512) {
		kb_buf_putc(&block, '#');
	}
	temp_dir_text(&f->dir, "device", "");
	fd = openat(f->dir.fd, "device", O_RDWR | O_CLOEXEC);
	assert_int_equal(pwrite(fd, block.data, 512, 512 * 512), 512);
	temp_dir_text(&f->dir, "boot/grub/grubenv", "# GRUB Environment Block\nenv_block=512+1\n");
	f->block_fd = fd;
	(void)read_text(f, "load_env\nset env_block=\"(${root})${env_block}\"\n"
			   "load_env -f \"${env_block}\"\nset default=$saved_entry\n"
			   "save_env -f \"${env_block}\" saved_entry\n"
			   "menuentry a { linux /k; }\nmenuentry b { linux /k; }\n");
	assert_string_equal(f->found.default_title, "b");
	assert_string_equal(f->found.written, "512+1");
	f->block_fd = 0; /* a folder */
	(void)read_again(f);
	assert_string_equal(f->found.default_title, "a");
	(void)close(fd);
}

static void refuse_hungry_patterns(void **state)
{
	assert_kept(read_text(*state, FIRST "regexp '((a{1,64}){1,64}){1,64}' a\n"),
		    "cannot be used");
	assert_kept(read_text(*state, FIRST "regexp 'a{30000}' a\n"), "cannot be used");
	assert_kept(read_text(*state, FIRST "regexp '(a*)*\\1' a\n"), "cannot be used");
}

/* Of GRUB's manual: without superusers nothing is protected; with them, all that is not
 * --unrestricted. A submenu guards what is in it. */
static void protect_entries(void **state)
{
	static const char entries[] = "menuentry a { linux /k; }\n"
				      "menuentry b --unrestricted { linux /k; }\n"
				      "menuentry c --users u { linux /k; }\n"
				      "menuentry d --users \"\" --unrestricted { linux /k; }\n"
				      "submenu e { menuentry f --unrestricted { linux /k; }\n"
				      "menuentry g { linux /k; } }\n"
				      "submenu h --unrestricted {\n"
				      "menuentry i --unrestricted { linux /k; }\n"
				      "menuentry j { linux /k; } }\n";
	static const struct {
		const char *superusers;
		const char *expected;
	} cases[] = {
		{"", "nnnnnnnn"},
		{"superusers=' ,'\n", "nnnnnnnn"},
		{"superusers=\"root\"\nexport superusers\n", "ynyyyyny"},
		/* Not exported: the submenus know of none. */
		{"superusers=\"root\"\n", "ynyyyynn"},
	};
	struct fixture *f = *state;
	char text[1024];

	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		(void)snprintf(text, sizeof(text), "%s%s", cases[i].superusers, entries);
		f->found = (struct findings){0};
		temp_dir_text(&f->dir, "boot/grub/grub.cfg", text);
		(void)read_again(f);
		assert_string_equal(f->found.protected, cases[i].expected);
	}
}

/* GRUB tries the next one when a start fails; kboot sees before that it would. */
static void fall_back(void **state)
{
	static const char entries[] = "menuentry a { linux /gone; }\n"
				      "menuentry b { linux /k; initrd /gone; }\n"
				      "submenu s { menuentry c { linux /gone; }\n"
				      "menuentry d { linux /k; } }\n"
				      "menuentry e { linux /k; }\n";
	static const struct {
		const char *settings;
		const char *title;
		bool has_remark;
	} cases[] = {
		{"", "a", false},
		{"fallback=3\n", "e", true},
		{"fallback='1 0 9 x 3 2'\n", "e", true},
		{"fallback='1 0'\n", "a", false},
		{"fallback=3\ndefault='s>1'\n", "d", false},
		{"fallback='3'\ndefault=s\n", "e", true},
	};
	struct fixture *f = *state;
	char text[512];

	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		const struct findings *found;

		(void)snprintf(text, sizeof(text), "%s%s", cases[i].settings, entries);
		found = read_text(f, text);
		assert_int_equal(found->n_defaults, 1);
		assert_int_equal(found->n_entries, 5);
		assert_string_equal(found->default_title, cases[i].title);
		assert_int_equal(found->has_remark, cases[i].has_remark);
	}
}

static void assert_listed(struct fixture *f, const char *script, const char *initials)
{
	if (strcmp(read_text(f, script)->initials, initials) != 0) {
		fail_msg("%s: %s, not %s", script, f->found.initials, initials);
	}
}

static void list_by_blscfg(void **state)
{
	/* C to A in /loader/entries, newest first; E and D in /own; F in /boot/loader/entries. */
	static const struct {
		const char *script;
		const char *initials;
	} cases[] = {
		{"blscfg", "CBA"},
		{"blscfg\nblscfg", "CBA"},
		{"blsdir=/own\nblscfg", "ED"},
		{"blsdir=/none\nblscfg", "F"},
		/* Fedora's */
		{"default=m-2\nblscfg default", "B"},
		{"default=m-2\nblscfg non-default\nblscfg default", "CAB"},
		{"blscfg m-3", "C"},
		{"blscfg ($root)/own", "ED"},
		{"blscfg ($root)/own/n-1.conf", "D"},
		/* GRUB 2.14's */
		{"blscfg --path /own", "ED"},
		{"blscfg -p /own/", "ED"},
		{"blscfg --path=($root)/own", "ED"},
		{"blscfg --path /own/n-1.conf", "D"},
		{"blscfg --path /none", ""},
		{"blscfg --path /none --enable-fallback", "CBA"},
		{"blscfg -p /own -f", "ED"},
		{"blscfg --path (hd7,gpt1)/own", ""},
		{"blsdir=/own\nblscfg -f", "CBA"},
		{"default=1\nblscfg --show-default", "B"},
		{"default=0x1\nblscfg -d", "B"},
		{"default='A title'\nblscfg -d", "A"},
		{"default=m-2.conf\nblscfg -d", "B"},
		{"default=1\nblscfg --show-non-default", "CA"},
		{"default=7\nblscfg -d", ""},
		{"default=1x\nblscfg -d", ""},
		{"blscfg -d", ""},
		{"default=1\nblscfg -d -n", "CBA"},
		{"default=1\nblscfg -d --entry m-1", "BA"},
		{"blscfg -e m-3.conf", "C"},
		{"blscfg -e m-", ""},
	};
	struct fixture *f = *state;

	temp_dir_text(&f->dir, "boot/loader/entries/o-1.conf", "title F\nlinux /k\n");
	assert_listed(f, "blscfg", "F");
	assert_listed(f, "blscfg --enable-fallback", "");
	temp_dir_text(&f->dir, "loader/entries/m-1.conf", "title A title\nlinux /k\n");
	temp_dir_text(&f->dir, "loader/entries/m-2.conf", "title B\nlinux /k\n");
	temp_dir_text(&f->dir, "loader/entries/m-3.conf", "title C\nlinux /k\n");
	temp_dir_text(&f->dir, "own/n-1.conf", "title D\nlinux /k\n");
	temp_dir_text(&f->dir, "own/n-2.conf", "title E\nlinux /k\n");
	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		assert_listed(f, cases[i].script, cases[i].initials);
	}
	temp_dir_text(&f->dir, "loader/entries/m-4.conf", "linux /k\noptions a=$no b=$one c\n");
	assert_listed(f, "one=1\nblscfg m-4", "/");
	assert_string_equal(f->found.args, "BOOT_IMAGE=(hd0,gpt2)/k a=b=1 c");
}

/* The file as GRUB would have named it. */
static void name_the_boot_image(void **state)
{
	static const struct {
		const char *body;
		const char *args;
	} cases[] = {
		{"linux /k a", "BOOT_IMAGE=/k a"},
		{"linux (hd0,gpt2)//k", "BOOT_IMAGE=(hd0,gpt2)//k"},
		{"search --set=d -u 11\nlinux ($d)//k", "BOOT_IMAGE=(hd0,gpt2)//k"},
		{"search --set=d -u 11\nlinux ($d)/k\nsearch --set=e -u 22\nlinux ($e)/k",
		 "BOOT_IMAGE=/k"},
	};
	char text[256];

	for (size_t i = 0; i < KB_ARRAY_LEN(cases); i++) {
		(void)snprintf(text, sizeof(text), "%smenuentry x {\n%s\n}\n",
			       "menuentry first {\nsearch -u 11 --set\nlinux /k\n}\n",
			       cases[i].body);
		assert_string_equal(read_text(*state, text)->args, cases[i].args);
	}
}

static void say_each_kind_once(void **state)
{
	const struct findings *f =
		read_text(*state, FIRST
			  "nosuch\nother\nthird\necho a>b\necho c>d\n[ a -eq b ]\n[ c -eq d ]\n");

	assert_int_equal(f->n_diags, 3);
	assert_int_equal(f->n_entries, 1);
}

static void commands_without_a_word(void **state)
{
	const struct findings *f =
		read_text(*state, FIRST "loopback\nloopback -d\nsearch\nload_env\nread\n");

	assert_int_equal(f->n_entries, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(commands_without_a_word, setup, teardown),
		cmocka_unit_test_setup_teardown(end_loops, setup, teardown),
		cmocka_unit_test_setup_teardown(end_loops_in_bodies, setup, teardown),
		cmocka_unit_test_setup_teardown(end_doubling, setup, teardown),
		cmocka_unit_test_setup_teardown(end_recursion, setup, teardown),
		cmocka_unit_test_setup_teardown(end_nesting, setup, teardown),
		cmocka_unit_test_setup_teardown(end_at_a_backslash, setup, teardown),
		cmocka_unit_test_setup_teardown(limit_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(refuse_large_files, setup, teardown),
		cmocka_unit_test_setup_teardown(read_the_block_on_the_device, setup, teardown),
		cmocka_unit_test_setup_teardown(refuse_hungry_patterns, setup, teardown),
		cmocka_unit_test_setup_teardown(protect_entries, setup, teardown),
		cmocka_unit_test_setup_teardown(fall_back, setup, teardown),
		cmocka_unit_test_setup_teardown(list_by_blscfg, setup, teardown),
		cmocka_unit_test_setup_teardown(name_the_boot_image, setup, teardown),
		cmocka_unit_test_setup_teardown(say_each_kind_once, setup, teardown),
	};

	return cmocka_run_group_tests_name("grub", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/model/entry.h"

#include <errno.h>

static const struct kb_device disk = {.name = "sda2", .uuid = "u", .fstype = "ext4"};

static struct kb_entry sample(void)
{
	return (struct kb_entry){
		.id = "id",
		.label = "linux",
		.title = "Linux",
		.format = KB_FORMAT_KBOOT,
		.file = "sda2:/boot/kboot.conf",
		.line = 12,
		.device = &disk,
		.kernel = "sda2:/boot/vmlinuz",
		.initrd = {"sda2:/ucode.img", "sda2:/initrd.img"},
		.n_initrd = 2,
		.dtb = "sda2:/board.dtb",
		.args = "root=/dev/sda2 ro",
		.root = "/dev/sda2",
		.command = "reboot",
		.is_default = true,
		.hidden = true,
		.is_protected = true,
		.path = {"Advanced options"},
		.n_path = 1,
		.tries_left = 3,
		.problems = {"initrd not found: sda2:/initrd.img"},
		.n_problems = 1,
	};
}

static void assert_sample(const struct kb_entry *entry)
{
	assert_string_equal(entry->id, "id");
	assert_string_equal(entry->label, "linux");
	assert_string_equal(entry->title, "Linux");
	assert_int_equal(entry->format, KB_FORMAT_KBOOT);
	assert_string_equal(entry->file, "sda2:/boot/kboot.conf");
	assert_int_equal(entry->line, 12);
	assert_string_equal(entry->device->name, "sda2");
	assert_string_equal(entry->kernel, "sda2:/boot/vmlinuz");
	assert_int_equal(entry->n_initrd, 2);
	assert_string_equal(entry->initrd[1], "sda2:/initrd.img");
	assert_string_equal(entry->dtb, "sda2:/board.dtb");
	assert_string_equal(entry->args, "root=/dev/sda2 ro");
	assert_string_equal(entry->root, "/dev/sda2");
	assert_string_equal(entry->command, "reboot");
	assert_true(entry->is_default);
	assert_true(entry->hidden);
	assert_true(entry->is_protected);
	assert_int_equal(entry->n_path, 1);
	assert_string_equal(entry->path[0], "Advanced options");
	assert_int_equal(entry->tries_left, 3);
	assert_int_equal(entry->n_problems, 1);
	assert_string_equal(entry->problems[0], "initrd not found: sda2:/initrd.img");
}

/* Written, and read again. */
static const struct kb_json *written(struct kb_arena *arena, const struct kb_entry *entry)
{
	KB_BUF struct kb_buf json = {0};
	const struct kb_json *object = NULL;

	kb_entry_to_json(entry, NULL, &json);
	assert_int_equal(kb_buf_error(&json), 0);
	assert_int_equal(kb_json_parse(arena, kb_buf_view(&json), &object), 0);
	return object;
}

static void travels_as_json(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry = sample();
	struct kb_entry back;

	(void)state;
	assert_int_equal(kb_entry_from_json(&arena, written(&arena, &entry), &back), 0);
	assert_sample(&back);
}

/* The keys of `kboot list --json`: they may grow, never go. */
static void has_the_promised_keys(void **state)
{
	static const char *const keys[] = {
		"id",  "label", "title",   "source", "device", "kernel",     "initrd",
		"dtb", "args",  "default", "hidden", "path",   "tries_left", "problems",
	};
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_entry entry = {.format = KB_FORMAT_FILE, .tries_left = -1};
	KB_BUF struct kb_buf json = {0};

	(void)state;
	kb_entry_to_json(&entry, NULL, &json);
	for (size_t i = 0; i < KB_ARRAY_LEN(keys); i++) {
		char key[32];

		(void)snprintf(key, sizeof(key), "\"%s\":", keys[i]);
		assert_non_null(strstr(json.data, key));
	}
	assert_non_null(strstr(json.data, "\"tries_left\":null"));
	assert_non_null(strstr(json.data, "\"device\":null"));
	assert_non_null(strstr(json.data, "\"initrd\":[]"));
	assert_string_equal(kb_json_get_str(kb_json_get(written(&arena, &entry), "source"),
					    "format", NULL),
			    "file");
}

static void reads_what_is_there(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *object = NULL;
	struct kb_entry entry;

	(void)state;
	assert_int_equal(kb_json_parse(&arena, KB_STR("{\"kernel\":\"/vmlinuz\",\"new\":[1]}"),
				       &object),
			 0);
	assert_int_equal(kb_entry_from_json(&arena, object, &entry), 0);
	assert_string_equal(entry.kernel, "/vmlinuz");
	assert_null(entry.id);
	assert_null(entry.device);
	assert_int_equal(entry.format, KB_FORMAT_SESSION);
	assert_int_equal(entry.tries_left, -1);
	assert_int_equal(entry.n_initrd, 0);
}

static void refuses(const char *text)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_json *object = NULL;
	struct kb_entry entry = {.id = "untouched"};

	assert_int_equal(kb_json_parse(&arena, kb_str_from(text), &object), 0);
	assert_int_equal(kb_entry_from_json(&arena, object, &entry), -EINVAL);
	assert_string_equal(entry.id, "untouched");
}

static void refuses_wrong_types(void **state)
{
	(void)state;
	refuses("[]");
	refuses("{\"kernel\":1}");
	refuses("{\"initrd\":\"/initrd.img\"}");
	refuses("{\"initrd\":[1]}");
	refuses("{\"initrd\":[null]}");
	refuses("{\"path\":[\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]}");
	refuses("{\"default\":1}");
	refuses("{\"hidden\":\"yes\"}");
	refuses("{\"tries_left\":-2}");
	refuses("{\"tries_left\":99999999999}");
	refuses("{\"source\":[]}");
	refuses("{\"source\":{}}");
	refuses("{\"source\":{\"format\":\"dos\"}}");
	refuses("{\"source\":{\"format\":\"kboot\",\"line\":\"1\"}}");
	refuses("{\"device\":\"sda2\"}");
}

static void refuses_too_many_initrds(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry = {.n_initrd = KB_ENTRY_MAX_INITRDS};
	KB_BUF struct kb_buf json = {0};
	const struct kb_json *object = NULL;

	(void)state;
	for (size_t i = 0; i < KB_ENTRY_MAX_INITRDS; i++) {
		entry.initrd[i] = "/i";
	}
	assert_int_equal(kb_entry_from_json(&arena, written(&arena, &entry), &entry), 0);
	assert_int_equal(entry.n_initrd, KB_ENTRY_MAX_INITRDS);
	kb_json_open(&json, NULL, '{');
	kb_json_open(&json, "initrd", '[');
	for (size_t i = 0; i <= KB_ENTRY_MAX_INITRDS; i++) {
		kb_json_put_text(&json, NULL, "/i");
	}
	kb_json_close(&json, ']');
	kb_json_close(&json, '}');
	assert_int_equal(kb_json_parse(&arena, kb_buf_view(&json), &object), 0);
	assert_int_equal(kb_entry_from_json(&arena, object, &entry), -EINVAL);
}

static void copies_deeply(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	char initrd[] = "sda2:/initrd.img";
	char name[] = "sda2";
	struct kb_device device = {.name = name};
	struct kb_entry from = sample();
	struct kb_entry copy;

	(void)state;
	from.initrd[1] = initrd;
	from.device = &device;
	assert_int_equal(kb_entry_copy(&arena, &from, &copy), 0);
	memset(initrd, 'x', sizeof(initrd) - 1);
	memset(name, 'x', sizeof(name) - 1);
	assert_sample(&copy);
}

static void keeps_the_first_problems(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry = {0};

	(void)state;
	for (int i = 0; i < 2 * KB_ENTRY_MAX_PROBLEMS; i++) {
		assert_int_equal(kb_entry_add_problem(&arena, &entry, "problem %d", i), 0);
	}
	assert_int_equal(entry.n_problems, KB_ENTRY_MAX_PROBLEMS);
	assert_string_equal(entry.problems[0], "problem 0");
	assert_string_equal(entry.problems[KB_ENTRY_MAX_PROBLEMS - 1], "problem 7");
}

static void names_every_format(void **state)
{
	enum kb_format format;

	(void)state;
	for (int i = 0; i < KB_N_FORMATS; i++) {
		assert_int_equal(kb_format_from_name(kb_format_name((enum kb_format)i), &format),
				 0);
		assert_int_equal(format, i);
	}
	assert_int_equal(kb_format_from_name("KBOOT", &format), -EINVAL);
	assert_int_equal(kb_format_from_name("", &format), -EINVAL);
}

static void assert_line(const struct kb_entry *entry, const char *expected)
{
	KB_BUF struct kb_buf line = {0};

	kb_entry_put_line(entry, &line);
	assert_int_equal(kb_buf_error(&line), 0);
	assert_string_equal(line.data, expected);
}

/* As the prompt takes it. */
static void the_line_of_an_entry(void **state)
{
	(void)state;
	assert_line(&(struct kb_entry){.kernel = "sda2:/k"}, "sda2:/k");
	assert_line(&(struct kb_entry){.kernel = "sda2:/k", .args = ""}, "sda2:/k");
	assert_line(&(struct kb_entry){.kernel = "sda2:/a kernel",
				       .initrd = {"sda2:/i1", "sda2:/an \"i2"},
				       .n_initrd = 2,
				       .dtb = "sda2:/it's.dtb",
				       .args = "root=/dev/sda2 a=\"b c\" -- x"},
		    "\"sda2:/a kernel\" initrd=sda2:/i1 initrd='sda2:/an \"i2' "
		    "dtb=\"sda2:/it's.dtb\" root=/dev/sda2 a=\"b c\" -- x");
	assert_line(&(struct kb_entry){.command = "ls /boot"}, "ls /boot");
	assert_line(&(struct kb_entry){0}, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_line_of_an_entry),  cmocka_unit_test(travels_as_json),
		cmocka_unit_test(has_the_promised_keys), cmocka_unit_test(reads_what_is_there),
		cmocka_unit_test(refuses_wrong_types),   cmocka_unit_test(refuses_too_many_initrds),
		cmocka_unit_test(copies_deeply),         cmocka_unit_test(keeps_the_first_problems),
		cmocka_unit_test(names_every_format),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

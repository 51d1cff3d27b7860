/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the firmware offers, from the question of a client to the restart. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core_fixture.h"

#define VARIABLE(name) "root/sys/firmware/efi/efivars/" name "-8be4df61-93ca-11d2-aa0d-00e098032b8c"
#define WRITE(name, bytes)                                                                         \
	temp_dir_write(&f->dir, VARIABLE(name), "\7\0\0\0" bytes, sizeof("\7\0\0\0" bytes) - 1)
#define OPTION(title) "\1\0\0\0\0\0" title "\0\0"

static void start(struct core_fixture *f, const char *config)
{
	static char root[96];

	core_fixture_init(f, config);
	temp_dir_mkdir(&f->dir, "root/etc");
	(void)snprintf(root, sizeof(root), "%s/root", f->dir.path);
	f->simulation.root_dir = root;
}

static struct core_fixture *a_machine_with_windows(const char *config)
{
	static struct core_fixture fixture;
	struct core_fixture *f = &fixture;

	start(f, config);
	WRITE("OsIndicationsSupported", "\1\0\0\0\0\0\0\0");
	WRITE("BootOrder", "\3\0\4\0");
	WRITE("Boot0003", OPTION("W\0i\0n\0"));
	WRITE("Boot0004", OPTION("\x1b\0x\0"));
	core_fixture_start(f);
	return f;
}

static const char *say(struct core_fixture *f, const char *line)
{
	return core_fixture_say(f, core_fixture_connect(f), line);
}

static void what_there_is(void **state)
{
	struct core_fixture *f = a_machine_with_windows(NULL);

	(void)state;
	assert_non_null(strstr(say(f, "{\"do\":\"firmware\"}"),
			       "\"rows\":[[\"setup\",\"Firmware setup\"],[\"0003\",\"Win\"],"
			       "[\"0004\",\"x\"]]"));
	core_fixture_done(f);
}

static void a_machine_without_efi(void **state)
{
	static struct core_fixture f;

	(void)state;
	start(&f, NULL);
	core_fixture_start(&f);
	assert_string_equal(say(&f, "{\"do\":\"firmware\"}"),
			    "{\"type\":\"reply\",\"to\":\"firmware\",\"ok\":true,"
			    "\"how\":\"firmware\"}\n");
	assert_non_null(strstr(say(&f, "{\"do\":\"firmware\",\"name\":\"setup\"}"),
			       "\"text\":\"there is no EFI firmware that could be told so\""));
	core_fixture_done(&f);
}

static void a_simulation_says_what_it_would_do(void **state)
{
	struct core_fixture *f = a_machine_with_windows(NULL);

	(void)state;
	assert_non_null(strstr(say(f, "{\"do\":\"firmware\",\"name\":\"win\"}"), "\"ok\":true"));
	assert_string_equal(f->core->engine.notice,
			    "Simulation: the machine would restart into Win now.");
	assert_int_equal(faccessat(f->dir.fd, VARIABLE("BootNext"), F_OK, 0), -1);
	assert_int_not_equal(f->core->engine.state, KB_ENGINE_LEAVING);
	core_fixture_done(f);
}

static void what_it_has_not_is_no_restart(void **state)
{
	struct core_fixture *f = a_machine_with_windows(NULL);

	(void)state;
	core_fixture_is_machine(f);
	assert_non_null(strstr(say(f, "{\"do\":\"firmware\",\"name\":\"now\"}"),
			       "cannot be restarted into now; it offers Firmware setup (setup), "
			       "Win (0003), x (0004)"));
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 0);
	core_fixture_done(f);
}

static void variables_that_cannot_be_read(void **state)
{
	static struct core_fixture f;

	(void)state;
	start(&f, NULL);
	/* A loop of links. */
	temp_dir_symlink(&f.dir, "root/sys", "/sys");
	core_fixture_start(&f);
	assert_non_null(strstr(say(&f, "{\"do\":\"firmware\"}"),
			       "\"text\":\"the firmware's variables cannot be read: Too many "));
	core_fixture_done(&f);
}

/* The engine leaves as for any restart; its worker alone is still in a simulation. */
static void it_leaves_as_for_a_restart(void **state)
{
	struct core_fixture *f = a_machine_with_windows(NULL);
	int client = core_fixture_connect(f);
	bool restarted = false;

	(void)state;
	core_fixture_is_machine(f);
	(void)core_fixture_say(f, client, "{\"do\":\"firmware\",\"name\":\"setup\"}");
	core_fixture_hang_up(f, client);
	core_fixture_run(f);
	assert_int_equal(fake_sys_count(f->fake, FAKE_REBOOT), 1);
	for (size_t i = 0; i < f->fake->count; i++) {
		restarted = restarted || strcmp(fake_sys_text(f->fake, i), "reboot restart") == 0;
	}
	assert_true(restarted);
	core_fixture_done(f);
}

static void a_restricted_kboot_restarts_and_no_more(void **state)
{
	struct core_fixture *f = a_machine_with_windows("restricted=true\n");
	const char *refused = "this kboot is restricted: only its labels may be used, as they are";

	(void)state;
	assert_non_null(strstr(say(f, "{\"do\":\"firmware\"}"), refused));
	assert_non_null(strstr(say(f, "{\"do\":\"firmware\",\"name\":\"setup\"}"), refused));
	assert_non_null(strstr(say(f, "{\"do\":\"firmware\",\"name\":\"0003\"}"), refused));
	assert_non_null(strstr(say(f, "{\"do\":\"reboot\"}"), "\"ok\":true"));
	assert_string_equal(f->core->engine.notice, "Simulation: the machine would restart now.");
	core_fixture_done(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_there_is),
		cmocka_unit_test(a_machine_without_efi),
		cmocka_unit_test(a_simulation_says_what_it_would_do),
		cmocka_unit_test(what_it_has_not_is_no_restart),
		cmocka_unit_test(variables_that_cannot_be_read),
		cmocka_unit_test(it_leaves_as_for_a_restart),
		cmocka_unit_test(a_restricted_kboot_restarts_and_no_more),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

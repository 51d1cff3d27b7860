/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>

#include "catalog/choice.h"
#include "catalog/settings.h"
#include "catalog/typed.h"
#include "fault.h"
#include "journal.h"
#include "kboot/core/core.h"
#include "places/scanner.h"
#include "temp_dir.h"

static const char config[] = "default=linux\n"
			     "timeout=10\n"
			     "linux=sda1:/vmlinuz initrd=/a,/b root=/dev/sda1 quiet\n"
			     "again=linux single\n"
			     "again=UUID=none:/k\n";

static int settings_from_the_command_line(struct fake_sys *fake)
{
	const struct kb_diag_sink quiet = {0};
	struct kb_settings s = {0};
	int r = kb_settings_from_cmdline(&s, "kboot.timeout=3 kboot.default=a kboot.x=y", &quiet);

	(void)fake;
	kb_settings_done(&s);
	return r;
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void nothing_removed(void *ctx, const char *name)
{
	(void)ctx;
	(void)name;
}

static int build(struct kb_places *places)
{
	const struct kb_resolve_context context = {.places = places};
	struct kb_catalog catalog = {0};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry;
	struct kb_error err = {0};
	int r = kb_catalog_build(&catalog, &context);

	if (r == 0) {
		r = kb_catalog_entry_from_line(&catalog, &context, &arena, "linux single", NULL,
					       &entry, &err);
	}
	kb_catalog_done(&catalog);
	return r;
}

static int catalog_of_a_configuration(struct fake_sys *fake)
{
	struct kb_journal journal = {.sys = &fake->table};
	struct kb_places places = {0};
	struct kb_scanner scanner = {
		.places = &places,
		.sys = &fake->table,
		.journal = &journal,
		.sysfs_fd = -1,
		.changing = nothing,
		.changed = nothing,
		.removed = nothing_removed,
	};
	struct temp_dir dir;
	char path[128];
	struct kb_error err = {0};
	int r;

	temp_dir_init(&dir);
	temp_dir_text(&dir, "kboot.conf", config);
	(void)snprintf(path, sizeof(path), "%s/kboot.conf", dir.path);
	r = kb_scanner_add_own(&scanner, path, &err);
	if (r == 0) {
		r = build(&places);
	}
	kb_scanner_done(&scanner);
	temp_dir_done(&dir);
	return r;
}

static int engine_starts_and_stops(struct fake_sys *fake)
{
	const struct kb_simulation simulation = {0};
	const struct kb_core_options options = {.sys = &fake->table,
						.simulation = &simulation,
						.cmdline = "kboot.timeout=1"};
	struct kb_core *core = NULL;
	struct kb_error err = {0};
	int r = kb_core_create(&options, &core, &err);

	kb_core_destroy(core);
	return r;
}

const struct fault_scenario fault_scenarios[] = {
	{"settings from the command line", settings_from_the_command_line},
	{"the catalog of a configuration", catalog_of_a_configuration},
	{"an engine starts and stops", engine_starts_and_stops},
	{0},
};

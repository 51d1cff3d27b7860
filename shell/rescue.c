/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which system, and what is to be done with it: numbered lists, one question at a time. */
#include "rescue.h"

#include <stdio.h>

#include "ask.h"
#include "builtin.h"
#include "choose.h"
#include "kboot/base/escape.h"
#include "kboot/proto/message.h"
#include "rescue_look.h"

static void run_shell(struct kb_rescue *r)
{
	static const char *const argv[] = {NULL};

	printf("%s; leave it with exit.\n",
	       r->is_writable ? "Mounted for writing" : "Mounted for reading only");
	(void)kb_rescue_run(r, argv);
}

static void write_report(struct kb_rescue *r)
{
	KB_BUF struct kb_buf line = {0};
	char answer[KB_CHOICE_BYTES];

	if (!kb_choose_line(r->shell, "Where to (sdb1:/, LABEL=NAME:/; Enter: //tmp; q: no)? ",
			    answer) ||
	    strcmp(answer, "q") == 0) {
		return;
	}
	kb_buf_puts(&line, "report ");
	kb_shell_quote(&line, kb_str_from(answer[0] ? answer : "//tmp"), '\0');
	if (kb_buf_error(&line) == 0) {
		(void)kb_shell_line(r->shell, kb_buf_view(&line));
	}
}

static void mount_for_writing(struct kb_rescue *r)
{
	if (r->is_writable) {
		kb_print_escaped(stdout, "%s is mounted for writing already.", r->device.name);
		return;
	}
	(void)kb_rescue_may_write(r);
}

/* In the order of the list. It has room on a serial line of 40 columns and 12 rows. */
static const struct {
	const char *what;
	void (*act)(struct kb_rescue *r);
} steps[] = {
	{"a shell in it", run_shell},
	{"a new initramfs", kb_rescue_initramfs},
	{"a new password", kb_rescue_password},
	{"boot one of its kernels", kb_rescue_boot},
	{"the end of its journal", kb_rescue_journal},
	{"records of a crash (pstore)", kb_rescue_pstore},
	{"how its filesystem is checked", kb_rescue_check},
	{"a report of kboot and this machine", write_report},
	{"mount it for writing", mount_for_writing},
};

enum { N_STEPS = KB_ARRAY_LEN(steps) };

static void list_steps(const struct kb_rescue *r)
{
	kb_print_escaped(stdout, "%s%s%s, %s", r->device.name, r->title ? ": " : "",
			 r->title ? r->title : "", r->is_writable ? "for writing" : "read-only");
	for (size_t i = 0; i < N_STEPS; i++) {
		printf("%2zu %s\n", i + 1, steps[i].what);
	}
}

/* Until the person has had enough. */
static void walk(struct kb_rescue *r)
{
	char answer[KB_CHOICE_BYTES] = "";

	list_steps(r);
	while (kb_rescue_goes_on(r) &&
	       kb_choose_line(r->shell, "What (number, q leaves)? ", answer) &&
	       strcmp(answer, "q") != 0) {
		size_t chosen = kb_choice_number(answer, N_STEPS);

		if (chosen && r->is_held) {
			steps[chosen - 1].act(r);
		} else if (chosen) {
			(void)kb_shell_fail("%s is not mounted any more: q leaves", r->device.name);
		} else {
			list_steps(r);
		}
	}
}

/* What was found at a glance: which kernels could be booted. */
static void tell_kernels(struct kb_rescue *r)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_look_kernel kernels[KB_LOOK_KERNELS];
	size_t n = 0;

	if (kb_look_kernels(&arena, &r->tree, kernels, &n) < 0) {
		return;
	}
	for (size_t i = 0; i < n; i++) {
		if (!kernels[i].initrd) {
			kb_print_escaped(stdout,
					 "Kernel %s has no initramfs in /boot by its usual name.",
					 kernels[i].version);
		}
	}
}

static int repair(struct kb_rescue *r)
{
	int status = kb_rescue_hold(r, false);

	if (status == 0) {
		tell_kernels(r);
		walk(r);
		kb_rescue_release(r);
		if (kb_rescue_goes_on(r)) {
			kb_print_escaped(stdout, "%s is unmounted.", r->device.name);
		}
	}
	return status;
}

/* --- which system */

static int take_row(struct kb_rescue *r, const struct kb_table_row *row)
{
	const char *const *cells = row->cells;
	const struct kb_device device = {.name = cells[KB_SYSTEMS_NAME],
					 .uuid = cells[KB_SYSTEMS_UUID],
					 .label = cells[KB_SYSTEMS_LABEL],
					 .partuuid = cells[KB_SYSTEMS_PARTUUID],
					 .partlabel = cells[KB_SYSTEMS_PARTLABEL],
					 .fstype = cells[KB_SYSTEMS_FSTYPE]};

	r->title = kb_arena_strdup(&r->arena, cells[KB_SYSTEMS_TITLE]);
	return kb_device_copy(&r->arena, &device, &r->device) < 0 ? kb_shell_fail("out of memory")
								  : 0;
}

/* A filesystem that no system was found on may hold one nevertheless. */
static int take_device(struct kb_rescue *r, const char *name)
{
	const struct kb_message *reply =
		kb_shell_ask(r->shell, &(struct kb_intent){.type = KB_DO_DEVICES});

	for (size_t i = 0; reply && i < reply->n_rows; i++) {
		const char *const *cells = reply->rows[i].cells;
		const struct kb_device device = {.name = cells[KB_DEVICES_NAME],
						 .uuid = cells[KB_DEVICES_UUID],
						 .label = cells[KB_DEVICES_LABEL],
						 .partuuid = cells[KB_DEVICES_PARTUUID],
						 .partlabel = cells[KB_DEVICES_PARTLABEL],
						 .fstype = cells[KB_DEVICES_FSTYPE]};

		if (device.name && kb_device_matches(&device, kb_str_from(name))) {
			return kb_device_copy(&r->arena, &device, &r->device) < 0
				       ? kb_shell_fail("out of memory")
				       : 0;
		}
	}
	return reply ? kb_shell_fail("there is no device %s", name) : 1;
}

static bool row_matches(const struct kb_table_row *row, const char *name)
{
	const struct kb_device device = {.name = row->cells[KB_SYSTEMS_NAME],
					 .uuid = row->cells[KB_SYSTEMS_UUID],
					 .label = row->cells[KB_SYSTEMS_LABEL],
					 .partuuid = row->cells[KB_SYSTEMS_PARTUUID],
					 .partlabel = row->cells[KB_SYSTEMS_PARTLABEL]};

	return device.name && kb_device_matches(&device, kb_str_from(name));
}

static int take_name(struct kb_rescue *r, const struct kb_message *systems, const char *name)
{
	for (size_t i = 0; i < systems->n_rows; i++) {
		if (row_matches(&systems->rows[i], name)) {
			return take_row(r, &systems->rows[i]);
		}
	}
	return take_device(r, name);
}

static void list_systems(const struct kb_message *systems)
{
	printf("%s\n", systems->n_rows > 0 ? "Systems that were found:"
					   : "No system was found on any disk that can be read.");
	for (size_t i = 0; i < systems->n_rows; i++) {
		const char *const *cells = systems->rows[i].cells;
		const char *title = cells[KB_SYSTEMS_TITLE] ? cells[KB_SYSTEMS_TITLE]
							    : "a system without a name";

		kb_print_escaped(stdout, "%2zu %s: %s%s%s%s", i + 1,
				 cells[KB_SYSTEMS_NAME] ? cells[KB_SYSTEMS_NAME] : "?", title,
				 cells[KB_SYSTEMS_LABEL] ? " (" : "",
				 cells[KB_SYSTEMS_LABEL] ? cells[KB_SYSTEMS_LABEL] : "",
				 cells[KB_SYSTEMS_LABEL] ? ")" : "");
	}
}

/* Without a name in r->device none was chosen. name NULL: the person is asked. Not 0: told why. */
static int choose_system(struct kb_rescue *r, const char *name)
{
	const struct kb_message *systems =
		kb_shell_ask(r->shell, &(struct kb_intent){.type = KB_DO_SYSTEMS});
	char answer[KB_CHOICE_BYTES];
	size_t chosen;

	if (!systems) {
		return 1;
	}
	if (systems->text) {
		r->asleep = kb_arena_strdup(&r->arena, systems->text);
		kb_shell_print(systems->text);
	}
	if (name) {
		return take_name(r, systems, name);
	}
	list_systems(systems);
	if (!kb_choose_line(r->shell, "Which (number or device, q leaves)? ", answer) ||
	    strcmp(answer, "q") == 0 || answer[0] == '\0') {
		return 0;
	}
	/* The rows are the reply to the last question: there was none since. */
	chosen = kb_choice_number(answer, systems->n_rows);
	return chosen ? take_row(r, &systems->rows[chosen - 1]) : take_name(r, systems, answer);
}

/* A person is here: no countdown goes on without them. */
static void stop_countdown(struct kb_shell *s)
{
	if (s->engine.has_state && s->engine.state.phase < KB_PHASE_WAITING) {
		kb_shell_engine_tell(&s->engine, &(struct kb_intent){.type = KB_DO_ACTIVITY});
	}
}

int kb_run_rescue(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	struct kb_rescue r = {.shell = s,
			      .rescans = true,
			      .tree.root_fd = -1,
			      .held.namespace_fd = -1};
	char answer[KB_CHOICE_BYTES];
	int status;

	if (s->options->command) {
		return kb_shell_fail("rescue asks questions: `kboot rescue`, or at the prompt");
	}
	stop_countdown(s);
	status = choose_system(&r, kb_builtin_word(call, 1));
	if (status == 0 && r.device.name) {
		status = repair(&r);
	}
	kb_rescue_release(&r);
	if (status != 0 && s->options->only && s->interactive) {
		/* A menu would be drawn over what was told. */
		(void)kb_choose_line(s, "Enter goes back. ", answer);
	}
	kb_arena_done(&r.arena);
	return status;
}

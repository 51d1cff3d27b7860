/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "script.h"

#include <errno.h>

#include "commands.h"
#include "devices.h"
#include "evaluator.h"
#include "loopback.h"
#include "open.h"

enum { MAX_DIAGS = 1000 };

#if defined(__x86_64__)
#define CPU "x86_64"
#elif defined(__i386__)
#define CPU "i386"
#elif defined(__aarch64__)
#define CPU "arm64"
#elif defined(__powerpc__)
#define CPU "powerpc"
#elif defined(__riscv)
#define CPU "riscv64"
#else
#define CPU "unknown"
#endif

struct reading {
	struct grub_script *script;
	struct grub g;
	struct grub_context context;
	struct grub_menu menu;
	unsigned said;
	unsigned n_said;
	bool is_trying; /* entries that will be opened once more */
};

static void take_trouble(void *ctx, enum grub_trouble kind, struct kb_position at, const char *text)
{
	static const enum kb_severity severities[] = {
		[GRUB_TROUBLE_SYNTAX] = KB_SEVERITY_ERROR,
		[GRUB_TROUBLE_UNKNOWN] = KB_SEVERITY_WARNING,
		[GRUB_TROUBLE_COMMAND] = KB_SEVERITY_WARNING,
		[GRUB_TROUBLE_FILE] = KB_SEVERITY_WARNING,
		[GRUB_TROUBLE_STEPS] = KB_SEVERITY_LOSS,
		[GRUB_TROUBLE_DEPTH] = KB_SEVERITY_LOSS,
		[GRUB_TROUBLE_SIZE] = KB_SEVERITY_LOSS,
		[GRUB_TROUBLE_MENU] = KB_SEVERITY_LOSS,
	};
	struct reading *reading = ctx;
	unsigned bit = 1U << kind;
	bool is_new = !(reading->said & bit) && kind != GRUB_TROUBLE_FILE;

	if (reading->is_trying ||
	    (kind == GRUB_TROUBLE_FILE && reading->script->eval->out->is_elsewhere)) {
		return;
	}
	if (reading->script->says_all
		    ? reading->n_said++ < MAX_DIAGS || severities[kind] == KB_SEVERITY_LOSS
		    : is_new) {
		reading->said |= bit;
		kb_diag_report(&reading->script->eval->out->diags, severities[kind], at, "%s",
			       text);
	}
}

static void take_text(void *ctx, struct kb_str text)
{
	struct reading *reading = ctx;
	const struct kb_grub_eval *eval = reading->script->eval;

	if (eval->print) {
		eval->print(eval->out->ctx, text);
	}
}

static bool may_run(void *ctx, int fd)
{
	const struct grub_script *script = ((struct reading *)ctx)->script;

	return !script->may_run || script->may_run(script->ctx, fd);
}

/* What every GRUB sets before the first line. */
static void set_presets(struct grub *g, const struct grub_script *script)
{
	static const char *const features[] = {
		"200_final",
		"all_video_module",
		"chainloader_bpb",
		"default_font_path",
		"menuentry_id",
		"menuentry_options",
		"nativedisk_cmd",
		"ntldr",
		"platform_search_hint",
		"timeout_style",
	};
	const char *slash = strrchr(script->path, '/');
	char text[GRUB_DEVICE_BYTES + 512];
	char device[GRUB_DEVICE_BYTES];

	for (size_t i = 0; i < KB_ARRAY_LEN(features); i++) {
		(void)snprintf(text, sizeof(text), "feature_%s", features[i]);
		grub_set(g, text, "y");
	}
	grub_own_device(script->tree, script->eval->out->device, device);
	grub_set(g, "root", device);
	grub_set(g, "grub_cpu", CPU);
	grub_set(g, "grub_platform", script->platform);
	(void)snprintf(text, sizeof(text), "(%s)%s", device, script->path);
	grub_set(g, "config_file", text);
	(void)snprintf(text, sizeof(text), "(%s)%.*s", device,
		       slash ? (int)(slash - script->path) : 0, script->path);
	grub_set(g, "config_directory", text);
	grub_set(g, "cmdpath", text);
	grub_set(g, "prefix", text);
	grub_check(g, grub_variable_export(g->context, KB_STR("root")));
	grub_check(g, grub_variable_export(g->context, KB_STR("prefix")));
	grub_check(g, grub_variable_export(g->context, KB_STR("grub_cpu")));
	grub_check(g, grub_variable_export(g->context, KB_STR("grub_platform")));
	if (script->tree->is_image) {
		grub_loop_preset(g);
	}
	if (script->tree->source) {
		grub_net_preset(g, script->net, script->platform);
	}
}

/* Nothing, or what is no number, waits for ever: so does kboot without the setting. */
static int give_timeout(const struct reading *reading)
{
	const struct kb_reader_out *out = reading->script->eval->out;
	const struct grub_variable *timeout =
		grub_variable_find(reading->g.context, KB_STR("timeout"));
	struct kb_setting setting = {.variable = KB_VAR_TIMEOUT, .rank = KB_RANK_LOADER};
	char value[24];
	uint64_t seconds;

	if (!out->setting || !timeout || timeout->at.line == 0 ||
	    kb_str_to_u64(kb_str_from(timeout->value), &seconds) < 0) {
		return 0;
	}
	(void)snprintf(value, sizeof(value), "%llu",
		       (unsigned long long)(seconds < KB_SECONDS_MAX ? seconds : KB_SECONDS_MAX));
	setting.value = value;
	setting.at = timeout->at;
	return out->setting(out->ctx, &setting);
}

static int tell_variable(void *ctx, const struct grub_variable *variable)
{
	const struct kb_grub_eval *eval = ctx;

	return eval->variable(eval->out->ctx, variable->name, variable->value);
}

/* --- fallback */

static int take_default(void *ctx, const struct kb_entry *entry)
{
	bool *is_whole = ctx;

	*is_whole = *is_whole || (entry->is_default && entry->n_problems == 0);
	return 0;
}

/* Whether what starts by itself with that default can be started. */
static int try_default(struct reading *reading, const char *value, bool *ret_is_whole)
{
	const struct kb_reader_out *real = reading->script->eval->out;
	const struct kb_reader_out out = {
		.ctx = ret_is_whole,
		.entry = take_default,
		.is_elsewhere = real->is_elsewhere,
		.elsewhere = real->elsewhere,
	};
	struct grub *g = &reading->g;
	struct grub_opening opening = {
		.g = g,
		.out = &out,
		.lookups = {.tree = reading->script->tree, .out = &out},
	};
	KB_ARENA struct kb_arena arena = {0};
	const struct grub_item *item;
	struct grub_item alone;
	const char *rest;
	int r = grub_menu_default(&reading->menu, value, g->uses_blscfg, &item, &rest);

	*ret_is_whole = false;
	if (r < 0 || !item) {
		return r;
	}
	alone = *item;
	alone.next = NULL;
	value = kb_arena_printf(&arena, "0>%s", rest ? rest : "");
	reading->is_trying = true;
	r = value ? grub_open_menu(&opening, &(struct grub_menu){.first = &alone}, value) : -ENOMEM;
	reading->is_trying = false;
	return r;
}

/* Of the default and the indices of `fallback` the first that can be started; the default, where
 * none can. */
static int choose_default(struct reading *reading, struct kb_arena *arena, const char **value,
			  const char **remark)
{
	struct kb_str rest = kb_str_from(grub_get(&reading->g, "fallback"));
	struct kb_str word;
	bool is_whole = false;
	int r = rest.len > 0 ? try_default(reading, *value, &is_whole) : 0;

	while (r == 0 && !is_whole && kb_str_next_word(&rest, &word)) {
		const char *index = kb_arena_str(arena, word);
		uint64_t n;

		if (kb_str_to_u64(word, &n) < 0 || n >= reading->menu.n) {
			continue;
		}
		r = index ? try_default(reading, index, &is_whole) : -ENOMEM;
		if (r == 0 && is_whole) {
			*remark = "its loader's fallback, as its default cannot be booted";
			*value = index;
		}
	}
	return r;
}

static int give(struct reading *reading)
{
	struct grub_script *script = reading->script;
	struct grub *g = &reading->g;
	struct grub_opening opening = {
		.g = g,
		.out = script->eval->out,
		.lookups = {.tree = script->tree, .out = script->eval->out},
	};
	KB_ARENA struct kb_arena arena = {0};
	const char *value = kb_arena_strdup(&arena, grub_menu_own_default(g));
	int r = value ? 0 : -ENOMEM;

	if (r == 0 && script->eval->variable) {
		r = grub_variables_each(g->context, tell_variable, (void *)script->eval);
	}
	if (r == 0 && reading->menu.n > 0) {
		r = give_timeout(reading);
	}
	g->menu = NULL;
	g->is_silent = true;
	if (r == 0) {
		r = choose_default(reading, &arena, &value, &opening.remark);
	}
	if (r == 0) {
		r = grub_open_menu(&opening, &reading->menu, value);
	}
	script->n_entries = opening.n_entries;
	return r;
}

static bool mentions(struct kb_str text, struct kb_str word)
{
	return text.len >= word.len && memmem(text.data, text.len, word.data, word.len);
}

static int read_script(struct reading *reading)
{
	struct grub_script *script = reading->script;
	struct grub *g = &reading->g;
	struct grub_source source;
	int r = grub_load(g, script->tree, script->path, &source);

	if (r < 0) {
		return r;
	}
	script->knows_platform = mentions(source.text, KB_STR("grub_platform"));
	set_presets(g, script);
	g->menu_file = source.file;
	(void)grub_run(g, &source);
	return g->error < 0 ? g->error : give(reading);
}

static void done(struct reading *reading)
{
	grub_contexts_done(&reading->g.context, NULL);
	grub_done(&reading->g);
}

int grub_script_read(struct grub_script *script)
{
	struct reading reading = {.script = script};
	const struct grub_host host = {
		.tree = script->tree,
		.ctx = &reading,
		.print = take_text,
		.trouble = take_trouble,
		.may_run = may_run,
		.out = script->eval->out,
	};
	int r;

	reading.g.host = &host;
	reading.g.find_command = grub_find_command;
	reading.g.memory.max_bytes = GRUB_MAX_MEMORY;
	reading.g.kept.account = &reading.g.memory;
	reading.g.max_steps = GRUB_MAX_STEPS;
	reading.g.context = &reading.context;
	reading.g.menu = &reading.menu;
	reading.g.has_regexp = script->says_all;
	r = read_script(&reading);
	done(&reading);
	return r;
}

int kb_grub_eval(const struct kb_tree *tree, const char *path, const struct kb_grub_eval *eval,
		 struct kb_error *err)
{
	struct grub_script script = {
		.tree = tree,
		.path = path,
		.platform = eval->platform ? eval->platform : "efi",
		.eval = eval,
		.says_all = true,
	};
	int r = grub_script_read(&script);

	return r < 0 ? kb_error_set_at(err, r, (struct kb_position){.file = path}, "%s",
				       strerror(-r))
		     : 0;
}

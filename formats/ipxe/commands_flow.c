/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a script does with itself: its lines, its words, its time. */
#include "commands.h"
#include "execute.h"
#include "expand.h"
#include "options.h"

static const struct ipxe_option none[] = {{NULL, 0, false}};

static int echo(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option spec[] = {{"n", 'n', false}, {NULL, 0, false}};
	struct ipxe_options options;
	int r = ipxe_options(x, args, spec, 0, SIZE_MAX, &options);
	const char *text = r == IPXE_OK ? ipxe_join_words(x, args, options.first) : NULL;

	if (text) {
		ipxe_print(x, kb_str_from(text));
		ipxe_print(x, options.values[0] ? KB_STR("") : KB_STR("\n"));
	}
	return r;
}

static int exit_(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	unsigned code = 0;
	int r = ipxe_options(x, args, none, 0, 1, &options);

	if (r == IPXE_OK && options.n > 0) {
		r = ipxe_option_number(x, args->words[options.first], &code);
	}
	if (r != IPXE_OK) {
		return r;
	}
	x->frame->is_over = true;
	return code == 0 ? IPXE_OK : ipxe_fail(x, (int)code, "the script says exit %u", code);
}

static int goto_(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 1, 1, &options);
	const struct ipxe_script *script = x->frame->script;
	size_t line;

	if (r != IPXE_OK) {
		return r;
	}
	line = ipxe_script_find(script, args->words[options.first]);
	(void)ipxe_spend(x, 1 + line / 32);
	if (line == script->n_lines) {
		return ipxe_fail(x, IPXE_MISSING, "goto %s: there is no such label",
				 args->words[options.first]);
	}
	x->frame->next_line = line;
	x->frame->is_jumping = true;
	return IPXE_OK;
}

static int iseq(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 2, 2, &options);
	char **words = args->words + options.first;

	if (r == IPXE_OK && strcmp(words[0], words[1]) != 0) {
		r = ipxe_fail(x, IPXE_TOO_LARGE, "iseq %s %s: they differ", words[0], words[1]);
	}
	return r;
}

static int isset(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	int r = ipxe_options(x, args, none, 1, 1, &options);

	if (r == IPXE_OK && args->words[options.first][0] == '\0') {
		r = ipxe_fail(x, IPXE_MISSING, "isset: it is empty");
	}
	return r;
}

/* Nothing waits: but who sleeps again and again waits for what does not come. */
static int sleep_(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_options options;
	unsigned seconds = 0;
	int r = ipxe_options(x, args, none, 1, 1, &options);

	r = r == IPXE_OK ? ipxe_option_number(x, args->words[options.first], &seconds) : r;
	if (r != IPXE_OK) {
		return r;
	}
	ipxe_refill(x);
	x->result->sleep_s = seconds > UINT32_MAX - x->result->sleep_s
				     ? UINT32_MAX
				     : x->result->sleep_s + seconds;
	if (++x->sleeps > IPXE_MAX_SLEEPS) {
		ipxe_end(x, KB_IPXE_FAILED, "the script waits for what does not come");
	}
	return IPXE_OK;
}

/* The command behind it. */
static int time_(struct ipxe *x, const struct ipxe_words *args)
{
	struct ipxe_words inner = {args->arena, args->words + 1, args->n - 1};

	return inner.n > 0 ? ipxe_execute_words(x, &inner)
			   : ipxe_fail(x, IPXE_INVALID, "time: too few words");
}

const struct ipxe_command ipxe_flow_commands[] = {
	{"echo", echo},   {"exit", exit_},   {"goto", goto_}, {"iseq", iseq},
	{"isset", isset}, {"sleep", sleep_}, {"time", time_}, {NULL, NULL},
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/escape.h"
#include "login.h"

static const struct kb_command *const commands[] = {
	&kb_cmd_menu,  &kb_cmd_engine,  &kb_cmd_list,   &kb_cmd_explain, &kb_cmd_boot,
	&kb_cmd_check, &kb_cmd_eval,    &kb_cmd_status, &kb_cmd_rescan,  &kb_cmd_shell,
	&kb_cmd_fetch, &kb_cmd_network, &kb_cmd_lease,  &kb_cmd_rescue,  &kb_cmd_report,
};

int kb_fail(const struct kb_error *err)
{
	char text[KB_ERROR_TEXT + KB_ERROR_FILE + 32];

	kb_error_format(err, text, sizeof(text));
	kb_print_escaped(stderr, "kboot: %s", text);
	return KB_EXIT_FAILED;
}

static void usage(void)
{
	printf("usage: kboot [COMMAND] [OPTION…] [ARGUMENT…]\n\ncommands:\n");
	for (size_t i = 0; i < KB_ARRAY_LEN(commands); i++) {
		printf("  %s%s%s\n        %s\n", commands[i]->name,
		       commands[i]->arguments[0] ? " " : "", commands[i]->arguments,
		       commands[i]->summary);
	}
	printf("\noptions:\n");
	kb_options_usage();
}

static const struct kb_command *find(const char *name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(commands); i++) {
		if (strcmp(commands[i]->name, name) == 0) {
			return commands[i];
		}
	}
	return NULL;
}

static int no_command(const char *name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(commands); i++) {
		if (kb_str_is_slip(kb_str_from(name), kb_str_from(commands[i]->name))) {
			kb_print_escaped(stderr, "kboot: there is no command %s; is %s meant?",
					 name, commands[i]->name);
			return KB_EXIT_USAGE;
		}
	}
	kb_print_escaped(stderr, "kboot: there is no command %s (see kboot --help)", name);
	return KB_EXIT_USAGE;
}

/* The links to this program, each a command of it. */
static const struct {
	const char *link;
	const struct kb_command *command;
} links[] = {{"network", &kb_cmd_network},
	     {"kboot-lease", &kb_cmd_lease},
	     {"fetch", &kb_cmd_fetch}};

/* "/sbin/network up" is "kboot network up". The caller frees *ret_argv; NULL: it is no link. */
static int follow_link(int *argc, char **argv, char ***ret_argv)
{
	const char *slash = argv[0] ? strrchr(argv[0], '/') : NULL;
	const char *name = slash ? slash + 1 : argv[0];

	for (size_t i = 0; name && i < KB_ARRAY_LEN(links); i++) {
		if (strcmp(name, links[i].link) == 0) {
			char **words = calloc((size_t)*argc + 2, sizeof(*words));

			if (!words) {
				return -ENOMEM;
			}
			memcpy(words + 1, argv, (size_t)*argc * sizeof(*words));
			words[0] = argv[0];
			words[1] = (char *)links[i].command->name;
			*ret_argv = words;
			++*argc;
			return 0;
		}
	}
	return 0;
}

static int dispatch(const struct kb_options *options, int argc, char **argv)
{
	const struct kb_command *command = argc > 1 ? find(argv[1]) : &kb_cmd_menu;
	int n_args = argc > 2 ? argc - 2 : 0;

	if (!command) {
		return no_command(argv[1]);
	}
	if (n_args < command->min_args || (command->max_args >= 0 && n_args > command->max_args)) {
		(void)fprintf(stderr, "usage: kboot %s%s%s\n", command->name,
			      command->arguments[0] ? " " : "", command->arguments);
		return KB_EXIT_USAGE;
	}
	return command->run(options, argv + (argc > 2 ? 2 : argc), n_args);
}

static int run(int argc, char **argv)
{
	struct kb_options options = {0};
	struct kb_error err = {0};
	int status;

	if (kb_options_parse(&options, &argc, argv, &err) < 0) {
		(void)kb_fail(&err);
		status = KB_EXIT_USAGE;
	} else if (options.help || (argc == 2 && strcmp(argv[1], "help") == 0)) {
		usage();
		status = KB_EXIT_OK;
	} else if (options.version) {
		printf("kboot %s\n", KBOOT_VERSION);
		status = KB_EXIT_OK;
	} else if (argc == 1 && !isatty(STDIN_FILENO)) {
		usage();
		status = KB_EXIT_USAGE;
	} else {
		status = dispatch(&options, argc, argv);
	}
	kb_options_done(&options);
	return status;
}

int main(int argc, char **argv)
{
	KB_FREE char **words = NULL;
	const char *text;

	if (kb_login_is_meant(argc, argv, &text)) {
		return kb_login(text, run);
	}
	return follow_link(&argc, argv, &words) < 0 ? KB_EXIT_FAILED
						    : run(argc, words ? words : argv);
}

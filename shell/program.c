/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words become a program: names are expanded, the program is found and started. */
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "builtin.h"
#include "interpreter.h"
#include "page.h"

enum { NOT_FOUND = 127, NOT_EXECUTABLE = 126, STATUS_SIGNAL = 128 };

#define DEFAULT_PATH "/sbin:/bin:/usr/sbin:/usr/bin"

struct program {
	struct kb_arena *arena;
	char *argv[KB_SHELL_WORDS_MAX + 1];
	size_t n;
	const char *path;
	const struct kb_shell_words *names; /* for what shows its output */
	bool pages;
};

static int add(struct program *p, const char *text)
{
	if (p->n == KB_SHELL_WORDS_MAX) {
		return kb_shell_fail("the names come to more than %d words", KB_SHELL_WORDS_MAX);
	}
	p->argv[p->n] = kb_arena_strdup(p->arena, text);
	return p->argv[p->n++] ? 0 : kb_shell_fail("out of memory");
}

/* A pattern that matches nothing stays as it was written. */
static int expand(struct program *p, const struct kb_shell_word *word)
{
	glob_t found;
	int status = 0;

	if (!word->pattern) {
		return add(p, word->text);
	}
	switch (glob(word->pattern, 0, NULL, &found)) {
	case 0:
		for (size_t i = 0; status == 0 && i < found.gl_pathc; i++) {
			status = add(p, found.gl_pathv[i]);
		}
		globfree(&found);
		return status;
	case GLOB_NOSPACE:
		return kb_shell_fail("out of memory");
	default:
		return add(p, word->text);
	}
}

const char *kb_shell_search_path(void)
{
	const char *path = getenv("PATH");

	return path && path[0] ? path : DEFAULT_PATH;
}

const char *kb_shell_find_program(struct kb_arena *arena, const char *folders, const char *name)
{
	struct kb_str rest = kb_str_from(folders);
	struct kb_str folder;
	struct stat st;

	if (strchr(name, '/')) {
		return name;
	}
	while (kb_str_next_until(&rest, ':', &folder)) {
		const char *path = kb_arena_printf(arena, "%.*s/%s", KB_STR_ARG(folder), name);

		if (path && folder.len > 0 && stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
		    access(path, X_OK) == 0) {
			return path;
		}
	}
	return NULL;
}

bool kb_shell_has_program(const char *name)
{
	KB_ARENA struct kb_arena arena = {0};

	return kb_shell_find_program(&arena, kb_shell_search_path(), name) != NULL;
}

/* Only what is named here: a program's behaviour is not to depend on how kboot was started. */
static void make_environment(struct kb_arena *arena, char *environment[], size_t size)
{
	static const struct {
		const char *name;
		const char *otherwise;
	} kept[] = {
		{"TERM", "vt100"}, {"HOME", "/root"}, {"LANG", NULL},
		{"LC_ALL", NULL},  {"TZ", NULL},
	};
	size_t n = 0;

	for (size_t i = 0; i < KB_ARRAY_LEN(kept) && n + 2 < size; i++) {
		const char *value = getenv(kept[i].name);

		value = value && value[0] ? value : kept[i].otherwise;
		if (value) {
			environment[n] = kb_arena_printf(arena, "%s=%s", kept[i].name, value);
			n += environment[n] != NULL;
		}
	}
	environment[n] = kb_arena_printf(arena, "PATH=%s", kb_shell_search_path());
	environment[n + (environment[n] != NULL)] = NULL;
}

/* A program that is there and yet is not: the kernel means what it would be started by. */
static void tell_failure(const char *path, const char *name, int code, const char *advice)
{
	char interpreter[PATH_MAX];

	if (code == ENOENT && access(path, F_OK) == 0 &&
	    kb_interpreter_of(path, interpreter, sizeof(interpreter))) {
		(void)kb_shell_fail("%s: it is run by %s, which is not there%s", name, interpreter,
				    advice);
		return;
	}
	(void)kb_shell_fail("%s: %s", name,
			    code == ENOEXEC ? "this is no program for this machine"
					    : strerror(code));
}

int kb_shell_exec(const char *path, char *const *argv, const char *advice)
{
	KB_ARENA struct kb_arena arena = {0};
	char *environment[16];
	int code;

	make_environment(&arena, environment, KB_ARRAY_LEN(environment));
	(void)execve(path, argv, environment);
	code = errno;
	tell_failure(path, argv[0], code, advice);
	return code == ENOENT ? NOT_FOUND : NOT_EXECUTABLE;
}

static int become(void *ctx)
{
	const struct program *p = ctx;

	return kb_shell_exec(p->path, p->argv,
			     "; `chroot` runs programs of the booted environment in it");
}

int kb_shell_no_program(const struct kb_shell *s, const char *name)
{
	const char *meant = kb_builtin_nearest(s, name);

	(void)kb_shell_fail("%s: there is no such command, label or file (%s%s%s)", name,
			    meant ? "is `" : "see `", meant ? meant : "help",
			    meant ? "` meant?" : "`");
	return NOT_FOUND;
}

static int become_shown(void *ctx)
{
	const struct program *p = ctx;
	const struct kb_output output = {.become = become,
					 .ctx = ctx,
					 .names = p->names,
					 .pages = p->pages};

	return kb_shell_show_output(&output);
}

/* A name that is meant in the booted environment, most likely: nobody sees it there. */
static void tell_missing(const struct kb_shell_words *words)
{
	for (size_t i = 1; i < words->n; i++) {
		const char *name = words->items[i].text;

		if (name[0] == '/' && name[1] != '/' && access(name, F_OK) < 0 && errno == ENOENT) {
			(void)kb_shell_fail("a program sees kboot's own system, where there is no "
					    "%s (`cd` to its folder first, or `chroot`)",
					    name);
			return;
		}
	}
}

static int run(struct kb_shell *s, struct program *p, const struct kb_shell_words *words,
	       const struct kb_job_spec *spec)
{
	int status = 0;

	for (size_t i = 0; status == 0 && i < words->n; i++) {
		status = expand(p, &words->items[i]);
	}
	if (status != 0 || p->n == 0) {
		return status;
	}
	if (!p->path) {
		p->path = kb_shell_find_program(p->arena, kb_shell_search_path(), p->argv[0]);
	}
	if (!p->path) {
		return kb_shell_no_program(s, p->argv[0]);
	}
	status = kb_job_run(&s->jobs, spec);
	if (status != 0 && status < STATUS_SIGNAL) {
		tell_missing(words);
	}
	return status;
}

int kb_shell_program(struct kb_shell *s, const char *path, const struct kb_shell_words *words,
		     const char *line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct program p = {.arena = &arena, .path = path};
	const struct kb_job_spec spec = {.line = line, .become = become, .ctx = &p};

	return run(s, &p, words, &spec);
}

int kb_shell_show_program(struct kb_shell *s, const struct kb_shell_words *words,
			  const struct kb_shell_words *names, const char *line)
{
	KB_ARENA struct kb_arena arena = {0};
	struct program p = {.arena = &arena, .names = names, .pages = s->interactive};
	const struct kb_job_spec spec = {.line = line, .become = become_shown, .ctx = &p};

	return run(s, &p, words, &spec);
}

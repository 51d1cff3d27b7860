/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going about: cd, pwd, root, ls, cat, less, vi, mounts, umount. */
#include <errno.h>
#include <stdio.h>

#include "ask.h"
#include "builtin.h"
#include "kboot/base/escape.h"
#include "names.h"

int kb_run_cd(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	const char *back;
	const char *name = kb_builtin_word(call, 1);
	int status;

	if (!name) {
		return kb_shell_change_place(s, "/");
	}
	if (strcmp(name, "-") != 0) {
		return kb_shell_change_place(s, name);
	}
	if (!s->before) {
		return kb_shell_fail("there is no place to go back to");
	}
	back = kb_arena_strdup(call->arena, s->before);
	status = back ? kb_shell_change_place(s, back) : kb_shell_fail("out of memory");
	if (status == 0) {
		kb_print_escaped(stdout, "%s", s->place);
	}
	return status;
}

int kb_run_pwd(const struct kb_builtin_call *call)
{
	KB_FREE char *path = NULL;

	if (!kb_builtin_word(call, 1)) {
		kb_print_escaped(stdout, "%s", call->shell->place);
		return 0;
	}
	if (strcmp(kb_builtin_word(call, 1), "-P") != 0) {
		return kb_shell_fail("usage: pwd [-P]");
	}
	kb_shell_arrive(call->shell);
	path = getcwd(NULL, 0);
	if (!path) {
		return kb_shell_fail("the place is gone: %s", strerror(errno));
	}
	kb_print_escaped(stdout, "%s", path);
	return 0;
}

int kb_run_root(const struct kb_builtin_call *call)
{
	const struct kb_intent intent = {.type = KB_DO_ROOT, .name = kb_builtin_word(call, 1)};
	struct kb_shell *s = call->shell;
	int status = kb_shell_ask_text(s, &intent);

	if (status == 0 && intent.name) {
		status = kb_shell_set_place(s, "/");
		kb_shell_leave_root(s);
	}
	return status;
}

/* What ls does by itself where it sees a terminal; now that is the pager. */
static int as_on_terminal(struct kb_arena *arena, struct kb_shell_words *words)
{
	static const struct kb_shell_word options[] = {{.text = "-C"}, {.text = "--color=always"}};
	enum { ADDED = KB_ARRAY_LEN(options) };
	struct kb_shell_word *items = kb_arena_array(arena, words->n + ADDED, sizeof(*items));

	if (!items) {
		return kb_shell_fail("out of memory");
	}
	items[0] = words->items[0];
	memcpy(items + 1, options, sizeof(options));
	memcpy(items + 1 + ADDED, words->items + 1, (words->n - 1) * sizeof(*items));
	*words = (struct kb_shell_words){.items = items, .n = words->n + ADDED};
	return 0;
}

/* How BusyBox's program is run with the paths that were found. */
static int run_found(struct kb_shell *s, struct kb_arena *arena, const char *line,
		     struct kb_shell_words *found, bool are_shown)
{
	bool is_ls = strcmp(found->items[0].text, "ls") == 0;

	if (is_ls && s->interactive && as_on_terminal(arena, found) != 0) {
		return 1;
	}
	return are_shown ? kb_shell_show_program(s, found, is_ls ? found : NULL, line)
			 : kb_shell_program(s, NULL, found, line);
}

/* Where this kboot is restricted, and nobody is there to refuse it, or it is a simulation, which
 * shows files and changes none. */
static bool may_run(const struct kb_shell *s, const char *line, bool writes, int *ret_status)
{
	bool is_refused = !kb_shell_engine_is_there(&s->engine) && kb_shell_is_restricted(s);

	if (is_refused) {
		*ret_status = kb_shell_fail("this kboot is restricted");
	} else if (writes && kb_shell_is_simulated(s) && !kb_shell_is_restricted(s)) {
		kb_print_escaped(stdout, "Simulation: this would run %s", line);
		*ret_status = 0;
		return false;
	}
	return !is_refused;
}

/* ls, cat, less and vi: BusyBox does it, by paths that the engine gives. */
int kb_run_by_path(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	const char *line = kb_arena_str(call->arena, call->line);
	const char *command = kb_builtin_word(call, 0);
	bool writes = strcmp(command, "vi") == 0;
	bool pages = strcmp(command, "less") == 0;
	struct kb_shell_words names = {0};
	size_t named = 0;
	int status;

	line = line ? line : command;
	if (!may_run(s, line, writes || pages, &status)) {
		return status;
	}
	kb_shell_arrive(s);
	status = kb_names_find(s, call->arena, call->words, writes, &names, &named);
	/* Where one is has a name too, which may be refused. */
	if (status == 0 && named == 0 && s->engine.connection.fd >= 0) {
		status = kb_shell_visit(s, ".", "any") ? 0 : 1;
	}
	/* cat alone shows what is typed. */
	return status != 0 ? status
			   : run_found(s, call->arena, line, &names,
				       !writes && !pages && (named > 0 || command[0] == 'l'));
}

/* One mount point of the name's: what issue 3 calls /run/kboot/mnt/NAME. */
static bool is_below(const char *path, const char *base, const char *name)
{
	size_t len = strlen(base);

	if (strncmp(path, base, len) != 0) {
		return false;
	}
	path += len;
	for (; *name && *path == (*name == '/' ? '!' : *name); name++, path++) {
	}
	return *name == '\0' && (*path == '\0' || *path == '/');
}

static bool stands_in(const struct kb_shell *s, const char *name)
{
	KB_FREE char *here = getcwd(NULL, 0);
	size_t len = strlen(name);
	bool named = strncmp(s->place, name, len) == 0 &&
		     (s->place[len] == ':' || s->place[len] == '/' || s->place[len] == '\0');

	name += strncmp(name, "/dev/", 5) == 0 ? 5 : strncmp(name, "smb://", 6) == 0 ? 6 : 0;
	return s->arrived && here &&
	       (named || is_below(here, "/run/kboot/mnt/", name) ||
		is_below(here, "/run/kboot/root/", name) ||
		is_below(here, "/run/kboot/nfs/", name) || is_below(here, "/run/kboot/smb/", name));
}

/* "remount,rw", "rw,remount" and the same with ro; NULL: something for BusyBox. */
static const char *remount_wanted(const char *options)
{
	static const char *const forms[] = {"remount,rw", "rw,remount", "remount,ro", "ro,remount"};

	for (size_t i = 0; options && i < KB_ARRAY_LEN(forms); i++) {
		if (strcmp(options, forms[i]) == 0) {
			return i < 2 ? "rw" : "ro";
		}
	}
	return NULL;
}

/* A mount that has not replayed its journal cannot turn writable: the engine makes it anew. */
int kb_run_mount(const struct kb_builtin_call *call)
{
	struct kb_shell *s = call->shell;
	bool has_options = call->words->n == 4 && strcmp(kb_builtin_word(call, 1), "-o") == 0;
	const char *want = has_options ? remount_wanted(kb_builtin_word(call, 2)) : NULL;
	const struct kb_intent intent = {.type = KB_DO_REMOUNT,
					 .name = kb_builtin_word(call, 3),
					 .from = s->place,
					 .want = want};

	if (call->words->n == 1) {
		return kb_shell_ask_text(s, &(struct kb_intent){.type = KB_DO_MOUNTS});
	}
	if (!want) {
		return kb_shell_run_line(s, call->line);
	}
	/* The prompt itself must not keep it busy; it goes back by itself. */
	kb_shell_leave_root(s);
	return kb_shell_ask_text(s, &intent);
}

int kb_run_umount(const struct kb_builtin_call *call)
{
	char *name = kb_arena_strdup(call->arena, kb_builtin_word(call, 1));
	const struct kb_intent intent = {.type = KB_DO_UMOUNT, .name = name};
	size_t len = name ? strlen(name) : 0;
	int status;

	if (!name) {
		return kb_shell_fail("usage: umount NAME");
	}
	if (len > 1 && name[len - 1] == ':') {
		name[len - 1] = '\0';
	}
	status = kb_shell_ask_text(call->shell, &intent);
	if (status != 0 && stands_in(call->shell, name)) {
		return kb_shell_fail("this prompt stands in it; `cd //` first");
	}
	return status;
}

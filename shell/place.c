/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where one is: the engine's place, and the working directory that belongs to it. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "ask.h"
#include "private.h"

/* kboot's own root, where one can always be. */
#define OWN_ROOT "//"

int kb_shell_set_place(struct kb_shell *s, const char *place)
{
	char *copy = strdup(place);

	if (!copy) {
		return kb_shell_fail("out of memory");
	}
	free(s->before);
	s->before = s->place;
	s->place = copy;
	return 0;
}

const struct kb_message *kb_shell_visit(struct kb_shell *s, const char *name, const char *want)
{
	const struct kb_intent intent = {.type = KB_DO_VISIT,
					 .name = name,
					 .from = s->place,
					 .want = want};
	const struct kb_message *reply = kb_shell_ask(s, &intent);

	if (reply && (!reply->path || !reply->place)) {
		(void)kb_shell_fail("the boot engine does not say where that is");
		return NULL;
	}
	if (reply) {
		kb_shell_print(reply->text);
	}
	return reply;
}

/* No engine: kboot's own root is all there is. */
static int change_alone(struct kb_shell *s, const char *name)
{
	KB_FREE char *here = NULL;
	KB_BUF struct kb_buf place = {0};

	if (kb_shell_is_restricted(s)) {
		return kb_shell_fail("this kboot is restricted");
	}
	if (name[0] == '/' && name[1] != '/') {
		return kb_shell_fail("there is no boot engine: only //... can be reached");
	}
	if (chdir(name[0] == '/' ? name + 1 : name) < 0) {
		return kb_shell_fail("%s: %s", name, strerror(errno));
	}
	here = getcwd(NULL, 0);
	kb_buf_printf(&place, "/%s", here ? here : "/");
	if (kb_buf_error(&place) < 0) {
		return kb_shell_fail("out of memory");
	}
	s->arrived = true;
	return kb_shell_set_place(s, place.data);
}

static int go(struct kb_shell *s, const char *name)
{
	const struct kb_message *reply = kb_shell_visit(s, name, "dir");

	if (!reply) {
		return 1;
	}
	if (chdir(reply->path) < 0) {
		return kb_shell_fail("%s: %s", reply->place, strerror(errno));
	}
	s->arrived = true;
	return strcmp(reply->place, s->place) == 0 ? 0 : kb_shell_set_place(s, reply->place);
}

int kb_shell_change_place(struct kb_shell *s, const char *name)
{
	struct kb_error err;

	if (kb_shell_engine_connect(&s->engine, &err) < 0) {
		return change_alone(s, name);
	}
	return go(s, name);
}

void kb_shell_leave_root(struct kb_shell *s)
{
	s->arrived = false;
	/* Nothing that is to be given back is kept busy. */
	(void)!chdir("/");
}

void kb_shell_arrive(struct kb_shell *s)
{
	struct kb_error err;

	if (s->arrived) {
		return;
	}
	/* Restricted, one stands nowhere else. */
	if (strcmp(s->place, OWN_ROOT) == 0 || kb_shell_is_restricted(s)) {
		s->arrived = true;
		(void)!chdir("/");
	} else if (kb_shell_engine_connect(&s->engine, &err) < 0) {
		/* The place is there again when an engine is. */
		(void)!chdir("/");
	} else if (go(s, ".") != 0) {
		s->arrived = true;
		(void)!chdir("/");
		(void)kb_shell_set_place(s, OWN_ROOT);
	}
}

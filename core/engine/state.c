/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The states, what every file of the room says and asks, and what an engine leaves for the one
 * after it, should it crash. */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "engine.h"
#include "kboot/base/replace.h"
#include "kboot/network/time.h"

void kb_engine_notice(struct kb_engine *e, enum kb_notice_level level, const char *fmt, ...)
{
	static const enum kb_log_level log_levels[] = {
		[KB_NOTICE_NONE] = KB_LOG_DEBUG,
		[KB_NOTICE_INFO] = KB_LOG_INFO,
		[KB_NOTICE_WARNING] = KB_LOG_WARNING,
		[KB_NOTICE_ERROR] = KB_LOG_ERROR,
	};
	va_list args;

	va_start(args, fmt);
	(void)vsnprintf(e->notice, sizeof(e->notice), fmt, args);
	va_end(args);
	e->notice_level = level;
	e->notice_seq++;
	if (e->notice[0] != '\0') {
		kb_journal_add(&e->journal, log_levels[level], "%s", e->notice);
	}
	kb_engine_changed(e);
}

void kb_engine_changed(struct kb_engine *e)
{
	e->watcher.changed(e->watcher.ctx);
}

bool kb_engine_settled(const struct kb_engine *e)
{
	return (e->options.simulation ||
		(e->hotplug.is_settled && !kb_assembly_pending(&e->assembly) &&
		 !kb_unlocking_tries_file(&e->unlocking))) &&
	       kb_places_pending(&e->places) == 0;
}

void kb_engine_ask(struct kb_engine *e, enum kb_engine_work work)
{
	e->due |= work;
	kb_timer_set(e->turn, 0);
}

bool kb_engine_has_seen_all(const struct kb_engine *e)
{
	return e->options.simulation || e->settled_ms > 0 || e->hotplug.is_settled ||
	       kb_engine_now(e) - e->started_ms >= KB_UNSEEN_WINDOW_MS;
}

enum kb_answer kb_engine_may_for(const struct kb_engine *e, const struct kb_actor *actor,
				 enum kb_action action, const struct kb_entry *entry)
{
	const struct kb_place *place = kb_places_of(&e->places, entry ? entry->device : NULL);

	return kb_policy_ask_for(&e->policy, actor, action,
				 kb_policy_origin(&e->policy, entry, place));
}

enum kb_answer kb_engine_may(const struct kb_engine *e, enum kb_action action,
			     const struct kb_entry *entry)
{
	static const struct kb_actor who_is_here = {0};

	return kb_engine_may_for(e, &who_is_here, action, entry);
}

void kb_engine_take_read_write(struct kb_engine *e)
{
	e->places.read_write = kb_settings_bool(&e->settings, KB_VAR_MOUNT_RW);
}

/* --- what the next engine finds */

static void path_of(const struct kb_engine *e, const char *name, char *buf, size_t size)
{
	(void)snprintf(buf, size, "%s/%s", e->options.run_dir, name);
}

/* "touched": nothing boots by itself any more. Whole or not at all: an engine that is killed while
 * it writes takes nothing from the next one. */
void kb_engine_keep_state(const struct kb_engine *e)
{
	const char *text = e->state == KB_ENGINE_CHOOSING ? "touched" : "running";
	KB_CLOSE int folder_fd = -1;

	if (!e->options.run_dir || e->state > KB_ENGINE_CHOOSING) {
		return;
	}
	folder_fd = open(e->options.run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder_fd < 0 || kb_replace_file(folder_fd, "engine.state", kb_str_from(text)) < 0) {
		/* Only the words after a crash suffer. */
		return;
	}
}

/* For menus that find no engine, so that none of them opens a shell then. */
void kb_engine_keep_restricted(const struct kb_engine *e)
{
	char path[256];

	if (!e->options.run_dir) {
		return;
	}
	path_of(e, KB_ENGINE_RESTRICTED, path, sizeof(path));
	if (e->policy.restricted == KB_UNRESTRICTED) {
		(void)unlink(path);
	} else if (e->policy.restricted == KB_RESTRICTED) {
		(void)kb_close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
	}
	/* Not known yet: what an engine before us knew holds until the disks have been asked. */
}

static void keep_setting(struct kb_engine *e, enum kb_variable variable, const char *file,
			 uint64_t *print)
{
	const struct kb_setting *s = kb_settings_get(&e->settings, variable);
	struct kb_str text = kb_str_from(s ? s->value : "");
	uint64_t now = kb_str_fingerprint(0, text);
	KB_CLOSE int folder_fd = -1;

	if (now == *print) {
		return;
	}
	folder_fd = open(e->options.run_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder_fd >= 0 && kb_replace_file(folder_fd, file, text) == 0) {
		*print = now;
	}
}

/* For whoever brings the network up or fetches: they may come with the booted environment. */
void kb_engine_keep_settings(struct kb_engine *e)
{
	static const struct {
		enum kb_variable variable;
		const char *file;
	} kept[KB_ENGINE_N_KEPT] = {
		{KB_VAR_NETWORK, KB_NETWORK_SETTING},
		{KB_VAR_NTP, KB_TIME_SETTING},
		{KB_VAR_PROXY, KB_PROXY_SETTING},
	};

	for (size_t i = 0; e->options.run_dir && i < KB_ENGINE_N_KEPT; i++) {
		keep_setting(e, kept[i].variable, kept[i].file, &e->kept_prints[i]);
	}
}

/* What an engine before us left behind: it died, and whether a person had been there. */
void kb_engine_read_state(struct kb_engine *e)
{
	char path[256];
	char text[16] = "";
	KB_CLOSE int fd = -1;
	ssize_t n;

	if (!e->options.run_dir) {
		return;
	}
	path_of(e, "engine.state", path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		return;
	}
	n = read(fd, text, sizeof(text) - 1);
	e->restarted = true;
	/* What restricted the one before holds for this boot, whatever became of its disk. */
	path_of(e, KB_ENGINE_RESTRICTED, path, sizeof(path));
	if (access(path, F_OK) == 0) {
		e->policy.restricted = KB_RESTRICTED;
		(void)snprintf(e->policy.by, sizeof(e->policy.by),
			       "the boot engine before this one");
	}
	if (n > 0 && strncmp(text, "touched", 7) == 0) {
		e->state = KB_ENGINE_CHOOSING;
	}
	kb_engine_notice(e, KB_NOTICE_WARNING,
			 "The boot engine had stopped unexpectedly and was started again.");
}

/* --- the table */

/* Shorter, so that the table can be read as one. */
enum {
	STARTING = KB_ENGINE_STARTING,
	WAITING = KB_ENGINE_WAITING,
	COUNTING = KB_ENGINE_COUNTING,
	CHOOSING = KB_ENGINE_CHOOSING,
	BOOTING = KB_ENGINE_BOOTING,
	UNSEEN = KB_ENGINE_UNSEEN,
	LEAVING = KB_ENGINE_LEAVING,
};

/* A row is an event, a column the state in which it comes. */
/* clang-format off */
static const unsigned char next_states[KB_N_EVENTS][KB_N_ENGINE_STATES] = {
	/*                        STARTING  WAITING   COUNTING  CHOOSING  BOOTING   UNSEEN    LEAVING */
	[KB_EVENT_READING] =     {STARTING, STARTING, COUNTING, CHOOSING, BOOTING,  UNSEEN,   LEAVING},
	[KB_EVENT_SETTLED] =     {WAITING,  WAITING,  COUNTING, CHOOSING, BOOTING,  UNSEEN,   LEAVING},
	[KB_EVENT_DEFAULT] =     {COUNTING, COUNTING, COUNTING, CHOOSING, BOOTING,  UNSEEN,   LEAVING},
	[KB_EVENT_UNCERTAIN] =   {STARTING, WAITING,  STARTING, CHOOSING, BOOTING,  UNSEEN,   LEAVING},
	[KB_EVENT_NO_BOOT] =     {CHOOSING, CHOOSING, CHOOSING, CHOOSING, BOOTING,  UNSEEN,   LEAVING},
	[KB_EVENT_OPENED] =      {CHOOSING, CHOOSING, COUNTING, CHOOSING, BOOTING,  CHOOSING, LEAVING},
	[KB_EVENT_KEY] =         {CHOOSING, CHOOSING, CHOOSING, CHOOSING, BOOTING,  CHOOSING, LEAVING},
	[KB_EVENT_CHOSEN] =      {BOOTING,  BOOTING,  BOOTING,  BOOTING,  BOOTING,  BOOTING,  LEAVING},
	[KB_EVENT_TIME] =        {STARTING, WAITING,  BOOTING,  CHOOSING, BOOTING,  UNSEEN,   LEAVING},
	[KB_EVENT_TIME_UNSEEN] = {STARTING, WAITING,  UNSEEN,   CHOOSING, BOOTING,  UNSEEN,   LEAVING},
	[KB_EVENT_ARMED] =       {STARTING, WAITING,  COUNTING, CHOOSING, LEAVING,  LEAVING,  LEAVING},
	[KB_EVENT_SIMULATED] =   {STARTING, WAITING,  COUNTING, CHOOSING, CHOOSING, CHOOSING, LEAVING},
	[KB_EVENT_FAILED] =      {STARTING, WAITING,  COUNTING, CHOOSING, CHOOSING, CHOOSING, LEAVING},
	[KB_EVENT_CANCEL] =      {STARTING, WAITING,  COUNTING, CHOOSING, CHOOSING, CHOOSING, LEAVING},
	[KB_EVENT_UNLOCKED] =    {STARTING, WAITING,  COUNTING, CHOOSING, CHOOSING, CHOOSING, LEAVING},
	[KB_EVENT_POWER] =       {LEAVING,  LEAVING,  LEAVING,  LEAVING,  LEAVING,  LEAVING,  LEAVING},
	[KB_EVENT_REFUSED] =     {STARTING, WAITING,  COUNTING, CHOOSING, BOOTING,  UNSEEN,   CHOOSING},
	[KB_EVENT_RESUMED] =     {STARTING, WAITING,  COUNTING, WAITING,  BOOTING,  UNSEEN,   LEAVING},
};
/* clang-format on */

enum kb_engine_state kb_engine_next_state(enum kb_engine_state state, enum kb_event event)
{
	return next_states[event][state];
}

void kb_engine_event(struct kb_engine *e, enum kb_event event)
{
	enum kb_engine_state from = e->state;

	e->state = kb_engine_next_state(from, event);
	if (e->state == from) {
		return;
	}
	if (e->state == KB_ENGINE_COUNTING) {
		kb_engine_ask(e, KB_WORK_COUNT);
	} else if (e->state == KB_ENGINE_LEAVING) {
		kb_engine_ask(e, KB_WORK_LEAVE);
	}
	if (from == KB_ENGINE_COUNTING) {
		e->countdown.phase = KB_PHASE_WAITING;
		kb_timer_stop(e->tick);
	}
	kb_engine_keep_state(e);
	kb_engine_changed(e);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "engine.h"

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
	[KB_EVENT_POWER] =       {LEAVING,  LEAVING,  LEAVING,  LEAVING,  LEAVING,  LEAVING,  LEAVING},
	[KB_EVENT_REFUSED] =     {STARTING, WAITING,  COUNTING, CHOOSING, BOOTING,  UNSEEN,   CHOOSING},
};
/* clang-format on */

enum kb_engine_state kb_engine_next_state(enum kb_engine_state state, enum kb_event event)
{
	return next_states[event][state];
}

static void enter(struct kb_engine *e, enum kb_engine_state from)
{
	switch (e->state) {
	case KB_ENGINE_COUNTING:
		kb_engine_ask(e, KB_WORK_COUNT);
		break;
	case KB_ENGINE_LEAVING:
		kb_engine_ask(e, KB_WORK_LEAVE);
		break;
	case KB_ENGINE_STARTING:
	case KB_ENGINE_WAITING:
	case KB_ENGINE_CHOOSING:
	case KB_ENGINE_BOOTING:
	case KB_ENGINE_UNSEEN:
		break;
	case KB_N_ENGINE_STATES:
		return;
	}
	if (from == KB_ENGINE_COUNTING) {
		e->countdown.phase = KB_PHASE_WAITING;
		kb_timer_stop(e->tick);
	}
}

void kb_engine_event(struct kb_engine *e, enum kb_event event)
{
	enum kb_engine_state from = e->state;

	e->state = kb_engine_next_state(from, event);
	if (e->state != from) {
		enter(e, from);
		kb_engine_keep_state(e);
		kb_engine_changed(e);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The states of the engine and the events that change them; the table is in state.c and in
 * docs/ARCHITECTURE.md.
 * For the engine.
 * Must not be more than one enum of each: what is not an event changes no state.
 */
#ifndef KBOOT_CORE_ENGINE_STATES_H
#define KBOOT_CORE_ENGINE_STATES_H

enum kb_engine_state {
	KB_ENGINE_STARTING, /* devices are being read, no default is known */
	KB_ENGINE_WAITING,  /* all were read and none boots by itself: one may still turn up */
	KB_ENGINE_COUNTING, /* the delay or the timeout runs */
	KB_ENGINE_CHOOSING, /* a person is there: nothing boots by itself any more */
	KB_ENGINE_BOOTING,  /* as soon as it is loaded we jump */
	KB_ENGINE_UNSEEN,   /* the same after a delay in which nothing was shown */
	KB_ENGINE_LEAVING,  /* teardown, then the jump */
	KB_N_ENGINE_STATES
};

enum kb_event {
	KB_EVENT_READING,   /* a device is to be read */
	KB_EVENT_SETTLED,   /* every device has been read */
	KB_EVENT_DEFAULT,   /* the default is certain, and can be loaded */
	KB_EVENT_UNCERTAIN, /* another environment than the one whose default is counted */
	KB_EVENT_NO_BOOT,   /* the default is nothing that boots by itself */
	KB_EVENT_OPENED,    /* a key in the delay: the menu, which has a countdown of its own */
	KB_EVENT_KEY,       /* a key: a person is there */
	KB_EVENT_CHOSEN,    /* somebody wants an entry to be booted */
	KB_EVENT_TIME,      /* the countdown is over */
	KB_EVENT_TIME_UNSEEN,
	KB_EVENT_ARMED,     /* the wanted entry is loaded */
	KB_EVENT_SIMULATED, /* the same, where nothing is jumped to */
	KB_EVENT_FAILED,    /* it cannot be loaded, its disk has gone, … */
	KB_EVENT_CANCEL,
	KB_EVENT_POWER,   /* restart, power off */
	KB_EVENT_REFUSED, /* the machine has not let us go */
	KB_N_EVENTS
};

#endif

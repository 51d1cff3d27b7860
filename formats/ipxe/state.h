/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script of iPXE at work: its settings, images and menus, and what has been spent on it.
 * For all that runs it, or is run by it.
 * Must not run anything.
 */
#ifndef KBOOT_FORMATS_IPXE_STATE_H
#define KBOOT_FORMATS_IPXE_STATE_H

#include "kboot/formats/ipxe.h"
#include "settings.h"

/* What a command answers: 0, the code of exit, or one of these, which is ${errno}. */
enum {
	IPXE_OK = 0,
	IPXE_DENIED = 0x02000000,
	IPXE_CANCELED = 0x0b000000,
	IPXE_INVALID = 0x1c000000,
	IPXE_MISSING = 0x2d000000,
	IPXE_NO_EXEC = 0x2e000000,
	IPXE_UNSUPPORTED = 0x3c000000,
	IPXE_TOO_LARGE = 0x42000000,
	IPXE_TIMED_OUT = 0x4c000000,
};

/* Of one script; they are in each other. */
struct ipxe_frame {
	const struct ipxe_frame *outer;
	const struct ipxe_script *script;
	size_t next_line;
	bool is_jumping; /* goto: nothing more of this line runs */
	bool is_over;    /* exit */
};

struct ipxe_image {
	struct ipxe_image *next;
	struct kb_ipxe_image is;
	bool is_script; /* it has been run as one */
};

/* A script that has run and whose signature is still to be checked, whether it is forgotten or not.
 */
struct ipxe_signed {
	struct ipxe_signed *next;
	struct kb_ipxe_image is;
};

/* Of the scripts that were read: one of a URL is split into lines once. */
struct ipxe_text {
	struct ipxe_text *next;
	const char *url;
	const char *post;
	const struct ipxe_script *script; /* NULL: it is none */
};

struct ipxe_menu {
	struct ipxe_menu *next;
	const char *name; /* "": the one without */
	const char *title;
	struct kb_ipxe_item *items;
	size_t n_items;
	size_t cap;
	size_t chosen;
	bool is_form;
};

/* "a=b&c=d". */
struct ipxe_params {
	struct ipxe_params *next;
	const char *name;
	const char *post;
};

struct ipxe;

struct ipxe_words {
	struct kb_arena *arena; /* they live there, and go when the command is done */
	char **words;
	size_t n;
};

struct ipxe_command {
	const char *name;
	int (*run)(struct ipxe *x, const struct ipxe_words *args);
};

struct ipxe {
	const struct kb_ipxe_host *host;
	struct kb_ipxe_result *result;
	struct kb_arena *arena; /* the caller's: of what is handed out */
	const struct ipxe_command *(*find_command)(const char *name);
	struct kb_arena kept; /* of what goes with the run */
	struct kb_buf output;
	struct ipxe_settings settings;
	struct ipxe_image *images;
	struct ipxe_image *selected;
	struct ipxe_image *replacement; /* runs when the script at work is done */
	struct ipxe_signed *signed_scripts;
	struct ipxe_text *texts;
	struct ipxe_menu *menus;
	struct ipxe_params *params;
	struct ipxe_frame *frame;
	struct kb_position at; /* of the command at work */
	struct kb_position failed_at;
	char failure[KB_ERROR_TEXT]; /* of the last command that failed */
	const char *missing; /* URL of a file that was not to be had, since the last answer */
	int error;           /* ${errno}: of it */
	unsigned depth;
	unsigned long steps;
	unsigned sleeps;
	size_t n_texts;
	size_t n_images;
	size_t n_signed;
	size_t n_answers;
	size_t n_diags;
	bool wants_trust; /* imgtrust: what has no signature does not run */
	bool has_exited;  /* the script that ended last did so by exit */
	bool is_done;     /* the result's end is known */
	bool is_out_of_memory;
};

enum {
	IPXE_MAX_STEPS = 50000, /* lines and what they cost, between two answers, texts, sleeps */
	IPXE_MAX_SLEEPS = 64,
	IPXE_MAX_DEPTH = 16,
	IPXE_MAX_TEXTS = 256,
	IPXE_MAX_WORD = 64 << 10,
	IPXE_MAX_WORDS = 1024,
	IPXE_MAX_IMAGES = 256,
	IPXE_MAX_ITEMS = 4096,
	IPXE_MAX_MENUS = 256,
	IPXE_MAX_OUTPUT = 256 << 10,
	IPXE_MAX_DIAGS = 100,
	IPXE_MAX_MEMORY = 32 << 20,
};

void ipxe_done(struct ipxe *x);
/* The run is over; text: a sentence of what is kept in the result, NULL: none. */
void ipxe_end(struct ipxe *x, enum kb_ipxe_end end, const char *fmt, ...) KB_PRINTF(3, 4);
/* False: the budget is spent, or the run is over. */
bool ipxe_spend(struct ipxe *x, unsigned long steps);
/* What a script waits for has come: it has all steps again. */
void ipxe_refill(struct ipxe *x);
/* To the next question; NULL: nobody has answered it yet. */
const struct kb_ipxe_answer *ipxe_answer(struct ipxe *x);
/* code, with a sentence of why the command at work failed. */
int ipxe_fail(struct ipxe *x, int code, const char *fmt, ...) KB_PRINTF(3, 4);
/* Of what is not as the script means it. */
void ipxe_warn(struct ipxe *x, const char *fmt, ...) KB_PRINTF(2, 3);
void ipxe_print(struct ipxe *x, struct kb_str text);
/* A copy that lives as long as the run; NULL ends it. */
const char *ipxe_keep(struct ipxe *x, const char *text);
/* Zeroed memory of the run; NULL ends it. */
void *ipxe_alloc(struct ipxe *x, size_t size);
/* p, of which NULL ends the run for want of memory. */
void *ipxe_check(struct ipxe *x, void *p);

#endif

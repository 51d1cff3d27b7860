/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A GRUB script at work: its variables, functions and menu, and what has been spent on it.
 * For all that runs it, or is run by it.
 * Must not run anything.
 */
#ifndef KBOOT_FORMATS_GRUB_STATE_H
#define KBOOT_FORMATS_GRUB_STATE_H

#include "kboot/base/tree.h"
#include "kboot/formats/reader.h"
#include "parser.h"
#include "variables.h"

/* Of each kind a reader says the first. */
enum grub_trouble {
	GRUB_TROUBLE_SYNTAX,
	GRUB_TROUBLE_UNKNOWN, /* a command */
	GRUB_TROUBLE_COMMAND, /* that failed */
	GRUB_TROUBLE_FILE,    /* that is not there; GRUB goes on without a word to the script */
	GRUB_TROUBLE_STEPS,
	GRUB_TROUBLE_DEPTH,
	GRUB_TROUBLE_SIZE, /* of words, variables, output, files */
	GRUB_TROUBLE_MENU, /* too many entries, too many submenus in each other */
};

/* What GRUB's own error numbers tell a script. */
enum {
	GRUB_OK = 0,
	GRUB_FALSE = 1,
	GRUB_BAD_FILE = 4,
	GRUB_NO_DEVICE = 5,
	GRUB_NO_FILE = 7,
	GRUB_BAD_NUMBER = 10,
	GRUB_BAD_COMMAND = 17,
	GRUB_BAD_ARGUMENT = 18,
	GRUB_NO_TITLE = 27,
};

/* What a script reaches, and where its words go. Any function may be NULL. */
struct grub_host {
	const struct kb_tree *tree;
	void *ctx;
	void (*print)(void *ctx, struct kb_str text);
	void (*trouble)(void *ctx, enum grub_trouble kind, struct kb_position at, const char *text);
	/* A file is about to be run as a configuration: false: it was, by another one. */
	bool (*may_run)(void *ctx, int fd);
	const struct kb_reader_out *out; /* knows the tree's device, and others */
};

struct grub_arguments {
	struct kb_arena *arena; /* they live there */
	char **words;
	size_t n;
};

struct grub_function {
	const char *name;
	const struct grub_node *body;
	const struct grub_function *next;
};

/* The positional parameters; NULL: top level. */
struct grub_scope {
	char **words; /* $1 first */
	size_t n;
	bool is_function;
};

/* What a body has named to be started; strings live in the arena. Names are as written, after
 * expansion, with $root of that moment. */
struct grub_boot {
	struct kb_arena *arena;
	const char *kernel;
	const char *kernel_root;
	char **args;
	size_t n_args;
	bool is_multiboot;
	bool has_module_args;
	char **initrds;
	size_t n_initrds;
	const char *initrd_root;
	const char *dtb;
	const char *dtb_root;
	const char *other; /* a command that starts something else, with its file */
	const char *other_file;
	const char *configfile; /* another menu */
};

/* What save_env has said last of a variable: the newest is the first. */
struct grub_saved {
	const char *file; /* on the tree */
	const char *name;
	const char *value; /* NULL: it is unset */
	const struct grub_saved *next;
};

/* An image that is a device: the newest is the first, and one that is deleted has no path. */
struct grub_loop {
	const char *name;
	const char *device; /* that its file is on */
	const char *path;
	const struct grub_loop *next;
};

struct grub;
struct grub_menu;

struct grub_command {
	const char *name;
	/* args->words[0] is the name. The status. */
	int (*run)(struct grub *g, struct grub_arguments *args, const struct grub_node *node);
};

/* Parsed lines whose functions may be called as long as the script lives. */
struct grub_unit {
	struct kb_arena arena;
	struct grub_unit *next;
};

enum grub_control { GRUB_GO_ON, GRUB_BREAK, GRUB_CONTINUE, GRUB_RETURN };

struct grub {
	const struct grub_host *host;
	const struct grub_command *(*find_command)(const char *name);
	struct kb_account memory; /* of all that is parsed and kept */
	struct kb_arena kept;     /* texts of files, menus, names */
	struct grub_unit *units;  /* parsed lines with functions in them */
	const struct grub_function *functions;
	size_t n_functions;
	struct grub_context *context;
	struct grub_scope *scope;
	struct grub_menu *menu;             /* that menuentry adds to */
	const char *menu_file;              /* whose menu it is, canonical */
	size_t n_items;                     /* of all menus */
	struct grub_boot *boot;             /* of the body at work; NULL: none */
	const struct grub_saved *saved;     /* by the script, and by the bodies at work */
	const struct grub_loop *loops_made; /* the same of `loopback` */
	struct kb_position at;              /* of the command at work */
	enum grub_control control;
	unsigned long levels; /* of loops that break or continue ends */
	unsigned loops;
	int status;
	bool has_status;
	bool has_regexp;
	bool is_silent;
	bool uses_blscfg;
	bool is_stopped; /* nothing more runs: a limit, or the script has ended */
	bool is_limited; /* a limit was reached */
	int error;       /* -ENOMEM: all ends */
	unsigned depth;  /* of compound statements and calls */
	unsigned files;  /* in each other */
	unsigned long steps;
	unsigned long max_steps;
	size_t printed_bytes;
	size_t file_bytes;
	const char
		*subvolume;   /* where paths begin on the tree: "/.snapshots/2/snapshot"; NULL: / */
	const char *own_uuid; /* the first one whose file was found on the tree */
};

/* A build that is slower by its instruments has less: an endless script takes no longer there. */
#ifndef KBOOT_GRUB_MAX_STEPS
#define KBOOT_GRUB_MAX_STEPS 400000
#endif

enum {
	GRUB_MAX_STEPS =
		KBOOT_GRUB_MAX_STEPS, /* of all that is not in a body; of all bodies together */
	GRUB_MAX_BODY_STEPS = 20000,
	GRUB_MAX_DEPTH = 200,
	GRUB_MAX_FILES = 16,
	GRUB_MAX_WORD = 64 << 10,
	GRUB_MAX_WORDS = 4096,
	GRUB_MAX_OUTPUT = 1 << 20,
	GRUB_MAX_FILE = 16 << 20,
	GRUB_MAX_FILES_BYTES = 48 << 20,
	GRUB_MAX_MEMORY = 64 << 20,
};

void grub_done(struct grub *g);
/* "FILE:LINE:COL: text" at the command at work. */
void grub_report(struct grub *g, enum grub_trouble kind, const char *fmt, ...) KB_PRINTF(3, 4);
/* The same of a limit: nothing more runs. */
void grub_stop(struct grub *g, enum grub_trouble kind, const char *fmt, ...) KB_PRINTF(3, 4);
/* False: the budget is spent. */
bool grub_spend(struct grub *g, unsigned long steps);
/* What a call answered that can only fail for memory, or for size. */
void grub_check(struct grub *g, int r);
/* What bodies print is lost: nobody has chosen them. */
void grub_print(struct grub *g, struct kb_str text);

const char *grub_get(const struct grub *g, const char *name); /* never NULL */
void grub_set(struct grub *g, const char *name, const char *value);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A script of iPXE: what it prints, asks and starts.
 * For core (in a worker), app and the tests.
 * Must not fetch, wait or start anything: a run is a pure function of what it is given, and what
 * it lacks is its answer, after which the caller gets it and runs the script again from the start.
 */
#ifndef KBOOT_FORMATS_IPXE_H
#define KBOOT_FORMATS_IPXE_H

#include "kboot/base/arena.h"
#include "kboot/base/error.h"
#include "kboot/model/entry.h"

/* What a file is wanted for. */
enum kb_ipxe_use {
	KB_IPXE_LOAD, /* kernel, initrd, imgfetch: only whether it is there counts, so that the
			 answer may be a guess */
	KB_IPXE_BOOT, /* boot of what was loaded: it may be believed to be a kernel */
	KB_IPXE_RUN,  /* chain, imgexec: its content decides */
};

enum kb_ipxe_file {
	KB_IPXE_UNKNOWN, /* nobody has looked yet: the run ends with KB_IPXE_NEEDS */
	KB_IPXE_ABSENT,  /* or it could not be fetched: the command fails */
	KB_IPXE_OTHER,   /* a kernel, or whatever else is no script */
	KB_IPXE_SCRIPT,  /* *ret_text is what it says */
};

/* What the person said to one question. */
struct kb_ipxe_answer {
	const char *text; /* the label of an item, the line that was typed; of a key: anything */
	bool is_refused;  /* Escape, or the time was up */
};

struct kb_ipxe_host {
	void *ctx;
	/* post: the parameters to send, "a=b&c=d"; NULL: none. The text must outlive the run. */
	enum kb_ipxe_file (*look)(void *ctx, const char *url, const char *post,
				  enum kb_ipxe_use use, struct kb_str *ret_text);
	/* A reference against the URL that holds it ("" : none), in the arena; NULL: it is no URL,
	 * or out of memory. */
	const char *(*join)(void *ctx, struct kb_arena *arena, const char *base, const char *text);
	const char *const *settings; /* "NAME=VALUE", "NAME:TYPE=VALUE", "net0/NAME=VALUE" */
	size_t n_settings;
	const struct kb_ipxe_answer *answers;
	size_t n_answers;
	bool lacks_long_mode;      /* the processor, of an x86 */
	struct kb_diag_sink diags; /* of what comes after the last answer */
};

enum kb_ipxe_end {
	KB_IPXE_LOCAL, /* on with the next boot device: the script is over, or says so */
	KB_IPXE_BOOTS,
	KB_IPXE_MENU,
	KB_IPXE_ASK,
	KB_IPXE_NEEDS,
	KB_IPXE_SANBOOT,
	KB_IPXE_SHELL,
	KB_IPXE_REBOOT,
	KB_IPXE_POWEROFF,
	KB_IPXE_FAILED,
};

enum { KB_IPXE_MODE = 0644 }; /* of a file of which the script says none */

struct kb_ipxe_image {
	const char *url;
	const char *post;      /* as look() has it */
	const char *name;      /* of the image */
	const char *args;      /* what follows its name in the script */
	const char *signature; /* URL of its detached signature, that must be right; NULL: none */
	/* Of an initrd that becomes a file of a cpio archive; path NULL: it is one. */
	const char *path;
	unsigned mode;
	int mkdir; /* so many of the folders above it are made, -1: all, 0: none */
};

struct kb_ipxe_item {
	const char *label; /* NULL: it only separates */
	const char *text;
	unsigned key; /* 0: none */
	bool is_secret;
};

struct kb_ipxe_menu {
	const char *title;
	const struct kb_ipxe_item *items;
	size_t n_items;
	size_t chosen;       /* where the cursor stands */
	unsigned timeout_ms; /* 0: for ever */
};

enum kb_ipxe_ask { KB_IPXE_ASK_KEY, KB_IPXE_ASK_LINE, KB_IPXE_ASK_SECRET };

struct kb_ipxe_question {
	enum kb_ipxe_ask kind;
	const char *text;
	const char *variable; /* NULL: a key */
	const char *value;    /* that it has now */
	unsigned key;         /* 0: any */
	unsigned timeout_ms;  /* 0: for ever */
};

/* What lives in the arena. Only what belongs to the end is set. */
struct kb_ipxe_result {
	enum kb_ipxe_end end;
	const char *text; /* FAILED, SANBOOT: a sentence; NEEDS: the URL */
	const char *post; /* NEEDS */
	struct kb_position at;
	const char *output; /* all that was printed */
	struct kb_ipxe_image kernel;
	const char *args; /* of the kernel, without initrd=NAME of its images */
	const struct kb_ipxe_image *initrds;
	size_t n_initrds;
	const struct kb_ipxe_image *signed_scripts; /* that were run, with signatures to check */
	size_t n_signed_scripts;
	struct kb_ipxe_menu menu;
	struct kb_ipxe_question question;
	size_t n_answers;    /* that were used */
	const char *missing; /* URL of the last file since then that could not be had; NULL: none */
	unsigned sleep_s;    /* that it would have slept */
};

/* Does it begin as a script does? */
bool kb_ipxe_is_script(struct kb_str text);
/* url: of the script. -ENOMEM alone is a failure. */
KB_MUST_CHECK int kb_ipxe_run(struct kb_arena *arena, const char *url, struct kb_str text,
			      const struct kb_ipxe_host *host, struct kb_ipxe_result *ret_result);

/* A script that has come to its end in one way of answering its questions. */
struct kb_ipxe_leaf {
	const struct kb_ipxe_result *result;
	const char *const *titles; /* of the items that lead to its menu, outermost first */
	size_t n_titles;
	const char *text;  /* of the last item that was chosen; NULL: none was */
	const char *label; /* its label */
	bool is_default;   /* no key leads here */
	unsigned key;      /* of that item */
};

/*
 * All ways through the menus, in their order: each item is one more answer. A question is answered
 * as it stands, a key with a time by nobody; a menu that was walked already is no way. leaf()
 * answers negative to end. *ret_first: what comes of no answer at all, with what it says; its end
 * is MENU where there is one.
 */
KB_MUST_CHECK int kb_ipxe_walk(struct kb_arena *arena, const char *url, struct kb_str text,
			       const struct kb_ipxe_host *host,
			       int (*leaf)(void *ctx, const struct kb_ipxe_leaf *leaf), void *ctx,
			       struct kb_ipxe_result *ret_first);

/* The entry that a leaf is, in the arena; one that boots nothing of kboot's has a problem. -ENOMEM.
 */
KB_MUST_CHECK int kb_ipxe_entry(struct kb_arena *arena, const char *url,
				const struct kb_ipxe_leaf *leaf, struct kb_entry *ret_entry);

/* Settings of a lease in udhcpc's variables ("NAME=VALUE") and of the machine ("mac=…", "uuid=…",
 * "platform=…"), for struct kb_ipxe_host. -ENOMEM. */
KB_MUST_CHECK int kb_ipxe_lease(struct kb_arena *arena, const char *const *lease, size_t n_lease,
				const char *const **ret_settings, size_t *ret_n);

/* As kb_ipxe_lease, with what a machine with EFI says of itself first; machine as uname(2) has it.
 */
KB_MUST_CHECK int kb_ipxe_machine(struct kb_arena *arena, const char *machine,
				  const char *const *lease, size_t n_lease,
				  const char *const **ret_settings, size_t *ret_n);

#endif

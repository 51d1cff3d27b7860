/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A boot entry: what can be chosen in the menu, wherever it was found.
 * For every module above base.
 * Must not do I/O; the strings belong to whoever made the value (usually an arena).
 */
#ifndef KBOOT_MODEL_ENTRY_H
#define KBOOT_MODEL_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kboot/base/arena.h"
#include "kboot/base/json.h"
#include "kboot/model/device.h"
#include "kboot/model/write.h"

enum kb_format {
	KB_FORMAT_KBOOT,
	KB_FORMAT_GRUB,
	KB_FORMAT_BLS,
	KB_FORMAT_UKI,
	KB_FORMAT_EXTLINUX,
	KB_FORMAT_PXELINUX,
	KB_FORMAT_IPXE,
	KB_FORMAT_YABOOT,
	KB_FORMAT_LILO,
	KB_FORMAT_PETITBOOT,
	KB_FORMAT_REFIND,
	KB_FORMAT_FILE,    /* a bare kernel */
	KB_FORMAT_LUKS,    /* a volume that is locked */
	KB_FORMAT_ISO,     /* an ISO file from which nothing starts */
	KB_FORMAT_SESSION, /* typed or edited now */
	KB_N_FORMATS
};

const char *kb_format_name(enum kb_format format); /* "kboot", "grub", … */
KB_MUST_CHECK int kb_format_from_name(const char *name, enum kb_format *ret_format);

#define KB_MENU_LETTERS "jk0123456789edlrRScq?" /* what means something in kboot's own menu */

enum { KB_ENTRY_MAX_INITRDS = 32, KB_ENTRY_MAX_PATH = 8, KB_ENTRY_MAX_PROBLEMS = 8 };

/*
 * kernel, initrd and dtb are names for files: as a reader wrote them ("/boot/vmlinuz" means the
 * device the entry was found on) until the catalog makes them canonical ("sda2:/boot/vmlinuz"). An
 * entry without a kernel has a command (a line for the prompt) or a problem. Text that is not there
 * is NULL.
 */
struct kb_entry {
	const char *id; /* given by the catalog; unique and stable across scans and reboots */
	const char *label;
	const char *title;
	enum kb_format format;
	unsigned line;    /* of the file: 1…, 0: none */
	const char *file; /* path of the configuration below the tree; canonical after the catalog:
			     "sda2:/boot/kboot.conf" */
	const char *menu; /* the configuration in whose menu it is, as file; NULL: file itself */
	const struct kb_device *device; /* where it was found; NULL: kboot's own configuration */
	const char *subvolume; /* of that, with a slash before: where names begin; NULL: its root */
	const char *kernel;
	const char *initrd[KB_ENTRY_MAX_INITRDS];
	size_t n_initrd;
	const char *dtb;
	const char *args; /* the kernel's command line, root= included */
	const char *root; /* what root= names, also when it is in args */
	const char *command;
	const char *unlock; /* not to be booted: the device that a passphrase opens; else NULL */
	bool is_default; /* of a reader: what its own loader would start; of the catalog: the one */
	bool hidden;
	bool is_protected; /* its own loader asks for a password before it starts it */
	bool is_remote;    /* a network boot service gave it */
	bool is_waiting;   /* it names a device that is not there (yet); a problem says which */
	bool is_predicted; /* from the last time: no disk has given it yet, and nothing boots it */
	const char *path[KB_ENTRY_MAX_PATH]; /* submenus, outermost first */
	size_t n_path;
	int tries_left; /* -1: not counted */
	/* Of the Boot Loader Specification: what its order follows; and how large the kernel is, 0
	 * where it is not there. */
	const char *sort_key;
	const char *machine_id;
	const char *version;
	uint64_t kernel_bytes;
	const char *problems[KB_ENTRY_MAX_PROBLEMS];
	size_t n_problems;
	unsigned mistakes;       /* bit i: problems[i] is one */
	const char *hotkey;      /* the character by which its own loader's menu starts it */
	const char *remark;      /* a sentence of what was guessed, which hinders nothing */
	struct kb_writes writes; /* what its own loader would leave on the disk for it */
};

/* A deep copy (device too). */
KB_MUST_CHECK int kb_entry_copy(struct kb_arena *arena, const struct kb_entry *from,
				struct kb_entry *ret_entry);
/* Adds a sentence, once; above KB_ENTRY_MAX_PROBLEMS it is dropped. -ENOMEM. */
KB_MUST_CHECK int kb_entry_add_problem(struct kb_arena *arena, struct kb_entry *entry,
				       const char *fmt, ...) KB_PRINTF(3, 4);
/* The same of what is wrong in the file that gives the entry, whoever reads it. */
KB_MUST_CHECK int kb_entry_add_mistake(struct kb_arena *arena, struct kb_entry *entry,
				       const char *fmt, ...) KB_PRINTF(3, 4);
/* Is what they start the same kernel, with the same initrds? */
bool kb_entry_same_files(const struct kb_entry *a, const struct kb_entry *b);
/* One character, and none of KB_MENU_LETTERS. */
bool kb_is_hotkey(const char *text);
/* For a person: the title, else the label, else the kernel's name. */
const char *kb_entry_display(const struct kb_entry *entry);
/* Appends what the prompt would take for it: kernel, initrds, device tree and arguments, or the
 * command. Errors stay in line. */
void kb_entry_put_line(const struct kb_entry *entry, struct kb_buf *line);
/* Writes the object of `kboot list --json`, see kboot(8). */
void kb_entry_to_json(const struct kb_entry *entry, const char *key, struct kb_buf *json);
/* Missing keys become NULL; too many initrds or a wrong type: -EINVAL. Texts are borrowed from the
 * object; the device lives in the arena. */
KB_MUST_CHECK int kb_entry_from_json(struct kb_arena *arena, const struct kb_json *object,
				     struct kb_entry *ret_entry);

#endif

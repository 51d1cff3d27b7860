/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From kboot.conf to settings and entries. */
#include <errno.h>
#include <sys/stat.h>

#include "kboot/formats/kboot_conf.h"
#include "kboot/formats/reader.h"
#include "kboot/formats/words.h"
#include "kboot/model/name.h"
#include "readers.h"
#include "tree_names.h"

enum {
	MAX_FILES = 16,
	/* What all labels of a file may come to: labels in labels could make gigabytes of it. */
	MAX_EXPANDED_BYTES = KB_CONF_MAX_BYTES,
};

struct reading {
	struct tree_lookups lookups; /* no tree: names are not looked up */
	const char *path;            /* of the file, for entries */
	const char *file;            /* canonical, for positions */
	enum kb_source_rank rank;
	const struct kb_reader_out *out;
	struct kb_conf conf;
	size_t expanded_bytes;
};

static bool has_byte(const char *text, const char *bytes)
{
	return strpbrk(text, bytes) != NULL;
}

/* "/dev/sda2" boots what is installed there; that is for the prompt to do. */
static bool is_device_alone(const char *word)
{
	return kb_str_starts(kb_str_from(word), KB_STR("/dev/")) && !has_byte(word, ":");
}

/* 1: the first word of a label names a kernel, 0: it is a command. */
static int names_kernel(struct reading *reading, struct kb_arena *arena, const char *word)
{
	const char *path;
	int r;

	if (has_byte(word, "/:")) {
		return !is_device_alone(word);
	}
	if (!reading->lookups.tree) {
		return 0;
	}
	r = tree_name_absolute(arena, word, &path);
	if (r < 0) {
		return r;
	}
	r = tree_lookups_has_file(&reading->lookups, path);
	return r == -ENOMEM ? r : r == 0;
}

/* root= in front, video= behind what is for the kernel. */
static int make_args(const struct reading *reading, struct kb_arena *arena,
		     const struct kb_conf_target *target, const char **ret_args)
{
	const struct kb_conf_item *video = kb_conf_variable(&reading->conf, KB_VAR_VIDEO);
	KB_BUF struct kb_buf args = {0};
	KB_BUF struct kb_buf more = {0};
	struct kb_str given;

	if (target->root) {
		kb_words_add(&args, "root=", kb_str_from(target->root));
	}
	if (video && video->value.len > 0 &&
	    !kb_words_find(kb_str_from(target->args), KB_STR("video="), &given)) {
		kb_words_add(&more, "video=", video->value);
	}
	kb_words_join(kb_str_from(target->args), kb_buf_view(&more), &args);
	if (kb_buf_error(&more) || kb_buf_error(&args)) {
		return -ENOMEM;
	}
	*ret_args = args.len > 0 ? kb_arena_str(arena, kb_buf_view(&args)) : NULL;
	return args.len > 0 && !*ret_args ? -ENOMEM : 0;
}

/*
 * XeLL calls a USB disk, a DVD and a hard disk "uda0:", "dvd0:" and "sda0:", or leaves the 0 out;
 * its file is on the disk that it speaks of. The name without that; any other as it is.
 */
static const char *skip_xell_disk(const char *name)
{
	static const struct kb_str disks[] = {KB_STR("uda"), KB_STR("udb"), KB_STR("dvd"),
					      KB_STR("sda"), KB_STR("sdb")};
	struct kb_str place = kb_str_head(kb_str_from(name), kb_str_find(kb_str_from(name), ':'));

	for (size_t i = 0; name[place.len] && i < KB_ARRAY_LEN(disks); i++) {
		struct kb_str digit = kb_str_skip(place, disks[i].len);

		if (kb_str_starts(place, disks[i]) &&
		    (digit.len == 0 || kb_str_eq(digit, KB_STR("0")))) {
			return name + place.len + 1;
		}
	}
	return name;
}

/* A boot partition's names may begin as its system sees them. */
static const char *skip_boot(struct tree_lookups *lookups, const char *name, struct kb_entry *entry)
{
	const size_t len = strlen("/boot");

	if (!kb_str_starts(kb_str_from(name), KB_STR("/boot/")) ||
	    tree_lookups_has_file(lookups, name) != -ENOENT ||
	    tree_lookups_has_file(lookups, name + len) < 0 ||
	    tree_lookups_has_file(lookups, "/etc/fstab") == 0) {
		return name;
	}
	entry->remark = "/boot in its names is taken for this filesystem, where the files are";
	return name + len;
}

/* Both the name and, on a tree, whether the file is there. */
static int set_file(struct reading *reading, struct kb_arena *arena, const char *what,
		    const char *name, const char **text, struct kb_entry *entry)
{
	int r;

	if (name && reading->conf.is_xell) {
		name = skip_xell_disk(name);
	}
	*text = name;
	if (!name || !reading->lookups.tree) {
		return 0;
	}
	r = tree_name_absolute(arena, name, text);
	if (r < 0) {
		return r;
	}
	*text = skip_boot(&reading->lookups, *text, entry);
	return tree_name_check(arena, &reading->lookups, what, *text, entry);
}

static int make_kernel_entry(struct reading *reading, struct kb_arena *arena,
			     const struct kb_conf_target *target, struct kb_entry *entry)
{
	int r = set_file(reading, arena, "kernel", target->kernel, &entry->kernel, entry);

	for (size_t i = 0; r == 0 && i < target->n_initrd; i++) {
		r = set_file(reading, arena, "initrd", target->initrd[i], &entry->initrd[i], entry);
		entry->n_initrd = i + 1;
	}
	if (r == 0) {
		r = set_file(reading, arena, "dtb", target->dtb, &entry->dtb, entry);
	}
	if (r < 0) {
		return r;
	}
	entry->root = target->root;
	return make_args(reading, arena, target, &entry->args);
}

static int add_target(struct reading *reading, struct kb_arena *arena,
		      const struct kb_conf_target *target, struct kb_entry *entry)
{
	int r = names_kernel(reading, arena, target->kernel);

	if (r < 0) {
		return r;
	}
	if (r > 0) {
		return make_kernel_entry(reading, arena, target, entry);
	}
	entry->command = target->line;
	return 0;
}

static int make_entry(struct reading *reading, struct kb_arena *arena,
		      const struct kb_conf_item *label, struct kb_entry *entry)
{
	struct kb_conf_target target;
	struct kb_error err;
	int r;

	entry->label = kb_arena_str(arena, label->name);
	entry->title = entry->label;
	entry->format = KB_FORMAT_KBOOT;
	entry->file = reading->path;
	entry->line = label->at.line;
	entry->tries_left = -1;
	if (!entry->label) {
		return -ENOMEM;
	}
	r = kb_conf_expand(arena, &reading->conf, label->value, label->value_at,
			   &reading->out->diags, &target, &err);
	if (r == -ENOMEM) {
		return r;
	}
	if (r < 0) {
		if (label->value.len > 0) { /* else the parser has said so */
			kb_diag_report(&reading->out->diags, KB_SEVERITY_ERROR, label->value_at,
				       "%s", err.text);
		}
		return kb_entry_add_problem(arena, entry, "%s", err.text);
	}
	reading->expanded_bytes += strlen(target.line);
	return add_target(reading, arena, &target, entry);
}

/* 1: the file has come to its limit. */
static int emit_entry(struct reading *reading, const struct kb_conf_item *label)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry entry = {0};
	int r = make_entry(reading, &arena, label, &entry);

	if (r < 0) {
		return r;
	}
	if (reading->expanded_bytes > MAX_EXPANDED_BYTES) {
		kb_diag_report(&reading->out->diags, KB_SEVERITY_LOSS, label->at,
			       "the labels come to more than %d MiB: this one and the rest are "
			       "left out",
			       MAX_EXPANDED_BYTES >> 20);
		return 1;
	}
	return reading->out->entry ? reading->out->entry(reading->out->ctx, &entry) : 0;
}

static int emit_entries(struct reading *reading)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < reading->conf.n_labels; i++) {
		r = emit_entry(reading, &reading->conf.labels[i]);
	}
	return r < 0 ? r : 0;
}

static int emit_settings(const struct reading *reading, struct kb_arena *arena)
{
	for (size_t i = 0; reading->out->setting && i < reading->conf.n_variables; i++) {
		const struct kb_conf_item *item = &reading->conf.variables[i];
		struct kb_setting setting = {
			.value = kb_arena_str(arena, item->value),
			.rank = reading->rank,
			.at = item->at,
		};
		int r;

		if (!setting.value) {
			return -ENOMEM;
		}
		r = kb_variable_find(item->name, &setting.variable);
		if (r == 0) {
			r = reading->out->setting(reading->out->ctx, &setting);
		}
		if (r < 0) {
			return r;
		}
	}
	return 0;
}

/* A file that cannot be read is a diagnostic: the rest of the tree is still worth reading. */
static void report_unread(const struct reading *reading, int code)
{
	struct kb_position at = {.file = reading->file};

	if (code == -EFBIG) {
		kb_diag_report(&reading->out->diags, KB_SEVERITY_LOSS, at,
			       "the file is above %d MiB and is not read", KB_CONF_MAX_BYTES >> 20);
	} else {
		kb_diag_report(&reading->out->diags, KB_SEVERITY_LOSS, at,
			       "the file cannot be read: %s", strerror(-code));
	}
}

static int read_text(struct reading *reading, struct kb_str text, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	int r = kb_conf_parse(&arena, reading->file, text, &reading->out->diags, &reading->conf,
			      NULL);

	if (r == -EFBIG) {
		report_unread(reading, r);
		return 0;
	}
	if (r == 0) {
		r = emit_settings(reading, &arena);
	}
	if (r == 0) {
		r = emit_entries(reading);
	}
	if (r < 0) {
		return kb_error_set_at(err, r, (struct kb_position){.file = reading->file},
				       r == -E2BIG ? "there are more entries than kboot keeps of "
						     "one disk: the rest are left out"
						   : "the reading ended early: %s",
				       strerror(-r));
	}
	return 0;
}

int kb_read_kboot_conf(const struct kb_tree *tree, const char *file, struct kb_str text,
		       const struct kb_reader_out *out, struct kb_error *err)
{
	bool is_device = tree && tree->name && *tree->name;
	struct reading reading = {
		.lookups = {.tree = is_device ? tree : NULL, .out = out},
		.path = file,
		.file = file,
		.rank = KB_RANK_IMAGE,
		.out = out,
	};

	return read_text(&reading, text, err);
}

/* Files seen so far: links and case-insensitive filesystems show one under several names. */
struct seen {
	struct {
		dev_t device;
		ino_t inode;
	} files[MAX_FILES];
	size_t n;
};

static bool is_seen(struct seen *seen, int fd)
{
	struct stat st;

	if (fstat(fd, &st) < 0) {
		return false;
	}
	for (size_t i = 0; i < seen->n; i++) {
		if (seen->files[i].device == st.st_dev && seen->files[i].inode == st.st_ino) {
			return true;
		}
	}
	if (seen->n < MAX_FILES) {
		seen->files[seen->n].device = st.st_dev;
		seen->files[seen->n].inode = st.st_ino;
		seen->n++;
	}
	return false;
}

static int read_file(const struct kb_tree *tree, const char *path, struct seen *seen,
		     const struct kb_reader_out *out, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = -1;
	struct reading reading = {.lookups = {.tree = tree, .out = out},
				  .path = path,
				  .rank = KB_RANK_ENVIRONMENT,
				  .out = out};
	int r = kb_tree_open(tree, path, &fd);

	if (r == -ENOENT || r == -ENOTDIR || (r == 0 && is_seen(seen, fd))) {
		return 0;
	}
	reading.file = tree_canonical(&arena, tree, path);
	if (!reading.file) {
		return kb_error_no_memory(err);
	}
	if (r == 0) {
		r = kb_read_all(fd, KB_CONF_MAX_BYTES, &text);
	}
	if (r == -ENOMEM) {
		return kb_error_set(err, r, "out of memory");
	}
	if (r < 0) {
		report_unread(&reading, r);
		return 0;
	}
	return read_text(&reading, kb_buf_view(&text), err);
}

static int read_tree(const struct kb_tree *tree, const struct kb_reader_out *out,
		     struct kb_error *err)
{
	static const char *const folders[] = {"", "/etc", "/boot", "/boot/etc"};
	static const char *const names[] = {"kboot.conf", "kboot.cnf", "KBOOT.CONF", "KBOOT.CNF"};
	struct seen seen = {0};

	for (size_t i = 0; i < KB_ARRAY_LEN(folders); i++) {
		for (size_t j = 0; j < KB_ARRAY_LEN(names); j++) {
			char path[32];
			int r;

			(void)snprintf(path, sizeof(path), "%s/%s", folders[i], names[j]);
			r = read_file(tree, path, &seen, out, err);
			if (r < 0) {
				return r;
			}
		}
	}
	return 0;
}

const struct kb_reader kb_reader_kboot_conf = {
	.name = "kboot.conf",
	.format = KB_FORMAT_KBOOT,
	.read = read_tree,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "syslinux/start.h"

#include <errno.h>

enum { MAX_BRANCHES = 8 };

static const struct {
	const char *name;
	enum syslinux_program program;
} programs[] = {
	{"menu", SYSLINUX_MENU},     {"vesamenu", SYSLINUX_MENU},     {"gfxboot", SYSLINUX_MENU},
	{"mboot", SYSLINUX_MBOOT},   {"linux", SYSLINUX_LINUX_C32},   {"chain", SYSLINUX_CHAIN},
	{"reboot", SYSLINUX_REBOOT}, {"poweroff", SYSLINUX_POWEROFF}, {"ifcpu64", SYSLINUX_IFCPU},
	{"ifcpu", SYSLINUX_IFCPU},   {"whichsys", SYSLINUX_WHICHSYS},
};

static const struct {
	const char *suffix;
	enum syslinux_type type;
} suffixes[] = {
	{".c32", SYSLINUX_COM32}, {".img", SYSLINUX_BOOT}, {".bss", SYSLINUX_BOOT},
	{".bin", SYSLINUX_BOOT},  {".bs", SYSLINUX_BOOT},  {".0", SYSLINUX_BOOT},
	{".cbt", SYSLINUX_BOOT},  {".com", SYSLINUX_BOOT},
};

static struct kb_str base_of(struct kb_str file)
{
	size_t at = file.len;

	while (at > 0 && file.data[at - 1] != '/') {
		at--;
	}
	return kb_str_skip(file, at);
}

static bool ends(struct kb_str file, const char *suffix)
{
	size_t len = strlen(suffix);

	return file.len > len &&
	       kb_str_eq_nocase(kb_str_skip(file, file.len - len), kb_str_from(suffix));
}

/* What KERNEL means by the name of a file; before its fifth version Syslinux looked for the file
 * with each of the suffixes first. */
static enum syslinux_type type_by_name(struct kb_str file)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(suffixes); i++) {
		if (ends(file, suffixes[i].suffix)) {
			return suffixes[i].type;
		}
	}
	return SYSLINUX_LINUX;
}

static enum syslinux_program program_of(struct kb_str file)
{
	struct kb_str name = base_of(file);

	name = ends(name, ".c32") ? kb_str_head(name, name.len - 4) : name;
	for (size_t i = 0; i < KB_ARRAY_LEN(programs); i++) {
		if (kb_str_eq_nocase(name, kb_str_from(programs[i].name))) {
			return programs[i].program;
		}
	}
	return SYSLINUX_OTHER_PROGRAM;
}

static int put_args(const struct syslinux_config *config, const struct syslinux_label *label,
		    struct kb_str behind, struct kb_str *ret_args)
{
	bool is_uboot = config->dialect == SYSLINUX_UBOOT;
	bool has_append = label->append && (is_uboot || strcmp(label->append, "-") != 0);
	bool has_initrd = label->initrd && !is_uboot;
	const char *initrd =
		has_initrd ? kb_arena_printf(config->arena, "initrd=%s", label->initrd) : "";
	const char *parts[] = {has_append ? label->append : "", initrd,
			       label->more ? label->more : ""};
	const char *text;
	size_t len = behind.len;
	KB_BUF struct kb_buf args = {0};

	if (!initrd) {
		return -ENOMEM;
	}
	kb_buf_str(&args, behind);
	for (size_t i = 0; i < KB_ARRAY_LEN(parts); i++) {
		kb_buf_puts(&args, len > 0 && parts[i][0] ? " " : "");
		kb_buf_puts(&args, parts[i]);
		len += strlen(parts[i]);
	}
	text = kb_buf_error(&args) < 0 ? NULL : kb_arena_str(config->arena, kb_buf_view(&args));
	*ret_args = kb_str_from(text);
	return text ? 0 : -ENOMEM;
}

int syslinux_start_of(const struct syslinux_config *config, const struct syslinux_label *label,
		      struct syslinux_start *ret_start)
{
	bool is_uboot = config->dialect == SYSLINUX_UBOOT;
	struct kb_str rest = kb_str_from(label->kernel || is_uboot ? label->kernel : label->name);
	struct syslinux_start start = {.type = label->type};
	int r;

	if (is_uboot) {
		start.file = rest;
		rest = KB_STR("");
	} else if (start.type != SYSLINUX_LOCALBOOT) {
		(void)kb_str_next_word(&rest, &start.file);
	}
	if (start.type == SYSLINUX_KERNEL) {
		start.type = is_uboot ? SYSLINUX_LINUX : type_by_name(start.file);
	}
	if (start.type == SYSLINUX_COM32) {
		start.program = program_of(start.file);
	}
	r = put_args(config, label, kb_str_trim(rest), &start.args);
	if (r == 0 && start.program == SYSLINUX_OTHER_PROGRAM &&
	    kb_str_eq_nocase(base_of(start.file), KB_STR("config.c32"))) {
		start.type = SYSLINUX_CONFIG;
		start.program = SYSLINUX_NO_PROGRAM;
		start.file = KB_STR("");
		(void)kb_str_next_word(&start.args, &start.file);
	}
	if (r == 0) {
		*ret_start = start;
	}
	return r;
}

struct syslinux_label *syslinux_find(const struct syslinux_config *config, unsigned called,
				     struct kb_str text, struct kb_str *ret_rest)
{
	bool is_uboot = config->dialect == SYSLINUX_UBOOT;
	struct syslinux_label *found = NULL;
	struct kb_str rest = text;
	struct kb_str name = KB_STR("");

	if (is_uboot) {
		name = text;
		rest = KB_STR("");
	} else {
		(void)kb_str_next_word(&rest, &name);
	}
	*ret_rest = kb_str_trim(rest);
	/* Of two with one name the first counts, for U-Boot the last. */
	for (struct syslinux_label *l = config->first; l && (!found || is_uboot); l = l->next) {
		if (l->called == called && kb_str_eq(kb_str_from(l->name), name)) {
			found = l;
		}
	}
	return found;
}

/* The command up to a lone "--", off *rest. */
static struct kb_str next_branch(struct kb_str *rest)
{
	struct kb_str all = *rest;
	struct kb_str word;

	while (kb_str_next_word(rest, &word)) {
		if (kb_str_eq(word, KB_STR("--"))) {
			return kb_str_trim(kb_str_head(all, (size_t)(word.data - all.data)));
		}
	}
	return kb_str_trim(all);
}

/* "-iso- A -pxe- B -sys- C" */
static struct kb_str branch_for(struct kb_str args, enum syslinux_dialect dialect)
{
	struct kb_str mark = dialect == SYSLINUX_NET   ? KB_STR("-pxe-")
			     : dialect == SYSLINUX_ISO ? KB_STR("-iso-")
						       : KB_STR("-sys-");
	struct kb_str branch = KB_STR("");
	struct kb_str word;
	bool is_ours = false;

	while (kb_str_next_word(&args, &word)) {
		bool is_mark =
			word.len > 2 && word.data[0] == '-' && kb_str_ends(word, KB_STR("-"));

		if (is_ours && !is_mark) {
			size_t before = branch.len > 0 ? (size_t)(word.data - branch.data) : 0;

			branch = kb_str_of(branch.len > 0 ? branch.data : word.data,
					   before + word.len);
		}
		is_ours = is_mark ? kb_str_eq(word, mark) : is_ours;
	}
	return branch;
}

int syslinux_follow(const struct syslinux_config *config, const struct syslinux_label *label,
		    const struct syslinux_label **ret_label, struct syslinux_start *ret_start)
{
	int r = syslinux_start_of(config, label, ret_start);

	for (size_t i = 0; r == 0 && i < MAX_BRANCHES; i++) {
		const struct syslinux_label *next;
		struct kb_str branch = ret_start->args;
		struct kb_str rest;

		if (ret_start->program == SYSLINUX_IFCPU) {
			branch = next_branch(&branch);
		} else if (ret_start->program == SYSLINUX_WHICHSYS) {
			branch = branch_for(branch, config->dialect);
		} else {
			break;
		}
		next = syslinux_find(config, label->called, branch, &rest);
		if (!next || rest.len > 0) {
			break;
		}
		label = next;
		r = syslinux_start_of(config, label, ret_start);
	}
	*ret_label = label;
	return r;
}

struct kb_str syslinux_kernel(const struct syslinux_config *config, struct kb_str file)
{
	return config->dialect == SYSLINUX_UBOOT ? kb_str_head(file, kb_str_find(file, '#')) : file;
}

const char *syslinux_dtb(const struct syslinux_label *label)
{
	const char *dtb = label->dtb;
	bool is_none = !dtb || !dtb[0] || strcmp(dtb, "-") == 0 ||
		       (label->kernel && strcmp(dtb, label->kernel) == 0);

	return is_none ? NULL : dtb;
}

static int has_file(const struct syslinux_config *config, struct tree_lookups *lookups,
		    const struct syslinux_label *label, struct kb_str name, bool *has)
{
	const char *path = loader_join(config->arena, label->folder, name);

	path = path ? loader_find(config->arena, lookups, config->folder, path) : NULL;
	*has = path && tree_lookups_has_file(lookups, path) == 0;
	return path ? 0 : -ENOMEM;
}

int syslinux_is_whole(const struct syslinux_config *config, struct tree_lookups *lookups,
		      const struct syslinux_label *label, bool *ret_is_whole)
{
	const char *dtb = syslinux_dtb(label);
	struct syslinux_start start;
	int r = syslinux_start_of(config, label, &start);
	struct kb_str file = r == 0 ? syslinux_kernel(config, start.file) : KB_STR("");
	struct kb_str names[] = {file, kb_str_from(dtb), kb_str_from(label->initrd)};

	/* U-Boot has no list of initrds; one that is the kernel's name is in its FIT image. */
	if (strchr(label->initrd ? label->initrd : "", ',') ||
	    (label->initrd && label->kernel && strcmp(label->initrd, label->kernel) == 0)) {
		names[2] = KB_STR("");
	}
	*ret_is_whole = file.len > 0 && start.type == SYSLINUX_LINUX;
	for (size_t i = 0; r == 0 && *ret_is_whole && i < KB_ARRAY_LEN(names); i++) {
		if (names[i].len > 0) {
			r = has_file(config, lookups, label, names[i], ret_is_whole);
		}
	}
	return r;
}

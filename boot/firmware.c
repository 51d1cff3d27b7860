/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/boot/firmware.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "efi_vars.h"

enum {
	BOOT_TO_SETUP = 1,    /* EFI_OS_INDICATIONS_BOOT_TO_FW_UI */
	OPTION_ACTIVE = 1,    /* LOAD_OPTION_ACTIVE */
	OPTION_HIDDEN = 8,    /* LOAD_OPTION_HIDDEN */
	MAX_ORDER = 1024,     /* numbers of BootOrder that are looked at */
	REPLACEMENT = 0xfffd, /* for half of a surrogate pair */
	NO_NUMBER = 0x10000,
	LOADER_NAME_BYTES = 80,
};

static void put_character(struct kb_buf *text, uint32_t c)
{
	if (c < 0x80) {
		kb_buf_putc(text, (char)c);
	} else if (c < 0x800) {
		kb_buf_putc(text, (char)(0xc0 | c >> 6));
	} else if (c < 0x10000) {
		kb_buf_putc(text, (char)(0xe0 | c >> 12));
		kb_buf_putc(text, (char)(0x80 | (c >> 6 & 0x3f)));
	} else {
		kb_buf_putc(text, (char)(0xf0 | c >> 18));
		kb_buf_putc(text, (char)(0x80 | (c >> 12 & 0x3f)));
		kb_buf_putc(text, (char)(0x80 | (c >> 6 & 0x3f)));
	}
	if (c >= 0x80) {
		kb_buf_putc(text, (char)(0x80 | (c & 0x3f)));
	}
}

static bool is_control(uint32_t c)
{
	return c < 0x20 || (c >= 0x7f && c < 0xa0);
}

/* UTF-16 up to its NUL, which stays behind *rest. False: there is none. */
static bool take_text(struct kb_str *rest, struct kb_buf *text)
{
	uint64_t unit;
	uint64_t high = 0;

	while (kb_efi_take_number(rest, 2, &unit)) {
		bool is_low = unit >= 0xdc00 && unit < 0xe000;

		if (high && is_low) {
			put_character(text, (uint32_t)(0x10000 + ((high - 0xd800) << 10) +
						       (unit - 0xdc00)));
			high = 0;
			continue;
		}
		if (high || is_low) {
			put_character(text, REPLACEMENT);
		}
		high = unit >= 0xd800 && unit < 0xdc00 ? unit : 0;
		if (unit == 0) {
			return true;
		}
		if (!high && !is_low) {
			put_character(text, is_control((uint32_t)unit) ? ' ' : (uint32_t)unit);
		}
	}
	return false;
}

/* As much of it as there is room for, in whole characters. */
static void put_title(struct kb_str text, char title[KB_FIRMWARE_TITLE_BYTES])
{
	size_t len = 0;
	size_t next;

	text = kb_str_trim(text);
	while (len < text.len) {
		next = kb_str_utf8_len(kb_str_skip(text, len));
		if (next == 0 || len + next >= KB_FIRMWARE_TITLE_BYTES) {
			break;
		}
		len += next;
	}
	(void)snprintf(title, KB_FIRMWARE_TITLE_BYTES, "%.*s", (int)len, text.data);
}

/* EFI_LOAD_OPTION: attributes, the length of the device paths, the title, the device paths. */
int kb_firmware_decode(struct kb_str data, char title[KB_FIRMWARE_TITLE_BYTES])
{
	KB_BUF struct kb_buf text = {0};
	uint64_t attributes;
	uint64_t path_bytes;

	kb_buf_append(&text, NULL, 0);
	if (!kb_efi_take_number(&data, 4, &attributes) ||
	    !kb_efi_take_number(&data, 2, &path_bytes) || !take_text(&data, &text) ||
	    path_bytes > data.len) {
		return -EINVAL;
	}
	if (kb_buf_error(&text) < 0) {
		return kb_buf_error(&text);
	}
	if (!(attributes & OPTION_ACTIVE) || (attributes & OPTION_HIDDEN)) {
		return -ENOENT;
	}
	put_title(kb_buf_view(&text), title);
	return 0;
}

static bool is_listed(const struct kb_firmware *f, const char *id)
{
	for (size_t i = 0; i < f->n_targets; i++) {
		if (strcmp(f->targets[i].id, id) == 0) {
			return true;
		}
	}
	return false;
}

static int add_option(int efivars_fd, unsigned number, struct kb_firmware *f)
{
	KB_BUF struct kb_buf data = {0};
	struct kb_firmware_target target = {0};
	char name[16];
	int r;

	(void)snprintf(target.id, sizeof(target.id), "%04X", number & 0xffff);
	(void)snprintf(name, sizeof(name), "Boot%s", target.id);
	if (is_listed(f, target.id)) {
		return 0;
	}
	r = kb_efi_read(efivars_fd, name, &data);
	if (r == 0) {
		r = kb_firmware_decode(kb_buf_view(&data), target.title);
	}
	if (r < 0) {
		return r == -ENOMEM ? r : 0;
	}
	if (!target.title[0]) {
		(void)snprintf(target.title, sizeof(target.title), "%s", name);
	}
	f->targets[f->n_targets++] = target;
	return 0;
}

static int add_options(int efivars_fd, struct kb_firmware *f)
{
	KB_BUF struct kb_buf order = {0};
	uint64_t current = NO_NUMBER;
	struct kb_str rest;
	uint64_t number;
	int r = kb_efi_read(efivars_fd, "BootOrder", &order);

	(void)!kb_efi_read_number(efivars_fd, "BootCurrent", 2, &current);
	rest = kb_str_head(kb_buf_view(&order), (size_t)2 * MAX_ORDER);
	while (r == 0 && f->n_targets < KB_FIRMWARE_MAX_TARGETS &&
	       kb_efi_take_number(&rest, 2, &number)) {
		if (number != current) {
			r = add_option(efivars_fd, (unsigned)number, f);
		}
	}
	return r;
}

int kb_firmware_read(int efivars_fd, struct kb_firmware *ret_firmware)
{
	uint64_t supported = 0;
	int r;

	*ret_firmware = (struct kb_firmware){0};
	r = kb_efi_read_number(efivars_fd, "OsIndicationsSupported", 8, &supported);
	if (r == 0 && (supported & BOOT_TO_SETUP)) {
		ret_firmware->targets[ret_firmware->n_targets++] =
			(struct kb_firmware_target){KB_FIRMWARE_SETUP, "Firmware setup"};
	}
	if (r == 0 || r == -ENOENT || r == -EINVAL) {
		r = add_options(efivars_fd, ret_firmware);
	}
	/* Firmware that has no order of its own offers nothing else. */
	return r == -ENOENT || r == -EINVAL || r == -EFBIG ? 0 : r;
}

/* "0003", "3", "Boot0003": as firmware and efibootmgr write it. */
static unsigned number_of(const char *word)
{
	const char *digits = strncmp(word, "Boot", 4) == 0 ? word + 4 : word;
	size_t len = strspn(digits, "0123456789abcdefABCDEF");

	return len == 0 || len > 4 || digits[len] ? NO_NUMBER : (unsigned)strtoul(digits, NULL, 16);
}

static bool is_meant(const struct kb_firmware_target *t, const char *word)
{
	unsigned number = number_of(word);

	return kb_str_eq_nocase(kb_str_from(word), kb_str_from(t->title)) ||
	       (number != NO_NUMBER && number == number_of(t->id));
}

static int refuse(const struct kb_firmware *f, const char *word, struct kb_error *err)
{
	KB_BUF struct kb_buf list = {0};

	for (size_t i = 0; i < f->n_targets; i++) {
		const struct kb_firmware_target *t = &f->targets[i];

		kb_buf_printf(&list, "%s%s (%s)", i > 0 ? ", " : "", t->title, t->id);
	}
	return kb_error_set(err, -ENOENT, "the firmware cannot be restarted into %s; it offers %s",
			    word, list.len > 0 ? list.data : "nothing");
}

int kb_firmware_find(const struct kb_firmware *f, const char *word,
		     const struct kb_firmware_target **ret_target, struct kb_error *err)
{
	const struct kb_firmware_target *found = NULL;

	for (size_t i = 0; i < f->n_targets; i++) {
		const struct kb_firmware_target *t = &f->targets[i];

		if (strcmp(word, t->id) == 0) {
			*ret_target = t;
			return 0;
		}
		if (is_meant(t, word) && found) {
			return kb_error_set(err, -ENOTUNIQ,
					    "the firmware has %s twice: name it by its number, "
					    "%s or %s",
					    word, found->id, t->id);
		}
		found = is_meant(t, word) ? t : found;
	}
	if (!found) {
		return refuse(f, word, err);
	}
	*ret_target = found;
	return 0;
}

static int request_setup(int efivars_fd)
{
	uint64_t indications = 0;
	int r = kb_efi_read_number(efivars_fd, "OsIndications", 8, &indications);

	if (r < 0 && r != -ENOENT) {
		return r;
	}
	return indications & BOOT_TO_SETUP ? 0
					   : kb_efi_write_number(efivars_fd, "OsIndications", 8,
								 indications | BOOT_TO_SETUP);
}

static int request_option(int efivars_fd, unsigned number)
{
	uint64_t next = NO_NUMBER;

	(void)!kb_efi_read_number(efivars_fd, "BootNext", 2, &next);
	return next == number ? 0 : kb_efi_write_number(efivars_fd, "BootNext", 2, number);
}

int kb_firmware_choose(int efivars_fd, const struct kb_firmware_target *target,
		       struct kb_error *err)
{
	bool setup = strcmp(target->id, KB_FIRMWARE_SETUP) == 0;
	int r = setup ? request_setup(efivars_fd)
		      : request_option(efivars_fd, number_of(target->id));

	return r < 0 ? kb_error_set(err, r, "the firmware's variable %s cannot be written: %s",
				    setup ? "OsIndications" : "BootNext", strerror(-r))
		     : 0;
}

static void loader_name(const char *variable, char name[static LOADER_NAME_BYTES])
{
	(void)snprintf(name, LOADER_NAME_BYTES, "%s-" KB_LOADER_VENDOR, variable);
}

int kb_firmware_read_loader(int efivars_fd, struct kb_arena *arena, struct kb_loader_vars *ret_vars)
{
	*ret_vars = (struct kb_loader_vars){0};
	for (enum kb_loader_var var = 0; var < KB_N_LOADER_VARS; var++) {
		KB_BUF struct kb_buf data = {0};
		KB_BUF struct kb_buf text = {0};
		char name[LOADER_NAME_BYTES];
		struct kb_str rest;
		int r;

		loader_name(kb_loader_var_names[var], name);
		r = kb_efi_read(efivars_fd, name, &data);
		rest = kb_buf_view(&data);
		if (r == 0 && take_text(&rest, &text) && text.len > 0) {
			ret_vars->values[var] = kb_arena_str(arena, kb_buf_view(&text));
			r = ret_vars->values[var] ? 0 : -ENOMEM;
		}
		if (r == -ENOMEM) {
			return r;
		}
	}
	return 0;
}

/* What the one that boots may change: no disk can make it another variable. */
static bool may_write(const char *variable, const char *value)
{
	static const struct {
		enum kb_loader_var var;
		bool sets;
		bool removes;
	} allowed[] = {
		{KB_LOADER_LAST_BOOTED, true, false},
		{KB_LOADER_COUNT_PATH, true, true},
		{KB_LOADER_ONE_SHOT, false, true},
		{KB_LOADER_TIMEOUT_ONCE, false, true},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(allowed); i++) {
		if (strcmp(variable, kb_loader_var_names[allowed[i].var]) == 0) {
			return value ? allowed[i].sets : allowed[i].removes;
		}
	}
	return false;
}

int kb_firmware_write_loader(int efivars_fd, const char *variable, const char *value)
{
	KB_BUF struct kb_buf text = {0};
	char name[LOADER_NAME_BYTES];
	int r;

	if (!may_write(variable, value)) {
		return -EPERM;
	}
	loader_name(variable, name);
	if (!value) {
		return kb_efi_remove(efivars_fd, name);
	}
	/* UTF-16, of ASCII, with its NUL. */
	for (const char *c = value; c == value || c[-1]; c++) {
		kb_buf_append(&text, (const char[]){*c, '\0'}, 2);
		if ((unsigned char)*c >= 0x80) {
			return -EINVAL;
		}
	}
	r = kb_buf_error(&text);
	return r < 0 ? r : kb_efi_write(efivars_fd, name, kb_buf_view(&text));
}

/* kboot's own namespace. Who reads it may read the disks, too: efivarfs is root's. */
#define VENDOR   "-5f2b6c1e-9d0a-4b57-8c53-2a7f41e6d9b8"
#define HOST_KEY "KbootHostKey" VENDOR
#define SCAN     "KbootScan" VENDOR

int kb_firmware_read_host_key(int efivars_fd, struct kb_buf *key)
{
	return kb_efi_read(efivars_fd, HOST_KEY, key);
}

int kb_firmware_write_host_key(int efivars_fd, struct kb_str key)
{
	return kb_efi_write(efivars_fd, HOST_KEY, key);
}

int kb_firmware_read_scan(int efivars_fd, struct kb_buf *text)
{
	return kb_efi_read(efivars_fd, SCAN, text);
}

/* A variable that is written often wears its memory. */
int kb_firmware_write_scan(int efivars_fd, struct kb_str text)
{
	KB_BUF struct kb_buf old = {0};
	int r = kb_efi_read(efivars_fd, SCAN, &old);

	if (r == 0 && kb_str_eq(kb_buf_view(&old), text)) {
		return 0;
	}
	return text.len > 0 ? kb_efi_write(efivars_fd, SCAN, text)
			    : kb_efi_remove(efivars_fd, SCAN);
}

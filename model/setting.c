/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/setting.h"

#include <errno.h>

#include "kboot/model/name.h"
#include "text_field.h"

const struct kb_variable_info kb_variables[KB_N_VARIABLES] = {
	[KB_VAR_AUTHORIZED_KEYS] =
		{.name = "authorized_keys",
		 .type = KB_TYPE_FILE,
		 .summary = "file with the keys that may log in by SSH without a password"},
	[KB_VAR_DEFAULT] =
		{.name = "default",
		 .type = KB_TYPE_TEXT,
		 .summary = "what boots on Enter or when the time is up: a label or a command"},
	[KB_VAR_DELAY] =
		{.name = "delay",
		 .type = KB_TYPE_SECONDS,
		 .summary =
			 "seconds in which a key opens the menu before the default boots unseen"},
	[KB_VAR_DTB] = {.name = "dtb",
			.type = KB_TYPE_FILE,
			.summary = "device tree for labels that name none"},
	[KB_VAR_HANDOVER] = {.name = "handover",
			     .type = KB_TYPE_BOOL,
			     .summary = "give the system that is booted the keys of its volumes",
			     .built_in = "false",
			     .if_unreadable = false,
			     .trust = KB_TRUST_OWN},
	[KB_VAR_HOST_KEYS] =
		{.name = "host_keys",
		 .type = KB_TYPE_FILE,
		 .summary =
			 "folder with the host keys of OpenSSH that kboot's SSH server has, too"},
	[KB_VAR_INITRD] =
		{.name = "initrd",
		 .type = KB_TYPE_FILE,
		 .summary = "initial RAM disk for labels that name none; a comma between several"},
	[KB_VAR_KEYFILE] = {.name = "keyfile",
			    .type = KB_TYPE_FILE,
			    .summary = "file that opens encrypted volumes"},
	[KB_VAR_MESSAGE] = {.name = "message",
			    .type = KB_TYPE_FILE,
			    .summary = "file with a text shown above the menu"},
	[KB_VAR_MOUNT_RW] =
		{.name = "mount_rw",
		 .type = KB_TYPE_BOOL,
		 .summary = "mount filesystems for writing when something is read from them",
		 .built_in = "false",
		 .if_unreadable = false},
	[KB_VAR_NETBOOT] = {.name = "netboot",
			    .type = KB_TYPE_BOOL,
			    .summary = "ask DHCP and the boot service that it names for entries",
			    .built_in = "false",
			    .if_unreadable = false,
			    .trust = KB_TRUST_OWN},
	[KB_VAR_NETWORK] =
		{.name = "network",
		 .type = KB_TYPE_TEXT,
		 .summary = "how the network comes up, in the words of ip=; off: it does not"},
	[KB_VAR_NTP] = {.name = "ntp",
			.type = KB_TYPE_TEXT,
			.summary = "time servers for a machine whose clock cannot be right"},
	[KB_VAR_PROXY] =
		{.name = "proxy",
		 .type = KB_TYPE_TEXT,
		 .summary = "URL of a proxy, and hosts that are asked without it, commas between"},
	[KB_VAR_REMEMBER] =
		{.name = "remember",
		 .type = KB_TYPE_TEXT,
		 .summary = "where the list is kept for the next start: efi, or a file on a disk",
		 .trust = KB_TRUST_OWN},
	[KB_VAR_RESTRICTED] = {.name = "restricted",
			       .type = KB_TYPE_BOOL,
			       .summary = "allow nothing but what the configuration defines",
			       .built_in = "false",
			       .if_unreadable = true,
			       .trust = KB_TRUST_STRICTER},
	[KB_VAR_ROOT] = {.name = "root",
			 .type = KB_TYPE_TEXT,
			 .summary = "root filesystem for labels that name none"},
	[KB_VAR_SSH] = {.name = "ssh",
			.type = KB_TYPE_LISTEN,
			.summary = "whether, and at which port, people may log in by SSH"},
	[KB_VAR_SSH_HOLD] = {.name = "ssh_hold",
			     .type = KB_TYPE_BOOL,
			     .summary = "the countdown waits while somebody is logged in",
			     .built_in = "true",
			     .if_unreadable = true},
	[KB_VAR_TIMEOUT] = {.name = "timeout",
			    .type = KB_TYPE_SECONDS,
			    .summary = "seconds the menu waits for a key before the default boots"},
	[KB_VAR_TRUST_REMOVABLE] =
		{.name = "trust_removable",
		 .type = KB_TYPE_BOOL,
		 .summary =
			 "a restricted kboot takes settings and labels from a removable disk too",
		 .built_in = "false",
		 .if_unreadable = false,
		 .trust = KB_TRUST_OWN},
	[KB_VAR_UNLOCK_ALL] = {.name = "unlock_all",
			       .type = KB_TYPE_BOOL,
			       .summary = "try a passphrase on the other encrypted volumes, too",
			       .built_in = "false",
			       .if_unreadable = false},
	[KB_VAR_VIDEO] = {.name = "video",
			  .type = KB_TYPE_TEXT,
			  .summary = "video mode passed as video= to the kernel"},
};

enum {
	SHOWN_MAX = 64,  /* bytes of a bad value that a sentence repeats */
	LISTEN_MAX = 56, /* of an address with its port */
};

int kb_variable_find(struct kb_str name, enum kb_variable *ret_variable)
{
	for (size_t i = 0; i < KB_N_VARIABLES; i++) {
		if (kb_str_eq_nocase(name, kb_str_from(kb_variables[i].name))) {
			*ret_variable = (enum kb_variable)i;
			return 0;
		}
	}
	return -ENOENT;
}

static int check_seconds(const char *name, struct kb_str value, struct kb_error *err)
{
	uint64_t seconds;

	if (kb_str_to_u64(value, &seconds) < 0 || seconds > KB_SECONDS_MAX) {
		return kb_error_set(err, -EINVAL, "%s: `%.*s` is not a number of seconds (0 to %d)",
				    name, KB_STR_ARG(kb_str_head(value, SHOWN_MAX)),
				    KB_SECONDS_MAX);
	}
	return 0;
}

static int check_bool(const char *name, struct kb_str value, struct kb_error *err)
{
	bool on;

	if (kb_str_to_bool(value, &on) < 0) {
		return kb_error_set(err, -EINVAL, "%s: `%.*s` is neither true nor false", name,
				    KB_STR_ARG(kb_str_head(value, SHOWN_MAX)));
	}
	return 0;
}

/* Several initial RAM disks stand in one value; each must fit as a name. */
static int check_file(const char *name, struct kb_str value, struct kb_error *err)
{
	while (value.len > 0) {
		size_t len = kb_str_find(value, ',');

		if (len > KB_NAME_MAX_BYTES) {
			return kb_error_set(err, -EINVAL, "%s: a file name above %d bytes", name,
					    KB_NAME_MAX_BYTES);
		}
		value = kb_str_skip(value, len + 1);
	}
	return 0;
}

/* dropbear gets what stands before the port as it is. */
static int check_listen(const char *name, struct kb_str value, struct kb_error *err)
{
	struct kb_str port = value;
	uint64_t number;
	bool on;

	while (kb_str_find(port, ':') < port.len) {
		port = kb_str_skip(port, kb_str_find(port, ':') + 1);
	}
	if (kb_str_to_bool(value, &on) == 0 ||
	    (kb_str_is_word(value, ".:[]") && value.len < LISTEN_MAX &&
	     kb_str_to_u64(port, &number) == 0 && number > 0 && number < 65536)) {
		return 0;
	}
	return kb_error_set(err, -EINVAL,
			    "%s: `%.*s` is neither true nor false, nor a port, nor ADDRESS:PORT",
			    name, KB_STR_ARG(kb_str_head(value, SHOWN_MAX)));
}

int kb_variable_check(enum kb_variable variable, struct kb_str value, struct kb_error *err)
{
	const struct kb_variable_info *info = &kb_variables[variable];

	if (kb_str_find(value, '\0') < value.len) {
		return kb_error_set(err, -EINVAL, "%s: a NUL byte in the value", info->name);
	}
	switch (info->type) {
	case KB_TYPE_SECONDS:
		return check_seconds(info->name, value, err);
	case KB_TYPE_BOOL:
		return check_bool(info->name, value, err);
	case KB_TYPE_FILE:
		return check_file(info->name, value, err);
	case KB_TYPE_LISTEN:
		return check_listen(info->name, value, err);
	case KB_TYPE_TEXT:
		break;
	}
	return 0;
}

int kb_variable_permit(enum kb_variable variable, enum kb_source_rank rank, struct kb_error *err)
{
	bool is_own = rank == KB_RANK_BUILTIN || rank == KB_RANK_IMAGE || rank == KB_RANK_CMDLINE;

	if (kb_variables[variable].trust == KB_TRUST_OWN && !is_own) {
		return kb_error_set(err, -EPERM,
				    "%s: only kboot's own configuration and kernel command line "
				    "may set it",
				    kb_variables[variable].name);
	}
	return 0;
}

bool kb_variable_bool(enum kb_variable variable, struct kb_str value)
{
	bool on;

	return kb_str_to_bool(value, &on) < 0 ? kb_variables[variable].if_unreadable : on;
}

int kb_setting_copy(struct kb_arena *arena, const struct kb_setting *from,
		    struct kb_setting *ret_setting)
{
	struct kb_setting copy = *from;
	int r = text_copy(arena, from->value, &copy.value);

	if (r == 0) {
		r = text_copy(arena, from->at.file, &copy.at.file);
	}
	if (r == 0) {
		*ret_setting = copy;
	}
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/fs.h>
#include <string.h>

#include "kboot/base/run.h"
#include "luks/header.h"

#define CRYPTSETUP "/sbin/cryptsetup"

/* What it answers: its manual, RETURN CODES. */
enum { NO_PERMISSION = 2, NO_MEMORY = 3, EXISTS = 5 };

/* ONE_MS: for a slot, also where Argon2 takes a gigabyte on an old machine. */
enum { ONE_MS = 120 * 1000, OUTPUT_BYTES = 64 << 10, MIB = 1 << 20, NAME_BYTES = 128 };

static int open_device(const struct kb_sys *sys, const char *dev_dir, const char *device,
		       int *ret_fd, struct kb_error *err)
{
	char path[PATH_MAX];
	KB_CLOSE int fd = -1;
	int r;

	(void)snprintf(path, sizeof(path), "%s/%s", dev_dir, device);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0) {
		return kb_error_set(err, -errno, "%s cannot be opened: %s", device,
				    strerror(errno));
	}
	r = sys->set_block_read_only(sys->ctx, fd, true);
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be made read-only: %s", device,
				    strerror(-r));
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

int kb_luks_look(const struct kb_sys *sys, const char *dev_dir, const char *device,
		 struct kb_luks *ret_luks, struct kb_error *err)
{
	struct kb_luks_header header;
	KB_CLOSE int fd = -1;
	int r = open_device(sys, dev_dir, device, &fd, err);

	r = r < 0 ? r : kb_luks_header_read(fd, device, &header, err);
	if (r < 0) {
		return r;
	}
	*ret_luks = (struct kb_luks){
		.version = header.version,
		.n_slots = (unsigned)header.n_slots,
		.has_token = header.has_token,
		.is_reencrypting = header.is_reencrypting,
	};
	if (header.n_slots > 0) {
		ret_luks->least_bytes = header.slots[0].memory_bytes;
		ret_luks->most_bytes = header.slots[header.n_slots - 1].memory_bytes;
	}
	return 0;
}

/* --- unlocking */

/* "1,024" */
static void put_mib(char *buf, size_t size, uint64_t bytes)
{
	const unsigned long long mib = bytes / MIB;

	if (mib >= 1000000) {
		(void)snprintf(buf, size, "%llu,%03llu,%03llu", mib / 1000000, mib / 1000 % 1000,
			       mib % 1000);
	} else if (mib >= 1000) {
		(void)snprintf(buf, size, "%llu,%03llu", mib / 1000, mib % 1000);
	} else {
		(void)snprintf(buf, size, "%llu", mib);
	}
}

static int too_dear(const struct kb_luks_unlock *u, uint64_t needed, struct kb_error *err)
{
	char needs[32];
	char free_mib[32];

	put_mib(needs, sizeof(needs), needed + MIB - 1);
	put_mib(free_mib, sizeof(free_mib), u->memory_bytes);
	return kb_error_set(
		err, -ENOMEM,
		"%s needs %s MiB of memory to be unlocked, %s are free; a key slot with "
		"PBKDF2 or less Argon2 memory would do",
		u->device, needs, free_mib);
}

/* status: what cryptsetup ended with. */
static int judge(const struct kb_luks_unlock *u, int status, const char *last_words,
		 struct kb_error *err)
{
	int r = status == NO_MEMORY ? -ENOMEM
		: status == EXISTS  ? -EBUSY
		: status > 128      ? -EIO
				    : -EINVAL;

	if (status == 0 || status == NO_PERMISSION) {
		return status == 0 ? 0 : -EPERM;
	}
	return kb_error_set(err, r, "%s cannot be unlocked: %s", u->device,
			    last_words[0] ? last_words : "cryptsetup failed");
}

/* slot NULL: whichever of them takes it. 0; -EPERM: none; others with a sentence. */
static int try_slot(const struct kb_luks_unlock *u, const char *slot, struct kb_error *err)
{
	static const char *const envp[] = {"PATH=/sbin:/bin", "LC_ALL=C", "DM_DISABLE_UDEV=1",
					   NULL};
	char path[PATH_MAX];
	const char *argv[] = {CRYPTSETUP,
			      "open",
			      "--type",
			      "luks",
			      "--readonly",
			      "--tries",
			      "1",
			      "--key-file",
			      "-",
			      "--disable-external-tokens",
			      "--disable-keyring",
			      path,
			      u->name,
			      slot ? "--key-slot" : NULL,
			      slot,
			      NULL};
	const struct kb_run run = {.sys = u->sys,
				   .argv = argv,
				   .envp = envp,
				   .input = u->secret,
				   .most_bytes = OUTPUT_BYTES,
				   .most_ms = ONE_MS};
	struct kb_run_result result;
	int r;

	(void)snprintf(path, sizeof(path), "%s/%s", u->dev_dir, u->device);
	r = kb_run(&run, &result);
	kb_run_result_done(&result);
	if (r == -ENOENT) {
		return kb_error_set(err, -ENOSYS, "this image has no cryptsetup");
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s cannot be unlocked: cryptsetup: %s", u->device,
				    r == -ETIMEDOUT ? "it took too long" : strerror(-r));
	}
	return judge(u, result.status, result.last_words, err);
}

static int try_slots(const struct kb_luks_unlock *u, const struct kb_luks_header *header,
		     struct kb_error *err)
{
	for (size_t i = 0; i < header->n_slots; i++) {
		const struct kb_luks_slot *slot = &header->slots[i];
		char number[16];
		int r;

		if (slot->memory_bytes > u->memory_bytes) {
			return too_dear(u, slot->memory_bytes, err); /* and all behind it */
		}
		(void)snprintf(number, sizeof(number), "%u", slot->number);
		r = try_slot(u, header->n_slots > 1 && header->version > 1 ? number : NULL, err);
		if (r != -EPERM || header->version == 1) {
			return r;
		}
	}
	return -EPERM;
}

/* That it cannot be written to is asked of the device itself. */
static int check_read_only(const struct kb_luks_unlock *u, struct kb_error *err)
{
	const struct kb_sys *sys = u->sys;
	char path[PATH_MAX];
	int read_only = 0;
	KB_CLOSE int fd = -1;

	(void)snprintf(path, sizeof(path), "%s/mapper/%s", u->dev_dir, u->name);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		return kb_error_set(err, -errno, "%s is unlocked, but %s: %s", u->device, path,
				    strerror(errno));
	}
	if (sys->device_ioctl(sys->ctx, fd, BLKROGET, &read_only) < 0 || !read_only) {
		return kb_error_set(err, -EROFS, "%s is unlocked, but could be written to",
				    u->device);
	}
	return 0;
}

/* A mapping's name becomes the name of a file. */
static bool is_name(const char *name)
{
	return name[0] && name[0] != '-' && name[0] != '.' && strlen(name) < NAME_BYTES &&
	       kb_str_is_word(kb_str_from(name), "-_.+");
}

int kb_luks_unlock(const struct kb_luks_unlock *u, struct kb_error *err)
{
	struct kb_luks_header header;
	KB_CLOSE int fd = -1;
	int r;

	if (!is_name(u->name)) {
		return kb_error_set(err, -EINVAL, "\"%s\" is no name for a mapping", u->name);
	}
	r = open_device(u->sys, u->dev_dir, u->device, &fd, err);
	r = r < 0 ? r : kb_luks_header_read(fd, u->device, &header, err);
	if (r < 0) {
		return r;
	}
	if (header.is_reencrypting) {
		return kb_error_set(err, -EBUSY,
				    "%s is being reencrypted, which only its own system can go on "
				    "with",
				    u->device);
	}
	if (header.n_slots == 0) {
		return kb_error_set(err, -EOPNOTSUPP, "%s has no key slot that takes a passphrase",
				    u->device);
	}
	r = try_slots(u, &header, err);
	if (r == -EPERM) {
		return kb_error_set(err, r, "no key slot of %s takes this passphrase", u->device);
	}
	return r < 0 ? r : check_read_only(u, err);
}

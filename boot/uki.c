/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/boot/uki.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "files.h"
#include "image_source.h"
#include "kboot/base/pe.h"

enum { ARGS_MAX_BYTES = 64 << 10 };

struct uki {
	const struct kb_boot_file *file;
	struct kb_pe_source source;
	struct kb_pe pe;
	unsigned profile;
	uint64_t room; /* bytes that are left of it */
	struct kb_arena *arena;
};

unsigned kb_uki_profile(const char **args)
{
	struct kb_str text = kb_str_from(*args);
	size_t end = kb_str_find(text, ' ');
	uint64_t n;

	if (text.len < 2 || text.data[0] != '@' ||
	    kb_str_to_u64(kb_str_head(kb_str_skip(text, 1), end - 1), &n) < 0 ||
	    n >= KB_PE_MAX_PROFILES) {
		return 0;
	}
	*args += end < text.len ? end + 1 : end;
	return (unsigned)n;
}

static int damaged(const struct uki *u, int r, struct kb_error *err)
{
	return r == -EUCLEAN || r == -EFBIG
		       ? kb_error_set(err, -EUCLEAN, "%s is damaged: its EFI headers lead nowhere",
				      u->file->name)
		       : kb_error_set(err, r, "reading %s: %s", u->file->name, strerror(-r));
}

static int no_room(const struct uki *u, uint64_t bytes, struct kb_error *err)
{
	char need[KB_IMAGE_COUNT_TEXT];
	char have[KB_IMAGE_COUNT_TEXT];

	return kb_error_set(err, -ENOMEM, "a part of %s takes %s bytes, and there is memory for %s",
			    u->file->name, kb_image_count(need, bytes),
			    kb_image_count(have, u->room));
}

/* A part that is not there stays -1. */
static int take(struct uki *u, const char *name, struct kb_boot_file *part, struct kb_error *err)
{
	struct kb_pe_section section;
	KB_CLOSE int fd = -1;
	int r = kb_pe_of_profile(&u->source, &u->pe, u->profile, name, &section);

	if (r == -ENOENT || (r == 0 && section.bytes == 0)) {
		return 0;
	}
	if (r < 0) {
		return damaged(u, r, err);
	}
	if (section.bytes > u->room) {
		return no_room(u, section.bytes, err);
	}
	part->name = kb_arena_printf(u->arena, "%s (%s)", u->file->name, name);
	fd = part->name ? memfd_create(name, MFD_CLOEXEC) : -1;
	if (fd < 0) {
		return kb_error_set(err, -ENOMEM, "no memory for the parts of %s", u->file->name);
	}
	r = kb_boot_copy(NULL, u->file, section.file_offset, section.bytes, fd, err);
	if (r == 0) {
		u->room -= section.bytes;
		part->fd = kb_steal_fd(&fd);
	}
	return r;
}

static int take_args(struct uki *u, const char **ret_args, struct kb_error *err)
{
	KB_BUF struct kb_buf args = {0};
	int r = kb_pe_cmdline(&u->source, &u->pe, u->profile, ARGS_MAX_BYTES, &args);

	if (r == -E2BIG) {
		return kb_error_set(err, r, "the command line in %s is too long", u->file->name);
	}
	if (r < 0 && r != -ENOMEM) {
		return damaged(u, r, err);
	}
	*ret_args = r == 0 ? kb_arena_str(u->arena, kb_buf_view(&args)) : NULL;
	return *ret_args ? 0 : kb_error_no_memory(err);
}

static int take_all(struct uki *u, struct kb_uki_parts *parts, struct kb_error *err)
{
	const struct {
		const char *name;
		struct kb_boot_file *part;
	} files[] = {{".linux", &parts->kernel},
		     {".ucode", &parts->microcode},
		     {".initrd", &parts->initrd},
		     {".dtb", &parts->dtb}};
	struct kb_pe_section section;
	int r = u->profile > 0
			? kb_pe_of_profile(&u->source, &u->pe, u->profile, ".profile", &section)
			: 0;

	if (r < 0) {
		return r == -ENOENT ? kb_error_set(err, r, "%s has no profile @%u", u->file->name,
						   u->profile)
				    : damaged(u, r, err);
	}
	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(files); i++) {
		r = take(u, files[i].name, files[i].part, err);
	}
	if (r == 0 && parts->kernel.fd < 0) {
		r = kb_error_set(err, -ENOEXEC, "%s has no kernel in it", u->file->name);
	}
	return r < 0 ? r : take_args(u, &parts->args, err);
}

int kb_uki_take_apart(const struct kb_boot_file *image, unsigned profile, uint64_t room,
		      struct kb_arena *arena, struct kb_uki_parts *ret_parts, struct kb_error *err)
{
	struct kb_uki_parts parts = {.kernel.fd = -1,
				     .microcode.fd = -1,
				     .initrd.fd = -1,
				     .dtb.fd = -1};
	struct uki u = {.file = image,
			.source = {.read = kb_pe_read_fd, .ctx = &image->fd},
			.profile = profile,
			.room = room,
			.arena = arena};
	struct stat st;
	int r = fstat(image->fd, &st) < 0 ? -errno : 0;

	if (r == 0) {
		u.source.size_bytes = (uint64_t)st.st_size;
		r = kb_pe_headers(&u.source, &u.pe);
	}
	if (r < 0) {
		return damaged(&u, r, err);
	}
	r = take_all(&u, &parts, err);
	if (r < 0) {
		kb_uki_parts_close(&parts);
		return r;
	}
	*ret_parts = parts;
	return 0;
}

void kb_uki_parts_close(struct kb_uki_parts *parts)
{
	struct kb_boot_file *const files[] = {&parts->kernel, &parts->microcode, &parts->initrd,
					      &parts->dtb};

	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		(void)kb_close(files[i]->fd);
		files[i]->fd = -1;
	}
}

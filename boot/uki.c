/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/boot/uki.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "files.h"
#include "host.h"
#include "kboot/base/pe.h"
#include "kboot/boot/archive.h"

enum { ARGS_MAX_BYTES = 64 << 10, UNAME_MAX_BYTES = 4096 };

struct uki {
	const struct kb_boot_file *file;
	struct kb_pe_source source;
	struct kb_pe pe;
	unsigned profile;
	uint64_t *room; /* bytes that are left of it */
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

/* -ENOENT: there is nothing in it. */
static int find(const struct uki *u, const char *name, struct kb_pe_section *section)
{
	int r = kb_pe_of_profile(&u->source, &u->pe, u->profile, name, section);

	return r == 0 && section->bytes == 0 ? -ENOENT : r;
}

static int copy(struct uki *u, const struct kb_pe_section *section, int fd, struct kb_error *err)
{
	int r = kb_boot_copy(NULL, u->file, section->file_offset, section->bytes, fd, err);

	return r == 0 && section->memory_bytes > section->bytes &&
			       ftruncate(fd, (off_t)section->memory_bytes) < 0
		       ? kb_error_no_memory(err)
		       : r;
}

/* A part that is not there stays -1. */
static int take(struct uki *u, const char *name, struct kb_boot_file *part, struct kb_error *err)
{
	struct kb_pe_section section;
	KB_CLOSE int fd = -1;
	int r = find(u, name, &section);

	if (r < 0) {
		return r == -ENOENT ? 0 : damaged(u, r, err);
	}
	part->name = kb_arena_printf(u->arena, "%s (%s)", u->file->name, name);
	fd = part->name ? memfd_create(name, MFD_CLOEXEC) : -1;
	if (fd < 0) {
		return kb_error_set(err, -ENOMEM, "no memory for the parts of %s", u->file->name);
	}
	r = kb_boot_take_room(u->room,
			      section.memory_bytes > section.bytes ? section.memory_bytes
								   : section.bytes,
			      part->name, err);
	if (r == 0) {
		r = copy(u, &section, fd, err);
	}
	part->fd = r == 0 ? kb_steal_fd(&fd) : -1;
	return r;
}

/* A section as a file of the initrd. */
static int wrap(struct uki *u, const char *name, const char *file_name, struct kb_boot_file *part,
		struct kb_error *err)
{
	static const struct kb_archive_folder extra = {".extra", 0555, 0444};
	struct kb_archive archive;
	struct kb_pe_section section;
	int r = find(u, name, &section);

	if (r < 0) {
		return r == -ENOENT ? 0 : damaged(u, r, err);
	}
	part->name = kb_arena_printf(u->arena, "%s (%s)", u->file->name, name);
	r = part->name ? kb_archive_start(&extra, u->room, &archive, err) : kb_error_no_memory(err);
	if (r < 0) {
		return r;
	}
	r = kb_archive_add(&archive, file_name, u->file, section.file_offset, section.bytes, err);
	if (r == 0) {
		r = kb_archive_end(&archive, err);
	}
	part->fd = archive.fd;
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

static int take_uname(struct uki *u, const char **ret_uname, struct kb_error *err)
{
	KB_BUF struct kb_buf text = {0};
	int r = kb_pe_text(&u->source, &u->pe, u->profile, ".uname", UNAME_MAX_BYTES, &text);

	if (r < 0 && r != -ENOMEM) {
		return damaged(u, r == -E2BIG ? -EUCLEAN : r, err);
	}
	*ret_uname = r == 0 ? kb_arena_str(u->arena, kb_str_trim(kb_buf_view(&text))) : NULL;
	return *ret_uname ? 0 : kb_error_no_memory(err);
}

/* What addons have too. */
static int take_files(struct uki *u, struct kb_uki_parts *parts, struct kb_error *err)
{
	const struct {
		const char *name;
		struct kb_boot_file *part;
	} files[] = {{".ucode", &parts->microcode},
		     {".initrd", &parts->initrd},
		     {".dtb", &parts->dtb}};
	int r = 0;

	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(files); i++) {
		r = take(u, files[i].name, files[i].part, err);
	}
	return r < 0 ? r : take_args(u, &parts->args, err);
}

static int take_archives(struct uki *u, struct kb_uki_parts *parts, struct kb_error *err)
{
	static const struct {
		const char *section;
		const char *name;
	} files[KB_UKI_MAX_ARCHIVES] = {{".pcrsig", "tpm2-pcr-signature.json"},
					{".pcrpkey", "tpm2-pcr-public-key.pem"},
					{".osrel", "os-release"},
					{".profile", "profile"}};
	int r = 0;

	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(files); i++) {
		r = wrap(u, files[i].section, files[i].name, &parts->archives[i], err);
	}
	return r;
}

static int take_image(struct uki *u, struct kb_uki_parts *parts, struct kb_error *err)
{
	struct kb_pe_section section;
	int r = u->profile > 0
			? kb_pe_of_profile(&u->source, &u->pe, u->profile, ".profile", &section)
			: 0;

	if (r < 0) {
		return r == -ENOENT ? kb_error_set(err, r, "%s has no profile @%u", u->file->name,
						   u->profile)
				    : damaged(u, r, err);
	}
	r = take(u, ".linux", &parts->kernel, err);
	if (r == 0 && parts->kernel.fd < 0) {
		r = kb_error_set(err, -ENOEXEC, "%s has no kernel in it", u->file->name);
	}
	if (r == 0) {
		r = take_files(u, parts, err);
	}
	if (r == 0) {
		r = take_archives(u, parts, err);
	}
	return r < 0 ? r : take_uname(u, &parts->uname, err);
}

static bool is_addon(const struct uki *u)
{
	static const char *const names[] = {".cmdline", ".initrd", ".ucode", ".dtb", ".dtbauto"};
	struct kb_pe_section section;
	bool is = false;

	for (size_t i = 0; !is && i < KB_ARRAY_LEN(names); i++) {
		is = find(u, names[i], &section) == 0;
	}
	return is && find(u, ".linux", &section) == -ENOENT;
}

static int take_extension(struct uki *u, const struct kb_uki_parts *image,
			  struct kb_uki_parts *parts, struct kb_error *err)
{
	int r = take_uname(u, &parts->uname, err);

	if (r < 0) {
		return r;
	}
	if (!is_addon(u)) {
		return kb_error_set(err, -ENOEXEC, "%s is no addon", u->file->name);
	}
	if (parts->machine != image->machine) {
		return kb_error_set(err, -ENOEXEC, "%s is for another kind of machine",
				    u->file->name);
	}
	if (parts->uname[0] && image->uname[0] && strcmp(parts->uname, image->uname) != 0) {
		return kb_error_set(err, -ENOEXEC, "%s is for the kernel %s, not for %s",
				    u->file->name, parts->uname, image->uname);
	}
	return take_files(u, parts, err);
}

static struct kb_uki_parts no_parts(void)
{
	struct kb_uki_parts parts = {.kernel.fd = -1,
				     .microcode.fd = -1,
				     .initrd.fd = -1,
				     .dtb.fd = -1};

	for (size_t i = 0; i < KB_ARRAY_LEN(parts.archives); i++) {
		parts.archives[i].fd = -1;
	}
	return parts;
}

/* image: whose addon it is; NULL: it is one itself. */
static int take_parts(struct uki *u, const struct kb_uki_parts *image,
		      struct kb_uki_parts *ret_parts, struct kb_error *err)
{
	struct kb_uki_parts parts = no_parts();
	struct stat st;
	int r;

	u->source = (struct kb_pe_source){.read = kb_pe_read_fd, .ctx = &u->file->fd};
	r = fstat(u->file->fd, &st) < 0 ? -errno : 0;
	if (r == 0) {
		u->source.size_bytes = (uint64_t)st.st_size;
		r = kb_pe_headers(&u->source, &u->pe);
	}
	if (r < 0) {
		return damaged(u, r == -ENOEXEC ? -EUCLEAN : r, err);
	}
	parts.machine = u->pe.machine;
	r = image ? take_extension(u, image, &parts, err) : take_image(u, &parts, err);
	if (r < 0) {
		kb_uki_parts_close(&parts);
		return r;
	}
	*ret_parts = parts;
	return 0;
}

int kb_uki_take_apart(const struct kb_boot_file *image, unsigned profile, uint64_t *room,
		      struct kb_arena *arena, struct kb_uki_parts *ret_parts, struct kb_error *err)
{
	struct uki u = {.file = image, .profile = profile, .room = room, .arena = arena};

	return take_parts(&u, NULL, ret_parts, err);
}

int kb_uki_take_addon(const struct kb_boot_file *addon, const struct kb_uki_parts *image,
		      uint64_t *room, struct kb_arena *arena, struct kb_uki_parts *ret_parts,
		      struct kb_error *err)
{
	struct uki u = {.file = addon, .room = room, .arena = arena};

	return take_parts(&u, image, ret_parts, err);
}

const char *kb_uki_args(const struct kb_uki_parts *parts, const struct kb_boot_host *host,
			const char *given)
{
	bool is_own = !given[0] || (parts->args[0] && kb_host_secure_boot(host) == 1);

	return is_own ? parts->args : given;
}

void kb_uki_parts_close(struct kb_uki_parts *parts)
{
	struct kb_boot_file *const files[] = {&parts->kernel, &parts->microcode, &parts->initrd,
					      &parts->dtb};

	for (size_t i = 0; i < KB_ARRAY_LEN(files); i++) {
		files[i]->fd = kb_close(files[i]->fd);
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(parts->archives); i++) {
		parts->archives[i].fd = kb_close(parts->archives[i].fd);
	}
}

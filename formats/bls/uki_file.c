/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "bls/uki_file.h"

#include <errno.h>
#include <sys/stat.h>

#include "kboot/formats/installed.h"

enum { TEXT_MAX_BYTES = 64 << 10, VALUE_MAX_BYTES = 512 };

struct image {
	struct kb_pe_source source;
	struct kb_pe pe;
	unsigned profile;
};

/* "" where there is none; what is too long to be one is none. */
static int read_text(const struct image *image, const char *name, struct kb_buf *text)
{
	int r = kb_pe_text(&image->source, &image->pe, image->profile, name, TEXT_MAX_BYTES, text);

	return r == -E2BIG ? 0 : r;
}

/* The first of the keys that says something. */
static int first_of(struct kb_arena *arena, const struct kb_buf *text, const char *const *keys,
		    size_t n_keys, const char **ret_value)
{
	int r = 0;

	*ret_value = NULL;
	for (size_t i = 0; r == 0 && !*ret_value && i < n_keys; i++) {
		r = kb_os_release_get(arena, kb_buf_view(text), kb_str_from(keys[i]), ret_value);
		/* Nobody reads more; an image may have 256 profiles, each with all of it. */
		if (r == 0 && *ret_value && strlen(*ret_value) > VALUE_MAX_BYTES) {
			*ret_value = kb_arena_str(arena, kb_str_head(kb_str_from(*ret_value),
								     VALUE_MAX_BYTES));
			r = *ret_value ? 0 : -ENOMEM;
		}
	}
	return r;
}

static int take_system(struct kb_arena *arena, const struct kb_buf *text, struct bls_entry *entry)
{
	static const char *const titles[] = {"PRETTY_NAME=", "IMAGE_ID=", "NAME=", "ID="};
	static const char *const keys[] = {"IMAGE_ID=", "ID="};
	static const char *const versions[] = {"IMAGE_VERSION=", "VERSION=", "VERSION_ID=",
					       "BUILD_ID="};
	int r = first_of(arena, text, titles, KB_ARRAY_LEN(titles), &entry->title);

	if (r == 0) {
		r = first_of(arena, text, keys, KB_ARRAY_LEN(keys), &entry->sort_key);
	}
	return r < 0 ? r : first_of(arena, text, versions, KB_ARRAY_LEN(versions), &entry->version);
}

/* "Debian (Rescue)", "debian.efi@rescue". */
static int take_profile(struct kb_arena *arena, const struct image *image, struct bls_entry *entry)
{
	KB_BUF struct kb_buf text = {0};
	const char *name = entry->id;
	const char *title = NULL;
	const char *id = NULL;
	int r = read_text(image, ".profile", &text);

	if (r == 0) {
		r = kb_os_release_get(arena, kb_buf_view(&text), KB_STR("TITLE="), &title);
	}
	if (r == 0) {
		r = kb_os_release_get(arena, kb_buf_view(&text), KB_STR("ID="), &id);
	}
	if (r < 0) {
		return r;
	}
	if (image->profile > 0) {
		title = title ? title : id;
		title = title ? title : kb_arena_printf(arena, "Profile #%u", image->profile + 1);
		entry->profile = image->profile;
		entry->id = id ? kb_arena_printf(arena, "%s@%s", entry->id, id)
			       : kb_arena_printf(arena, "%s@%u", entry->id, image->profile);
	}
	if (title) {
		entry->title = kb_arena_printf(arena, "%s (%s)", entry->title ? entry->title : name,
					       title);
	}
	return entry->id && (entry->title || !title) ? 0 : -ENOMEM;
}

/* As it is given to the stub: a profile that is not the first stands before it. */
static int take_args(struct kb_arena *arena, const struct image *image, struct bls_entry *entry)
{
	KB_BUF struct kb_buf args = {0};
	int r;

	if (image->profile > 0) {
		kb_buf_printf(&args, "@%u ", image->profile);
	}
	r = kb_pe_cmdline(&image->source, &image->pe, image->profile, TEXT_MAX_BYTES, &args);
	r = r == -E2BIG ? 0 : r;
	if (r == 0 && args.len > 0) {
		entry->options = kb_arena_str(arena, kb_buf_view(&args));
		r = entry->options ? 0 : -ENOMEM;
	}
	return r;
}

int bls_uki_read(struct kb_arena *arena, int fd, unsigned profile, struct bls_entry *entry)
{
	struct image image = {.source = {.read = kb_pe_read_fd, .ctx = &fd}, .profile = profile};
	KB_BUF struct kb_buf system = {0};
	struct kb_pe_section section;
	struct stat st;
	int r = fstat(fd, &st) < 0 ? -errno : 0;

	if (r == 0) {
		image.source.size_bytes = (uint64_t)st.st_size;
		r = kb_pe_headers(&image.source, &image.pe);
	}
	if (r == 0) {
		r = kb_pe_of_profile(&image.source, &image.pe, 0, ".linux", &section);
		r = r == -ENOENT ? -ENOEXEC : r;
	}
	if (r == 0 && profile > 0) {
		r = kb_pe_of_profile(&image.source, &image.pe, profile, ".profile", &section);
	}
	if (r == 0) {
		r = read_text(&image, ".osrel", &system);
	}
	if (r == 0) {
		r = take_system(arena, &system, entry);
	}
	if (r == 0) {
		r = take_profile(arena, &image, entry);
	}
	return r < 0 ? r : take_args(arena, &image, entry);
}

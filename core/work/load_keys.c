/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load_keys.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kboot/base/escape.h"
#include "kboot/boot/archive.h"
#include "kboot/formats/crypttab.h"
#include "kboot/formats/words.h"
#include "unlock_job.h"

/* Where systemd looks, by the name that a volume is to have; crypttab names it for all others. */
#define KEY_FOLDER "etc/cryptsetup-keys.d"

enum { NAMES_MAX = 16, NAME_BYTES = KB_CRYPTTAB_NAME_MAX + 1 };

/* --- what is kept */

static struct kb_key *key_of(struct kb_keys *keys, uint64_t place)
{
	for (size_t i = 0; i < keys->n; i++) {
		if (keys->all[i].place == place) {
			return &keys->all[i];
		}
	}
	return NULL;
}

static void wipe(struct kb_key *key)
{
	kb_secret_done(&key->secret);
	free(key->keyfile);
	*key = (struct kb_key){0};
}

void kb_keys_forget(struct kb_keys *keys, uint64_t place)
{
	size_t kept = 0;

	for (size_t i = 0; i < keys->n; i++) {
		if (place == 0 || keys->all[i].place == place) {
			wipe(&keys->all[i]);
		} else {
			keys->all[kept++] = keys->all[i];
		}
	}
	keys->n = kept;
}

int kb_keys_keep(struct kb_keys *keys, uint64_t place, const struct kb_secret *secret,
		 const char *keyfile)
{
	struct kb_key *key = key_of(keys, place);
	int r = 0;

	if (!key && keys->n == KB_KEYS_MAX) {
		return -ENOSPC;
	}
	if (!key) {
		key = &keys->all[keys->n++];
	}
	wipe(key);
	key->place = place;
	if (secret) {
		r = kb_secret_set(&key->secret, kb_secret_view(secret));
	} else {
		key->keyfile = strdup(keyfile);
		r = key->keyfile ? 0 : -ENOMEM;
	}
	if (r < 0) {
		kb_keys_forget(keys, place);
	}
	return r;
}

/* --- what is handed over */

struct hand_over {
	struct kb_load_uki *l;
	const struct kb_keys *keys;
	const struct kb_places *places;
	const struct kb_entry *entry;
	struct kb_archive archive;         /* of the keys */
	struct kb_buf crypttab;            /* for an initrd of initramfs-tools */
	char names[NAMES_MAX][NAME_BYTES]; /* of the volume at hand */
	size_t n_names;
};

static bool is_for(const struct hand_over *h, const struct kb_place *volume)
{
	const struct kb_device *root =
		h->entry->root ? kb_places_device(h->places, kb_str_from(h->entry->root)) : NULL;

	return kb_place_is_behind(h->places, h->entry->device, volume->block.name) ||
	       kb_place_is_behind(h->places, root, volume->block.name);
}

static void add_name(struct hand_over *h, struct kb_str name)
{
	for (size_t i = 0; i < h->n_names; i++) {
		if (kb_str_eq(name, kb_str_from(h->names[i]))) {
			return;
		}
	}
	if (h->n_names < NAMES_MAX && name.len > 0 && name.len < NAME_BYTES &&
	    kb_str_find(name, '/') == name.len) {
		memcpy(h->names[h->n_names], name.data, name.len);
		h->names[h->n_names++][name.len] = '\0';
	}
}

/* "rd.luks.name=UUID=NAME" */
static void add_named_by_arguments(struct hand_over *h, const char *uuid)
{
	struct kb_str rest = kb_str_from(h->entry->args ? h->entry->args : "");
	const struct kb_str key = KB_STR("rd.luks.name=");
	struct kb_str word;

	while (kb_words_next(&rest, &word)) {
		if (kb_str_starts(word, key)) {
			word = kb_str_skip(word, key.len);
			if (kb_str_eq_nocase(kb_str_head(word, strlen(uuid)), kb_str_from(uuid))) {
				add_name(h, kb_str_skip(word, strlen(uuid) + 1));
			}
		}
	}
}

static void put_line(struct hand_over *h, const struct kb_crypttab_line *line, const char *folder,
		     struct kb_str key, const char *ending)
{
	kb_buf_printf(&h->crypttab, "%.*s %.*s %s%.*s%s %.*s\n", KB_STR_ARG(line->name),
		      KB_STR_ARG(line->source), folder, KB_STR_ARG(key), ending,
		      KB_STR_ARG(line->options));
}

static bool is_open(const struct hand_over *h, const struct kb_crypttab_line *line)
{
	for (size_t i = 0; i < h->keys->n; i++) {
		const struct kb_place *volume = kb_places_by_id(h->places, h->keys->all[i].place);

		if (volume && is_for(h, volume) &&
		    kb_device_matches(&volume->found.device, line->source)) {
			return true;
		}
	}
	return false;
}

/* All that its system asks for: a swap to wake up from is not to be lost. What it opens by files of
 * its own it opens later. */
static void put_crypttab(struct hand_over *h, const char *crypttab)
{
	struct kb_str rest = kb_str_from(crypttab);
	struct kb_crypttab_line line;

	while (kb_crypttab_next(&rest, &line)) {
		if (is_open(h, &line)) {
			put_line(h, &line, "/" KEY_FOLDER "/", line.name, ".key");
		} else if (kb_str_eq(line.key, KB_STR("none")) ||
			   kb_str_eq(line.key, KB_STR("-"))) {
			put_line(h, &line, "", line.key, "");
		}
	}
}

static bool names_one_that_is_open(const struct hand_over *h, const char *crypttab)
{
	struct kb_str rest = kb_str_from(crypttab ? crypttab : "");
	struct kb_crypttab_line line;

	while (kb_crypttab_next(&rest, &line)) {
		if (is_open(h, &line)) {
			return true;
		}
	}
	return false;
}

/* Of the first system that has a name for what is open. */
static void make_crypttab(struct hand_over *h)
{
	for (const struct kb_place *p = h->places->first; p; p = p->next) {
		for (size_t i = 0; i < p->found.n_systems; i++) {
			const char *crypttab = p->found.systems[i].says.crypttab;

			if (h->crypttab.len == 0 && names_one_that_is_open(h, crypttab)) {
				put_crypttab(h, crypttab);
			}
		}
	}
}

/* The names that the systems on the machine have for it. */
static void collect_names(struct hand_over *h, const struct kb_device *device)
{
	char own[KB_UNLOCK_NAME_BYTES];

	h->n_names = 0;
	for (const struct kb_place *p = h->places->first; p; p = p->next) {
		for (size_t i = 0; i < p->found.n_systems; i++) {
			const char *crypttab = p->found.systems[i].says.crypttab;
			struct kb_str rest = kb_str_from(crypttab ? crypttab : "");
			struct kb_crypttab_line line;

			while (kb_crypttab_next(&rest, &line)) {
				if (kb_device_matches(device, line.source)) {
					add_name(h, line.name);
				}
			}
		}
	}
	if (device->uuid) {
		add_named_by_arguments(h, device->uuid);
		kb_unlock_name(device, own);
		add_name(h, kb_str_from(own));
	}
}

/* A file in memory, as the archive takes one; nobody can write to it from here on. */
static int file_of(struct kb_str bytes, int *ret_fd)
{
	KB_CLOSE int fd = memfd_create("key", MFD_CLOEXEC);

	if (fd < 0) {
		return -errno;
	}
	for (size_t done = 0; done < bytes.len;) {
		ssize_t n = write(fd, bytes.data + done, bytes.len - done);

		if (n <= 0) {
			return n < 0 ? -errno : -EIO;
		}
		done += (size_t)n;
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

static int add_key(struct hand_over *h, const char *name, struct kb_str secret,
		   struct kb_error *err)
{
	static const struct kb_archive_folder folder = {KEY_FOLDER, 0700, 0400};
	char file_name[NAME_BYTES + sizeof(".key")];
	KB_CLOSE int fd = -1;
	struct kb_boot_file file = {.name = file_name};
	int r = 0;

	(void)snprintf(file_name, sizeof(file_name), "%s.key", name);
	if (h->archive.fd < 0) {
		r = kb_archive_start(&folder, &h->l->room, &h->archive, err);
	}
	if (r == 0) {
		r = file_of(secret, &fd);
	}
	file.fd = fd;
	return r < 0 ? r : kb_archive_add(&h->archive, file_name, &file, 0, secret.len, err);
}

static int add_volume(struct hand_over *h, const struct kb_key *key, const struct kb_place *volume,
		      struct kb_error *err)
{
	KB_SECRET struct kb_secret read = {0};
	struct kb_str secret = kb_secret_view(&key->secret);
	KB_CLOSE int fd = -1;
	const char *found;
	int r = 0;

	if (key->keyfile) {
		r = kb_resolver_open(h->l->resolver, key->keyfile, NULL, &fd, &found, err);
		r = r == 0 ? kb_secret_read(&read, fd) : r;
		secret = kb_secret_view(&read);
	}
	if (r < 0) {
		kb_escape_printf(h->l->said, "left out the key of %s: %s", volume->block.name,
				 err->code ? err->text : strerror(-r));
		kb_error_clear(err);
		return 0;
	}
	collect_names(h, &volume->found.device);
	for (size_t i = 0; r == 0 && i < h->n_names; i++) {
		r = add_key(h, h->names[i], secret, err);
	}
	kb_escape_printf(h->l->said, "key      of %s, for its own system (%s)", volume->block.name,
			 h->n_names > 0 ? h->names[0] : "without a name");
	return r;
}

static int push(struct kb_boot_request *q, const char *name, int fd, struct kb_error *err)
{
	if (q->n_initrd == KB_BOOT_MAX_INITRDS) {
		(void)kb_close(fd);
		return kb_error_set(err, -E2BIG, "more than %d initrds", KB_BOOT_MAX_INITRDS);
	}
	q->initrd[q->n_initrd++] = (struct kb_boot_file){.fd = fd, .name = name};
	return 0;
}

/* initramfs-tools knows no keys by their place: its crypttab has to name them. The later archive
 * counts. */
static int push_crypttab(struct hand_over *h, struct kb_error *err)
{
	KB_CLOSE int fd = -1;
	struct kb_boot_file file = {.name = "crypttab"};
	int archive = -1;
	int r;

	make_crypttab(h);
	r = kb_buf_error(&h->crypttab);
	if (r == 0 && h->crypttab.len > 0) {
		r = file_of(kb_buf_view(&h->crypttab), &fd);
		file.fd = fd;
		r = r < 0 ? r
			  : kb_archive_of("cryptroot/crypttab", 0600, -1, &file, &h->l->room,
					  &archive, err);
	}
	return r < 0 || archive < 0 ? r
				    : push(h->l->request, "the crypttab for keys", archive, err);
}

int kb_load_keys(struct kb_load_uki *l, const struct kb_keys *keys, const struct kb_places *places,
		 const struct kb_entry *entry, struct kb_error *err)
{
	struct hand_over h = {
		.l = l, .keys = keys, .places = places, .entry = entry, .archive = {.fd = -1}};
	int r = 0;

	for (size_t i = 0; keys && r == 0 && i < keys->n; i++) {
		const struct kb_place *volume = kb_places_by_id(places, keys->all[i].place);

		if (volume && is_for(&h, volume)) {
			r = add_volume(&h, &keys->all[i], volume, err);
		}
	}
	if (r == 0 && h.archive.fd >= 0) {
		r = kb_archive_end(&h.archive, err);
	}
	if (r == 0 && h.archive.fd >= 0) {
		r = push(l->request, "the keys of its volumes", h.archive.fd, err);
		h.archive.fd = -1;
	}
	r = r == 0 && keys ? push_crypttab(&h, err) : r;
	(void)kb_close(h.archive.fd);
	kb_buf_done(&h.crypttab);
	return r < 0 && !err->code ? kb_error_set(err, r, "keys: %s", strerror(-r)) : r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/words.h"

#include <fcntl.h>
#include <sys/file.h>

#include "apply.h"
#include "show.h"
#include "state.h"

enum { WHY_TEXT = 256, NAMES_BYTES = 200 };

static bool has_address(const struct kb_network_one *one)
{
	return one->interface->is_on && one->addresses[0];
}

/* How many have one; *ret_linked: how many of these a link, too. */
static unsigned say_addresses(const struct kb_network_seen *seen, struct kb_buf *to,
			      unsigned *ret_linked)
{
	unsigned n = 0;

	for (unsigned i = 0; i < seen->n; i++) {
		const struct kb_network_one *one = &seen->at[i];

		if (has_address(one)) {
			kb_buf_printf(to, "%s%s %s%s%s", n++ > 0 ? "; " : "", one->interface->name,
				      one->addresses, one->how,
				      one->interface->has_link ? "" : ", no link");
			*ret_linked += one->interface->has_link;
		}
	}
	return n;
}

/* Of those that are on, with a link or without: how many, and their names. */
static unsigned name_all(const struct kb_network_seen *seen, bool with_link, struct kb_buf *names)
{
	unsigned n = 0;

	for (unsigned i = 0; i < seen->n; i++) {
		const struct kb_interface *one = seen->at[i].interface;

		if (one->is_on && one->has_link == with_link) {
			kb_buf_printf(names, "%s%s", n++ > 0 ? " " : "", one->name);
		}
	}
	return n;
}

enum kb_network_state kb_network_say(const struct kb_network_seen *seen, struct kb_buf *to)
{
	KB_BUF struct kb_buf linked = {.max_bytes = NAMES_BYTES};
	KB_BUF struct kb_buf others = {.max_bytes = NAMES_BYTES};
	unsigned n_linked = 0;

	if (seen->n == 0) {
		kb_buf_puts(to, "there is no network card that this kernel has a driver for");
		return KB_NETWORK_NO_CARD;
	}
	if (say_addresses(seen, to, &n_linked) > 0) {
		return n_linked > 0 ? KB_NETWORK_ONLINE : KB_NETWORK_NO_LINK;
	}
	if (name_all(seen, true, &linked) > 0) {
		if (seen->is_busy) {
			kb_buf_printf(to, "%s: waiting for an address", linked.data);
		} else if (seen->why[0]) {
			kb_buf_puts(to, seen->why);
		} else {
			kb_buf_printf(to, "%s: a link, and no address", linked.data);
		}
		return KB_NETWORK_LINK;
	}
	if (name_all(seen, false, &others) > 0) {
		kb_buf_printf(to, "no link on %s: is the cable in?", others.data);
		return KB_NETWORK_NO_LINK;
	}
	kb_buf_puts(to, seen->is_busy  ? "the network is being switched on"
			: seen->why[0] ? seen->why
				       : "the network is off");
	return KB_NETWORK_OFF;
}

/* Whoever brings the network up holds the lock; it is given back at once. */
static bool is_busy(void)
{
	KB_CLOSE int fd = open(KB_NETWORK_DIR "/lock", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) < 0;
}

/* Texts of all interfaces, of which pointers stay good. */
struct texts {
	struct kb_buf addresses[KB_INTERFACES_MAX];
	struct kb_buf how[KB_INTERFACES_MAX];
};

static enum kb_network_state say_all(const struct kb_interface *all, unsigned n,
				     struct texts *texts, struct kb_buf *to)
{
	struct kb_network_one ones[KB_INTERFACES_MAX];
	char why[WHY_TEXT];
	struct kb_network_seen seen = {.at = ones, .is_busy = is_busy(), .why = why};

	kb_note_read(KB_NETWORK_DIR, KB_NETWORK_WHY, why, sizeof(why));
	for (unsigned i = 0; i < n; i++) {
		if (!all[i].is_card && !all[i].is_made) {
			continue;
		}
		kb_buf_puts(&texts->addresses[i], "");
		kb_buf_puts(&texts->how[i], "");
		if (all[i].is_on) {
			(void)kb_addresses(all[i].name, &texts->addresses[i]);
			kb_show_how(all[i].name, &texts->how[i]);
		}
		if (texts->addresses[i].data && texts->how[i].data) {
			ones[seen.n++] = (struct kb_network_one){&all[i], texts->addresses[i].data,
								 texts->how[i].data};
		}
	}
	return kb_network_say(&seen, to);
}

enum kb_network_state kb_network_look_and_say(int sysfs_fd, struct kb_buf *to)
{
	struct kb_interface *all = calloc(KB_INTERFACES_MAX, sizeof(*all));
	struct texts *texts = calloc(1, sizeof(*texts));
	enum kb_network_state state = KB_NETWORK_NO_CARD;
	unsigned n = 0;

	if (all && texts && kb_interfaces_read(sysfs_fd, all, &n) == 0) {
		state = say_all(all, n, texts, to);
	}
	for (unsigned i = 0; texts && i < KB_INTERFACES_MAX; i++) {
		kb_buf_done(&texts->addresses[i]);
		kb_buf_done(&texts->how[i]);
	}
	free(texts);
	free(all);
	return state;
}

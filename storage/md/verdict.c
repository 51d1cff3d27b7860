/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "md/verdict.h"

static unsigned role_of(const struct kb_md_super *freshest, const struct kb_md_super *super)
{
	unsigned role = super->number < freshest->n_roles ? freshest->roles[super->number]
							  : (unsigned)KB_MD_SPARE;

	return role;
}

static bool is_active(unsigned role)
{
	return role < KB_MD_MOST_ACTIVE;
}

/* The kernel takes one that is an event behind, and no older one. */
static bool is_stale(const struct kb_md_super *freshest, const struct kb_md_super *super)
{
	return super->events + 1 < freshest->events;
}

void kb_md_put_level(struct kb_buf *to, int level)
{
	if (level >= 0) {
		kb_buf_printf(to, "RAID%d", level);
	} else {
		kb_buf_puts(to, level == -1 ? "linear" : "an array of an unknown kind");
	}
}

/* How few places are enough, as far as their number tells. */
static unsigned least(const struct kb_md_super *super)
{
	switch (super->level) {
	case 1:
		return 1;
	case 4:
	case 5:
		return super->raid_disks - 1;
	case 6:
		return super->raid_disks > 2 ? super->raid_disks - 2 : super->raid_disks;
	case 10:
		return (super->raid_disks + 1) / 2; /* the kernel knows whether they are the right
						       ones */
	default:
		return super->raid_disks;
	}
}

static bool has_parity(const struct kb_md_super *super)
{
	return super->level >= 4 && super->level <= 6;
}

struct judge {
	const struct kb_md_member *members;
	size_t n_members;
	const struct kb_md_super *freshest;
	struct kb_md_verdict *verdict;
	struct kb_buf *why;
	unsigned n_active; /* places that a member here fills */
	unsigned n_known;  /* that had one when the array was last in use */
};

static void find_freshest(struct judge *j)
{
	for (size_t i = 1; i < j->n_members; i++) {
		if (j->members[i].super.events > j->members[j->verdict->freshest].super.events) {
			j->verdict->freshest = i;
		}
	}
	j->freshest = &j->members[j->verdict->freshest].super;
	j->verdict->n_wanted = j->freshest->raid_disks;
}

/* Of two with one number one is a copy: which of them is not to be guessed. */
static bool finds_copy(struct judge *j)
{
	for (size_t i = 0; i < j->n_members; i++) {
		for (size_t k = 0; k < i; k++) {
			if (j->members[i].super.number == j->members[k].super.number) {
				kb_buf_printf(j->why,
					      "%s and %s are the same part of it: one is a copy",
					      j->members[k].name, j->members[i].name);
				return true;
			}
		}
	}
	return false;
}

static void count_places(struct judge *j)
{
	for (size_t i = 0; i < j->freshest->n_roles; i++) {
		j->n_known += is_active(j->freshest->roles[i]);
	}
	for (size_t i = 0; i < j->n_members; i++) {
		const struct kb_md_super *super = &j->members[i].super;

		if (!is_active(role_of(j->freshest, super)) || is_stale(j->freshest, super)) {
			continue;
		}
		j->verdict->takes[i] = true;
		j->n_active += !super->is_recovering;
	}
}

static void put_left_out(struct judge *j)
{
	for (size_t i = 0; i < j->n_members; i++) {
		const struct kb_md_super *super = &j->members[i].super;

		if (is_stale(j->freshest, super)) {
			kb_buf_printf(j->why, "; %s is left out: it is older", j->members[i].name);
		} else if (super->is_recovering && j->verdict->takes[i]) {
			kb_buf_printf(j->why, "; %s was still being filled", j->members[i].name);
		}
	}
}

static enum kb_set_state decide(struct judge *j, bool may_degrade)
{
	const struct kb_md_super *f = j->freshest;
	const bool is_whole = j->n_active >= f->raid_disks;

	if (finds_copy(j)) {
		return KB_SET_REFUSED;
	}
	if (f->is_reshaping) {
		kb_buf_puts(j->why,
			    "it is being reshaped, which only its own system can go on with");
		return KB_SET_REFUSED;
	}
	if (is_whole) {
		return KB_SET_READY;
	}
	kb_buf_printf(j->why, "%u of %u disks %s there", j->n_active, f->raid_disks,
		      j->n_active == 1 ? "is" : "are");
	put_left_out(j);
	if (j->n_active < least(f)) {
		kb_buf_puts(j->why, "; ");
		kb_md_put_level(j->why, f->level);
		kb_buf_printf(j->why, " needs %u", least(f));
		return KB_SET_WAITING;
	}
	if (j->n_active < j->n_known && !may_degrade) {
		return KB_SET_WAITING;
	}
	if (has_parity(f) && !f->is_clean) {
		kb_buf_puts(j->why,
			    ", and it was not shut down cleanly: its parity cannot stand in");
		return KB_SET_REFUSED;
	}
	return KB_SET_DEGRADED;
}

void kb_md_judge(const struct kb_md_member *members, size_t n_members, bool may_degrade,
		 struct kb_md_verdict *ret_verdict, struct kb_buf *why)
{
	struct judge j = {.members = members, .n_members = n_members, .why = why};

	*ret_verdict = (struct kb_md_verdict){0};
	j.verdict = ret_verdict;
	find_freshest(&j);
	count_places(&j);
	ret_verdict->state = decide(&j, may_degrade);
}

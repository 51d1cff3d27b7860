/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other filesystems that what a place holds leads to. */
#include "scanner.h"

/* The place of the nth name that its configurations lead to; NULL: it is not there, or a person has
 * to say which. One that could not be read takes nobody's time once more. */
static const struct kb_place *other_of(const struct kb_scanned_place *scanned, size_t n)
{
	const struct kb_place *place = &scanned->place;
	struct kb_fit fit;

	if (scanned->is_alone || n >= place->found.n_others) {
		return NULL;
	}
	kb_places_lead(scanned->owner->places, place, n, &fit);
	return fit.place && !fit.ambiguous && fit.place != place &&
			       fit.place->status != KB_PLACE_FAILED
		       ? fit.place
		       : NULL;
}

/* Gives the job what is there of them. Names and devices are copied by the fork. */
void kb_scanner_give_others(struct kb_scanned_place *scanned)
{
	struct kb_scan_job *job = &scanned->job;

	job->others = scanned->others;
	for (size_t i = 0; i < KB_FINDINGS_MAX_OTHERS; i++) {
		const struct kb_place *other = other_of(scanned, i);

		scanned->other_ids[i] = other ? other->id : 0;
		if (other) {
			scanned->others[job->n_others++] =
				(struct kb_scan_other){scanned->place.found.others[i],
						       &other->found.device};
		}
	}
}

/* Another filesystem to which it leads has come, or gone. */
static bool is_outdated(const struct kb_scanned_place *scanned)
{
	for (size_t i = 0; i < KB_FINDINGS_MAX_OTHERS; i++) {
		const struct kb_place *other = other_of(scanned, i);

		if (scanned->other_ids[i] != (other ? other->id : 0)) {
			return true;
		}
	}
	return false;
}

void kb_scanner_queue_outdated(struct kb_scanner *s)
{
	for (struct kb_place *place = s->places->first; place; place = place->next) {
		if (place->kind == KB_PLACE_DEVICE && place->status == KB_PLACE_READ &&
		    is_outdated((const struct kb_scanned_place *)place)) {
			place->status = KB_PLACE_QUEUED;
			place->known = false;
		}
	}
}

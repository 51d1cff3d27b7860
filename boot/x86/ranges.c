/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ranges.h"

#include <errno.h>
#include <string.h>

#include "kboot/base/checked.h"

static const struct {
	const char *name;
	uint32_t type;
} types[] = {
	{"System RAM", KB_X86_RAM},
	{"Reserved", KB_X86_RESERVED},
	{"reserved", KB_X86_RESERVED}, /* before Linux 4.13 */
	{"ACPI Tables", KB_X86_ACPI},
	{"ACPI Non-volatile Storage", KB_X86_NVS},
	{"Unusable memory", KB_X86_UNUSABLE},
	{"Persistent Memory", KB_X86_PMEM},
	{"Persistent Memory (legacy)", KB_X86_PRAM},
	{"Soft Reserved", KB_X86_RESERVED},
	{"Unknown E820 type", KB_X86_RESERVED},
};

uint32_t kb_x86_memory_type(struct kb_str name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(types); i++) {
		if (kb_str_eq(name, kb_str_from(types[i].name))) {
			return types[i].type;
		}
	}
	return 0;
}

void kb_x86_ranges_done(struct kb_x86_ranges *ranges)
{
	free(ranges->list);
	*ranges = (struct kb_x86_ranges){0};
}

int kb_x86_ranges_add(struct kb_x86_ranges *ranges, uint64_t start, uint64_t end, uint32_t type)
{
	if (start >= end) {
		return 0;
	}
	if (ranges->count == KB_X86_MAX_RANGES) {
		return -E2BIG;
	}
	if (ranges->count == ranges->cap) {
		size_t cap = ranges->cap ? ranges->cap * 2 : 32;
		struct kb_x86_range *list = reallocarray(ranges->list, cap, sizeof(*list));

		if (!list) {
			return -ENOMEM;
		}
		ranges->list = list;
		ranges->cap = cap;
	}
	ranges->list[ranges->count++] = (struct kb_x86_range){start, end, type};
	return 0;
}

int kb_x86_ranges_copy(const struct kb_x86_ranges *ranges, struct kb_x86_ranges *ret_copy)
{
	struct kb_x86_ranges copy = {.count = ranges->count, .cap = ranges->count};

	if (ranges->count == 0) {
		*ret_copy = copy;
		return 0;
	}
	copy.list = reallocarray(NULL, copy.cap, sizeof(*copy.list));
	if (!copy.list) {
		return -ENOMEM;
	}
	memcpy(copy.list, ranges->list, copy.count * sizeof(*copy.list));
	*ret_copy = copy;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const struct kb_x86_range *x = a;
	const struct kb_x86_range *y = b;

	if (x->start != y->start) {
		return x->start < y->start ? -1 : 1;
	}
	return x->end < y->end ? -1 : x->end > y->end;
}

void kb_x86_ranges_sort(struct kb_x86_ranges *ranges)
{
	if (ranges->count > 1) {
		qsort(ranges->list, ranges->count, sizeof(*ranges->list), compare);
	}
}

int kb_x86_ranges_subtract(struct kb_x86_ranges *ranges, uint64_t start, uint64_t end,
			   uint32_t type)
{
	size_t count = ranges->count;
	int r = 0;

	for (size_t i = 0; r == 0 && start < end && i < count; i++) {
		struct kb_x86_range was = ranges->list[i];
		uint64_t from = was.start > start ? was.start : start;
		uint64_t to = was.end < end ? was.end : end;

		if (was.type != KB_X86_RAM || from >= to) {
			continue;
		}
		/* An emptied range stays in the list; whoever reads it skips it. */
		ranges->list[i].end = from;
		r = kb_x86_ranges_add(ranges, to, was.end, KB_X86_RAM);
		if (r == 0 && type != 0) {
			r = kb_x86_ranges_add(ranges, from, to, type);
		}
	}
	kb_x86_ranges_sort(ranges);
	return r;
}

/* Where in one range, if anywhere. */
static bool fit(const struct kb_x86_range *range, const struct kb_x86_want *want, uint64_t *ret)
{
	uint64_t low = range->start > want->min ? range->start : want->min;
	uint64_t high = range->end < want->max ? range->end : want->max;

	if (range->type != KB_X86_RAM || kb_align_u64(low, want->align, &low) < 0 || low >= high ||
	    high - low < want->size) {
		return false;
	}
	*ret = want->top_down ? (high - want->size) & ~(want->align - 1) : low;
	return true;
}

int kb_x86_ranges_place(struct kb_x86_ranges *ranges, const struct kb_x86_want *want,
			uint64_t *ret_start)
{
	bool found = false;
	uint64_t start = 0;
	int r;

	for (size_t i = 0; i < ranges->count && (want->top_down || !found); i++) {
		found = fit(&ranges->list[i], want, &start) || found;
	}
	if (!found) {
		return -ENOSPC;
	}
	r = kb_x86_ranges_subtract(ranges, start, start + want->size, 0);
	if (r == 0) {
		*ret_start = start;
	}
	return r;
}

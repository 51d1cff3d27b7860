/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * 8192 bytes of kernel file and of running boot_params, then the text of /proc/iomem. Whatever they
 * say, what is placed lies in usable memory apart from each other, and the parameters have the same
 * size at every address.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "fuzz.h"
#include "x86/area.h"

enum { KERNEL_BYTES = 4096, PAGE = 4096, TEXT_MAX = 64 << 10, MAX_PLACES = 3 };

struct place {
	uint64_t start;
	uint64_t size;
};

static bool is_usable(const struct kb_x86_ranges *ranges, const struct place *p)
{
	uint64_t covered = p->start;

	/* Sorted, but overlapping ones are allowed: /proc/iomem never has them, an input may. */
	for (size_t i = 0; i < ranges->count; i++) {
		const struct kb_x86_range *r = &ranges->list[i];

		if (r->type == KB_X86_RAM && r->start <= covered && r->end > covered) {
			covered = r->end;
		}
	}
	return covered >= p->start + p->size;
}

/* Takes three places as the loader does, and checks each against a copy of what there was. */
static void check_places(struct kb_x86_ranges *usable, const struct kb_x86_header *header)
{
	KB_CLEANUP(kb_x86_ranges_done) struct kb_x86_ranges before = {0};
	struct kb_x86_want wants[MAX_PLACES] = {
		{(header->init_size_bytes + PAGE - 1) & ~(uint64_t)(PAGE - 1), header->alignment,
		 header->pref_address, (uint64_t)4 << 30, false},
		{8 * PAGE, PAGE, 1 << 20, 16 << 20, true},
		{16 * PAGE, PAGE, 1 << 20, (uint64_t)header->initrd_addr_max + 1, true},
	};
	struct place places[MAX_PLACES];
	size_t n = 0;

	if (kb_x86_ranges_copy(usable, &before) < 0) {
		return;
	}
	for (size_t i = 0; i < MAX_PLACES; i++) {
		struct place p = {.size = wants[i].size};
		int r = kb_x86_ranges_place(usable, &wants[i], &p.start);

		FUZZ_CHECK(r == 0 || r == -ENOSPC || r == -E2BIG || r == -ENOMEM);
		if (r < 0) {
			continue;
		}
		FUZZ_CHECK(p.start % wants[i].align == 0 && p.start >= wants[i].min);
		FUZZ_CHECK(p.start + p.size <= wants[i].max && is_usable(&before, &p));
		for (size_t j = 0; j < n; j++) {
			FUZZ_CHECK(p.start >= places[j].start + places[j].size ||
				   places[j].start >= p.start + p.size);
		}
		places[n++] = p;
	}
}

static void check_area(const struct kb_x86_header *header, const struct kb_x86_facts *facts)
{
	struct kb_x86_area area = {.header = header,
				   .facts = facts,
				   .args = "ro",
				   .kernel = header->pref_address,
				   .initrd = 0x1234000,
				   .initrd_bytes = 99};
	KB_BUF struct kb_buf first = {0};
	KB_BUF struct kb_buf second = {0};

	if (kb_x86_area_write(&area, 0, &first) < 0 ||
	    kb_x86_area_write(&area, 0x900000, &second) < 0) {
		return;
	}
	FUZZ_CHECK(first.len == second.len && first.len > 2 * (size_t)PAGE);
}

static void fill_facts(const uint8_t *running, struct kb_x86_facts *facts)
{
	static struct kb_x86_efi_range map[2] = {{.type = 5}, {.type = 6}};

	memcpy(facts->running, running, KB_X86_PARAMS_BYTES);
	memcpy(&facts->rsdp, running + KB_X86_RSDP, sizeof(facts->rsdp));
	memcpy(&facts->efi.config_table, running, sizeof(facts->efi.config_table));
	facts->efi.booted = running[1] & 1;
	facts->efi.runtime = running[1] & 2;
	facts->efi.map = map;
	facts->efi.n_map = 2;
	facts->screen_lost = running[1] & 4;
	facts->has_seed = running[1] & 8;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_CLOSE int fd = memfd_create("k", MFD_CLOEXEC);
	struct kb_x86_facts facts = {0};
	struct kb_x86_header header;
	struct kb_str text;

	if (size < KERNEL_BYTES + KB_X86_PARAMS_BYTES ||
	    size > KERNEL_BYTES + KB_X86_PARAMS_BYTES + TEXT_MAX || fd < 0 ||
	    pwrite(fd, data, KERNEL_BYTES, 0) != KERNEL_BYTES ||
	    kb_x86_header_read_fd(fd, "k", &header, NULL) < 0) {
		return 0;
	}
	fill_facts(data + KERNEL_BYTES, &facts);
	text = kb_str_of((const char *)data + KERNEL_BYTES + KB_X86_PARAMS_BYTES,
			 size - KERNEL_BYTES - KB_X86_PARAMS_BYTES);
	if (kb_x86_memmap_parse_iomem(text, &facts.memory) == 0) {
		check_area(&header, &facts);
		check_places(&facts.memory.usable, &header);
	}
	kb_x86_memmap_done(&facts.memory);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "memmap.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "host.h"
#include "kboot/base/tree.h"

enum { IOMEM_MAX_BYTES = 4 << 20, TYPE_NAME_BYTES = 128, PATH_BYTES = 320 };

struct iomem_line {
	uint64_t start;
	uint64_t end; /* the first byte after it */
	bool nested;
	struct kb_str name;
};

void kb_x86_memmap_done(struct kb_x86_memmap *map)
{
	kb_x86_ranges_done(&map->usable);
	kb_x86_ranges_done(&map->firmware);
}

/* "  00001000-0009fbff : System RAM", two blanks for every level. */
static bool parse_line(struct kb_str line, struct iomem_line *ret_line)
{
	struct iomem_line parsed = {0};
	struct kb_str s = kb_str_trim(line);
	uint64_t last;
	size_t used;

	parsed.nested = line.len > 0 && line.data[0] == ' ';
	if (kb_host_parse_u64(s, 16, &parsed.start, &used) < 0) {
		return false;
	}
	s = kb_str_skip(s, used);
	if (!kb_str_starts(s, KB_STR("-"))) {
		return false;
	}
	s = kb_str_skip(s, 1);
	if (kb_host_parse_u64(s, 16, &last, &used) < 0 || last == UINT64_MAX) {
		return false;
	}
	parsed.end = last + 1;
	s = kb_str_skip(s, used);
	if (!kb_str_starts(s, KB_STR(" : "))) {
		return false;
	}
	parsed.name = kb_str_skip(s, 3);
	*ret_line = parsed;
	return true;
}

static int take_line(const struct iomem_line *line, bool want_firmware, struct kb_x86_memmap *map)
{
	uint32_t type = kb_x86_memory_type(line->name);
	int r = 0;

	if (line->nested) {
		return kb_str_eq(line->name, KB_STR("Crash kernel")) || type == KB_X86_RESERVED
			       ? kb_x86_ranges_subtract(&map->usable, line->start, line->end, 0)
			       : 0;
	}
	if (type == KB_X86_RAM) {
		r = kb_x86_ranges_add(&map->usable, line->start, line->end, type);
	}
	if (r < 0 || type == 0) {
		return r;
	}
	if (want_firmware) {
		return kb_x86_ranges_add(&map->firmware, line->start, line->end, type);
	}
	/*
	 * What the running kernel keeps reserved inside the firmware's RAM holds tables that the
	 * next one needs too (the boot logo, ESRT, the TPM's log).
	 */
	return type == KB_X86_RESERVED
		       ? kb_x86_ranges_subtract(&map->firmware, line->start, line->end, type)
		       : 0;
}

int kb_x86_memmap_parse_iomem(struct kb_str text, struct kb_x86_memmap *map)
{
	bool want_firmware = map->firmware.count == 0;
	struct iomem_line line;
	struct kb_str s;
	int r = 0;

	while (r == 0 && kb_str_next_line(&text, &s)) {
		if (parse_line(s, &line)) {
			r = take_line(&line, want_firmware, map);
		}
	}
	kb_x86_ranges_sort(&map->usable);
	kb_x86_ranges_sort(&map->firmware);
	return r;
}

struct firmware_reader {
	const struct kb_boot_host *host;
	struct kb_x86_ranges *ranges;
};

/* One directory of /sys/firmware/memmap; its end is the last byte. */
static int read_firmware_range(void *ctx, const char *name)
{
	const struct firmware_reader *reader = ctx;
	char type[TYPE_NAME_BYTES];
	char path[PATH_BYTES];
	uint64_t start;
	uint64_t last;
	uint32_t kind;
	int r;

	(void)snprintf(path, sizeof(path), "firmware/memmap/%s/start", name);
	r = kb_host_read_u64(reader->host->sysfs_fd, path, &start);
	if (r < 0) {
		return r;
	}
	(void)snprintf(path, sizeof(path), "firmware/memmap/%s/end", name);
	r = kb_host_read_u64(reader->host->sysfs_fd, path, &last);
	if (r < 0) {
		return r;
	}
	(void)snprintf(path, sizeof(path), "firmware/memmap/%s/type", name);
	r = kb_host_read_text(reader->host->sysfs_fd, path, type, sizeof(type));
	if (r < 0) {
		return r;
	}
	kind = kb_x86_memory_type(kb_str_trim(kb_str_from(type)));
	return last == UINT64_MAX ? 0
				  : kb_x86_ranges_add(reader->ranges, start, last + 1,
						      kind ? kind : KB_X86_RESERVED);
}

static int read_firmware(const struct kb_boot_host *host, struct kb_x86_ranges *ranges)
{
	struct kb_tree sys = {.root_fd = host->sysfs_fd, .name = ""};
	struct firmware_reader reader = {host, ranges};
	int r = kb_tree_list(&sys, "firmware/memmap", KB_X86_MAX_RANGES, read_firmware_range,
			     &reader);

	if (r == -ENOENT) {
		return 0; /* CONFIG_FIRMWARE_MEMMAP is off: /proc/iomem has to do */
	}
	kb_x86_ranges_sort(ranges);
	return r;
}

int kb_x86_memmap_read(const struct kb_boot_host *host, struct kb_x86_memmap *ret_map,
		       struct kb_error *err)
{
	KB_CLEANUP(kb_x86_memmap_done) struct kb_x86_memmap map = {0};
	KB_BUF struct kb_buf text = {0};
	int r;

	r = read_firmware(host, &map.firmware);
	if (r < 0) {
		return kb_error_set(err, r, "reading /sys/firmware/memmap: %s", strerror(-r));
	}
	r = kb_host_read(host->procfs_fd, "iomem", IOMEM_MAX_BYTES, &text);
	if (r == 0) {
		r = kb_x86_memmap_parse_iomem(kb_buf_view(&text), &map);
	}
	if (r < 0) {
		return kb_error_set(err, r, "reading /proc/iomem: %s", strerror(-r));
	}
	/* Whoever is not root reads zeros there. */
	if (map.usable.count == 0 || map.usable.list[map.usable.count - 1].end <= 1) {
		return kb_error_set(err, -EPERM, "/proc/iomem does not say where the memory is");
	}
	*ret_map = map;
	map = (struct kb_x86_memmap){0};
	return 0;
}

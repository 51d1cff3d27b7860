/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "gpt.h"

#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "kboot/base/cleanup.h"

/* UEFI specification, 5.3.2. */
enum {
	HEADER_BYTES = 92,
	OFFSET_ENTRY_COUNT = 80,
	OFFSET_ENTRY_BYTES = 84,
	TABLE_MAX_BYTES = 4 << 20,
};

static const char signature[] = "EFI PART";

static uint32_t read_le32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static bool header_is_bounded(int fd, off_t offset)
{
	uint8_t header[HEADER_BYTES];
	uint64_t table_bytes;

	if (pread(fd, header, sizeof(header), offset) != (ssize_t)sizeof(header) ||
	    memcmp(header, signature, sizeof(signature) - 1) != 0) {
		return true; /* nobody will read a table from here */
	}
	table_bytes = (uint64_t)read_le32(header + OFFSET_ENTRY_COUNT) *
		      read_le32(header + OFFSET_ENTRY_BYTES);
	return table_bytes <= TABLE_MAX_BYTES;
}

bool kb_scan_gpt_is_bounded(int fd)
{
	/* Logical block sizes; a header is in the second and in the last block. */
	static const off_t block_bytes[] = {512, 1024, 2048, 4096};
	off_t end = lseek(fd, 0, SEEK_END);

	for (size_t i = 0; i < KB_ARRAY_LEN(block_bytes); i++) {
		if (!header_is_bounded(fd, block_bytes[i])) {
			return false;
		}
		if (end >= block_bytes[i] && !header_is_bounded(fd, end - block_bytes[i])) {
			return false;
		}
	}
	return true;
}

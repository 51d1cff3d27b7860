/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/budget.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

#include "kboot/base/checked.h"
#include "kboot/base/str.h"

enum { MEMINFO_BYTES = 4096, PARTS = 16, MAX_READERS = 4 };

#define MIB ((uint64_t)1 << 20)

/* In sixteenths of what is available. docs/ARCHITECTURE.md shows this table. */
static const struct {
	uint64_t parts;
	uint64_t floor_bytes;
	uint64_t ceiling_bytes;
} shares[KB_N_SHARES] = {
	[KB_SHARE_FINDINGS] = {1, MIB, 48 * MIB},
	[KB_SHARE_SNAPSHOTS] = {3, 4 * MIB, 4096 * MIB},
	[KB_SHARE_READER] = {1, 8 * MIB, 256 * MIB},
	[KB_SHARE_CLIENTS] = {1, 2 * MIB, 64 * MIB},
	[KB_SHARE_FETCHED] = {2, 0, 4096 * MIB},
};

/* "MemTotal:       16384 kB" */
static int find(struct kb_str text, struct kb_str name, uint64_t *ret_bytes)
{
	struct kb_str line;

	while (kb_str_next_line(&text, &line)) {
		if (kb_str_starts(line, name)) {
			*ret_bytes = strtoull(line.data + name.len, NULL, 10) << 10;
			return 0;
		}
	}
	return -ENODATA;
}

/* Allocates nothing: it is asked when there is little left. What counts stands first. */
int kb_memory_read(int procfs_fd, struct kb_memory *ret_memory)
{
	KB_CLOSE int fd = openat(procfs_fd, "meminfo", O_RDONLY | O_CLOEXEC);
	char text[MEMINFO_BYTES];
	struct kb_memory memory;
	ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	int r = n < 0 ? -errno : 0;

	if (r == 0) {
		text[n] = '\0';
		r = find(kb_str_of(text, (size_t)n), KB_STR("MemTotal:"), &memory.total_bytes);
	}
	if (r == 0) {
		r = find(kb_str_of(text, (size_t)n), KB_STR("MemAvailable:"),
			 &memory.available_bytes);
	}
	if (r == 0) {
		*ret_memory = memory;
	}
	return r;
}

uint64_t kb_memory_share(const struct kb_memory *memory, enum kb_share share)
{
	uint64_t bytes = memory->available_bytes / PARTS * shares[share].parts;

	if (memory->total_bytes == 0 || bytes > shares[share].ceiling_bytes) {
		return shares[share].ceiling_bytes;
	}
	return bytes < shares[share].floor_bytes ? shares[share].floor_bytes : bytes;
}

unsigned kb_memory_readers(const struct kb_memory *memory)
{
	uint64_t n = memory->available_bytes / 4 / kb_memory_share(memory, KB_SHARE_READER);

	if (memory->total_bytes == 0 || n > MAX_READERS) {
		return MAX_READERS;
	}
	return n > 0 ? (unsigned)n : 1;
}

uint64_t kb_memory_for_loading(const struct kb_memory *now, unsigned copies)
{
	uint64_t keep = kb_memory_share(now, KB_SHARE_CLIENTS);
	uint64_t room = now->available_bytes > keep ? now->available_bytes - keep : 0;

	if (now->total_bytes == 0) {
		return UINT64_MAX;
	}
	room /= copies;
	return room < now->total_bytes / 2 ? room : now->total_bytes / 2;
}

int kb_account_take(struct kb_account *account, size_t bytes)
{
	size_t sum;

	if (!account) {
		return 0;
	}
	if (kb_add_size(account->used_bytes, bytes, &sum) < 0 ||
	    (account->max_bytes > 0 && sum > account->max_bytes)) {
		return -ENOMEM;
	}
	account->used_bytes = sum;
	return 0;
}

void kb_account_give_back(struct kb_account *account, size_t bytes)
{
	if (account) {
		account->used_bytes -= bytes;
	}
}

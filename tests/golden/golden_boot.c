/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * golden_boot boot FOLDER: plans and loads a small kernel with two initrds on the machine whose
 * /sys and /proc are FOLDER/sys and FOLDER/proc, and prints what kexec_load(2) is given: the
 * segments, and boot_params byte for byte.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "boot_files.h"
#include "kboot/boot/load.h"

enum { PARAMS_AT = 0x120, PARAMS_BYTES = 4096, LINE_BYTES = 16, SETUP_DATA = 0x250 };

struct loaded {
	size_t n;
	const struct kb_kexec_segment *segments;
};

/* The loaded bytes at a physical address; NULL where len are not there. */
static const uint8_t *memory_at(const struct loaded *l, uint64_t address, size_t len)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct kb_kexec_segment *s = &l->segments[i];

		if (address >= s->mem && address + len <= s->mem + s->bufsz) {
			return (const uint8_t *)s->buf + (address - s->mem);
		}
	}
	return NULL;
}

static uint64_t get(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = bytes; i > 0; i--) {
		value = value << 8 | p[i - 1];
	}
	return value;
}

static void print_bytes(const uint8_t *bytes, size_t len)
{
	static const uint8_t zeros[LINE_BYTES];

	for (size_t at = 0; at + LINE_BYTES <= len; at += LINE_BYTES) {
		if (memcmp(bytes + at, zeros, LINE_BYTES) == 0) {
			continue;
		}
		printf("  %03zx ", at);
		for (size_t i = 0; i < LINE_BYTES; i++) {
			printf(" %02x", bytes[at + i]);
		}
		printf("\n");
	}
}

static void print_setup_data(const struct loaded *l, uint64_t at)
{
	const uint8_t *record;

	for (int i = 0; at != 0 && i < 16; i++) {
		record = memory_at(l, at, 16);
		if (!record) {
			printf("setup_data leads out of what is loaded\n");
			return;
		}
		printf("setup_data at %#" PRIx64 ": type %" PRIu64 ", %" PRIu64 " bytes\n", at,
		       get(record + 8, 4), get(record + 12, 4));
		if (get(record + 8, 4) != 9) { /* a random seed is never the same */
			print_bytes(record + 16, get(record + 12, 4));
		}
		at = get(record, 8);
	}
}

static int print_load(void *ctx, unsigned long entry, size_t n,
		      const struct kb_kexec_segment *segments, unsigned long flags)
{
	struct loaded l = {n, segments};
	const uint8_t *word = memory_at(&l, entry + PARAMS_AT, 8);
	const uint8_t *params = word ? memory_at(&l, get(word, 8), PARAMS_BYTES) : NULL;

	(void)ctx;
	printf("kexec_load flags %#lx entry %#lx\n", flags, entry);
	for (size_t i = 0; i < n; i++) {
		printf("segment %#" PRIxPTR ": %zu bytes in %zu\n", segments[i].mem,
		       segments[i].bufsz, segments[i].memsz);
	}
	if (!params) {
		printf("no boot_params\n");
		return 0;
	}
	printf("boot_params at %#" PRIx64 "\n", get(word, 8));
	print_bytes(params, PARAMS_BYTES);
	print_setup_data(&l, get(params + SETUP_DATA, 8));
	return 0;
}

static int print_file_load(void *ctx, int kernel_fd, int initrd_fd, const char *cmdline,
			   unsigned long flags)
{
	(void)ctx;
	(void)kernel_fd;
	printf("kexec_file_load flags %#lx %s initrd, %s\n", flags,
	       initrd_fd < 0 ? "without" : "with", cmdline);
	return 0;
}

static int run(const struct kb_boot_host *host)
{
	const struct kb_sys sys = {.kexec_load = print_load, .kexec_file_load = print_file_load};
	struct bzimage_spec spec = {.version = "6.1.0-golden"};
	struct kb_boot_request request = {
		.kernel = {boot_file_bzimage(&spec), "vmlinuz"},
		.initrd = {{boot_file_pattern(6, 1), "microcode"},
			   {boot_file_pattern(5000, 2), "initrd"}},
		.n_initrd = 2,
		.dtb = {-1, NULL},
		.args = "root=UUID=1234 ro quiet",
	};
	struct kb_boot_plan plan;
	struct kb_error err = {0};
	int r = kb_boot_plan(&request, host, &plan, &err);

	if (r == 0) {
		printf("%s: %s\n", kb_boot_method_name(plan.method), plan.why);
		r = kb_boot_load(&sys, host, &request, &plan, NULL, NULL, &err);
	}
	if (r < 0) {
		printf("failed: %s\n", err.text);
	}
	(void)kb_close(request.kernel.fd);
	(void)kb_close(request.initrd[0].fd);
	(void)kb_close(request.initrd[1].fd);
	return 0;
}

int main(int argc, char **argv)
{
	KB_CLOSE int folder_fd = -1;
	KB_CLOSE int sys_fd = -1;
	KB_CLOSE int proc_fd = -1;
	struct kb_boot_host host = {-1, -1, -1, NULL};

	if (argc != 3 || strcmp(argv[1], "boot") != 0) {
		(void)fprintf(stderr, "usage: golden_boot boot FOLDER\n");
		return 2;
	}
	folder_fd = open(argv[2], O_PATH | O_DIRECTORY | O_CLOEXEC);
	sys_fd = openat(folder_fd, "sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	proc_fd = openat(folder_fd, "proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	host.sysfs_fd = sys_fd;
	host.procfs_fd = proc_fd;
	return run(&host);
}

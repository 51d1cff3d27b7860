/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A disk that begins with the input and is zeros after it, or (of odd length) is no longer than
 * the input: the end of a disk, where some formats are looked for, is in reach then. What is found
 * is text that a terminal can show; what is not has its sentence.
 */
#include "kboot/scan/block.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "fuzz.h"

enum { DISK_BYTES = 1 << 30, INPUT_MAX = 1 << 20, TEXT_MAX = 255 };

/*
 * libblkid compares each name that is looked for with each that it knows, for every input; telling
 * libFuzzer of all that, as the sanitizers' own does, took a fifth of the time.
 */
int strcmp(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return (unsigned char)*a - (unsigned char)*b;
}

/* As everywhere else, an allocation that cannot be had answers NULL under the sanitizer too. */
const char *__asan_default_options(void);
const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void check_text(const char *text)
{
	if (!text) {
		return;
	}
	FUZZ_CHECK(text[0] != '\0' && strlen(text) <= TEXT_MAX);
	for (; *text; text++) {
		FUZZ_CHECK((unsigned char)*text >= ' ' && *text != 0x7f);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	const off_t disk_bytes = size % 2 ? (off_t)size : DISK_BYTES;
	KB_CLOSE int fd = memfd_create("disk", MFD_CLOEXEC);
	const struct kb_block block = {.name = "sdq1", .size_bytes = (uint64_t)disk_bytes};
	struct kb_device device = {0};
	struct kb_error err = {0};
	int r;

	if (size > INPUT_MAX || ftruncate(fd, disk_bytes) < 0 ||
	    pwrite(fd, data, size, 0) != (ssize_t)size) {
		return 0;
	}
	r = kb_scan_probe(&arena, fd, &block, &device, &err);
	FUZZ_CHECK(r <= 0 && (r < 0) == (err.text[0] != '\0'));
	FUZZ_CHECK(r == 0 || r == -EUCLEAN || r == -ENOMEM || r == -EIO || r == -EINVAL);
	check_text(device.fstype);
	check_text(device.uuid);
	check_text(device.label);
	return 0;
}

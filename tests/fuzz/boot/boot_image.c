/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel file of any bytes. What is accepted has a type and text that a terminal can show, what
 * is not has its sentence; and what the x86 loader would map lies in the file.
 */
#include "kboot/boot/image.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "image_x86.h"
#include "kboot/boot/load.h"
#include "kboot/boot/uki.h"

enum { INPUT_MAX = 1 << 20, ROOM = 1 << 20, PROFILES = 3 };

static void check_text(const char *text)
{
	for (; *text; text++) {
		FUZZ_CHECK((unsigned char)*text >= ' ' && *text != 0x7f);
	}
}

static void check_header(int fd, size_t size)
{
	struct kb_x86_header header;
	struct kb_error err = {0};

	if (kb_x86_header_read_fd(fd, "k", &header, &err) < 0) {
		FUZZ_CHECK(err.text[0] != '\0');
		return;
	}
	FUZZ_CHECK(header.body_bytes > 0 && header.body_offset < size);
	FUZZ_CHECK(header.body_bytes <= size - header.body_offset);
	FUZZ_CHECK(header.init_size_bytes >= header.body_bytes);
	FUZZ_CHECK(header.alignment >= 4096 && (header.alignment & (header.alignment - 1)) == 0);
	FUZZ_CHECK(header.cmdline_max_bytes > 0);
}

/* Parts that overlap are copied twice: never more than there is room for. */
static void take_apart(int fd)
{
	const struct kb_boot_file file = {fd, "k"};

	for (unsigned profile = 0; profile < PROFILES; profile++) {
		KB_ARENA struct kb_arena arena = {0};
		struct kb_uki_parts parts;
		struct kb_error err = {0};
		uint64_t room = ROOM;
		int r = kb_uki_take_apart(&file, profile, &room, &arena, &parts, &err);

		FUZZ_CHECK(r <= 0 && (r < 0) == (err.text[0] != '\0'));
		check_text(err.text);
		if (r == 0) {
			FUZZ_CHECK(lseek(parts.kernel.fd, 0, SEEK_END) <= ROOM);
			FUZZ_CHECK(!strpbrk(parts.args, "\n\r\t"));
			kb_uki_parts_close(&parts);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_CLOSE int fd = memfd_create("k", MFD_CLOEXEC);
	struct kb_boot_request request = {.kernel = {fd, "k"}, .dtb = {-1, NULL}, .args = "ro"};
	const struct kb_boot_host host = {-1, -1, -1, "/sbin/kexec"};
	struct kb_boot_plan plan = {0};
	struct kb_image image = {0};
	struct kb_error err = {0};
	int r;

	if (size > INPUT_MAX || fd < 0 || pwrite(fd, data, size, 0) != (ssize_t)size) {
		return 0;
	}
	r = kb_image_inspect(fd, "k", &image, &err);
	FUZZ_CHECK(r == 0 || r == -ENOEXEC || r == -EUCLEAN || r == -ENOTSUP);
	FUZZ_CHECK((r < 0) == (err.text[0] != '\0'));
	FUZZ_CHECK((r < 0) == (image.type == KB_IMAGE_UNKNOWN));
	check_text(err.text);
	check_text(image.version);
	check_header(fd, size);
	take_apart(fd);
	if (r < 0) {
		return 0;
	}
	kb_error_clear(&err);
	r = kb_boot_plan(&request, &host, &plan, &err);
	FUZZ_CHECK(r <= 0 && (r < 0) == (err.text[0] != '\0'));
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The whole of our own loader on a made-up machine: 4096 bytes of kernel file, the sizes of it and
 * of initrds, the text of /proc/iomem. What reaches kexec_load(2) lies in System RAM, in whole
 * pages, apart from each other and from all that the kernel unpacks itself into.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/kexec.h>
#include <sys/mman.h>

#include "fuzz.h"
#include "method.h"
#include "temp_dir.h"
#include "x86/memmap.h"

enum {
	KERNEL_BYTES = 4096,
	PAGE = 4096,
	NUMBERS_AT = KERNEL_BYTES, /* kernel's size in paragraphs (2 bytes), initrds, their sizes */
	TEXT_AT = KERNEL_BYTES + 40,
	N_SIZES = 32, /* then they are used again */
	INITRD_MAX_BYTES = 32 << 10,
};

struct machine {
	struct temp_dir dir; /* stands for /proc and /sys */
	int iomem_fd;
	int kernel_fd;
	int initrd_fds[KB_BOOT_MAX_INITRDS];
	struct kb_x86_memmap map;
	struct kb_x86_header header;
};

/* Its files are made once, and filled for each input. */
static struct machine machine;

static void forget(void)
{
	temp_dir_done(&machine.dir);
}

static void build(struct machine *m)
{
	temp_dir_init(&m->dir);
	m->iomem_fd = openat(m->dir.fd, "iomem", O_CREAT | O_RDWR | O_CLOEXEC, 0600);
	m->kernel_fd = memfd_create("kernel", MFD_CLOEXEC);
	FUZZ_CHECK(m->iomem_fd >= 0 && m->kernel_fd >= 0);
	for (size_t i = 0; i < KB_BOOT_MAX_INITRDS; i++) {
		m->initrd_fds[i] = memfd_create("initrd", MFD_CLOEXEC);
		FUZZ_CHECK(m->initrd_fds[i] >= 0);
	}
	FUZZ_CHECK(atexit(forget) == 0);
}

static void fill(int fd, const uint8_t *data, size_t len, size_t size)
{
	FUZZ_CHECK(ftruncate(fd, (off_t)size) == 0);
	FUZZ_CHECK(pwrite(fd, data, len, 0) == (ssize_t)len);
}

/* Ranges are sorted, but may overlap. */
static bool is_ram(const struct kb_x86_ranges *usable, uint64_t start, uint64_t end)
{
	uint64_t covered = start;

	for (size_t i = 0; i < usable->count; i++) {
		const struct kb_x86_range *r = &usable->list[i];

		if (r->type == KB_X86_RAM && r->start <= covered && r->end > covered) {
			covered = r->end;
		}
	}
	return covered >= end;
}

/* The first byte behind what a segment needs: the kernel unpacks itself behind its own. */
static uint64_t end_of(const struct kb_kexec_segment *segments, size_t i)
{
	uint64_t end = segments[i].mem + segments[i].memsz;
	uint64_t unpacked = segments[i].mem +
			    ((machine.header.init_size_bytes + PAGE - 1) & ~(uint64_t)(PAGE - 1));

	return i == 0 && unpacked > end ? unpacked : end;
}

static int check_segments(void *ctx, unsigned long entry, size_t n,
			  const struct kb_kexec_segment *segments, unsigned long flags)
{
	(void)ctx;
	(void)flags;
	FUZZ_CHECK(n >= 2 && n <= KEXEC_SEGMENT_MAX && entry == segments[1].mem);
	FUZZ_CHECK(!machine.header.relocatable || segments[0].mem % machine.header.alignment == 0);
	for (size_t i = 0; i < n; i++) {
		const struct kb_kexec_segment *s = &segments[i];

		FUZZ_CHECK(s->mem % PAGE == 0 && s->memsz % PAGE == 0 && s->memsz > 0);
		FUZZ_CHECK(s->bufsz <= s->memsz && s->mem + s->memsz > s->mem);
		FUZZ_CHECK(is_ram(&machine.map.usable, s->mem, end_of(segments, i)));
		for (size_t j = 0; j < i; j++) {
			FUZZ_CHECK(end_of(segments, i) <= segments[j].mem ||
				   end_of(segments, j) <= s->mem);
		}
	}
	return 0;
}

static void load(struct machine *m, struct kb_boot_request *request)
{
	const struct kb_boot_host host = {.sysfs_fd = m->dir.fd,
					  .procfs_fd = m->dir.fd,
					  .dev_fd = m->dir.fd};
	const struct kb_sys sys = {.kexec_load = check_segments};
	const struct kb_boot_plan plan = {0};
	struct kb_boot_job job = {.sys = &sys, .host = &host, .request = request, .plan = &plan};
	struct kb_error err = {0};
	int r;

	if (kb_x86_header_read_fd(m->kernel_fd, "k", &m->header, NULL) < 0 ||
	    kb_x86_memmap_read(&host, &m->map, &err) < 0) {
		return;
	}
	err = (struct kb_error){0};
	r = kb_x86_load(&job, &err);
	FUZZ_CHECK(r <= 0 && (r < 0) == (err.text[0] != '\0'));
	kb_x86_memmap_done(&m->map);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_boot_request request = {.kernel = {.name = "k"},
					  .args = "ro quiet",
					  .dtb = {.fd = -1}};
	const uint8_t *numbers = data + NUMBERS_AT;

	if (size < TEXT_AT) {
		return 0;
	}
	if (!machine.dir.path[0]) {
		build(&machine);
	}
	fill(machine.iomem_fd, data + TEXT_AT, size - TEXT_AT, size - TEXT_AT);
	fill(machine.kernel_fd, data, KERNEL_BYTES,
	     KERNEL_BYTES + (size_t)((numbers[0] | numbers[1] << 8) << 4));
	request.kernel.fd = machine.kernel_fd;
	request.n_initrd = numbers[2] % (KB_BOOT_MAX_INITRDS + 1);
	for (size_t i = 0; i < request.n_initrd; i++) {
		fill(machine.initrd_fds[i], data, 0,
		     1 + numbers[3 + i % N_SIZES] * 517 % INITRD_MAX_BYTES);
		request.initrd[i] = (struct kb_boot_file){machine.initrd_fds[i], "i"};
	}
	load(&machine, &request);
	return 0;
}

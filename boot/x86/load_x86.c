/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our own loader: kexec_load(2) with the files mapped, not copied, and no digest.
 *
 * The trampoline brings page tables of its own, so nothing of the running kernel is needed once it
 * runs. That is why the kernel's segment is only as long as its file: the memory it unpacks itself
 * into is merely left free, where other loaders make kexec clear and copy it (63 MB for Debian's),
 * and half of a small machine's memory does for a much larger initrd.
 */
#include <cpuid.h>
#include <errno.h>
#include <linux/kexec.h>
#include <stdio.h>
#include <string.h>

#include "area.h"
#include "files.h"
#include "host.h"
#include "kboot/base/checked.h"
#include "kboot/base/tree.h"
#include "method.h"
#include "tables.h"

enum {
	SEGMENT_KERNEL,
	SEGMENT_AREA,
	SEGMENT_INITRD,
	MAX_INITRD_SEGMENTS = KEXEC_SEGMENT_MAX - SEGMENT_INITRD,
	MAX_DTB_BYTES = 2 << 20,
	MIB = 1 << 20,
	CPUID_FEATURES = 1,
	CPUID_HYPERVISOR = 1u << 31,
	CPUID_ENCRYPTION = 0x8000001f,
	CPUID_SEV = 1 << 1,
};

static const uint64_t four_gib = (uint64_t)4 << 30;
static const uint64_t page_mask = KB_X86_PAGE_BYTES - 1;

struct loading {
	struct kb_boot_job *job;
	struct kb_x86_header header;
	struct kb_x86_facts facts;
	struct kb_boot_bytes kernel;
	struct kb_boot_bytes initrd[MAX_INITRD_SEGMENTS];
	size_t n_initrd;
	struct kb_buf dtb;
	struct kb_buf area;
	struct kb_kexec_segment segments[KEXEC_SEGMENT_MAX];
};

static void loading_done(struct loading *l)
{
	kb_x86_facts_done(&l->facts);
	kb_boot_unmap(&l->kernel);
	for (size_t i = 0; i < l->n_initrd; i++) {
		kb_boot_unmap(&l->initrd[i]);
	}
	kb_buf_done(&l->dtb);
	kb_buf_done(&l->area);
}

/* A guest whose memory is encrypted needs page tables with a bit that only its kernel knows. */
static bool is_sev_guest(void)
{
	unsigned a;
	unsigned b;
	unsigned c;
	unsigned d;

	if (!__get_cpuid(CPUID_FEATURES, &a, &b, &c, &d) || !(c & CPUID_HYPERVISOR)) {
		return false;
	}
	return __get_cpuid(CPUID_ENCRYPTION, &a, &b, &c, &d) && (a & CPUID_SEV);
}

const char *kb_x86_why_not(const struct kb_boot_host *host, const struct kb_x86_header *header)
{
	if (!kb_x86_header_is_64(header)) {
		return "it is entered in 32-bit mode";
	}
	if (!(header->xloadflags & KB_X86_XLF_5LEVEL) && kb_host_cpu_has(host, "la57")) {
		return "it does not know 5-level paging, which is on";
	}
	return is_sev_guest() ? "the memory is encrypted (SEV)" : NULL;
}

static uint64_t round_up(uint64_t bytes)
{
	return (bytes + page_mask) & ~page_mask;
}

static int map_initrds(struct loading *l, struct kb_error *err)
{
	const struct kb_boot_request *request = l->job->request;
	size_t direct = request->n_initrd <= MAX_INITRD_SEGMENTS ? request->n_initrd
								 : MAX_INITRD_SEGMENTS - 1;
	KB_CLOSE int joined_fd = -1;
	struct kb_boot_file joined = {.name = "the initrds"};
	uint64_t size;
	int r;

	for (size_t i = 0; i < direct; i++) {
		r = kb_boot_file_size(&request->initrd[i], &size, err);
		if (r < 0) {
			return r;
		}
		r = kb_boot_map(l->job, &request->initrd[i], 0, size, &l->initrd[i], err);
		if (r < 0) {
			return r;
		}
		l->n_initrd++;
	}
	if (direct == request->n_initrd) {
		return 0;
	}
	r = kb_boot_join_initrds(l->job, direct, &joined_fd, err);
	if (r < 0) {
		return r;
	}
	joined.fd = joined_fd;
	r = kb_boot_file_size(&joined, &size, err);
	if (r == 0) {
		r = kb_boot_map(l->job, &joined, 0, size, &l->initrd[l->n_initrd], err);
	}
	l->n_initrd += r == 0;
	return r;
}

static int read_dtb(struct loading *l, struct kb_error *err)
{
	const struct kb_boot_file *dtb = &l->job->request->dtb;
	int r;

	if (dtb->fd < 0) {
		return 0;
	}
	if (lseek(dtb->fd, 0, SEEK_SET) < 0) {
		return kb_error_set(err, -errno, "reading %s: %s", dtb->name, strerror(errno));
	}
	r = kb_read_all(dtb->fd, MAX_DTB_BYTES, &l->dtb);
	return r < 0 ? kb_error_set(err, r, "reading %s: %s", dtb->name, strerror(-r)) : 0;
}

static int read_files(struct loading *l, struct kb_error *err)
{
	const struct kb_boot_file *kernel = &l->job->request->kernel;
	int r;

	r = kb_x86_header_read_fd(kernel->fd, kernel->name, &l->header, err);
	if (r < 0) {
		return r;
	}
	r = kb_boot_map(l->job, kernel, l->header.body_offset, l->header.body_bytes, &l->kernel,
			err);
	if (r < 0) {
		return r;
	}
	r = map_initrds(l, err);
	return r < 0 ? r : read_dtb(l, err);
}

static int no_room(const struct loading *l, const char *what, uint64_t bytes, int r,
		   struct kb_error *err)
{
	char count[KB_IMAGE_COUNT_TEXT];

	return kb_error_set(err, r == -ENOSPC ? -ENOMEM : r,
			    "%s: no room in memory for %s of %s bytes",
			    l->job->request->kernel.name, what, kb_image_count(count, bytes));
}

/* The whole of what it unpacks itself into is kept free, from where it would like to be upwards. */
static int place_kernel(struct loading *l, uint64_t *ret_start, struct kb_error *err)
{
	const struct kb_x86_header *h = &l->header;
	struct kb_x86_want want = {
		.size = round_up(h->init_size_bytes),
		.align = h->alignment,
		.min = h->pref_address,
		.max = h->relocatable ? four_gib : h->pref_address,
	};
	int r;

	if (!h->relocatable && (kb_add_u64(h->pref_address, want.size, &want.max) < 0 ||
				(h->pref_address & page_mask) != 0)) {
		return no_room(l, "a kernel", want.size, -ENOSPC, err);
	}
	want.align = h->relocatable ? h->alignment : KB_X86_PAGE_BYTES;
	r = kb_x86_ranges_place(&l->facts.memory.usable, &want, ret_start);
	return r < 0 ? no_room(l, "a kernel", want.size, r, err) : 0;
}

/*
 * Below 16 MiB: a kernel that moves itself to a random place never goes there, and not all of what
 * we hand it is on the list of what it avoids (the EFI memory map is not).
 */
static int place_area(struct loading *l, uint64_t bytes, uint64_t *ret_start, struct kb_error *err)
{
	static const struct {
		uint64_t min;
		uint64_t max;
	} tries[] = {
		{MIB, 16 * (uint64_t)MIB},
		{0x10000, 0x90000},
		{MIB, (uint64_t)4 << 30},
	};
	int r = -ENOSPC;

	for (size_t i = 0; i < KB_ARRAY_LEN(tries) && r == -ENOSPC; i++) {
		struct kb_x86_want want = {bytes, KB_X86_PAGE_BYTES, tries[i].min, tries[i].max,
					   true};

		r = kb_x86_ranges_place(&l->facts.memory.usable, &want, ret_start);
	}
	return r < 0 ? no_room(l, "its parameters", bytes, r, err) : 0;
}

/*
 * The running kernel freed the memory of its own initrd last and hands it out first, so kexec would
 * get many of its pages from there; and a page that is somebody's destination costs it a walk over
 * all pages so far (kimage_alloc_page in kernel/kexec_core.c). Anywhere else the load takes half
 * the time.
 */
static int place_off_old_initrd(const struct loading *l, const struct kb_x86_want *want,
				uint64_t *ret_start)
{
	KB_CLEANUP(kb_x86_ranges_done) struct kb_x86_ranges rest = {0};
	const uint8_t *running = l->facts.running;
	uint64_t start = kb_le32(running + KB_X86_INITRD) |
			 (uint64_t)kb_le32(running + KB_X86_EXT_INITRD) << 32;
	uint64_t size = kb_le32(running + KB_X86_INITRD_SIZE) |
			(uint64_t)kb_le32(running + KB_X86_EXT_INITRD_SIZE) << 32;
	uint64_t end;
	int r;

	if (kb_add_u64(start, size, &end) < 0) {
		end = start;
	}
	r = kb_x86_ranges_copy(&l->facts.memory.usable, &rest);
	if (r == 0) {
		r = kb_x86_ranges_subtract(&rest, start, end, 0);
	}
	return r < 0 ? r : kb_x86_ranges_place(&rest, want, ret_start);
}

/* As high as the kernel says it may be; above 4 GiB only where it must. */
static int place_initrd(struct loading *l, uint64_t bytes, uint64_t *ret_start,
			struct kb_error *err)
{
	struct kb_x86_want want = {
		.size = bytes,
		.align = KB_X86_PAGE_BYTES,
		.min = MIB,
		.max = (uint64_t)l->header.initrd_addr_max + 1,
		.top_down = true,
	};
	struct kb_x86_ranges *usable = &l->facts.memory.usable;
	uint64_t start = 0;
	int r = place_off_old_initrd(l, &want, &start);

	if (r == 0) {
		r = kb_x86_ranges_subtract(usable, start, start + bytes, 0);
	} else if (r == -ENOSPC) {
		r = kb_x86_ranges_place(usable, &want, &start);
	}
	if (r == -ENOSPC && (l->header.xloadflags & KB_X86_XLF_ABOVE_4G)) {
		want.max = UINT64_MAX;
		r = kb_x86_ranges_place(usable, &want, &start);
	}
	if (r < 0) {
		return no_room(l, "an initrd", bytes, r, err);
	}
	*ret_start = start;
	return 0;
}

/*
 * With none given, a kernel that finds EFI tables takes the initrd that our own EFI stub left in
 * them, which is long gone; so it gets one of a few zeros, which it skips.
 */
static void add_no_initrd(struct loading *l)
{
	static const uint8_t zeros[16];

	if (l->n_initrd == 0 && kb_x86_hands_on_efi(&l->header, &l->facts)) {
		l->initrd[l->n_initrd++] =
			(struct kb_boot_bytes){.data = zeros, .len = sizeof(zeros)};
	}
}

/* Every initrd starts on a page, the zeros before it are the kernel's to skip. */
static int set_initrds(struct loading *l, struct kb_x86_area *area, struct kb_error *err)
{
	uint64_t at = 0;
	int r;

	add_no_initrd(l);
	for (size_t i = 0; i < l->n_initrd; i++) {
		at = round_up(at);
		area->initrd_bytes = at + l->initrd[i].len;
		at = area->initrd_bytes;
	}
	if (at == 0) {
		return 0;
	}
	r = place_initrd(l, round_up(at), &area->initrd, err);
	if (r < 0) {
		return r;
	}
	at = area->initrd;
	for (size_t i = 0; i < l->n_initrd; i++) {
		l->segments[SEGMENT_INITRD + i] = (struct kb_kexec_segment){
			.buf = l->initrd[i].data,
			.bufsz = l->initrd[i].len,
			.mem = (uintptr_t)at,
			.memsz = (size_t)round_up(l->initrd[i].len),
		};
		at += round_up(l->initrd[i].len);
	}
	return 0;
}

/* Written twice: once to learn its size, then for the place that was found. */
static int set_area(struct loading *l, const struct kb_x86_area *area, struct kb_error *err)
{
	uint64_t base = 0;
	int r = kb_x86_area_write(area, 0, &l->area);

	if (r == 0) {
		r = place_area(l, round_up(l->area.len), &base, err);
		if (r < 0) {
			return r;
		}
		kb_buf_reset(&l->area);
		r = kb_x86_area_write(area, base, &l->area);
	}
	if (r < 0) {
		return kb_error_set(err, r, "%s: writing its parameters: %s",
				    l->job->request->kernel.name, strerror(-r));
	}
	l->segments[SEGMENT_AREA] = (struct kb_kexec_segment){
		.buf = l->area.data,
		.bufsz = l->area.len,
		.mem = (uintptr_t)base,
		.memsz = (size_t)round_up(l->area.len),
	};
	return 0;
}

static int set_segments(struct loading *l, struct kb_error *err)
{
	struct kb_x86_area area = {
		.header = &l->header,
		.facts = &l->facts,
		.args = l->job->request->args,
		.dtb = kb_buf_view(&l->dtb),
	};
	int r;

	r = place_kernel(l, &area.kernel, err);
	if (r < 0) {
		return r;
	}
	l->segments[SEGMENT_KERNEL] = (struct kb_kexec_segment){
		.buf = l->kernel.data,
		.bufsz = l->kernel.len,
		.mem = (uintptr_t)area.kernel,
		.memsz = (size_t)round_up(l->kernel.len),
	};
	r = set_initrds(l, &area, err);
	return r < 0 ? r : set_area(l, &area, err);
}

/* Of what EINVAL can mean here, only one thing can be: kexec takes no more than half of the memory.
 */
static int refused(const struct loading *l, int r, struct kb_error *err)
{
	char count[KB_IMAGE_COUNT_TEXT];
	uint64_t bytes = 0;

	if (r != -EINVAL) {
		return kb_boot_refused(l->job, "kexec_load", r, err);
	}
	for (size_t i = 0; i < SEGMENT_INITRD + l->n_initrd; i++) {
		bytes += l->segments[i].memsz;
	}
	return kb_error_set(err, -ENOMEM,
			    "%s: kernel and initrds take %s bytes, more than half of the memory",
			    l->job->request->kernel.name, kb_image_count(count, bytes));
}

int kb_x86_load(struct kb_boot_job *job, struct kb_error *err)
{
	KB_CLEANUP(loading_done) struct loading l = {.job = job};
	int r;

	r = read_files(&l, err);
	if (r < 0) {
		return r;
	}
	r = kb_x86_facts_read(job->host, &l.facts, err);
	if (r < 0) {
		return r;
	}
	r = set_segments(&l, err);
	if (r < 0) {
		return r;
	}
	r = job->sys->kexec_load(job->sys->ctx, l.segments[SEGMENT_AREA].mem,
				 SEGMENT_INITRD + l.n_initrd, l.segments, KEXEC_ARCH_X86_64);
	return r < 0 ? refused(&l, r, err) : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "image_x86.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "image_pe.h"
#include "kboot/base/str.h"

enum {
	SECTOR_BYTES = 512,
	DEFAULT_SETUP_SECTS = 4,
	PROTOCOL_INITRD_MAX = 0x203,
	PROTOCOL_RELOCATABLE = 0x205,
	PROTOCOL_CMDLINE_SIZE = 0x206,
	PROTOCOL_PAYLOAD = 0x208,
	PROTOCOL_INIT_SIZE = 0x20a,
	PROTOCOL_XLOADFLAGS = 0x20c,
	OLD_CMDLINE_MAX_BYTES = 255,
	OLD_INITRD_ADDR_MAX = 0x37ffffff,
	OLD_PREF_ADDRESS = 0x100000,
	OLD_ALIGNMENT = 2 << 20,
	MIN_ALIGNMENT = 4096,
	PARAGRAPH_BYTES = 16,
	/* A kernel of 1 MiB compressed has never needed more than this to unpack itself. */
	OLD_INIT_SIZE_FACTOR = 8,
	MIN_HEADER_BYTES = 0x230, /* protocol 2.03 */
};

static const uint8_t *at(const struct kb_x86_header *h, size_t offset)
{
	return h->raw + (offset - KB_X86_HEADER_START);
}

static bool match(const struct kb_image_source *src)
{
	return kb_image_has(src, KB_X86_BOOT_FLAG, "\x55\xaa", 2) &&
	       kb_image_has(src, KB_X86_MAGIC, "HdrS", 4);
}

/* Only the bytes the header claims to have; newer fields of an older header read as zero. */
static void copy_raw(const struct kb_image_source *src, struct kb_x86_header *h)
{
	size_t end = (size_t)KB_X86_MAGIC + src->head[KB_X86_JUMP_LENGTH];

	if (end > KB_X86_HEADER_END) {
		end = KB_X86_HEADER_END;
	}
	if (end > src->head_len) {
		end = src->head_len;
	}
	if (end < KB_X86_PROTOCOL + 2) {
		end = KB_X86_PROTOCOL + 2;
	}
	memcpy(h->raw, src->head + KB_X86_HEADER_START, end - KB_X86_HEADER_START);
}

bool kb_x86_header_is_64(const struct kb_x86_header *header)
{
	return header->protocol >= PROTOCOL_XLOADFLAGS &&
	       (header->xloadflags & KB_X86_XLF_KERNEL_64) != 0;
}

static void read_limits(struct kb_x86_header *h)
{
	uint32_t cmdline_size = kb_le32(at(h, KB_X86_CMDLINE_SIZE));
	uint32_t alignment = kb_le32(at(h, KB_X86_ALIGNMENT));
	uint32_t init_size = kb_le32(at(h, KB_X86_INIT_SIZE));

	h->initrd_addr_max = h->protocol >= PROTOCOL_INITRD_MAX
				     ? kb_le32(at(h, KB_X86_INITRD_ADDR_MAX))
				     : OLD_INITRD_ADDR_MAX;
	h->cmdline_max_bytes = h->protocol >= PROTOCOL_CMDLINE_SIZE && cmdline_size > 0
				       ? cmdline_size
				       : OLD_CMDLINE_MAX_BYTES;
	h->relocatable = h->protocol >= PROTOCOL_RELOCATABLE && *at(h, KB_X86_RELOCATABLE) != 0;
	h->alignment = alignment >= MIN_ALIGNMENT && (alignment & (alignment - 1)) == 0
			       ? alignment
			       : OLD_ALIGNMENT;
	h->pref_address = OLD_PREF_ADDRESS;
	h->init_size_bytes = h->body_bytes * OLD_INIT_SIZE_FACTOR;
	if (h->protocol >= PROTOCOL_INIT_SIZE) {
		h->pref_address = kb_le64(at(h, KB_X86_PREF_ADDRESS));
		if (init_size > 0) {
			h->init_size_bytes = init_size;
		}
	}
	if (h->init_size_bytes < h->body_bytes) {
		h->init_size_bytes = h->body_bytes;
	}
}

static int needs_bios(const struct kb_image_source *src, struct kb_error *err)
{
	return kb_error_set(err, -ENOTSUP,
			    "%s works with the BIOS in real mode, of which nothing is left once "
			    "Linux has run; only the firmware or a loader there can start it",
			    src->name);
}

/* Finds the protected-mode part and checks that all of it is there. */
static int read_body(const struct kb_image_source *src, struct kb_x86_header *h,
		     struct kb_error *err)
{
	uint64_t sects = *at(h, KB_X86_SETUP_SECTS);
	uint64_t body = (uint64_t)kb_le32(at(h, KB_X86_SYSSIZE)) * PARAGRAPH_BYTES;
	uint64_t payload = 0;
	uint64_t end;

	h->body_offset = ((sects ? sects : DEFAULT_SETUP_SECTS) + 1) * SECTOR_BYTES;
	if (h->protocol >= PROTOCOL_PAYLOAD) {
		payload = (uint64_t)kb_le32(at(h, KB_X86_PAYLOAD_OFFSET)) +
			  kb_le32(at(h, KB_X86_PAYLOAD_LENGTH));
	}
	if (body == 0) {
		return kb_x86_header_is_64(h)
			       ? kb_error_set(err, -EUCLEAN,
					      "%s is damaged: its header says it is empty",
					      src->name)
			       : needs_bios(src, err);
	}
	/* The size is in paragraphs, rounded up by builders that did not pad the file. */
	end = h->body_offset + (payload > body ? payload : body);
	if (src->size_bytes + PARAGRAPH_BYTES <= end) {
		return kb_image_truncated(src, end, err);
	}
	h->body_bytes = end - h->body_offset;
	if (h->body_bytes > src->size_bytes - h->body_offset) {
		h->body_bytes = src->size_bytes - h->body_offset;
	}
	return 0;
}

int kb_x86_header_read(const struct kb_image_source *src, struct kb_x86_header *ret_header,
		       struct kb_error *err)
{
	struct kb_x86_header h = {0};
	int r;

	if (!match(src)) {
		return kb_error_set(err, -ENOEXEC, "%s is not an x86 kernel", src->name);
	}
	if (src->head_len < MIN_HEADER_BYTES) {
		return kb_image_truncated(src, MIN_HEADER_BYTES, err);
	}
	copy_raw(src, &h);
	h.protocol = kb_le16(at(&h, KB_X86_PROTOCOL));
	if (h.protocol < 0x200) {
		return kb_error_set(err, -ENOEXEC, "%s is older than every boot protocol we know",
				    src->name);
	}
	if (h.protocol >= PROTOCOL_XLOADFLAGS) {
		h.xloadflags = kb_le16(at(&h, KB_X86_XLOADFLAGS));
	}
	r = read_body(src, &h, err);
	if (r < 0) {
		return r;
	}
	read_limits(&h);
	*ret_header = h;
	return 0;
}

int kb_x86_header_read_fd(int fd, const char *name, struct kb_x86_header *ret_header,
			  struct kb_error *err)
{
	uint8_t head[KB_X86_HEADER_END];
	struct kb_image_source src = {.fd = fd, .name = name, .head = head};
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0) {
		return kb_error_set(err, -errno, "%s: %s", name, strerror(errno));
	}
	src.size_bytes = (uint64_t)st.st_size;
	src.head_len = src.size_bytes < sizeof(head) ? (size_t)src.size_bytes : sizeof(head);
	r = kb_image_read(&src, 0, head, src.head_len);
	if (r < 0) {
		return kb_error_set(err, r, "reading %s: %s", name, strerror(-r));
	}
	return kb_x86_header_read(&src, ret_header, err);
}

static void read_version(const struct kb_image_source *src, const struct kb_x86_header *h,
			 struct kb_image *image)
{
	uint8_t text[sizeof(image->version)];
	uint64_t offset = kb_le16(at(h, KB_X86_VERSION_TEXT));
	size_t len = sizeof(text);

	if (offset == 0 || offset + SECTOR_BYTES >= h->body_offset) {
		return;
	}
	offset += SECTOR_BYTES;
	if (len > h->body_offset - offset) {
		len = (size_t)(h->body_offset - offset);
	}
	if (kb_image_read(src, offset, text, len) == 0) {
		kb_image_copy_text(image->version, sizeof(image->version), text, len);
	}
}

/*
 * iPXE's .lkrn has no entry in protected mode, memdisk no size of that part, and both, as wimboot
 * and grub4dos, say who they are where every Linux has its version. Those that can do without the
 * BIOS (memtest86+ since 6) follow protocol 2.12.
 */
static bool is_for_bios(const struct kb_x86_header *h, const char *version)
{
	return h->protocol < PROTOCOL_XLOADFLAGS && (kb_le32(at(h, KB_X86_CODE32_START)) == 0 ||
						     (version[0] && !kb_is_digit(version[0])));
}

static int inspect(const struct kb_image_source *src, struct kb_image *image, struct kb_error *err)
{
	struct kb_x86_header h = {0};
	int r;

	r = kb_x86_header_read(src, &h, err);
	if (r < 0) {
		return r;
	}
	/* Before protocol 2.12 the header does not tell; those are entered in 32-bit mode. */
	image->arch = kb_x86_header_is_64(&h) ? KB_ARCH_X86_64 : KB_ARCH_I386;
	image->cmdline_max_bytes = h.cmdline_max_bytes;
	read_version(src, &h, image);
	if (is_for_bios(&h, image->version)) {
		return needs_bios(src, err);
	}
	return kb_image_pe_signature(src, &image->is_signed, err);
}

const struct kb_image_kind kb_image_kind_bzimage = {KB_IMAGE_BZIMAGE, match, inspect};

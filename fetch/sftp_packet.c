/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sftp_packet.h"

#include <errno.h>

#include "kboot/base/endian.h"

/* What attributes there are, and the only way in which a file is opened. */
enum {
	ATTR_SIZE = 1,
	ATTR_OWNER = 2,
	ATTR_MODE = 4,
	ATTR_TIMES = 8,
	OPEN_READ = 1,
};

/* What is being taken apart. A number that is not there is 0, and cuts the whole. */
struct reader {
	struct kb_str rest;
	bool is_cut;
};

static struct kb_str take(struct reader *r, size_t len)
{
	struct kb_str taken = kb_str_head(r->rest, len);

	r->is_cut = r->is_cut || taken.len < len;
	r->rest = kb_str_skip(r->rest, len);
	return taken;
}

static uint32_t take_u8(struct reader *r)
{
	struct kb_str byte = take(r, 1);

	return r->is_cut ? 0 : (uint8_t)byte.data[0];
}

static uint32_t take_u32(struct reader *r)
{
	struct kb_str bytes = take(r, 4);

	return r->is_cut ? 0 : kb_be32((const uint8_t *)bytes.data);
}

static uint64_t take_u64(struct reader *r)
{
	uint64_t high = take_u32(r);

	return high << 32 | take_u32(r);
}

static struct kb_str take_text(struct reader *r)
{
	return take(r, take_u32(r));
}

int kb_sftp_take(struct kb_str *rest, struct kb_str *ret_packet)
{
	uint32_t len;

	if (rest->len < 4) {
		return -EAGAIN;
	}
	len = kb_be32((const uint8_t *)rest->data);
	if (len == 0 || len > KB_SFTP_PACKET_BYTES - 4) {
		return -EMSGSIZE;
	}
	if (rest->len - 4 < len) {
		return -EAGAIN;
	}
	*ret_packet = kb_str_of(rest->data + 4, len);
	*rest = kb_str_skip(*rest, 4 + (size_t)len);
	return 0;
}

static void parse_attributes(struct reader *r, struct kb_sftp_packet *p)
{
	uint32_t flags = take_u32(r);

	p->size = flags & ATTR_SIZE ? take_u64(r) : KB_SIZE_UNKNOWN;
	(void)take(r, flags & ATTR_OWNER ? 8 : 0);
	p->mode = flags & ATTR_MODE ? take_u32(r) : 0;
	if (flags & ATTR_TIMES) {
		(void)take_u32(r); /* when it was read last */
		p->mtime_s = take_u32(r);
	}
}

/* What stands behind is an extension, or nothing that concerns us. */
int kb_sftp_parse(struct kb_str bytes, struct kb_sftp_packet *ret_packet)
{
	struct reader r = {.rest = bytes};
	struct kb_sftp_packet p = {.type = (enum kb_sftp_type)take_u8(&r)};

	if (p.type != KB_SFTP_VERSION) {
		p.id = take_u32(&r);
	}
	switch ((unsigned)p.type) {
	case KB_SFTP_VERSION:
		p.number = take_u32(&r);
		break;
	case KB_SFTP_STATUS:
		p.number = take_u32(&r);
		if (r.rest.len > 0) { /* old servers send no words */
			p.text = take_text(&r);
		}
		break;
	case KB_SFTP_HANDLE:
	case KB_SFTP_DATA:
		p.text = take_text(&r);
		break;
	case KB_SFTP_ATTRS:
		parse_attributes(&r, &p);
		break;
	default:
		return -EINVAL;
	}
	if (r.is_cut || (p.type == KB_SFTP_HANDLE && p.text.len > KB_SFTP_MAX_HANDLE)) {
		return -EINVAL;
	}
	*ret_packet = p;
	return 0;
}

/* --- requests */

static void put_u32(struct kb_buf *to, uint32_t number)
{
	const char bytes[] = {(char)(number >> 24), (char)(number >> 16), (char)(number >> 8),
			      (char)number};

	kb_buf_append(to, bytes, sizeof(bytes));
}

static void put_text(struct kb_buf *to, struct kb_str text)
{
	put_u32(to, (uint32_t)text.len);
	kb_buf_str(to, text);
}

/* len: of what follows the text. */
static void put_request(struct kb_buf *to, enum kb_sftp_type type, uint32_t id, struct kb_str text,
			uint32_t len)
{
	put_u32(to, (uint32_t)(1 + 4 + 4 + text.len) + len);
	kb_buf_putc(to, (char)type);
	put_u32(to, id);
	put_text(to, text);
}

void kb_sftp_put_init(struct kb_buf *to)
{
	put_u32(to, 1 + 4);
	kb_buf_putc(to, KB_SFTP_INIT);
	put_u32(to, KB_SFTP_OUR_VERSION);
}

void kb_sftp_put_open(struct kb_buf *to, uint32_t id, struct kb_str path)
{
	put_request(to, KB_SFTP_OPEN, id, path, 8);
	put_u32(to, OPEN_READ);
	put_u32(to, 0); /* no attributes */
}

void kb_sftp_put_fstat(struct kb_buf *to, uint32_t id, struct kb_str handle)
{
	put_request(to, KB_SFTP_FSTAT, id, handle, 0);
}

void kb_sftp_put_read(struct kb_buf *to, uint32_t id, struct kb_str handle, uint64_t offset,
		      uint32_t len)
{
	put_request(to, KB_SFTP_READ, id, handle, 12);
	put_u32(to, (uint32_t)(offset >> 32));
	put_u32(to, (uint32_t)offset);
	put_u32(to, len);
}

/* --- what a status means */

/* A failure of any kind is what servers say of a disk that cannot be read, and of a folder. */
bool kb_sftp_is_final(uint32_t status)
{
	return status != KB_SFTP_NO_CONNECTION && status != KB_SFTP_CONNECTION_LOST;
}

const char *kb_sftp_words(uint32_t status)
{
	static const char *const words[] = {
		[KB_SFTP_EOF] = "end of file",
		[KB_SFTP_NO_SUCH_FILE] = "no such file",
		[KB_SFTP_PERMISSION_DENIED] = "permission denied",
		[KB_SFTP_FAILURE] = "failure",
		[5] = "bad message",
		[KB_SFTP_NO_CONNECTION] = "no connection",
		[KB_SFTP_CONNECTION_LOST] = "connection lost",
		[8] = "operation unsupported",
	};

	return status < KB_ARRAY_LEN(words) && words[status] ? words[status] : "";
}

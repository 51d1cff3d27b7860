/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a server agrees to is never more than was asked for, and its data is inside its packet. */
#include "tftp_packet.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str bytes = kb_str_of((const char *)data, size);
	struct kb_tftp_packet p;

	if (kb_tftp_parse(bytes, &p) < 0) {
		return 0;
	}
	FUZZ_CHECK(p.block_bytes >= 8 && p.block_bytes <= KB_TFTP_BLOCK);
	FUZZ_CHECK(p.window >= 1 && p.window <= KB_TFTP_WINDOW);
	FUZZ_CHECK(p.data.data >= bytes.data && p.data.data + p.data.len <= bytes.data + bytes.len);
	FUZZ_CHECK(p.opcode == KB_TFTP_DATA || p.opcode == KB_TFTP_ERROR ||
		   p.opcode == KB_TFTP_OPTIONS);
	return 0;
}

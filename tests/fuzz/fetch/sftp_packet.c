/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A server's stream is taken apart to its end, and what is in a packet is inside of it. */
#include "sftp_packet.h"

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str rest = kb_str_of((const char *)data, size);
	struct kb_str packet;

	while (kb_sftp_take(&rest, &packet) == 0) {
		struct kb_sftp_packet p;

		FUZZ_CHECK(packet.len > 0 && packet.len <= KB_SFTP_PACKET_BYTES);
		FUZZ_CHECK(packet.data + packet.len <= (const char *)data + size);
		if (kb_sftp_parse(packet, &p) < 0) {
			continue;
		}
		FUZZ_CHECK(p.text.len == 0 ||
			   (p.text.data > packet.data &&
			    p.text.data + p.text.len <= packet.data + packet.len));
		FUZZ_CHECK(p.type != KB_SFTP_HANDLE || p.text.len <= KB_SFTP_MAX_HANDLE);
	}
	return 0;
}

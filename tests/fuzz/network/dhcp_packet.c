/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An answer of any bytes: what is read is inside of it, and what is made of it are variables. */
#include "offers.h"

#include "fuzz.h"

static void check_packet(const struct kb_dhcp_packet *p)
{
	size_t bytes = 0;

	FUZZ_CHECK(strlen(p->file) <= KB_DHCP_FILE_FIELD && strlen(p->sname) <= KB_DHCP_SNAME);
	for (unsigned code = 0; code < KB_DHCP_CODES; code++) {
		struct kb_str value = kb_dhcp_option(p, code);
		struct kb_str sub = kb_dhcp_suboption(value, code);

		bytes += value.len;
		FUZZ_CHECK(kb_dhcp_text(p, code).len <= value.len);
		FUZZ_CHECK(!sub.data || (sub.data >= value.data + 2 &&
					 sub.data + sub.len <= value.data + value.len));
	}
	FUZZ_CHECK(bytes <= KB_DHCP_PACKET_BYTES);
}

static void check_info(const struct kb_boot_info *info)
{
	FUZZ_CHECK(info->server && info->server_id && info->reason);
	FUZZ_CHECK(!info->file || info->file[0] != '\0');
	for (char *const *line = info->variables; *line; line++) {
		FUZZ_CHECK(strchr(*line, '=') > *line);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_offers *offers = calloc(1, sizeof(*offers));
	struct kb_ip from;
	struct kb_dhcp_packet packet;
	struct kb_boot_info info;
	const struct kb_offer *best;
	const char *why;

	FUZZ_CHECK(offers && kb_ip_parse(KB_STR("10.9.0.1"), &from) == 0);
	if (kb_dhcp_parse(kb_str_of((const char *)data, size), &packet) == 0) {
		check_packet(&packet);
		/* As an offer, and what is said when it is asked again. */
		packet.type = KB_DHCP_OFFER;
		kb_offers_take(offers, &packet, &from);
		packet.type = KB_DHCP_ACK;
		kb_offers_take(offers, &packet, &from);
		best = kb_offers_choose(offers, &from, &why);
		FUZZ_CHECK(best && kb_offer_info(best, why, &arena, &info) == 0);
		check_info(&info);
	}
	free(offers);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An answer of any bytes: what is read is inside of it, and what is made of it are variables. */
#include "boot_info.h"

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

static void check_one(const struct kb_boot_info *info)
{
	FUZZ_CHECK(info->reason);
	for (char *const *line = info->variables; *line; line++) {
		FUZZ_CHECK(strchr(*line, '=') > *line);
	}
}

/* And what comes out at the other end of the pipe is the same. */
static void check_infos(struct kb_arena *arena, const struct kb_boot_infos *infos)
{
	KB_BUF struct kb_buf text = {0};
	KB_BUF struct kb_buf again = {0};
	struct kb_boot_infos back;
	struct kb_error err = {0};

	FUZZ_CHECK(infos->n > 0 && infos->n <= KB_BOOT_INFOS_MAX);
	for (size_t i = 0; i < infos->n; i++) {
		check_one(&infos->at[i]);
	}
	kb_boot_infos_put(infos, &err, &text);
	FUZZ_CHECK(kb_buf_error(&text) == 0);
	FUZZ_CHECK(kb_boot_infos_take(arena, kb_buf_view(&text), &back, &err) == 0);
	kb_boot_infos_put(&back, &err, &again);
	FUZZ_CHECK(kb_str_eq(kb_buf_view(&text), kb_buf_view(&again)));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_offers *offers = calloc(1, sizeof(*offers));
	struct kb_ip from;
	struct kb_dhcp_packet packet;
	struct kb_boot_infos infos;
	const struct kb_offer *best;
	const char *why;

	FUZZ_CHECK(offers && kb_ip_parse(KB_STR("10.9.0.1"), &from) == 0);
	if (kb_dhcp_parse(kb_str_of((const char *)data, size), &packet) == 0) {
		check_packet(&packet);
		/* As an offer, and what is said when it is asked again. */
		packet.type = KB_DHCP_OFFER;
		kb_offers_take(offers, &packet, 0, &from);
		packet.type = KB_DHCP_ACK;
		for (unsigned i = 1; i <= KB_OFFERS_MAX; i += 2) {
			kb_offers_take(offers, &packet, i, &from);
		}
		FUZZ_CHECK(offers->n <= KB_OFFERS_MAX_ITEMS);
		best = kb_offers_choose(offers, &from, &why);
		FUZZ_CHECK(best && kb_offers_infos(offers, best, why, &arena, &infos) == 0);
		check_infos(&arena, &infos);
	}
	free(offers);
	return 0;
}

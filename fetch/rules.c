/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rules.h"

#include <errno.h>
#include <time.h>

enum { BACKOFF_FIRST_MS = 500, BACKOFF_DOUBLINGS = 3, DAY_S = 24 * 60 * 60 };

/* Takes a number and the byte behind it off *rest. */
static int take_number(struct kb_str *rest, char stop, uint64_t *ret_number)
{
	size_t at = kb_str_find(*rest, stop);
	int r = at == rest->len ? -EINVAL : kb_str_to_u64(kb_str_head(*rest, at), ret_number);

	*rest = kb_str_skip(*rest, at + 1);
	return r < 0 ? -EINVAL : 0;
}

int kb_content_range_parse(struct kb_str value, uint64_t *ret_first, uint64_t *ret_last,
			   uint64_t *ret_total)
{
	struct kb_str rest = kb_str_trim(value);
	uint64_t first = 0;
	uint64_t last = 0;
	uint64_t total = KB_SIZE_UNKNOWN;

	if (!kb_str_eq_nocase(kb_str_head(rest, 6), KB_STR("bytes "))) {
		return -EINVAL;
	}
	rest = kb_str_skip(rest, 6);
	if (take_number(&rest, '-', &first) < 0 || take_number(&rest, '/', &last) < 0 ||
	    last < first || last == UINT64_MAX) {
		return -EINVAL;
	}
	if (!kb_str_eq(rest, KB_STR("*")) && (kb_str_to_u64(rest, &total) < 0 || total <= last)) {
		return -EINVAL;
	}
	*ret_first = first;
	*ret_last = last;
	*ret_total = total;
	return 0;
}

/* Of this many digits, followed by stop; -1. */
static int field(struct kb_str *rest, size_t digits, char stop)
{
	uint64_t number;
	size_t at = kb_str_find(*rest, stop);

	if (at != digits || take_number(rest, stop, &number) < 0) {
		return -1;
	}
	return (int)number;
}

static int month(struct kb_str *rest)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (size_t i = 0; i < 12; i++) {
		if (kb_str_starts(*rest, kb_str_of(names + 3 * i, 3)) && rest->len > 3 &&
		    rest->data[3] == ' ') {
			*rest = kb_str_skip(*rest, 4);
			return (int)i;
		}
	}
	return -1;
}

int kb_http_date_parse(struct kb_str value, int64_t *ret_s)
{
	struct kb_str rest = kb_str_trim(value);
	struct tm tm = {0};

	if (rest.len < 5 || rest.data[3] != ',' || rest.data[4] != ' ') {
		return -EINVAL;
	}
	rest = kb_str_skip(rest, 5);
	tm.tm_mday = field(&rest, 2, ' ');
	tm.tm_mon = month(&rest);
	tm.tm_year = field(&rest, 4, ' ') - 1900;
	tm.tm_hour = field(&rest, 2, ':');
	tm.tm_min = field(&rest, 2, ':');
	tm.tm_sec = field(&rest, 2, ' ');
	if (tm.tm_mday < 1 || tm.tm_mday > 31 || tm.tm_mon < 0 || tm.tm_year < 70 ||
	    tm.tm_hour < 0 || tm.tm_hour > 23 || tm.tm_min < 0 || tm.tm_min > 59 || tm.tm_sec < 0 ||
	    tm.tm_sec > 60 || !kb_str_eq(rest, KB_STR("GMT"))) {
		return -EINVAL;
	}
	*ret_s = timegm(&tm);
	return 0;
}

int64_t kb_retry_after_ms(struct kb_str value, struct kb_str date, int64_t now_s)
{
	uint64_t seconds;
	int64_t server_s;
	int64_t at_s;

	value = kb_str_trim(value);
	if (kb_str_to_u64(value, &seconds) < 0) {
		if (kb_http_date_parse(date, &server_s) == 0) {
			now_s = server_s;
		}
		if (kb_http_date_parse(value, &at_s) < 0 || at_s <= now_s) {
			return 0;
		}
		seconds = (uint64_t)(at_s - now_s);
	}
	return (int64_t)(seconds < DAY_S ? seconds : DAY_S) * 1000;
}

struct kb_str kb_validator(struct kb_str etag, struct kb_str last_modified)
{
	etag = kb_str_trim(etag);
	return etag.len >= 2 && etag.data[0] == '"' && kb_str_ends(etag, KB_STR("\""))
		       ? etag
		       : kb_str_trim(last_modified);
}

int64_t kb_backoff_ms(unsigned in_vain, uint32_t random)
{
	unsigned doublings = in_vain > BACKOFF_DOUBLINGS ? BACKOFF_DOUBLINGS
			     : in_vain > 0               ? in_vain - 1
							 : 0;
	int64_t ms = (int64_t)BACKOFF_FIRST_MS << doublings;

	return ms * 4 / 5 + ms * 2 / 5 * random / UINT32_MAX;
}

bool kb_http_is_final(int status)
{
	static const int passing[] = {408, 429, 500, 502, 503, 504};

	for (size_t i = 0; i < KB_ARRAY_LEN(passing); i++) {
		if (status == passing[i]) {
			return false;
		}
	}
	return true;
}

/* RFC 959, 4.2: 4xx may go by, 5xx stays. */
bool kb_ftp_is_final(int reply)
{
	return reply >= 500;
}

/* An unknown transfer ID (5) is what a server says that was restarted. */
bool kb_tftp_is_final(int code)
{
	return code != 5;
}

const char *kb_http_words(int status)
{
	static const struct {
		int status;
		const char *words;
	} known[] = {
		{400, "bad request"},
		{401, "it wants a name and password"},
		{403, "forbidden"},
		{404, "not found"},
		{407, "the proxy wants a name and password"},
		{408, "request timeout"},
		{410, "gone for good"},
		{416, "no such range"},
		{429, "too many requests"},
		{500, "its own error"},
		{502, "bad gateway"},
		{503, "service unavailable"},
		{504, "gateway timeout"},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(known); i++) {
		if (known[i].status == status) {
			return known[i].words;
		}
	}
	return "";
}

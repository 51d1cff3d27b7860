/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/str.h"

#include <errno.h>

#include "kboot/base/checked.h"

enum { BUF_MIN_BYTES = 64 };

const char *kb_path_below(const char *path, const char *folder)
{
	size_t len = strlen(folder);
	bool is_below = strncmp(path, folder, len) == 0 && (path[len] == '/' || path[len] == '\0');

	return is_below ? path + len : NULL;
}

int kb_percent_byte(struct kb_str s)
{
	unsigned high = s.len >= 3 && s.data[0] == '%' ? kb_hex_value(s.data[1]) : 16;
	unsigned low = high < 16 ? kb_hex_value(s.data[2]) : 16;

	return low < 16 ? (int)(high << 4 | low) : -1;
}

bool kb_str_eq(struct kb_str a, struct kb_str b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool kb_str_eq_nocase(struct kb_str a, struct kb_str b)
{
	if (a.len != b.len) {
		return false;
	}
	for (size_t i = 0; i < a.len; i++) {
		if (kb_lower(a.data[i]) != kb_lower(b.data[i])) {
			return false;
		}
	}
	return true;
}

bool kb_str_starts(struct kb_str s, struct kb_str prefix)
{
	return kb_str_eq(kb_str_head(s, prefix.len), prefix);
}

struct kb_str kb_str_common(struct kb_str a, struct kb_str b)
{
	size_t same = 0;
	size_t len = 0;

	while (same < a.len && same < b.len && a.data[same] == b.data[same]) {
		same++;
	}
	while (len < same) {
		size_t next = kb_str_utf8_len(kb_str_skip(a, len));

		next = next > 0 ? next : 1;
		if (next > same - len) {
			break;
		}
		len += next;
	}
	return kb_str_head(a, len);
}

bool kb_str_ends(struct kb_str s, struct kb_str suffix)
{
	return s.len >= suffix.len && kb_str_eq(kb_str_skip(s, s.len - suffix.len), suffix);
}

struct kb_str kb_str_skip(struct kb_str s, size_t n)
{
	if (n >= s.len) {
		n = s.len;
	}
	/* Adding 0 to NULL is undefined in C17. */
	return kb_str_of(n > 0 ? s.data + n : s.data, s.len - n);
}

struct kb_str kb_str_head(struct kb_str s, size_t n)
{
	return kb_str_of(s.data, n < s.len ? n : s.len);
}

struct kb_str kb_str_trim(struct kb_str s)
{
	while (s.len > 0 && kb_is_blank(s.data[0])) {
		s = kb_str_skip(s, 1);
	}
	while (s.len > 0 && kb_is_blank(s.data[s.len - 1])) {
		s.len--;
	}
	return s;
}

int kb_str_compare(struct kb_str a, struct kb_str b)
{
	size_t n = a.len < b.len ? a.len : b.len;
	int r = n > 0 ? memcmp(a.data, b.data, n) : 0;

	return r != 0 ? r : (a.len > b.len) - (a.len < b.len);
}

uint64_t kb_str_fingerprint(uint64_t of, struct kb_str text)
{
	/* FNV-1a, 64 bits (draft-eastlake-fnv). */
	const uint64_t basis = 0xcbf29ce484222325;
	const uint64_t prime = 0x100000001b3;
	uint64_t print = of ? of : basis;

	for (size_t i = 0; i < text.len; i++) {
		print = (print ^ (unsigned char)text.data[i]) * prime;
	}
	/* Where a text ends counts too. */
	print = (print ^ text.len) * prime;
	print &= INT64_MAX;
	return print ? print : basis & INT64_MAX;
}

bool kb_str_is_slip(struct kb_str a, struct kb_str b)
{
	while (a.len > 0 && b.len > 0 && kb_lower(a.data[0]) == kb_lower(b.data[0])) {
		a = kb_str_skip(a, 1);
		b = kb_str_skip(b, 1);
	}
	while (a.len > 0 && b.len > 0 &&
	       kb_lower(a.data[a.len - 1]) == kb_lower(b.data[b.len - 1])) {
		a.len--;
		b.len--;
	}
	if (a.len == 2 && b.len == 2) {
		return kb_lower(a.data[0]) == kb_lower(b.data[1]) &&
		       kb_lower(a.data[1]) == kb_lower(b.data[0]);
	}
	return a.len <= 1 && b.len <= 1;
}

bool kb_str_is_word(struct kb_str s, const char *others)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (!kb_is_digit(c) && !kb_is_letter(c) && (c == '\0' || !strchr(others, c))) {
			return false;
		}
	}
	return true;
}

bool kb_str_next_word(struct kb_str *rest, struct kb_str *ret_word)
{
	struct kb_str s = kb_str_trim(*rest);
	size_t len = 0;

	while (len < s.len && !kb_is_blank(s.data[len])) {
		len++;
	}
	*rest = kb_str_skip(s, len);
	*ret_word = kb_str_head(s, len);
	return len > 0;
}

size_t kb_str_find(struct kb_str s, char c)
{
	const char *at = s.len > 0 ? memchr(s.data, c, s.len) : NULL;

	return at ? (size_t)(at - s.data) : s.len;
}

bool kb_str_next_until(struct kb_str *rest, char stop, struct kb_str *ret_line)
{
	size_t end;

	if (rest->len == 0) {
		return false;
	}
	end = kb_str_find(*rest, stop);
	*ret_line = kb_str_head(*rest, end);
	*rest = kb_str_skip(*rest, end < rest->len ? end + 1 : end);
	return true;
}

bool kb_str_next_line(struct kb_str *rest, struct kb_str *ret_line)
{
	return kb_str_next_until(rest, '\n', ret_line);
}

int kb_str_to_u64(struct kb_str s, uint64_t *ret_value)
{
	uint64_t value = 0;
	bool over = false;

	if (s.len == 0) {
		return -EINVAL;
	}
	for (size_t i = 0; i < s.len; i++) {
		char c = s.data[i];

		if (c < '0' || c > '9') {
			return -EINVAL;
		}
		over = over || __builtin_mul_overflow(value, 10U, &value) ||
		       __builtin_add_overflow(value, (unsigned)(c - '0'), &value);
	}
	if (over) {
		return -ERANGE;
	}
	*ret_value = value;
	return 0;
}

int kb_str_to_bool(struct kb_str s, bool *ret_value)
{
	static const struct {
		const char *word;
		bool value;
	} words[] = {
		{"true", true},   {"yes", true}, {"on", true},   {"1", true},
		{"false", false}, {"no", false}, {"off", false}, {"0", false},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(words); i++) {
		if (kb_str_eq_nocase(s, kb_str_from(words[i].word))) {
			*ret_value = words[i].value;
			return 0;
		}
	}
	return -EINVAL;
}

/* The range of the second byte differs by the first: no overlong forms, no surrogates, nothing
 * above U+10FFFF (RFC 3629, section 4). */
static bool second_byte_ok(unsigned char first, unsigned char second)
{
	unsigned char low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
	unsigned char high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;

	return second >= low && second <= high;
}

size_t kb_str_utf8_len(struct kb_str s)
{
	const unsigned char *p = (const unsigned char *)s.data;
	size_t len;

	if (s.len == 0) {
		return 0;
	}
	if (p[0] < 0x80) {
		return 1;
	}
	if (p[0] < 0xc2 || p[0] > 0xf4) {
		return 0;
	}
	len = p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (s.len < len || !second_byte_ok(p[0], p[1])) {
		return 0;
	}
	for (size_t i = 2; i < len; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			return 0;
		}
	}
	return len;
}

void kb_buf_done(struct kb_buf *b)
{
	if (b) {
		free(b->data);
		*b = (struct kb_buf){.max_bytes = b->max_bytes};
	}
}

void kb_buf_reset(struct kb_buf *b)
{
	b->len = 0;
	b->error = 0;
	if (b->data) {
		b->data[0] = '\0';
	}
}

/* Room for more bytes and the NUL. False, with the error set, when there is none. */
static bool reserve(struct kb_buf *b, size_t more)
{
	size_t max = b->max_bytes ? b->max_bytes : KB_BUF_MAX_DEFAULT;
	size_t need;
	size_t cap;
	char *data;

	if (b->error) {
		return false;
	}
	if (more > max || b->len > max - more || kb_add_size(b->len + more, 1, &need) < 0) {
		b->error = -EFBIG;
		return false;
	}
	if (need <= b->cap) {
		return true;
	}
	if (__builtin_mul_overflow(b->cap, 2U, &cap) || cap < need) {
		cap = need;
	}
	if (cap < BUF_MIN_BYTES) {
		cap = BUF_MIN_BYTES;
	}
	data = realloc(b->data, cap);
	if (!data) {
		b->error = -ENOMEM;
		return false;
	}
	b->data = data;
	b->cap = cap;
	return true;
}

void kb_buf_append(struct kb_buf *b, const void *data, size_t len)
{
	if (!reserve(b, len)) {
		return;
	}
	if (len > 0) {
		memcpy(b->data + b->len, data, len);
	}
	b->len += len;
	b->data[b->len] = '\0';
}

void kb_buf_str(struct kb_buf *b, struct kb_str s)
{
	kb_buf_append(b, s.data, s.len);
}

void kb_buf_puts(struct kb_buf *b, const char *s)
{
	kb_buf_append(b, s, strlen(s));
}

void kb_buf_putc(struct kb_buf *b, char c)
{
	kb_buf_append(b, &c, 1);
}

void kb_buf_vprintf(struct kb_buf *b, const char *fmt, va_list args)
{
	va_list again;
	int n;

	va_copy(again, args);
	n = vsnprintf(NULL, 0, fmt, args);
	if (n < 0) {
		b->error = b->error ? b->error : -EINVAL;
	} else if (reserve(b, (size_t)n)) {
		(void)vsnprintf(b->data + b->len, (size_t)n + 1, fmt, again);
		b->len += (size_t)n;
	}
	va_end(again);
}

void kb_buf_printf(struct kb_buf *b, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	kb_buf_vprintf(b, fmt, args);
	va_end(args);
}

int kb_buf_steal(struct kb_buf *b, char **ret_data)
{
	kb_buf_append(b, NULL, 0); /* an empty builder has no memory yet */
	if (b->error) {
		return b->error;
	}
	*ret_data = b->data;
	*b = (struct kb_buf){.max_bytes = b->max_bytes};
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/base/clock.h"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include "kboot/base/str.h"

enum { NUMBER_TEXT = 24, YEAR_S = 31556952 };

int64_t kb_clock_now(void)
{
	return (int64_t)time(NULL);
}

int64_t kb_clock_built(void)
{
	KB_CLOSE int fd = open("/etc/build-time", O_RDONLY | O_CLOEXEC);
	char text[NUMBER_TEXT];
	ssize_t n = fd < 0 ? 0 : read(fd, text, sizeof(text));
	uint64_t seconds;

	return n > 0 && kb_str_to_u64(kb_str_trim(kb_str_of(text, (size_t)n)), &seconds) == 0 &&
			       seconds < INT64_MAX / 2
		       ? (int64_t)seconds
		       : 0;
}

bool kb_clock_is_set(int64_t now, int64_t built)
{
	return built == 0 || (now >= built && now - built <= (int64_t)KB_CLOCK_YEARS * YEAR_S);
}

const char *kb_clock_print(int64_t when, char *buf)
{
	const time_t t = (time_t)when;
	struct tm tm;

	if (!gmtime_r(&t, &tm) || strftime(buf, KB_CLOCK_TEXT, "%Y-%m-%d %H:%M UTC", &tm) == 0) {
		(void)snprintf(buf, KB_CLOCK_TEXT, "%lld", (long long)when);
	}
	return buf;
}

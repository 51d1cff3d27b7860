/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever arrives, every value is a string inside the message. */
#include "kboot/scan/uevent.h"

#include <string.h>

#include "fuzz.h"

static void check_inside(const char *value, const char *message, size_t size)
{
	bool is_default = *value == '\0';

	FUZZ_CHECK(is_default || (value > message && value + strlen(value) <= message + size));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	KB_FREE char *message = malloc(size + 1);
	struct kb_uevent event;

	FUZZ_CHECK(message);
	memcpy(message, data, size);
	message[size] = '\0';
	if (kb_uevent_parse(message, size, &event) < 0) {
		return 0;
	}
	FUZZ_CHECK(event.devpath[0] == '/');
	check_inside(event.devpath, message, size);
	check_inside(event.subsystem, message, size);
	check_inside(event.devname, message, size);
	check_inside(event.devtype, message, size);
	check_inside(event.modalias, message, size);
	return 0;
}

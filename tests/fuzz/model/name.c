/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a name is formatted to must be read back as the same, whoever knows the devices. */
#include "kboot/model/name.h"

#include <string.h>

#include "fuzz.h"

static bool answer(void *ctx, struct kb_str word)
{
	(void)word;
	return *(bool *)ctx;
}

static void check_path(const struct kb_name *name)
{
	const char *path = name->path;

	if (name->kind == KB_NAME_URL) {
		return;
	}
	FUZZ_CHECK(name->kind == KB_NAME_RELATIVE ? *path != '/' : *path == '/');
	FUZZ_CHECK(!strstr(path, "//"));
	FUZZ_CHECK(!strstr(path, "/./"));
}

static void check(struct kb_str text, bool (*is_device)(void *ctx, struct kb_str word), bool yes)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_name name;
	struct kb_name again;
	struct kb_error err;
	const char *canonical;

	if (kb_name_parse(&arena, text, is_device, &yes, &name, &err) < 0) {
		FUZZ_CHECK(err.text[0] != '\0');
		return;
	}
	check_path(&name);
	canonical = kb_name_format(&arena, &name);
	FUZZ_CHECK(canonical);
	if (strlen(canonical) > KB_NAME_MAX_BYTES) {
		return; /* "./" made it longer */
	}
	FUZZ_CHECK(kb_name_parse(&arena, kb_str_from(canonical), is_device, &yes, &again, &err) ==
		   0);
	if (again.kind != name.kind) {
		/* A host called like a device is one to whoever knows that device. */
		FUZZ_CHECK(yes && name.kind == KB_NAME_NFS && again.kind == KB_NAME_DEVICE);
		return;
	}
	FUZZ_CHECK(strcmp(kb_name_format(&arena, &again), canonical) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str text = kb_str_of((const char *)data, size);

	check(text, NULL, false);
	check(text, answer, false);
	check(text, answer, true);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whatever a theme says, the menu gets looks that a terminal has, or the ones it had. */
#include "theme_file.h"

#include <errno.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const unsigned all = KB_LOOK_BOLD | KB_LOOK_DIM | KB_LOOK_REVERSE | KB_LOOK_UNDERLINE;
	struct kb_theme theme = kb_theme_default;
	struct kb_error err = {0};
	int r = kb_theme_parse("a", kb_str_of((const char *)data, size), &theme, &err);

	FUZZ_CHECK(r == 0 || r == -EINVAL || r == -EFBIG);
	FUZZ_CHECK((r == 0) == (err.text[0] == '\0'));
	FUZZ_CHECK(r != -EINVAL || (err.line > 0 && err.column > 0 && err.column <= size + 1));
	for (size_t i = 0; i < KB_N_STYLES; i++) {
		const struct kb_look *look = &theme.styles[i];

		FUZZ_CHECK(look->colour >= KB_COLOUR_OWN && look->colour < KB_N_COLOURS);
		FUZZ_CHECK(look->background >= KB_COLOUR_OWN && look->background < KB_N_COLOURS);
		FUZZ_CHECK((look->look | look->mono | all) == all);
	}
	return 0;
}

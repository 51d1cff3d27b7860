/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/ssh/server_line.h"

/* "[123] Nov 28 18:00:00 Text": a process, a month, a day, a time. */
static struct kb_str without_date(struct kb_str line)
{
	struct kb_str rest = line;
	struct kb_str word;

	if (!kb_str_starts(line, KB_STR("["))) {
		return line;
	}
	for (int i = 0; i < 4; i++) {
		if (!kb_str_next_word(&rest, &word)) {
			return line;
		}
	}
	return kb_str_trim(rest);
}

struct kb_ssh_line kb_ssh_server_line(struct kb_str line)
{
	/* What goes as it should, by how it begins. */
	static const char *const good[] = {"Pubkey auth succeeded", "Password auth succeeded",
					   "Exit (kboot)",          "Running",
					   "Not backgrounding",     "Child connection from",
					   "Exit before auth from", "Early exit"};
	static const char *const unsaid[] = {"Exit (kboot)", "Running", "Not backgrounding",
					     "Child connection from"};
	struct kb_ssh_line said = {.text = without_date(line), .is_warning = true, .is_said = true};

	for (size_t i = 0; i < KB_ARRAY_LEN(good); i++) {
		if (kb_str_starts(said.text, kb_str_from(good[i]))) {
			said.is_warning = false;
		}
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(unsaid); i++) {
		if (kb_str_starts(said.text, kb_str_from(unsaid[i]))) {
			said.is_said = false;
		}
	}
	said.is_said = said.is_said && said.text.len > 0;
	return said;
}

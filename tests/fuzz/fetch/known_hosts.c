/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dbclient is told of a host is of that host, a key of its type a line, and no line is longer
 * than it reads. What it says itself is read to its end. */
#include "known_hosts.h"

#include "fuzz.h"
#include "ssh_words.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct kb_str text = kb_str_of((const char *)data, size);
	char fingerprint[KB_SSH_FINGERPRINT];
	struct kb_known_hosts h;
	struct kb_ssh_words w;
	struct kb_str rest;
	struct kb_str line;

	kb_known_hosts_init(&h, "host.net", 22, "host.net");
	FUZZ_CHECK(kb_known_hosts_read(&h, "file", text) == 0);
	rest = kb_buf_view(&h.keys);
	while (kb_str_next_line(&rest, &line)) {
		struct kb_str word[3];

		FUZZ_CHECK(line.len < 4500 && kb_str_starts(line, KB_STR("host.net ")));
		for (size_t i = 0; i < 3; i++) {
			FUZZ_CHECK(kb_str_next_word(&line, &word[i]));
		}
		FUZZ_CHECK(line.len == 0);
		FUZZ_CHECK(kb_ssh_fingerprint(word[1], word[2], fingerprint) == 0);
		FUZZ_CHECK(!kb_known_hosts_revokes(&h, fingerprint));
	}
	kb_known_hosts_done(&h);
	kb_ssh_words(text, &w);
	FUZZ_CHECK(strlen(w.key) < sizeof(w.key) && strlen(w.words) < sizeof(w.words));
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "name_servers.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>

#include "kboot/base/tree.h"

enum { FILE_MAX = 65536, PATIENCE_MS = 1000, QUESTION_MAX = 320, LABEL_MAX = 63 };

#define KNOWN_TO_NOBODY "no address is known of the host"

unsigned kb_name_servers_read(struct kb_str text,
			      char ret[KB_NAME_SERVERS_MAX][KB_NAME_SERVER_TEXT])
{
	struct kb_str line;
	struct kb_str word;
	unsigned n = 0;

	while (n < KB_NAME_SERVERS_MAX && kb_str_next_line(&text, &line)) {
		if (kb_str_next_word(&line, &word) && kb_str_eq(word, KB_STR("nameserver")) &&
		    kb_str_next_word(&line, &word) && word.len < KB_NAME_SERVER_TEXT) {
			(void)snprintf(ret[n++], KB_NAME_SERVER_TEXT, "%.*s", KB_STR_ARG(word));
		}
	}
	return n;
}

/* RFC 1035: its address. 0: that is no name. */
static size_t make_question(const char *host, unsigned char at[static QUESTION_MAX])
{
	static const unsigned char head[] = {0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0};
	static const unsigned char tail[] = {0, 0, 1, 0, 1};
	struct kb_str rest = kb_str_from(host);
	struct kb_str label;
	size_t n = sizeof(head);

	memcpy(at, head, sizeof(head));
	if (getrandom(at, 2, 0) != 2) {
		return 0;
	}
	while (kb_str_next_until(&rest, '.', &label)) {
		if (label.len == 0 || label.len > LABEL_MAX ||
		    n + label.len + 1 + sizeof(tail) > QUESTION_MAX) {
			return 0;
		}
		at[n++] = (unsigned char)label.len;
		memcpy(at + n, label.data, label.len);
		n += label.len;
	}
	memcpy(at + n, tail, sizeof(tail));
	return n + sizeof(tail);
}

/* -1: it cannot be asked. */
static int ask(const char *server, const unsigned char *question, size_t len)
{
	const struct addrinfo hints = {.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
				       .ai_socktype = SOCK_DGRAM};
	struct addrinfo *address = NULL;
	int fd = -1;

	if (getaddrinfo(server, "53", &hints, &address) != 0) {
		return -1;
	}
	fd = socket(address->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd >= 0 && (connect(fd, address->ai_addr, address->ai_addrlen) < 0 ||
			send(fd, question, len, MSG_NOSIGNAL) < 0)) {
		fd = kb_close(fd);
	}
	freeaddrinfo(address);
	return fd;
}

/* A port that is closed is an event, too, and no answer. */
static bool has_answered(struct pollfd *one)
{
	char buf[512];

	if (one->fd < 0 || one->revents == 0) {
		return false;
	}
	if (recv(one->fd, buf, sizeof(buf), 0) > 0) {
		return true;
	}
	one->fd = kb_close(one->fd);
	return false;
}

static bool any_answers(char servers[KB_NAME_SERVERS_MAX][KB_NAME_SERVER_TEXT], unsigned n,
			const unsigned char *question, size_t len)
{
	struct pollfd fds[KB_NAME_SERVERS_MAX];
	bool found = false;

	for (unsigned i = 0; i < n; i++) {
		fds[i] = (struct pollfd){.fd = ask(servers[i], question, len), .events = POLLIN};
	}
	for (unsigned rounds = 0; !found && rounds <= n && poll(fds, n, PATIENCE_MS) > 0;
	     rounds++) {
		for (unsigned i = 0; i < n; i++) {
			found = has_answered(&fds[i]) || found;
		}
	}
	for (unsigned i = 0; i < n; i++) {
		(void)kb_close(fds[i].fd);
	}
	return found;
}

static void say(const char *host, struct kb_buf *to)
{
	KB_CLOSE int fd = open("/etc/resolv.conf", O_RDONLY | O_CLOEXEC);
	KB_BUF struct kb_buf text = {0};
	char servers[KB_NAME_SERVERS_MAX][KB_NAME_SERVER_TEXT];
	unsigned char question[QUESTION_MAX];
	size_t len = make_question(host, question);
	unsigned n = 0;

	if (fd >= 0 && kb_read_all(fd, FILE_MAX, &text) == 0) {
		n = kb_name_servers_read(kb_buf_view(&text), servers);
	}
	if (n == 0) {
		kb_buf_puts(to, KNOWN_TO_NOBODY ", as no name server is known");
	} else if (len == 0 || any_answers(servers, n, question, len)) {
		kb_buf_puts(to, KNOWN_TO_NOBODY);
	} else {
		kb_buf_puts(to, KNOWN_TO_NOBODY ": no name server answers (");
		for (unsigned i = 0; i < n; i++) {
			kb_buf_printf(to, "%s%s", i > 0 ? ", " : "", servers[i]);
		}
		kb_buf_puts(to, ")");
	}
}

void kb_name_servers_fail(const char *host, struct kb_error *err)
{
	KB_BUF struct kb_buf words = {0};

	say(host, &words);
	kb_error_fill(err, -ENXIO, "%s", words.data ? words.data : KNOWN_TO_NOBODY);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "kboot/base/budget.h"
#include "kboot/base/clock.h"
#include "kboot/base/replace.h"
#include "kboot/fetch/site.h"
#include "kboot/network/time.h"
#include "kboot/terminal/asking.h"
#include "kboot/terminal/text.h"

enum { PROGRESS_TEXT = 160 };

/* "512", "64K", "10M", "2G". */
static int parse_size(struct kb_str text, uint64_t *ret_bytes)
{
	static const char units[] = "kmg";
	const char *unit = text.len > 0 && text.data[text.len - 1]
				   ? strchr(units, kb_lower(text.data[text.len - 1]))
				   : NULL;
	unsigned shift = unit ? 10 * (unsigned)(unit - units + 1) : 0;
	uint64_t number;
	int r = kb_str_to_u64(kb_str_head(text, text.len - (unit != NULL)), &number);

	if (r < 0 || number > UINT64_MAX >> shift) {
		return r < 0 ? r : -ERANGE;
	}
	*ret_bytes = number << shift;
	return 0;
}

/* What this machine has room for, unless it is said. */
static int set_max(const struct kb_options *options, struct kb_fetch_request *request,
		   struct kb_error *err)
{
	KB_CLOSE int procfs_fd = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct kb_memory memory = {0};

	if (options->max) {
		return parse_size(kb_str_from(options->max), &request->max_bytes) < 0
			       ? kb_error_set(err, -EINVAL,
					      "--max %s: a size is wanted, as 10M or 2G",
					      options->max)
			       : 0;
	}
	if (procfs_fd < 0 || kb_memory_read(procfs_fd, &memory) < 0) {
		return kb_error_set(err, -ENOENT,
				    "/proc/meminfo does not say how much memory "
				    "there is: --max does");
	}
	request->max_bytes = kb_memory_for_loading(&memory, 1);
	return 0;
}

static int set_limits(const struct kb_options *options, struct kb_fetch_request *request,
		      unsigned char digest[static KB_FETCH_SHA256_BYTES], struct kb_error *err)
{
	uint64_t seconds = 0;

	if (options->timeout && (kb_str_to_u64(kb_str_from(options->timeout), &seconds) < 0 ||
				 seconds == 0 || seconds > INT32_MAX / 1000)) {
		return kb_error_set(err, -EINVAL, "--timeout %s: a number of seconds is wanted",
				    options->timeout);
	}
	if (seconds > 0) {
		request->deadline_ms =
			request->sys->now_ms(request->sys->ctx) + (int64_t)seconds * 1000;
	}
	if (options->sha256) {
		request->sha256 = digest;
		if (kb_fetch_sha256_parse(kb_str_from(options->sha256), digest) < 0) {
			return kb_error_set(err, -EINVAL,
					    "--sha256: 64 hexadecimal digits are wanted");
		}
	}
	request->ca_file = options->ca;
	request->proxy = options->proxy ? options->proxy : request->proxy;
	request->pins = options->pins ? options->pins : request->pins;
	request->netrc = options->netrc ? options->netrc : request->netrc;
	request->known_hosts = options->known_hosts ? options->known_hosts : request->known_hosts;
	request->identity = options->identity ? options->identity : request->identity;
	return set_max(options, request, err);
}

/* One line, drawn over itself. */
static bool draw(void *ctx, const struct kb_fetch_progress *p)
{
	char text[PROGRESS_TEXT];

	(void)ctx;
	kb_format_progress(p->bytes, p->total_bytes, p->bytes_per_s, text, sizeof(text));
	(void)fprintf(stderr, "\r%-60s", text);
	return true;
}

/* Whole or not at all; a device, pipe or link is written as it is. */
static int write_to(const char *file, struct kb_str bytes)
{
	const char *slash = strrchr(file, '/');
	struct stat old;
	bool is_there = lstat(file, &old) == 0;
	char folder[PATH_MAX] = ".";
	KB_CLOSE int fd = -1;

	if (slash && (size_t)snprintf(folder, sizeof(folder), "%.*s", (int)(slash - file) + 1,
				      file) >= sizeof(folder)) {
		return -ENAMETOOLONG;
	}
	if (is_there && !S_ISREG(old.st_mode)) {
		fd = open(file, O_WRONLY | O_CLOEXEC);
		return fd < 0 ? -errno : kb_write_all(fd, bytes);
	}
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd < 0 ? -errno : kb_replace_file(fd, slash ? slash + 1 : file, bytes);
}

static int deliver(int fd, const char *file, struct kb_error *err)
{
	struct stat st;
	struct kb_str bytes = {0};
	void *map = NULL;
	int r = fstat(fd, &st) < 0 ? -errno : 0;

	if (r == 0 && st.st_size > 0) {
		map = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		r = map == MAP_FAILED ? -errno : 0;
		bytes = kb_str_of(map, r == 0 ? (size_t)st.st_size : 0);
	}
	if (r == 0) {
		r = file ? write_to(file, bytes) : kb_write_all(STDOUT_FILENO, bytes);
	}
	if (bytes.len > 0) {
		(void)munmap(map, bytes.len);
	}
	return r < 0 ? kb_error_set(err, r, "%s: %s", file ? file : "standard output", strerror(-r))
		     : 0;
}

/* Where it is to be written: not onto a person's terminal. NULL: the URL has no name for it. */
static const char *name_of(struct kb_arena *arena, const struct kb_url *url)
{
	const char *slash = strrchr(url->path, '/');
	const char *name = slash && slash[1] ? kb_url_decode(arena, kb_str_from(slash + 1)) : NULL;

	return name && !strchr(name, '/') && strcmp(name, "..") != 0 ? name : NULL;
}

/* --- what a server wants to know */

struct login { /* and whether its key is believed */
	struct kb_fetch_question question;
	struct kb_fetch_question answered; /* another server may ask meanwhile */
	struct kb_fetch_answer answer;
	char host_key[KB_FETCH_HOST_KEY_BYTES];
	struct kb_asking user;
	struct kb_asking password;
	struct kb_asking yes;
};

static bool ask(struct kb_asking *a, const char *prompt, bool is_hidden)
{
	enum kb_asking_end end = KB_ASKING_MORE;
	unsigned char byte;

	if (kb_asking_begin(a, STDIN_FILENO, prompt, is_hidden) < 0) {
		return false;
	}
	while (end == KB_ASKING_MORE) {
		end = read(STDIN_FILENO, &byte, 1) == 1 ? kb_asking_take(a, byte)
							: KB_ASKING_CANCELLED;
	}
	kb_asking_end(a);
	return end == KB_ASKING_DONE;
}

static void forget(struct login *login)
{
	explicit_bzero(login, sizeof(*login));
}

static bool is_login_answered(struct login *login)
{
	const struct kb_fetch_question *q = &login->answered;

	if (!q->user[0] && !ask(&login->user, "Name: ", false)) {
		return false;
	}
	login->answer.user = q->user[0] ? q->user : login->user.answer.text;
	login->answer.password = login->password.answer.text;
	return ask(&login->password, "Password: ", true);
}

static bool is_key_believed(struct login *login)
{
	(void)snprintf(login->host_key, sizeof(login->host_key), "%s", login->answered.host_key);
	login->answer.host_key = login->host_key;
	return ask(&login->yes, "Is that the right one? (y/n) ", false) &&
	       strcmp(login->yes.answer.text, "y") == 0;
}

/* The sentence, then the person at the terminal. False: nobody answered. */
static bool is_answered(struct login *login, const struct kb_error *err)
{
	const struct kb_fetch_question *q = &login->answered;

	if (login->question.want == KB_FETCH_WANTS_NOTHING) {
		return false;
	}
	if (strcmp(login->question.server, q->server) != 0) {
		login->answer = (struct kb_fetch_answer){.server = q->server};
	}
	login->answered = login->question;
	(void)kb_fail(err);
	return q->want == KB_FETCH_WANTS_LOGIN ? is_login_answered(login) : is_key_believed(login);
}

static int fetch(struct kb_fetch_request *request, struct kb_fetch_part *part, struct kb_error *err)
{
	struct login login = {0};
	bool again = false;
	int r;

	if (isatty(STDIN_FILENO) && isatty(STDERR_FILENO)) {
		request->ret_question = &login.question;
	}
	request->answers = &login.answer;
	do {
		r = kb_fetch(request, part, err);
		if (request->progress) {
			(void)fprintf(stderr, "\r%60s\r", "");
		}
		again = r < 0 && is_answered(&login, err);
		request->n_answers = again;
	} while (again);
	forget(&login);
	return r;
}

/* In the image, for a person at its prompt: without the time no certificate can be judged. */
static void find_time(const struct kb_url *url)
{
	struct kb_time_servers servers = {0};
	struct kb_error quiet = {0};
	int64_t built = kb_clock_built();

	if (url->scheme == KB_URL_TFTP || url->scheme == KB_URL_FTP ||
	    kb_clock_is_set(kb_clock_now(), built)) {
		return;
	}
	kb_time_servers_gather(&servers);
	if (kb_time_repair(&kb_sys_linux, &servers, built, &quiet) < 0) {
		return; /* the sentence about a certificate names the clock */
	}
}

static int run(const struct kb_options *options, char **args, int n_args)
{
	KB_ARENA struct kb_arena arena = {0};
	const char *file = n_args > 1 ? args[1] : NULL;
	struct kb_url urls[KB_URL_MAX_MIRRORS];
	unsigned char digest[KB_FETCH_SHA256_BYTES];
	bool is_seen = isatty(STDERR_FILENO);
	struct kb_fetch_request request = {.sys = &kb_sys_linux,
					   .urls = urls,
					   .progress = is_seen ? draw : NULL};
	struct kb_fetch_site site;
	struct kb_error err = {0};
	struct kb_fetch_part part = {.fd = -1};
	int r = kb_url_parse_mirrors(&arena, kb_str_from(args[0]), urls, &request.n_urls, &err);

	kb_fetch_at_site(&request, &site);
	r = r < 0 ? r : set_limits(options, &request, digest, &err);
	if (r == 0 && !file && isatty(STDOUT_FILENO)) {
		file = name_of(&arena, &urls[0]);
		r = file ? 0 : kb_error_set(&err, -EINVAL, "the URL has no name for the file");
	}
	if (r < 0) {
		(void)kb_fail(&err);
		return KB_EXIT_USAGE;
	}
	find_time(&urls[0]);
	r = kb_fetch_part_open(&part, &err);
	r = r < 0 ? r : fetch(&request, &part, &err);
	r = r < 0 ? r : deliver(part.fd, file, &err);
	kb_fetch_part_close(&part);
	return r < 0 ? kb_fail(&err) : KB_EXIT_OK;
}

const struct kb_command kb_cmd_fetch = {
	"fetch",
	"URL[|URL…] [FILE] [--sha256 HEX] [--max SIZE] [--timeout SECONDS] [--ca FILE] "
	"[--pins FILE] [--proxy URL] [--netrc FILE] [--known-hosts FILE] [--identity FILE]",
	"a file by http, https, ftp, ftps, tftp or sftp, to FILE or standard output",
	1,
	2,
	run,
};

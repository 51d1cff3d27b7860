/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "curl.h"

#include <curl/curl.h>
#include <errno.h>
#include <time.h>

#include "curl_failures.h"
#include "curl_site.h"
#include "name_servers.h"
#include "tls.h"
#include "tls_words.h"

enum { BUFFER_BYTES = 512 * 1024, CONNECT_MS = 10000 };

struct kb_curl {
	CURL *easy;
	char text[CURL_ERROR_SIZE];
	/* Of the transfer that is running. */
	struct kb_transfer *transfer;
	struct kb_error *err;
	struct kb_arena arena;
	struct curl_slist *headers;
	struct curl_slist *addresses;
	bool has_begun;
	enum kb_outcome outcome; /* what a callback has decided; DONE: nothing */
};

static bool is_http(const struct kb_transfer *t)
{
	return t->url->scheme == KB_URL_HTTP || t->url->scheme == KB_URL_HTTPS;
}

static struct kb_str header(struct kb_curl *c, const char *name)
{
	struct curl_header *h;

	return curl_easy_header(c->easy, name, 0, CURLH_HEADER, -1, &h) == CURLHE_OK
		       ? kb_str_from(h->value)
		       : (struct kb_str){0};
}

static long number(struct kb_curl *c, CURLINFO info)
{
	long value = 0;

	(void)curl_easy_getinfo(c->easy, info, &value);
	return value;
}

static uint64_t announced(struct kb_curl *c)
{
	curl_off_t length = -1;

	(void)curl_easy_getinfo(c->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	return length < 0 ? KB_SIZE_UNKNOWN : (uint64_t)length;
}

/* libcurl looks at the header before it tells what that announces. */
static uint64_t content_length(struct kb_curl *c)
{
	uint64_t length;

	return kb_str_to_u64(kb_str_trim(header(c, "Content-Length")), &length) == 0 ? length
										     : announced(c);
}

/* --- an answer begins */

static int begin_http(struct kb_curl *c)
{
	struct kb_body *body = c->transfer->body;
	uint64_t first;
	uint64_t last;
	uint64_t total;

	if (number(c, CURLINFO_RESPONSE_CODE) == 200) {
		return kb_body_begin(body, 0, announced(c),
				     kb_validator(header(c, "ETag"), header(c, "Last-Modified")),
				     c->err);
	}
	if (c->transfer->offset == 0) {
		return kb_error_set(c->err, -EPROTO,
				    "the server sends a part where the whole was asked for");
	}
	if (kb_content_range_parse(header(c, "Content-Range"), &first, &last, &total) < 0 ||
	    first != c->transfer->offset) {
		return kb_body_forget(body, c->err);
	}
	return kb_body_begin(body, first, total, (struct kb_str){0}, c->err);
}

/* The time of the file is what tells a version from another. */
static int begin_ftp(struct kb_curl *c)
{
	struct kb_body *body = c->transfer->body;
	uint64_t total = announced(c);
	curl_off_t mtime = -1;
	char validator[32] = "";

	(void)curl_easy_getinfo(c->easy, CURLINFO_FILETIME_T, &mtime);
	if (mtime >= 0) {
		(void)snprintf(validator, sizeof(validator), "%lld", (long long)mtime);
	}
	if (c->transfer->offset > 0 && strcmp(validator, c->transfer->validator) != 0) {
		return kb_body_forget(body, c->err);
	}
	total += total != KB_SIZE_UNKNOWN ? c->transfer->offset : 0;
	return kb_body_begin(body, c->transfer->offset, total, kb_str_from(validator), c->err);
}

/* False: what follows is no part of the file. */
static bool begin(struct kb_curl *c)
{
	long status = number(c, CURLINFO_RESPONSE_CODE);

	if (is_http(c->transfer) && status != 200 && status != 206) {
		return false;
	}
	c->has_begun = true;
	c->outcome = kb_outcome_of(is_http(c->transfer) ? begin_http(c) : begin_ftp(c));
	return c->outcome == KB_OUTCOME_DONE;
}

static size_t take(char *data, size_t size, size_t n, void *ctx)
{
	struct kb_curl *c = ctx;

	if (!c->has_begun && !begin(c)) {
		return 0;
	}
	c->outcome = kb_outcome_of(kb_body_write(c->transfer->body, data, size * n, c->err));
	return c->outcome == KB_OUTCOME_DONE ? size * n : 0;
}

static int watch(void *ctx, curl_off_t dl_total, curl_off_t dl, curl_off_t ul_total, curl_off_t ul)
{
	struct kb_curl *c = ctx;
	enum kb_outcome outcome = kb_transfer_watch(c->transfer, c->err);

	(void)dl_total;
	(void)dl;
	(void)ul_total;
	(void)ul;
	if (outcome != KB_OUTCOME_DONE) {
		c->outcome = outcome;
	}
	return outcome != KB_OUTCOME_DONE;
}

/* --- how an answer ends */

static enum kb_outcome tell_status(struct kb_curl *c, const char *who, int status)
{
	const char *words = kb_http_words(status);
	int code = status == 401 || status == 403 || status == 407 ? -EACCES
		   : status == 404 || status == 410                ? -ENOENT
								   : -EPROTO;

	if (status == 401) {
		kb_transfer_ask(c->transfer, KB_FETCH_WANTS_LOGIN, NULL);
	}
	if (status == 401 && (c->transfer->url->user || kb_transfer_answer(c->transfer))) {
		words = "it does not take the name and password";
	}
	kb_error_fill(c->err, code, "%s answers %d%s%s%s", who, status, words[0] ? " (" : "", words,
		      words[0] ? ")" : "");
	c->transfer->retry_after_ms =
		kb_retry_after_ms(header(c, "Retry-After"), header(c, "Date"), time(NULL));
	return kb_http_is_final(status) ? KB_OUTCOME_FINAL : KB_OUTCOME_AGAIN;
}

static enum kb_outcome conclude_http(struct kb_curl *c, int status)
{
	struct kb_str location = header(c, "Location");

	if (status >= 300 && status < 400 && status != 304 && location.len > 0) {
		if (location.len >= sizeof(c->transfer->location)) {
			kb_error_fill(c->err, -ENAMETOOLONG, "it is redirected to a URL too long");
			return KB_OUTCOME_FINAL;
		}
		(void)snprintf(c->transfer->location, sizeof(c->transfer->location), "%s",
			       location.data);
		return KB_OUTCOME_REDIRECT;
	}
	if (status == 416 && c->transfer->offset > 0) {
		(void)kb_body_forget(c->transfer->body, c->err);
		return KB_OUTCOME_AGAIN;
	}
	return tell_status(c, "the server", status);
}

static const char *cause(struct kb_curl *c, const char *otherwise)
{
	long os = number(c, CURLINFO_OS_ERRNO);

	return os > 0 ? strerror((int)os) : otherwise;
}

/* It was the name that took so long. */
static bool looked_for_address(struct kb_curl *c)
{
	double seconds = 0;

	return c->err->code == -ETIMEDOUT &&
	       curl_easy_getinfo(c->easy, CURLINFO_NAMELOOKUP_TIME, &seconds) == CURLE_OK &&
	       seconds <= 0;
}

static enum kb_outcome conclude_failure(struct kb_curl *c, CURLcode code)
{
	const char *detail = cause(c, c->text[0] ? c->text : curl_easy_strerror(code));
	long reply = is_http(c->transfer) ? 0 : number(c, CURLINFO_RESPONSE_CODE);
	const struct kb_curl_failure *f = kb_curl_failure(code);

	if (code == CURLE_COULDNT_RESOLVE_HOST) {
		kb_name_servers_fail(c->transfer->url->host, c->err);
		return KB_OUTCOME_AGAIN;
	}
	if (f) {
		if (code == CURLE_LOGIN_DENIED) {
			kb_transfer_ask(c->transfer, KB_FETCH_WANTS_LOGIN, NULL);
		}
		if (reply >= 400) {
			kb_error_fill(c->err, f->error, "%s (it answers %ld)", f->words, reply);
			return kb_ftp_is_final((int)reply) ? KB_OUTCOME_FINAL : KB_OUTCOME_AGAIN;
		}
		if (f->error == -EPIPE || f->error == -EPROTO) {
			kb_error_fill(c->err, f->error, "%s: %s", f->words, detail);
		} else {
			kb_error_fill(c->err, f->error, "%s", f->words);
		}
		return f->is_final || kb_tls_has_answered(c->text) ? KB_OUTCOME_FINAL
								   : KB_OUTCOME_AGAIN;
	}
	if (code == CURLE_COULDNT_CONNECT) {
		kb_error_fill(c->err, -ECONNREFUSED, "cannot connect: %s", detail);
	} else {
		kb_error_fill(c->err, -EPROTO, "%s", detail);
	}
	return KB_OUTCOME_AGAIN;
}

static enum kb_outcome conclude(struct kb_curl *c, CURLcode code)
{
	long status = number(c, CURLINFO_RESPONSE_CODE);
	long proxy = number(c, CURLINFO_HTTP_CONNECTCODE);
	char words[KB_ERROR_TEXT];

	if (c->outcome != KB_OUTCOME_DONE) {
		if (looked_for_address(c)) {
			kb_name_servers_fail(c->transfer->url->host, c->err);
		}
		return c->outcome;
	}
	if (code == CURLE_OUT_OF_MEMORY) {
		(void)kb_error_no_memory(c->err);
		return KB_OUTCOME_STOP;
	}
	if (code == CURLE_FILESIZE_EXCEEDED) {
		(void)kb_body_too_large(c->transfer->body, content_length(c), c->err);
		return KB_OUTCOME_FINAL;
	}
	if (status == 0 && proxy >= 300) {
		return tell_status(c, "the proxy", (int)proxy);
	}
	if (is_http(c->transfer) && status > 0 && status != 200 && status != 206) {
		return conclude_http(c, (int)status);
	}
	if (code != CURLE_OK &&
	    kb_tls_words(c->text, c->transfer->url->host, time(NULL), words, sizeof(words))) {
		kb_error_fill(c->err, -EKEYREJECTED, "%s", words);
		return KB_OUTCOME_FINAL;
	}
	if (code == CURLE_PARTIAL_FILE && kb_body_end(c->transfer->body, c->err) < 0) {
		return KB_OUTCOME_AGAIN;
	}
	if (code != CURLE_OK) {
		return conclude_failure(c, code);
	}
	if (!c->has_begun && !begin(c)) { /* an empty file */
		return c->outcome;
	}
	return kb_outcome_of(kb_body_end(c->transfer->body, c->err));
}

/* --- the question */

static void ask_for_rest(struct kb_curl *c)
{
	const struct kb_transfer *t = c->transfer;
	const char *range = kb_arena_printf(&c->arena, "%llu-", (unsigned long long)t->offset);
	const char *if_range = kb_arena_printf(&c->arena, "If-Range: %s", t->validator);

	if (t->offset == 0 || !is_http(t)) {
		curl_easy_setopt(c->easy, CURLOPT_RESUME_FROM_LARGE, (curl_off_t)t->offset);
		return;
	}
	/* Not libcurl's own resuming: that takes 416 for success. */
	curl_easy_setopt(c->easy, CURLOPT_RANGE, range);
	if (t->validator[0] && if_range) {
		c->headers = curl_slist_append(NULL, if_range);
		curl_easy_setopt(c->easy, CURLOPT_HTTPHEADER, c->headers);
	}
}

static void set_limits(struct kb_curl *c)
{
	const struct kb_transfer *t = c->transfer;
	const struct kb_fetch_request *request = t->request;
	CURL *e = c->easy;

	curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)(t->stall_ms < CONNECT_MS ? t->stall_ms : CONNECT_MS));
	if (request->deadline_ms > 0) {
		/* The watch says so first. */
		curl_easy_setopt(e, CURLOPT_TIMEOUT_MS,
				 (long)kb_left_ms(request->sys, request->deadline_ms,
						  INT32_MAX - 2000) +
					 2000);
	}
	curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE,
			 (curl_off_t)(t->body->max_bytes < INT64_MAX ? t->body->max_bytes
								     : INT64_MAX));
	curl_easy_setopt(e, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(e, CURLOPT_XFERINFOFUNCTION, watch);
	curl_easy_setopt(e, CURLOPT_XFERINFODATA, c);
	curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(e, CURLOPT_WRITEDATA, c);
	curl_easy_setopt(e, CURLOPT_BUFFERSIZE, (long)BUFFER_BYTES);
}

/* A password is for the server that a configuration names: in the open only where that names a
 * user, too. */
static bool may_use_netrc(const struct kb_transfer *t)
{
	bool is_secret = t->url->scheme == KB_URL_HTTPS || t->url->scheme == KB_URL_FTPS;

	return t->request->netrc && !t->is_elsewhere && (is_secret || t->url->user);
}

/* A person's word counts more than what is configured. */
static void set_login(struct kb_curl *c)
{
	const struct kb_url *to = c->transfer->url;
	const struct kb_fetch_answer *answer = kb_transfer_answer(c->transfer);

	/* Digest where the server can. */
	curl_easy_setopt(c->easy, CURLOPT_HTTPAUTH, (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST));
	if (answer && answer->password) {
		curl_easy_setopt(c->easy, CURLOPT_USERNAME, answer->user);
		curl_easy_setopt(c->easy, CURLOPT_PASSWORD, answer->password);
		return;
	}
	if (to->user) {
		curl_easy_setopt(c->easy, CURLOPT_USERNAME, to->user);
	}
	if (to->password) {
		curl_easy_setopt(c->easy, CURLOPT_PASSWORD, to->password);
	}
	if (may_use_netrc(c->transfer)) {
		curl_easy_setopt(c->easy, CURLOPT_NETRC, (long)CURL_NETRC_OPTIONAL);
		curl_easy_setopt(c->easy, CURLOPT_NETRC_FILE, c->transfer->request->netrc);
	}
}

static void set_server(struct kb_curl *c, const char *url)
{
	const struct kb_url *to = c->transfer->url;
	CURL *e = c->easy;

	curl_easy_setopt(e, CURLOPT_URL, url);
	curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, kb_url_scheme_name(to->scheme));
	curl_easy_setopt(e, CURLOPT_REDIR_PROTOCOLS_STR, "https");
	curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(e, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(e, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(e, CURLOPT_FILETIME, is_http(c->transfer) ? 0L : 1L);
	kb_tls_prepare(e);
	curl_easy_setopt(e, CURLOPT_USERAGENT, "kboot");
	if (c->transfer->post) {
		curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE, (long)strlen(c->transfer->post));
		curl_easy_setopt(e, CURLOPT_POSTFIELDS, c->transfer->post);
	}
	set_login(c);
	if (c->transfer->request->ca_file) {
		curl_easy_setopt(e, CURLOPT_CAINFO, c->transfer->request->ca_file);
		curl_easy_setopt(e, CURLOPT_CAPATH, NULL);
	}
}

/* Where the address of the host is known already, nobody is asked for it. */
static void set_address(struct kb_curl *c)
{
	const struct kb_url *to = c->transfer->url;
	char address[INET6_ADDRSTRLEN];
	const char *known;

	if (!kb_transfer_address(c->transfer, address)) {
		return;
	}
	known = kb_arena_printf(&c->arena, "%s:%u:%s", to->host, kb_url_port(to), address);
	if (known) {
		c->addresses = curl_slist_append(NULL, known);
		curl_easy_setopt(c->easy, CURLOPT_RESOLVE, c->addresses);
	}
}

enum kb_outcome kb_curl_run(struct kb_curl *c, struct kb_transfer *transfer, struct kb_error *err)
{
	enum kb_outcome outcome;
	const char *url;

	c->transfer = transfer;
	c->err = err;
	c->has_begun = false;
	c->outcome = KB_OUTCOME_DONE;
	c->text[0] = '\0';
	url = kb_url_print(&c->arena, transfer->url);
	if (!url) {
		(void)kb_error_no_memory(err);
		return KB_OUTCOME_STOP;
	}
	curl_easy_reset(c->easy);
	curl_easy_setopt(c->easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(c->easy, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(c->easy, CURLOPT_ERRORBUFFER, c->text);
	set_server(c, url);
	set_address(c);
	set_limits(c);
	ask_for_rest(c);
	outcome = kb_curl_at_site(c->easy, &c->arena, transfer, err) < 0
			  ? KB_OUTCOME_FINAL
			  : conclude(c, curl_easy_perform(c->easy));
	curl_slist_free_all(c->headers);
	curl_slist_free_all(c->addresses);
	c->headers = c->addresses = NULL;
	kb_arena_done(&c->arena);
	c->arena = (struct kb_arena){0};
	return outcome;
}

struct kb_curl *kb_curl_create(void)
{
	struct kb_curl *c = calloc(1, sizeof(*c));

	if (c && curl_global_init(CURL_GLOBAL_DEFAULT) == 0) {
		c->easy = curl_easy_init();
	}
	if (c && !c->easy) {
		free(c);
		c = NULL;
	}
	return c;
}

void kb_curl_destroy(struct kb_curl *c)
{
	if (c) {
		curl_easy_cleanup(c->easy);
		free(c);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is decided, with servers that are a script and a clock that only the waiting moves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/fetch/fetch.h"

#include <errno.h>
#include <fcntl.h>

#include "transfer.h"

/* What one question gets. */
struct step {
	enum kb_outcome outcome;
	const char *bytes;     /* that come; NULL: none, and no answer begins */
	uint64_t total;        /* announced; 0: KB_SIZE_UNKNOWN */
	const char *validator; /* NULL: none */
	const char *location;
	int64_t retry_after_ms;
	int64_t takes_ms;
	/* What the question must be. */
	const char *host; /* NULL: any */
	uint64_t offset;
	const char *with_validator; /* NULL: any */
	bool with_user;
	bool is_elsewhere;
	int code; /* of the error; 0: -EPROTO */
};

struct script {
	struct kb_sys sys;
	int64_t now_ms;
	const struct step *steps;
	size_t n;
	size_t at;
	int64_t asked_ms[16];
	unsigned told;
	unsigned cancel_at; /* 0: never */
};

static int64_t now_ms(void *ctx)
{
	return ((struct script *)ctx)->now_ms;
}

static void pause_ms(void *ctx, int ms)
{
	struct script *s = ctx;

	assert_true(ms > 0);
	s->now_ms += ms;
}

static bool tell(void *ctx, const struct kb_fetch_progress *progress)
{
	struct script *s = ctx;

	(void)progress;
	s->told++;
	return s->cancel_at == 0 || s->told < s->cancel_at;
}

static enum kb_outcome run(void *ctx, struct kb_transfer *t, struct kb_error *err)
{
	struct script *s = ctx;
	const struct step *step = &s->steps[s->at];

	assert_true(s->at < s->n);
	s->asked_ms[s->at++] = s->now_ms;
	if (step->host) {
		assert_string_equal(t->url->host, step->host);
	}
	assert_int_equal(t->offset, step->offset);
	assert_int_equal(t->url->user != NULL, step->with_user);
	assert_int_equal(t->is_elsewhere, step->is_elsewhere);
	if (step->with_validator) {
		assert_string_equal(t->validator, step->with_validator);
	}
	s->now_ms += step->takes_ms;
	t->retry_after_ms = step->retry_after_ms;
	if (step->location) {
		(void)snprintf(t->location, sizeof(t->location), "%s", step->location);
	}
	if (step->bytes) {
		assert_int_equal(kb_body_begin(t->body, t->offset,
					       step->total ? step->total : KB_SIZE_UNKNOWN,
					       kb_str_from(step->validator), err),
				 0);
		assert_int_equal(kb_body_write(t->body, step->bytes, strlen(step->bytes), err), 0);
	}
	if (step->outcome != KB_OUTCOME_DONE) {
		if (step->code) {
			kb_error_fill(err, step->code, "too late");
		} else {
			kb_error_fill(err, -EPROTO, "it is as it is");
		}
	}
	return step->outcome;
}

/* Of http://me:secret@a/x, and b and c where there are more. */
static int fetch_part_by(struct script *s, size_t n_urls, struct kb_fetch_request request,
			 struct kb_fetch_part *part, struct kb_error *err)
{
	static const char *const places[] = {"http://me:secret@a/x", "http://b/x", "http://c/x"};
	const struct kb_transport transport = {.run = run, .pause = pause_ms, .ctx = s};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_url urls[3];
	int r;

	for (size_t i = 0; i < n_urls; i++) {
		assert_int_equal(kb_url_parse(&arena, kb_str_from(places[i]), NULL, &urls[i], err),
				 0);
	}
	s->sys = (struct kb_sys){.ctx = s, .now_ms = now_ms};
	s->now_ms = s->now_ms ? s->now_ms : 1000;
	request.sys = &s->sys;
	request.urls = urls;
	request.n_urls = n_urls;
	request.max_bytes = request.max_bytes ? request.max_bytes : 1000;
	request.progress = tell;
	request.ctx = s;
	r = kb_fetch_by(&transport, &request, part, err);
	assert_int_equal(s->at, s->n);
	return r;
}

/* Returns the descriptor, or -errno. */
static int fetch_by(struct script *s, size_t n_urls, struct kb_fetch_request request,
		    struct kb_error *err)
{
	struct kb_fetch_part part;
	int r;

	assert_int_equal(kb_fetch_part_open(&part, err), 0);
	r = fetch_part_by(s, n_urls, request, &part, err);
	assert_int_equal(kb_fetch_part_is_whole(&part), r == 0);
	if (r < 0) {
		kb_fetch_part_close(&part);
	}
	return r < 0 ? r : part.fd;
}

#define SCRIPT(list)                                                                               \
	{                                                                                          \
		.steps = (list), .n = KB_ARRAY_LEN(list)                                           \
	}

static void assert_holds(int fd, const char *text)
{
	char bytes[100] = "";

	assert_true(fd >= 0);
	assert_int_equal(read(fd, bytes, sizeof(bytes) - 1), (int)strlen(text));
	assert_string_equal(bytes, text);
}

static void hands_out_a_sealed_file(void **state)
{
	static const struct step steps[] = {
		{.outcome = KB_OUTCOME_DONE, .bytes = "kernel", .with_user = true}};
	struct script s = SCRIPT(steps);
	struct kb_error err;
	KB_CLOSE int fd = fetch_by(&s, 1, (struct kb_fetch_request){0}, &err);

	(void)state;
	assert_holds(fd, "kernel");
	assert_int_equal(fcntl(fd, F_GET_SEALS),
			 F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL);
	assert_int_equal(write(fd, "x", 1), -1);
	assert_int_equal(ftruncate(fd, 0), -1);
}

/* In vain, later each time, within the time that there is. */
static void waits_longer_each_time(void **state)
{
	static const struct step again = {.outcome = KB_OUTCOME_AGAIN, .with_user = true};
	const struct step steps[] = {again, again, again, again, again};
	struct script s = SCRIPT(steps);
	struct kb_error err;
	const int64_t middle[] = {500, 1000, 2000, 4000};

	(void)state;
	/* However the waits fall: four take 9000 ms at most, five 9200 at least. */
	assert_int_equal(fetch_by(&s, 1, (struct kb_fetch_request){.deadline_ms = 1000 + 9100},
				  &err),
			 -EPROTO);
	for (size_t i = 0; i < KB_ARRAY_LEN(middle); i++) {
		int64_t waited = s.asked_ms[i + 1] - s.asked_ms[i];

		assert_in_range(waited, middle[i] * 4 / 5, middle[i] * 6 / 5);
	}
	assert_non_null(strstr(err.text, "http://a/x: it is as it is; given up after "));
	assert_null(strstr(err.text, "secret"));
}

static void gives_up_where_nothing_new_comes(void **state)
{
	static const struct step steps[] = {
		{.outcome = KB_OUTCOME_AGAIN, .takes_ms = 30000, .with_user = true},
		{.outcome = KB_OUTCOME_AGAIN, .takes_ms = 30000, .with_user = true},
	};
	struct script s = SCRIPT(steps);
	struct kb_error err;

	(void)state;
	assert_int_equal(fetch_by(&s, 1, (struct kb_fetch_request){0}, &err), -EPROTO);
	assert_non_null(strstr(err.text, "given up after 6"));
}

static void obeys_retry_after(void **state)
{
	static const struct step steps[] = {
		{.outcome = KB_OUTCOME_AGAIN, .retry_after_ms = 90000, .with_user = true},
		{.outcome = KB_OUTCOME_AGAIN, .with_user = true},
		{.outcome = KB_OUTCOME_DONE, .bytes = "x", .with_user = true},
	};
	struct script s = SCRIPT(steps);
	struct kb_error err;
	KB_CLOSE int fd = fetch_by(&s, 1, (struct kb_fetch_request){0}, &err);

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(s.asked_ms[1] - s.asked_ms[0], 90000);
	assert_in_range(s.asked_ms[2] - s.asked_ms[1], 800, 1200);
}

static void does_not_wait_in_vain(void **state)
{
	static const struct step steps[] = {
		{.outcome = KB_OUTCOME_AGAIN, .retry_after_ms = 90000, .with_user = true}};
	struct script s = SCRIPT(steps);
	struct kb_error err;

	(void)state;
	assert_int_equal(fetch_by(&s, 1, (struct kb_fetch_request){.deadline_ms = 60000}, &err),
			 -EPROTO);
	assert_int_equal(s.now_ms, 1000);
}

static void asks_for_the_rest(void **state)
{
	static const struct step steps[] = {
		{KB_OUTCOME_AGAIN, "ker", .total = 6, .validator = "\"v\"", .with_user = true},
		{KB_OUTCOME_AGAIN, .offset = 3, .with_validator = "\"v\"", .with_user = true},
		{KB_OUTCOME_DONE, "nel", .total = 6, .offset = 3, .with_user = true},
	};
	struct script s = SCRIPT(steps);
	struct kb_error err;
	KB_CLOSE int fd = fetch_by(&s, 1, (struct kb_fetch_request){0}, &err);

	(void)state;
	assert_holds(fd, "kernel");
}

static void asks_for_all_without_a_validator(void **state)
{
	static const struct step steps[] = {
		{KB_OUTCOME_AGAIN, "old!", .total = 6, .with_user = true},
		{KB_OUTCOME_DONE, "new", .total = 3, .with_user = true},
	};
	struct script s = SCRIPT(steps);
	struct kb_error err;
	KB_CLOSE int fd = fetch_by(&s, 1, (struct kb_fetch_request){0}, &err);

	(void)state;
	assert_holds(fd, "new");
}

/* Bytes of another server only where a digest will tell; and a server that could not even be
 * reached changes nothing of whose they are. */
static void mixes_no_mirrors(void **state)
{
	static const struct step steps[] = {
		{KB_OUTCOME_AGAIN, "ker", .total = 6, .validator = "\"v\"", .host = "a",
		 .with_user = true},
		{KB_OUTCOME_AGAIN, .host = "b"},
		{KB_OUTCOME_DONE, "nel", .total = 6, .host = "a", .offset = 3,
		 .with_validator = "\"v\"", .with_user = true},
	};
	struct script s = SCRIPT(steps);
	struct kb_error err;
	KB_CLOSE int fd = fetch_by(&s, 2, (struct kb_fetch_request){0}, &err);

	(void)state;
	assert_holds(fd, "kernel");
}

static void asks_no_mirror_twice_that_is_final(void **state)
{
	static const struct step steps[] = {
		{KB_OUTCOME_FINAL, .host = "a", .with_user = true},
		{KB_OUTCOME_AGAIN, .host = "b"},
		{KB_OUTCOME_FINAL, .host = "c"},
		{KB_OUTCOME_FINAL, .host = "b"},
	};
	struct script s = SCRIPT(steps);
	struct kb_error err;

	(void)state;
	assert_int_equal(fetch_by(&s, 3, (struct kb_fetch_request){0}, &err), -EPROTO);
	assert_non_null(strstr(err.text, "http://a/x: it is as it is; http://b/x: it is as it is; "
					 "http://c/x: it is as it is"));
}

static void stops_at_once(void **state)
{
	static const struct step steps[] = {{KB_OUTCOME_STOP, .host = "a", .with_user = true}};
	struct script s = SCRIPT(steps);
	struct kb_error err;

	(void)state;
	assert_int_equal(fetch_by(&s, 3, (struct kb_fetch_request){0}, &err), -EPROTO);
	assert_string_equal(err.text, "http://a/x: it is as it is");
}

/* The end of the time is no reason where there was one before. */
static void says_the_better_reason(void **state)
{
	static const struct step steps[] = {
		{KB_OUTCOME_AGAIN, .with_user = true},
		{KB_OUTCOME_STOP, .code = -ETIMEDOUT, .with_user = true},
	};
	struct script s = SCRIPT(steps);
	struct kb_error err;

	(void)state;
	assert_int_equal(fetch_by(&s, 1, (struct kb_fetch_request){0}, &err), -EPROTO);
	assert_non_null(strstr(err.text, "http://a/x: it is as it is; given up after "));
}

static void is_cancelled_while_it_waits(void **state)
{
	static const struct step steps[] = {{KB_OUTCOME_AGAIN, .with_user = true}};
	struct script s = SCRIPT(steps);
	struct kb_error err;

	(void)state;
	s.cancel_at = 3;
	assert_int_equal(fetch_by(&s, 1, (struct kb_fetch_request){0}, &err), -ECANCELED);
	assert_string_equal(err.text, "http://a/x: cancelled");
	assert_true(s.now_ms < 1500);
}

static void follows_redirects_within_rules(void **state)
{
	static const struct step steps[] = {
		{KB_OUTCOME_REDIRECT, .location = "/v", .host = "a", .with_user = true},
		{KB_OUTCOME_REDIRECT, .location = "https://a/y", .host = "a", .with_user = true},
		{KB_OUTCOME_REDIRECT, .location = "/z", .host = "a", .is_elsewhere = true},
		{KB_OUTCOME_REDIRECT, .location = "http://a/x", .host = "a", .is_elsewhere = true},
	};
	struct script s = SCRIPT(steps);
	struct kb_error err;

	(void)state;
	assert_int_equal(fetch_by(&s, 1, (struct kb_fetch_request){0}, &err), -EPROTO);
	assert_string_equal(err.text,
			    "http://a/x: it is redirected from https to http, which is refused");
}

static void checks_what_it_hands_out(void **state)
{
	static const struct step steps[] = {
		{KB_OUTCOME_DONE, "other", .host = "a", .with_user = true},
		{KB_OUTCOME_DONE, "abc", .host = "b"},
	};
	struct script s = SCRIPT(steps);
	struct kb_fetch_request request = {0};
	unsigned char digest[KB_FETCH_SHA256_BYTES];
	struct kb_error err;
	KB_CLOSE int fd = -1;

	(void)state;
	/* FIPS 180-2, B.1. */
	assert_int_equal(kb_fetch_sha256_parse(KB_STR("ba7816bf8f01cfea414140de5dae2223b00361A3"
						      "96177A9CB410FF61F20015AD"),
					       digest),
			 0);
	request.sha256 = digest;
	fd = fetch_by(&s, 2, request, &err);
	assert_holds(fd, "abc");
	assert_int_equal(kb_fetch_sha256_parse(KB_STR("ba78"), digest), -EINVAL);
}

/* Another process has begun, and was ended. */
static void goes_on_with_what_is_left(void **state)
{
	static const struct step before[] = {
		{KB_OUTCOME_STOP, "ker", .total = 6, .validator = "\"v\"", .host = "a",
		 .with_user = true, .code = -ECANCELED},
	};
	static const struct step after[] = {
		{KB_OUTCOME_DONE, "nel", .total = 6, .host = "a", .offset = 3,
		 .with_validator = "\"v\"", .with_user = true},
	};
	struct script s = SCRIPT(before);
	struct script more = SCRIPT(after);
	struct script nothing = {0};
	struct kb_fetch_part part;
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_fetch_part_open(&part, &err), 0);
	assert_int_equal(fetch_part_by(&s, 1, (struct kb_fetch_request){0}, &part, &err),
			 -ECANCELED);
	assert_int_equal(kb_fetch_part_bytes(&part), 3);
	assert_false(kb_fetch_part_is_whole(&part));
	assert_int_equal(fetch_part_by(&more, 1, (struct kb_fetch_request){0}, &part, &err), 0);
	assert_holds(part.fd, "kernel");
	/* What is whole is not asked for. */
	assert_int_equal(fetch_part_by(&nothing, 1, (struct kb_fetch_request){0}, &part, &err), 0);
	kb_fetch_part_close(&part);
}

/* Of another mirror, without a digest: it begins anew. */
static void goes_on_at_the_same_server_only(void **state)
{
	static const struct step before[] = {
		{KB_OUTCOME_FINAL, .host = "a", .with_user = true},
		{KB_OUTCOME_STOP, "ker", .total = 6, .validator = "\"v\"", .host = "b",
		 .code = -ECANCELED},
	};
	static const struct step after[] = {
		{KB_OUTCOME_DONE, "kernel", .total = 6, .host = "a", .with_user = true},
	};
	struct script s = SCRIPT(before);
	struct script more = SCRIPT(after);
	struct kb_fetch_part part;
	struct kb_error err;

	(void)state;
	assert_int_equal(kb_fetch_part_open(&part, &err), 0);
	assert_int_equal(fetch_part_by(&s, 2, (struct kb_fetch_request){0}, &part, &err),
			 -ECANCELED);
	assert_int_equal(fetch_part_by(&more, 2, (struct kb_fetch_request){0}, &part, &err), 0);
	assert_holds(part.fd, "kernel");
	kb_fetch_part_close(&part);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hands_out_a_sealed_file),
		cmocka_unit_test(waits_longer_each_time),
		cmocka_unit_test(gives_up_where_nothing_new_comes),
		cmocka_unit_test(obeys_retry_after),
		cmocka_unit_test(does_not_wait_in_vain),
		cmocka_unit_test(asks_for_the_rest),
		cmocka_unit_test(asks_for_all_without_a_validator),
		cmocka_unit_test(mixes_no_mirrors),
		cmocka_unit_test(asks_no_mirror_twice_that_is_final),
		cmocka_unit_test(stops_at_once),
		cmocka_unit_test(says_the_better_reason),
		cmocka_unit_test(is_cancelled_while_it_waits),
		cmocka_unit_test(follows_redirects_within_rules),
		cmocka_unit_test(checks_what_it_hands_out),
		cmocka_unit_test(goes_on_with_what_is_left),
		cmocka_unit_test(goes_on_at_the_same_server_only),
	};

	return cmocka_run_group_tests_name("fetch/fetch", tests, NULL, NULL);
}

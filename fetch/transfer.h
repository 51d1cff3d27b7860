/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One question to one server, as fetch.c asks it and a protocol answers it, and the watch that is
 * kept meanwhile. For this module. Must not try again: that is decided in fetch.c.
 */
#ifndef KBOOT_FETCH_TRANSFER_H
#define KBOOT_FETCH_TRANSFER_H

#include "body.h"
#include "kboot/fetch/fetch.h"

enum kb_outcome {
	KB_OUTCOME_DONE,
	KB_OUTCOME_REDIRECT, /* to location */
	KB_OUTCOME_AGAIN,    /* another attempt may do better */
	KB_OUTCOME_FINAL,    /* the same question would get the same answer */
	KB_OUTCOME_STOP,     /* cancelled, out of time, out of memory: nobody else is asked */
};

struct kb_transfer {
	const struct kb_fetch_request *request;
	const struct kb_url *url;
	struct kb_body *body;
	uint64_t offset;       /* ask for the rest from there; 0: for the whole file */
	bool is_elsewhere;     /* another server sent us there */
	const char *post;      /* a form to send; NULL: none */
	const char *validator; /* the rest of this version only; "": the digest will tell */
	int stall_ms;
	int64_t fetch_started_ms;
	/* The watch's own. */
	uint64_t seen_bytes;
	int64_t seen_ms; /* when the last new byte was there, or the question was asked */
	int64_t told_ms; /* of the progress */
	/* What came of it. */
	char location[KB_URL_MAX_BYTES + 1];
	int64_t retry_after_ms;
};

void kb_transfer_start(struct kb_transfer *transfer);
/*
 * To be called every tenth of a second: tells the progress. DONE: go on; AGAIN: nothing has come
 * for too long; STOP: cancelled, or out of time. The sentence is in err.
 */
enum kb_outcome kb_transfer_watch(struct kb_transfer *transfer, struct kb_error *err);

/* What an error of kb_body_… means. */
enum kb_outcome kb_outcome_of(int r);

/* The address of the host, where it is known without asking. */
bool kb_transfer_address(const struct kb_transfer *transfer,
			 char ret_address[static INET6_ADDRSTRLEN]);

/* What a person answered for the server that is asked now; NULL: nothing. */
const struct kb_fetch_answer *kb_transfer_answer(const struct kb_transfer *transfer);
/* This server wants something of a person: says so to who may ask. */
void kb_transfer_ask(const struct kb_transfer *transfer, enum kb_fetch_want want,
		     const char *host_key);

/* What fetch.c asks: the real one is curl, tftp and sftp. */
struct kb_transport {
	enum kb_outcome (*run)(void *ctx, struct kb_transfer *transfer, struct kb_error *err);
	void (*pause)(void *ctx, int ms);
	void *ctx;
};

KB_MUST_CHECK int kb_fetch_by(const struct kb_transport *transport,
			      const struct kb_fetch_request *request, struct kb_fetch_part *part,
			      struct kb_error *err);

#endif

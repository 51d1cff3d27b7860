/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A URL becomes a sealed memory file: mirrors, resuming, waiting and trying again within limits,
 * and a digest that is checked on that very file.
 * For core, inside a worker, and for app. Must not run in a process that may not block, must not
 * keep more than it was told there is room for, and must not say a name or password.
 */
#ifndef KBOOT_FETCH_FETCH_H
#define KBOOT_FETCH_FETCH_H

#include <netinet/in.h>

#include "kboot/base/sys.h"
#include "kboot/fetch/url.h"

enum {
	KB_FETCH_STALL_MS = 30000,
	/* So many times stall_ms without a new byte, over all attempts: given up. */
	KB_FETCH_PATIENCE = 2,
	KB_FETCH_MAX_REDIRECTS = 10,
	KB_FETCH_SHA256_BYTES = 32,
	KB_FETCH_VALIDATOR_BYTES = 256,
	KB_FETCH_SERVER_BYTES = 300,
	KB_FETCH_USER_BYTES = 128,
	KB_FETCH_HOST_KEY_BYTES = 2048,
};

/*
 * A file that is being fetched: what has come of it, and what has to be known to ask for the rest.
 * It may lie in memory that is shared with another process: whenever this one is killed, what is
 * left can be gone on with.
 */
struct kb_fetch_part {
	int fd;               /* a memory file; all is there when it is sealed */
	unsigned source;      /* which of the URLs what is there came from */
	uint64_t total_bytes; /* UINT64_MAX: not known */
	/* What the server calls this version of the file; "": the rest cannot be asked for. */
	char validator[KB_FETCH_VALIDATOR_BYTES];
};

KB_MUST_CHECK int kb_fetch_part_open(struct kb_fetch_part *ret_part, struct kb_error *err);
void kb_fetch_part_close(struct kb_fetch_part *part);
bool kb_fetch_part_is_whole(const struct kb_fetch_part *part);
uint64_t kb_fetch_part_bytes(const struct kb_fetch_part *part); /* that are there */

/* A file as names name it: URL[|URL…][#sha256=HEX][&file=PATH[&mode=OCTAL][&mkdir=N]]. */
struct kb_fetch_resource {
	struct kb_url urls[KB_URL_MAX_MIRRORS];
	size_t n_urls;
	unsigned char sha256[KB_FETCH_SHA256_BYTES];
	bool has_sha256;
	/* As an initrd it becomes a file of an archive, at this path; NULL: it is one. */
	const char *path;
	unsigned mode;
	int mkdir; /* so many of the folders above it are made, -1: all */
};

/* Text lives in the arena. Errors as of kb_url_parse, with a sentence. */
KB_MUST_CHECK int kb_fetch_resource_parse(struct kb_arena *arena, struct kb_str text,
					  struct kb_fetch_resource *ret_resource,
					  struct kb_error *err);

struct kb_fetch_progress {
	uint64_t bytes;
	uint64_t total_bytes; /* 0: not known */
	uint64_t bytes_per_s; /* since the beginning */
};

/* What a server wants that a person could be asked for, so that the same request then does better.
 */
enum kb_fetch_want {
	KB_FETCH_WANTS_NOTHING,
	KB_FETCH_WANTS_LOGIN,    /* a name and password */
	KB_FETCH_WANTS_HOST_KEY, /* that its key is believed, of which nothing is known */
	KB_FETCH_N_WANTS
};

const char *kb_fetch_want_name(enum kb_fetch_want want); /* "nothing", "login", "host-key" */

struct kb_fetch_question {
	enum kb_fetch_want want;
	char server[KB_FETCH_SERVER_BYTES]; /* kb_url_origin of who wants it */
	char user[KB_FETCH_USER_BYTES];     /* LOGIN: whom the URL names; "": nobody */
	/* HOST_KEY: what is believed if the answer is yes, as a line of known_hosts. */
	char host_key[KB_FETCH_HOST_KEY_BYTES];
};

/* To such a question; used for that server and no other. */
struct kb_fetch_answer {
	const char *server;
	const char *user;     /* LOGIN; otherwise NULL */
	const char *password; /* LOGIN; otherwise NULL */
	const char *host_key; /* HOST_KEY; otherwise NULL */
};

struct kb_curl;

/* Connections that stay open from one file to the next. Zeroed there are none. */
struct kb_fetch_session {
	struct kb_curl *curl;
};

void kb_fetch_session_done(struct kb_fetch_session *session);

/* Borrowed for the call. */
struct kb_fetch_request {
	const struct kb_sys *sys;         /* its clock */
	struct kb_fetch_session *session; /* NULL: one for this file */
	const struct kb_url *urls; /* the same file in several places, in the order of preference */
	size_t n_urls;
	uint64_t max_bytes;  /* that there is room for: no more is ever kept */
	int64_t deadline_ms; /* on the table's clock, for all of it; 0: none */
	int stall_ms;        /* a connection without a new byte for so long is dropped; 0:
				KB_FETCH_STALL_MS */
	const char *ca_file; /* of certificates, in place of the system's; NULL: those */
	/* A file with names and passwords of servers; NULL: none. They are for HTTPS, FTPS and
	 * SFTP, and for a user that the URL names; never for where a server redirects to. */
	const char *netrc;
	/* A file of host keys as sshd(8) has it; one that is missing knows nobody. NULL: nothing is
	 * fetched by SFTP. Whoever is confined must be allowed to start programs for it: dbclient
	 * speaks SSH. */
	const char *known_hosts;
	const char *identity; /* a private key as dropbear has it; NULL, or missing: none */
	const char *pins;     /* a file with the keys that servers of TLS must have; NULL: none */
	const char *proxy;    /* a URL; NULL: as the environment says */
	const char *no_proxy; /* hosts that are asked without it, commas between; NULL: none */
	const struct kb_fetch_answer *answers; /* of persons, to earlier questions */
	size_t n_answers;
	/* If it fails for want of an answer: to which question. NULL: nobody can be asked. */
	struct kb_fetch_question *ret_question;
	const unsigned char *sha256; /* KB_FETCH_SHA256_BYTES; NULL: anything is fine */
	/* A form to send, "a=b&c=d", by HTTP and HTTPS only; not to where a server redirects to.
	 * NULL: the file is only asked for. */
	const char *post;
	/* The address of a host that is not to be asked for (/etc/hosts); false: none is known.
	 * NULL: of none. */
	bool (*address)(void *ctx, const char *host, char ret_address[static INET6_ADDRSTRLEN]);
	/* About ten times a second; false cancels. NULL: nobody looks. */
	bool (*progress)(void *ctx, const struct kb_fetch_progress *progress);
	void *ctx;
};

/*
 * The rest of part, or all of it: then sealed by F_SEAL_SHRINK, GROW, WRITE and SEAL. What is whole
 * already is left as it is.
 * One sentence that begins with the URL (of several that failed, each its own): -ENOENT, -EACCES,
 * -EFBIG, -EBADMSG (another digest), -ETIMEDOUT, -ECANCELED, -EPROTO, -EKEYREJECTED (certificate,
 * host key), -ECONNREFUSED and the like, -ENOMEM.
 */
KB_MUST_CHECK int kb_fetch(const struct kb_fetch_request *request, struct kb_fetch_part *part,
			   struct kb_error *err);
/* 64 hexadecimal digits. -EINVAL. */
KB_MUST_CHECK int kb_fetch_sha256_parse(struct kb_str text,
					unsigned char ret_digest[static KB_FETCH_SHA256_BYTES]);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sftp.h"

#include <errno.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "sftp_packet.h"
#include "ssh.h"

enum {
	SLOTS = 32, /* reads on the way, a window of dbclient's together */
	IN_BYTES = 4 * KB_SFTP_PACKET_BYTES,
	SLICE_MS = 100,
	ANSWER_MS = 20000, /* until a server lets us in */
	MAX_PATH = 4096,
};

enum state { GREETED, ASKED_TO_OPEN, ASKED_FOR_ITS_SIZE, READING, COMPLETE };

/* A part of the file that was asked for. */
struct slot {
	uint32_t id;
	uint64_t offset;
	uint32_t wanted;
	uint32_t got;
	char data[KB_SFTP_READ_BYTES];
};

struct sftp {
	struct kb_transfer *t;
	struct kb_error *err;
	const char *path;
	struct kb_ssh ssh;
	enum state state;
	uint32_t next_id;
	char handle[KB_SFTP_MAX_HANDLE];
	size_t handle_len;
	uint64_t total;    /* KB_SIZE_UNKNOWN: until it ends */
	uint64_t ask_at;   /* the next part */
	bool is_end_seen;  /* where the total is unknown */
	struct kb_buf out; /* to be sent */
	size_t in_len;
	unsigned first; /* of the slots, a ring */
	unsigned n_slots;
	struct slot slots[SLOTS];
	char in[IN_BYTES];
};

static struct kb_str handle_of(const struct sftp *x)
{
	return kb_str_of(x->handle, x->handle_len);
}

static struct slot *slot_at(struct sftp *x, unsigned i)
{
	return &x->slots[(x->first + i) % SLOTS];
}

static enum kb_outcome wrong(struct sftp *x, const char *what)
{
	kb_error_fill(x->err, -EPROTO, "the server's answer is no SFTP: %s", what);
	return KB_OUTCOME_FINAL;
}

/* --- parts of the file */

static void ask_for(struct sftp *x, struct slot *slot)
{
	slot->id = x->next_id++;
	kb_sftp_put_read(&x->out, slot->id, handle_of(x), slot->offset + slot->got,
			 slot->wanted - slot->got);
}

static void ask_for_more(struct sftp *x)
{
	while (x->n_slots < SLOTS && x->ask_at < x->total && !x->is_end_seen) {
		struct slot *slot = slot_at(x, x->n_slots);
		uint64_t left = x->total - x->ask_at;

		slot->offset = x->ask_at;
		slot->got = 0;
		slot->wanted = left < KB_SFTP_READ_BYTES ? (uint32_t)left : KB_SFTP_READ_BYTES;
		x->ask_at += slot->wanted;
		x->n_slots++;
		ask_for(x, slot);
	}
	if (x->n_slots == 0) {
		x->state = COMPLETE;
	}
}

/* Answers come in any order; what stands first is whole before the rest of it is written. */
static enum kb_outcome write_first(struct sftp *x)
{
	while (x->n_slots > 0 && slot_at(x, 0)->got == slot_at(x, 0)->wanted) {
		const struct slot *slot = slot_at(x, 0);
		int r = kb_body_write(x->t->body, slot->data, slot->got, x->err);

		if (r < 0) {
			return r == -EPROTO ? KB_OUTCOME_FINAL : kb_outcome_of(r);
		}
		x->first = (x->first + 1) % SLOTS;
		x->n_slots--;
	}
	ask_for_more(x);
	return KB_OUTCOME_DONE;
}

/* The file ends inside of a part, or before it. */
static enum kb_outcome take_end(struct sftp *x, struct slot *slot)
{
	if (x->total != KB_SIZE_UNKNOWN) {
		return kb_outcome_of(kb_body_forget(x->t->body, x->err));
	}
	x->is_end_seen = true;
	slot->wanted = slot->got;
	return write_first(x);
}

static enum kb_outcome take_data(struct sftp *x, struct slot *slot, struct kb_str data)
{
	if (data.len == 0 || data.len > slot->wanted - slot->got) {
		return wrong(x, "not so much was asked for");
	}
	memcpy(slot->data + slot->got, data.data, data.len);
	slot->got += (uint32_t)data.len;
	if (slot->got < slot->wanted) {
		ask_for(x, slot);
	}
	return write_first(x);
}

static enum kb_outcome tell_status(struct sftp *x, const struct kb_sftp_packet *p)
{
	const char *words = kb_sftp_words(p->number);
	int code = p->number == KB_SFTP_NO_SUCH_FILE        ? -ENOENT
		   : p->number == KB_SFTP_PERMISSION_DENIED ? -EACCES
							    : -EIO;

	if (words[0]) {
		kb_error_fill(x->err, code, "the server answers: %s", words);
	} else {
		kb_error_fill(x->err, code, "the server answers with status %u", p->number);
	}
	return kb_sftp_is_final(p->number) ? KB_OUTCOME_FINAL : KB_OUTCOME_AGAIN;
}

static enum kb_outcome take_part(struct sftp *x, const struct kb_sftp_packet *p)
{
	for (unsigned i = 0; i < x->n_slots; i++) {
		struct slot *slot = slot_at(x, i);

		if (slot->id != p->id || slot->got == slot->wanted) {
			continue;
		}
		if (p->type == KB_SFTP_DATA) {
			return take_data(x, slot, p->text);
		}
		if (p->type == KB_SFTP_STATUS && p->number == KB_SFTP_EOF) {
			return take_end(x, slot);
		}
		return p->type == KB_SFTP_STATUS ? tell_status(x, p)
						 : wrong(x, "a part was asked for");
	}
	return wrong(x, "nothing of the kind was asked for");
}

/* --- what goes before */

static enum kb_outcome take_version(struct sftp *x, const struct kb_sftp_packet *p)
{
	if (p->type != KB_SFTP_VERSION) {
		return wrong(x, "it begins with something else");
	}
	if (p->number < KB_SFTP_OUR_VERSION) {
		kb_error_fill(x->err, -EPROTO,
			      "the server has version %u of SFTP, and %d is wanted", p->number,
			      KB_SFTP_OUR_VERSION);
		return KB_OUTCOME_FINAL;
	}
	x->state = ASKED_TO_OPEN;
	kb_sftp_put_open(&x->out, x->next_id, kb_str_from(x->path));
	return KB_OUTCOME_DONE;
}

static enum kb_outcome take_handle(struct sftp *x, const struct kb_sftp_packet *p)
{
	if (p->type != KB_SFTP_HANDLE) {
		return wrong(x, "a file was to be opened");
	}
	memcpy(x->handle, p->text.data, p->text.len);
	x->handle_len = p->text.len;
	x->state = ASKED_FOR_ITS_SIZE;
	kb_sftp_put_fstat(&x->out, ++x->next_id, handle_of(x));
	return KB_OUTCOME_DONE;
}

/* The time of the file is what tells a version from another. */
static enum kb_outcome take_attributes(struct sftp *x, const struct kb_sftp_packet *p)
{
	char validator[16] = "";
	int r;

	if (p->type != KB_SFTP_ATTRS) {
		return wrong(x, "the file's size was asked for");
	}
	if (S_ISDIR(p->mode)) {
		kb_error_fill(x->err, -EISDIR, "it is a folder");
		return KB_OUTCOME_FINAL;
	}
	if (p->mtime_s > 0) {
		(void)snprintf(validator, sizeof(validator), "%u", p->mtime_s);
	}
	if (x->t->offset > 0 && x->t->validator[0] && strcmp(validator, x->t->validator) != 0) {
		return kb_outcome_of(kb_body_forget(x->t->body, x->err));
	}
	x->total = p->size;
	x->ask_at = x->t->offset;
	r = kb_body_begin(x->t->body, x->t->offset, x->total, kb_str_from(validator), x->err);
	if (r < 0) {
		return kb_outcome_of(r);
	}
	x->state = READING;
	x->next_id++;
	ask_for_more(x);
	return KB_OUTCOME_DONE;
}

static enum kb_outcome take(struct sftp *x, struct kb_str bytes)
{
	struct kb_sftp_packet p;

	if (kb_sftp_parse(bytes, &p) < 0) {
		return wrong(x, x->state == GREETED ? "it begins with something else"
						    : "a packet that no server sends");
	}
	if (x->state == READING) {
		return take_part(x, &p);
	}
	if (x->state != GREETED && p.id != x->next_id) {
		return wrong(x, "nothing of the kind was asked for");
	}
	if (p.type == KB_SFTP_STATUS) {
		return tell_status(x, &p);
	}
	return x->state == GREETED         ? take_version(x, &p)
	       : x->state == ASKED_TO_OPEN ? take_handle(x, &p)
					   : take_attributes(x, &p);
}

/* --- the stream */

static enum kb_outcome send_some(struct sftp *x)
{
	ssize_t n = x->out.len > 0 ? send(x->ssh.in_fd, x->out.data, x->out.len, MSG_NOSIGNAL) : 0;

	if (kb_buf_error(&x->out) < 0) {
		(void)kb_error_no_memory(x->err);
		return KB_OUTCOME_STOP;
	}
	if (n > 0) {
		x->out.len -= (size_t)n;
		memmove(x->out.data, x->out.data + n, x->out.len);
	}
	return KB_OUTCOME_DONE; /* what is broken is told by what it says, or by its end */
}

static enum kb_outcome take_all(struct sftp *x)
{
	struct kb_str rest = kb_str_of(x->in, x->in_len);
	enum kb_outcome outcome = KB_OUTCOME_DONE;
	struct kb_str packet;
	int r = 0;

	while (outcome == KB_OUTCOME_DONE && x->state != COMPLETE &&
	       (r = kb_sftp_take(&rest, &packet)) == 0) {
		outcome = take(x, packet);
	}
	if (outcome == KB_OUTCOME_DONE && r == -EMSGSIZE) {
		outcome = wrong(x, x->state == GREETED ? "it begins with something else"
						       : "a packet is too long");
	}
	memmove(x->in, rest.data, rest.len);
	x->in_len = rest.len;
	return outcome;
}

static enum kb_outcome receive(struct sftp *x)
{
	ssize_t n = read(x->ssh.out_fd, x->in + x->in_len, sizeof(x->in) - x->in_len);

	if (n < 0) {
		return KB_OUTCOME_DONE;
	}
	if (n == 0) {
		(void)kb_ssh_listen(&x->ssh);
		return kb_ssh_explain(&x->ssh, x->state != GREETED, x->err);
	}
	x->in_len += (size_t)n;
	return take_all(x);
}

/* Whatever comes, or nothing for a while. */
static enum kb_outcome wait(struct sftp *x)
{
	struct pollfd fds[] = {
		{.fd = x->ssh.out_fd, .events = POLLIN},
		{.fd = x->ssh.err_fd, .events = POLLIN},
		{.fd = x->out.len > 0 ? x->ssh.in_fd : -1, .events = POLLOUT},
	};
	enum kb_outcome outcome = KB_OUTCOME_DONE;

	if (poll(fds, KB_ARRAY_LEN(fds), SLICE_MS) <= 0) {
		return KB_OUTCOME_DONE;
	}
	if (fds[1].revents && kb_ssh_listen(&x->ssh) && x->state == GREETED) {
		return kb_ssh_explain(&x->ssh, false, x->err);
	}
	if (fds[0].revents) {
		outcome = receive(x);
	}
	return outcome == KB_OUTCOME_DONE ? send_some(x) : outcome;
}

/* Of a server that has let nobody in yet. */
static enum kb_outcome watch(struct sftp *x, int64_t give_up_ms)
{
	const struct kb_sys *sys = x->t->request->sys;
	enum kb_outcome outcome = kb_transfer_watch(x->t, x->err);
	bool is_late = x->state == GREETED && sys->now_ms(sys->ctx) >= give_up_ms;

	if (outcome == KB_OUTCOME_AGAIN || (outcome == KB_OUTCOME_DONE && is_late)) {
		/* dbclient does not tell that what it asked for is refused. */
		if (x->state == GREETED) {
			kb_error_fill(x->err, -ETIMEDOUT,
				      "the server does not answer, or has no SFTP");
		}
		return KB_OUTCOME_AGAIN;
	}
	return outcome;
}

static enum kb_outcome exchange(struct sftp *x)
{
	const struct kb_sys *sys = x->t->request->sys;
	int64_t give_up_ms = sys->now_ms(sys->ctx) + ANSWER_MS;

	kb_sftp_put_init(&x->out);
	while (x->state != COMPLETE) {
		enum kb_outcome outcome = watch(x, give_up_ms);

		outcome = outcome == KB_OUTCOME_DONE ? wait(x) : outcome;
		if (outcome != KB_OUTCOME_DONE) {
			return outcome;
		}
	}
	return kb_body_end(x->t->body, x->err) < 0 ? KB_OUTCOME_AGAIN : KB_OUTCOME_DONE;
}

static enum kb_outcome connect_and_exchange(struct sftp *x)
{
	int r = kb_ssh_open(&x->ssh, x->t, x->err);
	enum kb_outcome outcome = r < 0 ? KB_OUTCOME_FINAL : exchange(x);

	if (outcome == KB_OUTCOME_REDIRECT) {
		kb_buf_reset(&x->out);
		r = kb_ssh_reopen(&x->ssh, x->err);
		outcome = r < 0 ? KB_OUTCOME_FINAL : exchange(x);
	}
	kb_ssh_close(&x->ssh);
	return outcome == KB_OUTCOME_REDIRECT ? KB_OUTCOME_AGAIN : outcome;
}

/* As curl has it: from the root, or behind /~/ from the user's own folder. */
static const char *path_of(struct kb_arena *arena, const struct kb_url *url)
{
	const char *path = kb_url_decode(arena, kb_str_from(url->path));

	return path && strncmp(path, "/~/", 3) == 0 ? path + 3 : path;
}

enum kb_outcome kb_sftp_run(struct kb_transfer *t, struct kb_error *err)
{
	KB_ARENA struct kb_arena arena = {0};
	struct sftp *x = calloc(1, sizeof(*x));
	enum kb_outcome outcome;

	if (!x) {
		(void)kb_error_no_memory(err);
		return KB_OUTCOME_STOP;
	}
	x->t = t;
	x->err = err;
	x->path = path_of(&arena, t->url);
	if (!x->path || x->path[0] == '\0' || strlen(x->path) > MAX_PATH) {
		kb_error_fill(err, -ENAMETOOLONG, "a name of 1 to %d bytes is wanted", MAX_PATH);
		outcome = KB_OUTCOME_FINAL;
	} else {
		outcome = connect_and_exchange(x);
	}
	kb_buf_done(&x->out);
	free(x);
	return outcome;
}

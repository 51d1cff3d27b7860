/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "assemble_job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "kboot/base/record.h"
#include "kboot/storage/luks.h"
#include "report.h"

enum { APART_TRIES = 20, APART_WAIT_US = 100000 };

/* A set as a line: its members are one text, by kernel names with a blank between. */
struct line {
	enum kb_set_state state;
	const char *uuid;
	const char *name;
	const char *why;
	const char *members;
	unsigned n_wanted;
};

#define AT(member) offsetof(struct line, member)

static const struct kb_field fields[] = {
	{0, KB_FIELD_UINT, "state", AT(state), 0, NULL},
	{0, KB_FIELD_TEXT, "uuid", AT(uuid), 0, NULL},
	{0, KB_FIELD_TEXT, "name", AT(name), 0, NULL},
	{0, KB_FIELD_TEXT, "why", AT(why), 0, NULL},
	{0, KB_FIELD_TEXT, "members", AT(members), 0, NULL},
	{0, KB_FIELD_UINT, "wanted", AT(n_wanted), 0, NULL},
};

static int tell(void *ctx, const struct kb_set *set)
{
	const int *out_fd = ctx;
	KB_BUF struct kb_buf members = {0};
	KB_BUF struct kb_buf json = {0};
	struct line line = {
		.state = set->state,
		.uuid = set->uuid,
		.name = set->name,
		.why = set->why,
		.n_wanted = set->n_wanted,
	};
	int r;

	for (size_t i = 0; i < set->n_members; i++) {
		kb_buf_printf(&members, "%s%s", i > 0 ? " " : "", set->members[i]);
	}
	line.members = members.data;
	kb_json_open(&json, NULL, '{');
	r = kb_record_encode(fields, KB_ARRAY_LEN(fields), 0, &line, &json);
	if (r == 0) {
		kb_json_tell(*out_fd, &json);
	}
	return r < 0 ? r : kb_buf_error(&members);
}

static int take_members(struct kb_arena *arena, struct kb_str text, struct kb_set *set)
{
	struct kb_str name;

	while (set->n_members < KB_SET_MAX_MEMBERS && kb_str_next_until(&text, ' ', &name)) {
		set->members[set->n_members] = kb_arena_str(arena, name);
		if (!set->members[set->n_members++]) {
			return -ENOMEM;
		}
	}
	return 0;
}

int kb_assemble_decode(struct kb_arena *arena, enum kb_set_kind kind, struct kb_str text,
		       struct kb_set *ret_set)
{
	struct line line = {0};
	struct kb_set set = {.kind = kind};
	int r = kb_record_read(fields, KB_ARRAY_LEN(fields), 0, arena, text, &line);

	if (r == 0 && (unsigned)line.state >= KB_N_SET_STATES) {
		r = -EINVAL;
	}
	if (r == 0) {
		r = take_members(arena, kb_str_from(line.members ? line.members : ""), &set);
	}
	if (r < 0) {
		return r;
	}
	set.state = line.state;
	set.uuid = line.uuid;
	set.name = line.name;
	set.why = line.why;
	set.n_wanted = line.n_wanted;
	*ret_set = set;
	return 0;
}

/* What can be said of a locked volume before anybody knows its passphrase. */
static int look_at_locked(const struct kb_assemble_job *job, const struct kb_member *member,
			  int out_fd)
{
	struct kb_luks luks = {0};
	struct kb_error err = {0};
	struct kb_set set = {
		.kind = KB_SET_LUKS,
		.state = KB_SET_LOCKED,
		.uuid = member->uuid,
		.members = {member->name},
		.n_members = 1,
	};
	int r = kb_luks_look(job->sys, "/dev", member->name, &luks, &err);

	if (r == -ENOMEM) {
		return r;
	}
	if (r < 0) {
		set.state = KB_SET_REFUSED;
		set.why = err.text;
	} else if (luks.is_reencrypting) {
		set.state = KB_SET_REFUSED;
		set.why = "it is being encrypted anew, which only its own system can go on with";
	} else if (luks.n_slots == 0) {
		set.state = KB_SET_REFUSED;
		set.why = luks.has_token ? "only a TPM or a security key opens it, no passphrase"
					 : "no passphrase opens it";
	} else if (luks.has_token) {
		set.why = "a TPM or a security key opens it in its own system; here it takes a "
			  "passphrase or the recovery key";
	}
	return tell(&out_fd, &set);
}

static int look_at_all_locked(const struct kb_assemble_job *job, int out_fd)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < job->n_members; i++) {
		if (!job->members[i].is_refused) {
			r = look_at_locked(job, &job->members[i], out_fd);
		}
	}
	return r;
}

static int assemble(const struct kb_assemble_job *job, int out_fd, struct kb_error *err)
{
	const struct kb_set_sink sink = {tell, &out_fd};
	const struct kb_assembly assembly = {
		.sys = job->sys,
		.dev_dir = "/dev",
		.run_dir = KB_STORAGE_RUN_DIR,
		.kind = job->kind,
		.members = job->members,
		.n_members = job->n_members,
		.may_degrade = job->may_degrade,
	};

	return job->kind == KB_SET_LUKS ? look_at_all_locked(job, out_fd)
					: kb_assemble(&assembly, &sink, err);
}

/* Its last line on stderr becomes the engine's sentence. */
static int fail(int r, const struct kb_error *err)
{
	(void)dprintf(STDERR_FILENO, "%s\n", err->code ? err->text : strerror(-r));
	return r;
}

int kb_assemble_job_run(void *data, int out_fd)
{
	const struct kb_assemble_job *job = data;
	struct kb_error err = {0};
	int r = job->sys->confine(job->sys->ctx, KB_CONFINE_ASSEMBLE, 0);

	if (r == 0) {
		r = assemble(job, out_fd, &err);
	}
	return r < 0 ? fail(r, &err) : 0;
}

/* Whoever has it mounted is just being told to let go of it. */
static int take_apart(const struct kb_sys *sys, const char *name, struct kb_error *err)
{
	int r = -EBUSY;

	for (int i = 0; r == -EBUSY && i < APART_TRIES; i++) {
		if (i > 0) {
			(void)usleep(APART_WAIT_US);
		}
		*err = (struct kb_error){0};
		r = kb_disassemble(sys, "/dev", name, false, err);
	}
	return r == -EBUSY ? kb_disassemble(sys, "/dev", name, true, err) : r;
}

/* What they were made of may be on the disk that went, and would be taken for what is there again.
 */
static int take_parts_apart(const struct kb_sys *sys)
{
	KB_CLOSE int sysfs_fd = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	struct kb_error err = {0};
	int r = sysfs_fd < 0 ? kb_error_set(&err, -errno, "/sys is not there")
			     : kb_disassemble_parts(sys, sysfs_fd, "/dev", &err);

	return r < 0 ? fail(r, &err) : 0;
}

int kb_disassemble_job_run(void *data, int out_fd)
{
	const struct kb_disassemble_job *job = data;
	int result = job->sys->confine(job->sys->ctx, KB_CONFINE_ASSEMBLE, 0);

	(void)out_fd;
	for (size_t i = 0; result == 0 && i < job->n_names; i++) {
		struct kb_error err = {0};
		int r = take_apart(job->sys, job->names[i], &err);

		if (r < 0 && r != -ENXIO && r != -ENODEV && r != -ENOENT) {
			(void)fail(r, &err);
		}
	}
	return result == 0 ? take_parts_apart(job->sys) : result;
}

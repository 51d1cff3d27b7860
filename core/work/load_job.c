/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "load_job.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "kboot/base/budget.h"
#include "kboot/base/escape.h"
#include "kboot/boot/load.h"
#include "load_uki.h"
#include "report.h"

enum { BUSY_PAUSE_MS = 100, BUSY_TRIES = 100 };

struct work {
	const struct kb_load_job *job;
	int out_fd;
	struct kb_resolver resolver;
	struct kb_boot_host host;
	struct kb_boot_request request;
	struct kb_boot_plan plan;
	struct kb_buf said; /* of the parts of a unified image, for the plan */
	bool is_remote;     /* a plan of files that nobody fetches for it */
};

static void tell_stage(const struct work *w, enum kb_stage stage)
{
	kb_report_tell(w->out_fd, &(struct kb_report){.stage = kb_stage_name(stage)});
}

static void tell_progress(void *ctx, uint64_t done, uint64_t total)
{
	const struct work *w = ctx;

	kb_report_tell(w->out_fd, &(struct kb_report){.done_bytes = done, .total_bytes = total});
}

static void tell_note(void *ctx, const char *sentence, uint64_t of)
{
	const struct work *w = ctx;

	kb_report_tell(w->out_fd, &(struct kb_report){.note = sentence, .of = of});
}

static void tell_armed(const struct work *w, const char *method)
{
	kb_report_tell(w->out_fd, &(struct kb_report){.stage = kb_stage_name(KB_STAGE_ARMED),
						      .method = method});
}

/* Each file has the time for which the engine waits for a word, and begins with one. */
static int open_file(struct work *w, const char *name, struct kb_boot_file *ret_file,
		     struct kb_error *err)
{
	const struct kb_sys *sys = w->job->sys;
	int r;

	tell_stage(w, KB_STAGE_RESOLVING);
	kb_resolver_set_deadline(&w->resolver, sys->now_ms(sys->ctx) + KB_LOAD_STALL_MS);
	r = kb_resolver_open(&w->resolver, name, NULL, &ret_file->fd, &ret_file->name, err);
	if (r == -EREMOTE && w->job->plan_only) {
		*ret_file = (struct kb_boot_file){.name = name, .fd = -1};
		w->is_remote = true;
		r = 0;
	}
	return r;
}

static bool is_uki(const struct kb_boot_file *kernel)
{
	struct kb_image image;
	struct kb_error quiet;

	return kb_image_inspect(kernel->fd, kernel->name, &image, &quiet) == 0 &&
	       image.type == KB_IMAGE_UKI;
}

static void next_file(void *ctx)
{
	tell_stage(ctx, KB_STAGE_RESOLVING);
}

static int make_parts(struct work *w, struct kb_error *err)
{
	struct kb_load_uki parts = {
		.resolver = &w->resolver,
		.host = &w->host,
		.request = &w->request,
		.said = &w->said,
		.ctx = w,
		.next_file = next_file,
	};
	struct kb_memory now = {0};
	int r;

	if (kb_memory_read(w->host.procfs_fd, &now) < 0) {
		now = (struct kb_memory){0};
	}
	parts.room = kb_memory_for_loading(&now, 2);
	r = kb_load_extras(&parts, w->job->entry->initrd, err);
	if (r == 0 && is_uki(&w->request.kernel)) {
		r = kb_load_uki(&parts, err);
	}
	return r < 0 ? r : kb_load_keys(&parts, w->job->keys, w->job->places, w->job->entry, err);
}

static int resolve(struct work *w, struct kb_error *err)
{
	const struct kb_entry *e = w->job->entry;
	struct kb_boot_request *q = &w->request;
	int r;

	if (!e->kernel) {
		return kb_error_set(err, -EINVAL, "it names no kernel");
	}
	q->args = e->args ? e->args : "";
	q->dtb.fd = -1;
	r = open_file(w, e->kernel, &q->kernel, err);
	for (size_t i = 0; r == 0 && i < e->n_initrd; i++) {
		r = open_file(w, e->initrd[i], &q->initrd[i], err);
		q->n_initrd += r == 0;
	}
	if (r == 0 && e->dtb) {
		r = open_file(w, e->dtb, &q->dtb, err);
	}
	return r == 0 && !w->is_remote ? make_parts(w, err) : r;
}

static int open_host(struct work *w, struct kb_error *err)
{
	w->host.sysfs_fd = open("/sys", O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->host.procfs_fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->host.dev_fd = open("/dev", O_PATH | O_DIRECTORY | O_CLOEXEC);
	w->host.kexec_tool = "/sbin/kexec";
	if (w->host.sysfs_fd < 0 || w->host.procfs_fd < 0 || w->host.dev_fd < 0) {
		return kb_error_set(err, -errno, "/sys, /proc or /dev is not there");
	}
	return 0;
}

static void describe_file(struct kb_buf *text, const char *what, const struct kb_boot_file *file,
			  const char *more)
{
	struct stat st = {0};

	if (file->fd < 0) {
		kb_escape_printf(text, "%-8s %s  (not fetched: this is only the plan)", what,
				 file->name);
		return;
	}
	if (fstat(file->fd, &st) < 0) {
		st.st_size = 0;
	}
	kb_escape_printf(text, "%-8s %s  (%s%" PRId64 " bytes)", what, file->name, more,
			 (int64_t)st.st_size);
}

static void describe(const struct work *w, struct kb_buf *text)
{
	const struct kb_boot_request *q = &w->request;
	bool is_multiboot = w->plan.image.type == KB_IMAGE_MULTIBOOT ||
			    w->plan.image.type == KB_IMAGE_MULTIBOOT2;
	char kind[256];

	(void)snprintf(kind, sizeof(kind), "%s %s%s%s, ", kb_arch_name(w->plan.image.arch),
		       kb_image_type_name(w->plan.image.type), w->plan.image.version[0] ? " " : "",
		       w->plan.image.version);
	describe_file(text, "kernel", &q->kernel, kind);
	for (size_t i = 0; i < q->n_initrd; i++) {
		describe_file(text, "initrd", &q->initrd[i],
			      w->is_remote || is_multiboot || kb_boot_is_initrd(&q->initrd[i])
				      ? ""
				      : "not a known kind of initrd, ");
	}
	if (q->dtb.name) {
		describe_file(text, "dtb", &q->dtb, "");
	}
	kb_buf_str(text, kb_buf_view(&w->said));
	kb_escape_printf(text, "args     %s", q->args);
	for (size_t i = 0; i < w->job->entry->writes.n; i++) {
		KB_BUF struct kb_buf what = {0};

		kb_write_put_text(&w->job->entry->writes.items[i], &what);
		kb_escape_printf(text, "writes   %s", what.data ? what.data : "");
	}
	if (w->is_remote) {
		kb_escape_printf(text, "method   not known before the files are there");
	} else {
		kb_escape_printf(text, "method   %s: %s", kb_boot_method_name(w->plan.method),
				 w->plan.why);
	}
}

static int tell_plan(const struct work *w)
{
	KB_BUF struct kb_buf text = {0};

	describe(w, &text);
	if (kb_buf_error(&w->said) < 0 || kb_buf_error(&text) < 0) {
		return -ENOMEM;
	}
	kb_report_tell(w->out_fd, &(struct kb_report){.plan = text.data});
	return 0;
}

/* The loader before us may have been stopped in the middle of its call, and the kernel lets one
 * load at a time. */
static int load_when_free(struct work *w, struct kb_error *err)
{
	const struct timespec pause = {.tv_nsec = BUSY_PAUSE_MS * 1000000L};
	int r;

	for (int try = 0;; try++) {
		r = kb_boot_load(w->job->sys, &w->host, &w->request, &w->plan, tell_progress, w,
				 err);
		if (r != -EBUSY || try == BUSY_TRIES) {
			return r;
		}
		kb_error_clear(err);
		(void)nanosleep(&pause, NULL);
	}
}

static int load(struct work *w, struct kb_error *err)
{
	int r = open_host(w, err);

	if (r < 0) {
		return r;
	}
	r = resolve(w, err);
	if (r < 0) {
		return r;
	}
	tell_stage(w, KB_STAGE_CHECKING);
	r = w->is_remote ? 0 : kb_boot_plan(&w->request, &w->host, &w->plan, err);
	if (r == 0) {
		r = tell_plan(w);
	}
	if (r < 0 || w->job->plan_only) {
		return r;
	}
	tell_stage(w, KB_STAGE_LOADING);
	return load_when_free(w, err);
}

int kb_load_job_run(void *data, int out_fd)
{
	const struct kb_load_job *job = data;
	struct work w = {
		.job = job,
		.out_fd = out_fd,
	};
	const struct kb_resolver_spec spec = {
		.sys = job->sys,
		.places = job->places,
		.root = job->root,
		.read_write = job->read_write,
		.fetched = job->fetched,
		.n_fetched = job->n_fetched,
		.ctx = &w,
		.note = tell_note,
	};
	struct kb_error err = {0};
	int r = job->sys->confine(job->sys->ctx, KB_CONFINE_LOAD, 0);

	if (r == 0) {
		r = kb_resolver_init(&w.resolver, &spec, &err);
	}
	if (r == 0) {
		r = load(&w, &err);
	}

	if (r < 0) {
		kb_report_error(out_fd, r, &err);
	} else {
		tell_armed(&w, err.text[0] ? err.text : w.plan.why);
	}
	/* Descriptors go with the process; the mounts want them closed first. */
	for (size_t i = 0; i < w.request.n_initrd; i++) {
		(void)kb_close(w.request.initrd[i].fd);
	}
	if (w.request.kernel.name) {
		(void)kb_close(w.request.kernel.fd);
	}
	if (w.request.dtb.name) {
		(void)kb_close(w.request.dtb.fd);
	}
	kb_automount_done(&w.resolver.automount);
	kb_buf_done(&w.said);
	return r;
}

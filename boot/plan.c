/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host.h"
#include "kboot/base/checked.h"
#include "kboot/boot/load.h"
#include "method.h"
#include "tools_kind.h"

/* What else than its own kind a machine can start. */
static const struct {
	enum kb_arch here;
	enum kb_arch image;
} also_runs[] = {
	{KB_ARCH_X86_64, KB_ARCH_I386},
	{KB_ARCH_I386,
	 KB_ARCH_X86_64}, /* entered in 32-bit mode; the kernel checks the processor */
};

struct choice {
	const struct kb_boot_request *request;
	const struct kb_boot_host *host;
	struct kb_boot_plan *plan;
};

static bool runs_here(enum kb_arch image)
{
	enum kb_arch here = kb_arch_here();

	if (image == here || image == KB_ARCH_UNKNOWN) {
		return true;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(also_runs); i++) {
		if (also_runs[i].here == here && also_runs[i].image == image) {
			return true;
		}
	}
	return false;
}

static int check_kernel(const struct kb_boot_file *kernel, const struct kb_image *image,
			struct kb_error *err)
{
	if (!runs_here(image->arch)) {
		return kb_error_set(err, -ENOEXEC, "%s is for %s, this machine is %s", kernel->name,
				    kb_arch_name(image->arch), kb_arch_name(kb_arch_here()));
	}
	if (image->type == KB_IMAGE_PE || image->unpacked == KB_IMAGE_PE) {
		return kb_error_set(err, -ENOEXEC,
				    "%s is an EFI program; only the firmware can start it",
				    kernel->name);
	}
	return 0;
}

static int check_args(const struct kb_boot_request *request, const struct kb_image *image,
		      struct kb_error *err)
{
	size_t len = strlen(request->args);

	if (image->cmdline_max_bytes > 0 && len > image->cmdline_max_bytes) {
		return kb_error_set(err, -E2BIG, "the command line is %zu bytes long, %s takes %zu",
				    len, request->kernel.name, image->cmdline_max_bytes);
	}
	if (strchr(request->args, '\n')) {
		return kb_error_set(err, -EINVAL, "the command line has a line end in it");
	}
	return 0;
}

static int add_file(const struct kb_boot_file *file, const char *what, uint64_t *total,
		    struct kb_error *err)
{
	struct stat st;

	if (file->fd < 0) {
		return kb_error_set(err, -ENOENT, "%s %s is not there", what, file->name);
	}
	if (fstat(file->fd, &st) < 0) {
		return kb_error_set(err, -errno, "%s %s: %s", what, file->name, strerror(errno));
	}
	if (!S_ISREG(st.st_mode)) {
		return kb_error_set(err, -EINVAL, "%s %s is not a regular file", what, file->name);
	}
	if (st.st_size <= 0) {
		return kb_error_set(err, -EUCLEAN, "%s %s is empty", what, file->name);
	}
	return kb_add_u64(*total, (uint64_t)st.st_size, total) < 0
		       ? kb_error_set(err, -EFBIG, "%s %s is too large", what, file->name)
		       : 0;
}

/* The Devicetree Specification, "Flattened Devicetree (DTB) Format". */
static int check_dtb(const struct kb_boot_file *dtb, struct kb_error *err)
{
	static const uint8_t magic[] = {0xd0, 0x0d, 0xfe, 0xed};
	uint8_t head[sizeof(magic)];
	ssize_t n = pread(dtb->fd, head, sizeof(head), 0);

	if (n < 0) {
		return kb_error_set(err, -errno, "reading %s: %s", dtb->name, strerror(errno));
	}
	return n < (ssize_t)sizeof(head) || memcmp(head, magic, sizeof(magic)) != 0
		       ? kb_error_set(err, -EINVAL, "%s is not a device tree", dtb->name)
		       : 0;
}

static int add_files(const struct kb_boot_request *request, uint64_t *total, struct kb_error *err)
{
	int r = 0;

	if (request->n_initrd > KB_BOOT_MAX_INITRDS) {
		return kb_error_set(err, -E2BIG, "%zu initrds are too many: at most %d",
				    request->n_initrd, KB_BOOT_MAX_INITRDS);
	}
	for (size_t i = 0; r == 0 && i < request->n_initrd; i++) {
		r = add_file(&request->initrd[i], "initrd", total, err);
	}
	if (r == 0 && request->dtb.fd >= 0) {
		r = add_file(&request->dtb, "device tree", total, err);
		r = r < 0 ? r : check_dtb(&request->dtb, err);
	}
	return r;
}

static int choose(struct choice *c, enum kb_boot_method method, const char *why)
{
	c->plan->method = method;
	(void)snprintf(c->plan->why, sizeof(c->plan->why), "%s", why);
	return 0;
}

static int choose_tools(struct choice *c, const char *why, struct kb_error *err)
{
	const struct kb_image *image = &c->plan->image;
	const struct kb_tools_kind *kind = kb_tools_kind(image);
	const char *name = c->request->kernel.name;

	if (!kind) {
		return kb_error_set(err, -ENOEXEC,
				    "%s is of a kind that nothing can start on %s: %s", name,
				    kb_arch_name(kb_arch_here()), kb_image_type_name(image->type));
	}
	if (c->request->dtb.fd >= 0 && !kind->dtb) {
		return kb_error_set(err, -EINVAL, "%s (%s) cannot be given a device tree", name,
				    kb_image_type_name(image->type));
	}
	if (kb_host_lockdown(c->host) >= KB_LOCKDOWN_INTEGRITY) {
		return kb_error_set(err, -EPERM,
				    "%s needs kexec-tools (%s), which lockdown does not let load",
				    name, why);
	}
	if (!c->host->kexec_tool) {
		return kb_error_set(err, -ENOEXEC, "%s needs kexec-tools (%s), and there is none",
				    name, why);
	}
	return choose(c, KB_BOOT_KEXEC_TOOLS, why);
}

/* Why the running kernel will want to read and judge the files itself; NULL: it does not. */
static const char *wants_file_load(const struct choice *c)
{
	switch (kb_host_lockdown(c->host)) {
	case KB_LOCKDOWN_INTEGRITY:
		return c->plan->image.is_signed ? "lockdown is on (integrity)"
						: "lockdown is on (integrity); the kernel file is "
						  "not signed and may "
						  "be refused";
	case KB_LOCKDOWN_CONFIDENTIALITY:
		return c->plan->image.is_signed
			       ? "lockdown is on (confidentiality)"
			       : "lockdown is on (confidentiality); the kernel file is not signed "
				 "and may be refused";
	case KB_LOCKDOWN_NONE:
		return NULL;
	case KB_LOCKDOWN_UNKNOWN:
		break;
	}
	return kb_host_secure_boot(c->host) == 1 ? "Secure Boot is on" : NULL;
}

static int choose_bzimage(struct choice *c, struct kb_error *err)
{
	const char *why = wants_file_load(c);
	struct kb_x86_header header;
	int r;

	if (why) {
		return choose(c, KB_BOOT_KEXEC_FILE_LOAD, why);
	}
	r = kb_x86_header_read_fd(c->request->kernel.fd, c->request->kernel.name, &header, err);
	if (r < 0) {
		return r;
	}
	why = kb_x86_why_not(c->host, &header);
	if (!why) {
		return choose(c, KB_BOOT_KEXEC_LOAD, "nothing asks for a digest or a signature");
	}
	/* What we decline in 64-bit mode the kernel's own loader may know better. */
	return kb_x86_header_is_64(&header) ? choose(c, KB_BOOT_KEXEC_FILE_LOAD, why)
					    : choose_tools(c, why, err);
}

static int choose_method(struct choice *c, struct kb_error *err)
{
	const struct kb_image *image = &c->plan->image;
	const char *why;

	switch (image->unpacked == KB_IMAGE_UKI ? KB_IMAGE_UKI : image->type) {
	case KB_IMAGE_BZIMAGE:
		return choose_bzimage(c, err);
	case KB_IMAGE_ARM64:
	case KB_IMAGE_RISCV:
		why = wants_file_load(c);
		return why ? choose(c, KB_BOOT_KEXEC_FILE_LOAD, why)
			   : choose_tools(c, kb_image_type_name(image->type), err);
	case KB_IMAGE_UKI:
		return kb_error_set(err, -ENOEXEC,
				    "%s is a unified kernel image; its parts must be taken out "
				    "before they can be started",
				    c->request->kernel.name);
	default:
		return choose_tools(c, kb_image_type_name(image->type), err);
	}
}

int kb_boot_plan(const struct kb_boot_request *request, const struct kb_boot_host *host,
		 struct kb_boot_plan *ret_plan, struct kb_error *err)
{
	struct kb_boot_plan plan = {0};
	struct choice choice = {request, host, &plan};
	int r;

	if (request->kernel.fd < 0) {
		return kb_error_set(err, -ENOENT, "kernel %s is not there", request->kernel.name);
	}
	r = kb_image_inspect(request->kernel.fd, request->kernel.name, &plan.image, err);
	if (r < 0) {
		return r;
	}
	r = check_kernel(&request->kernel, &plan.image, err);
	if (r < 0) {
		return r;
	}
	r = check_args(request, &plan.image, err);
	if (r < 0) {
		return r;
	}
	plan.total_bytes = plan.image.size_bytes;
	r = add_files(request, &plan.total_bytes, err);
	if (r < 0) {
		return r;
	}
	r = choose_method(&choice, err);
	if (r < 0) {
		return r;
	}
	*ret_plan = plan;
	return 0;
}

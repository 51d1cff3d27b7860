/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * golden_uki TREE OUT ROOM ARGS KERNEL INITRD…: takes the files on a device sda1, for which TREE
 * stands, apart as the worker that loads does; writes what would be loaded to OUT (kernel, dtb,
 * args, plan, names, initrd.0, …), or prints why it cannot be.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/sendfile.h>

#include "work/load_uki.h"

static void ignore(void *ctx, const char *sentence, uint64_t of)
{
	(void)ctx;
	(void)sentence;
	(void)of;
}

static void no_word(void *ctx)
{
	(void)ctx;
}

static FILE *create(const char *out, const char *name)
{
	char path[4096];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", out, name);
	file = fopen(path, "we");
	if (!file) {
		perror(path);
		exit(2);
	}
	return file;
}

static void save(const char *out, const char *name, int fd)
{
	FILE *file = create(out, name);
	off_t at = 0;

	while (fd >= 0 && sendfile(fileno(file), fd, &at, 1 << 20) > 0) {
	}
	(void)fclose(file);
}

static void save_all(const char *out, const struct kb_boot_request *q, const struct kb_buf *said)
{
	FILE *args = create(out, "args");
	FILE *plan = create(out, "plan");
	FILE *names = create(out, "names");
	char name[32];

	(void)fputs(q->args, args);
	(void)fwrite(said->data ? said->data : "", 1, said->len, plan);
	save(out, "kernel", q->kernel.fd);
	save(out, "dtb", q->dtb.fd);
	for (size_t i = 0; i < q->n_initrd; i++) {
		(void)snprintf(name, sizeof(name), "initrd.%zu", i);
		(void)fprintf(names, "%s\n", q->initrd[i].name);
		save(out, name, q->initrd[i].fd);
	}
	(void)fclose(args);
	(void)fclose(plan);
	(void)fclose(names);
}

static int open_file(struct kb_resolver *r, const char *name, struct kb_boot_file *file,
		     struct kb_error *err)
{
	return kb_resolver_open(r, name, NULL, &file->fd, &file->name, err);
}

int main(int argc, char **argv)
{
	struct kb_place place = {.kind = KB_PLACE_DEVICE,
				 .status = KB_PLACE_READ,
				 .found = {.has_device = true,
					   .device = {.name = "sda1", .fstype = "vfat"}}};
	struct kb_places places = {.first = &place, .simulated = true};
	const struct kb_resolver_spec spec = {.sys = &kb_sys_linux,
					      .places = &places,
					      .note = ignore};
	const struct kb_boot_host host = {-1, -1, -1, NULL};
	struct kb_boot_request request = {.dtb.fd = -1};
	struct kb_resolver resolver;
	KB_BUF struct kb_buf said = {0};
	struct kb_load_uki parts = {.resolver = &resolver,
				    .host = &host,
				    .request = &request,
				    .said = &said,
				    .next_file = no_word};
	struct kb_error err = {0};
	int r;

	if (argc < 6) {
		return 2;
	}
	place.found.device.tree = argv[1];
	parts.room = strtoull(argv[3], NULL, 10);
	request.args = argv[4];
	r = kb_resolver_init(&resolver, &spec, &err);
	r = r == 0 ? open_file(&resolver, argv[5], &request.kernel, &err) : r;
	for (int i = 6; r == 0 && i < argc; i++) {
		r = open_file(&resolver, argv[i], &request.initrd[request.n_initrd++], &err);
	}
	r = r == 0 ? kb_load_extras(&parts, (const char *const *)argv + 6, &err) : r;
	r = r == 0 ? kb_load_uki(&parts, &err) : r;
	if (r == 0) {
		save_all(argv[2], &request, &said);
	} else {
		puts(err.text);
	}
	kb_automount_done(&resolver.automount);
	return r < 0;
}

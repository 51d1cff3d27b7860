/* SPDX-License-Identifier: GPL-2.0-or-later */
/* boot_probe INTERFACE ARCH LEASE [USER-CLASS]: what the servers say that is to be booted, as a
 * lease is kept, and why. LEASE is the server of the lease, or "-". */
#include <fcntl.h>
#include <stdio.h>

#include "kboot/network/lease.h"
#include "kboot/network/probe.h"

static int print(struct kb_arena *arena, const struct kb_boot_info *info)
{
	KB_BUF struct kb_buf text = {0};
	struct kb_lease lease;
	int r = kb_lease_from_environment(arena, info->variables, &lease);

	if (r == 0) {
		kb_lease_print(&lease, &text);
		(void)printf("%s%s%.*s", info->title ? info->title : "", info->title ? ":\n" : "",
			     KB_STR_ARG(kb_buf_view(&text)));
		(void)printf("%s\n", info->reason);
	}
	return r;
}

int main(int argc, char **argv)
{
	KB_ARENA struct kb_arena arena = {0};
	KB_CLOSE int sysfs = open("/sys", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct kb_probe probe = {.interface = argc > 3 ? argv[1] : ""};
	struct kb_boot_infos infos = {0};
	int r = 0;
	struct kb_error err = {0};
	uint64_t arch;

	if (argc < 4 || kb_str_to_u64(kb_str_from(argv[2]), &arch) < 0) {
		(void)fprintf(stderr, "usage: boot_probe INTERFACE ARCH LEASE [USER-CLASS]\n");
		return 2;
	}
	probe.arch = (unsigned)arch;
	probe.user_class = argc > 4 ? argv[4] : NULL;
	if (kb_ip_parse(kb_str_from(argv[3]), &probe.lease) < 0) {
		probe.lease.family = 0;
	}
	if (kb_probe_run(&probe, &kb_sys_linux, sysfs, &arena, &infos, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	for (size_t i = 0; r == 0 && i < infos.n; i++) {
		r = print(&arena, &infos.at[i]);
	}
	if (infos.n > 1) {
		(void)printf("waits %d s\n", infos.wait_s);
	}
	return r < 0;
}

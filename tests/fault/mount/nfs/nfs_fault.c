/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fault.h"
#include "kboot/mount/network.h"
#include "kboot/mount/nfs.h"
#include "server/network_run.h"
#include "temp_dir.h"

static int listen_somewhere(uint16_t *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || bind(fd, (void *)&address, size) < 0 || listen(fd, 8) < 0 ||
	    getsockname(fd, (void *)&address, &size) < 0) {
		return kb_close(fd);
	}
	*ret_port = ntohs(address.sin_port);
	return fd;
}

/* As many unmounts as mounts that went well. */
static bool is_balanced(const struct fake_sys *fake)
{
	size_t mounted = 0;

	for (size_t i = 0; i < fake->count; i++) {
		if (fake->calls[i].kind == FAKE_MOUNT) {
			mounted += !fake->calls[i].failed;
		} else if (fake->calls[i].kind == FAKE_UMOUNT) {
			mounted -= !fake->calls[i].failed;
		}
	}
	return mounted == 0;
}

/* Whatever fails: nothing stays mounted, and every failure has its sentence. */
static int mount_nfs(struct fake_sys *fake)
{
	struct kb_arena arena = {0};
	struct kb_nfs_place place;
	struct kb_nfs_mount_request request = {.place = &place, .path = "/export/vmlinuz"};
	struct kb_mount mount = {0};
	struct kb_error err = {0};
	const char *export = NULL;
	struct temp_dir dir;
	char work_dir[96];
	uint16_t port = 0;
	int listener = listen_somewhere(&port);
	char text[64];
	int r;

	temp_dir_init(&dir);
	(void)snprintf(work_dir, sizeof(work_dir), "%s/nfs", dir.path);
	(void)snprintf(text, sizeof(text), "127.0.0.1:%u?mountport=1", port);
	request.work_dir = work_dir;
	r = kb_nfs_place_parse(&arena, kb_str_from(text), &place, &err);
	if (r == 0) {
		r = kb_mount_nfs(&fake->table, &request, &arena, &mount, &export, &err);
	}
	kb_mount_done(&mount);
	kb_arena_done(&arena);
	temp_dir_done(&dir);
	(void)kb_close(listener);
	return !is_balanced(fake) || (r < 0) != (err.text[0] != '\0') ? 1 : r;
}

static int bring_network_up(struct fake_sys *fake)
{
	struct kb_error err = {0};
	int r;

	fake->real.spawn = kb_sys_linux.spawn;
	r = kb_network_run(&fake->table, "/bin/true", KB_NETWORK_UP_MS, &err);
	return (r < 0) != (err.text[0] != '\0') ? 1 : r;
}

const struct fault_scenario fault_scenarios[] = {
	{"mount nfs", mount_nfs},
	{"bring network up", bring_network_up},
	{NULL, NULL},
};

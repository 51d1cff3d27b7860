/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/network/probe.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <sys/wait.h>

#include "boot_info.h"
#include "probe_child.h"
#include "sysfs.h"

enum {
	CHILD_MS = KB_PROBE_MS + 2000,
	CHUNK_BYTES = 16 << 10,
};

/* --- who asks */

bool kb_probe_has_efi(int sysfs_fd)
{
	return faccessat(sysfs_fd, "firmware/efi", F_OK, 0) == 0;
}

unsigned kb_probe_arch(int sysfs_fd)
{
	static const struct {
		const char *machine;
		unsigned with_efi;
		unsigned without;
	} machines[] = {
		{"x86_64", 7, 0},    {"i686", 6, 0},          {"i586", 6, 0},
		{"aarch64", 11, 11}, {"armv7l", 10, 10},      {"riscv64", 27, 27},
		{"riscv32", 25, 25}, {"loongarch64", 39, 39}, {"ppc64le", 14, 14},
		{"ppc64", 14, 14},
	};
	struct utsname name = {.machine = ""};
	unsigned long bits = 0;
	bool is_efi = kb_probe_has_efi(sysfs_fd) &&
		      kb_sysfs_number(sysfs_fd, "firmware/efi/fw_platform_size", &bits) == 0;

	(void)uname(&name);
	for (size_t i = 0; i < KB_ARRAY_LEN(machines); i++) {
		if (strcmp(name.machine, machines[i].machine) == 0) {
			unsigned arch = is_efi ? machines[i].with_efi : machines[i].without;

			/* A 64-bit kernel may have been started by 32-bit firmware. */
			return arch == 7 && bits == 32 ? 6 : arch;
		}
	}
	return 0;
}

static void read_uuid(struct kb_probe_question *p, int sysfs_fd)
{
	char text[64];

	p->dhcp.has_uuid =
		kb_sysfs_text(sysfs_fd, "class/dmi/id/product_uuid", text, sizeof(text)) == 0 &&
		kb_dhcp_uuid(kb_str_from(text), p->dhcp.uuid) == 0;
}

/* The interface's address of the card, and its own where it has one. */
static int read_addresses(struct kb_probe_question *p, const char *interface)
{
	struct ifreq request = {0};

	(void)snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	if (ioctl(p->fd, SIOCGIFHWADDR, &request) < 0) {
		return -errno;
	}
	if (request.ifr_hwaddr.sa_family != ARPHRD_ETHER) {
		return -EPFNOSUPPORT;
	}
	memcpy(p->dhcp.mac, request.ifr_hwaddr.sa_data, KB_MAC_BYTES);
	if (ioctl(p->fd, SIOCGIFADDR, &request) == 0) {
		struct sockaddr_in address;

		memcpy(&address, &request.ifr_addr, sizeof(address));
		memcpy(p->dhcp.client.bytes, &address.sin_addr, sizeof(address.sin_addr));
		p->dhcp.client.family = AF_INET;
	}
	return 0;
}

/* A client that renews its lease may have the port too: what is broadcast reaches both. */
static int open_socket(struct kb_probe_question *p, const char *interface)
{
	const struct sockaddr_in any = {.sin_family = AF_INET,
					.sin_port = htons(KB_DHCP_PORT_CLIENT)};
	const int on = 1;
	KB_CLOSE int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BROADCAST, &on, sizeof(on)) < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, interface, (socklen_t)strlen(interface)) <
		    0 ||
	    bind(fd, (const struct sockaddr *)&any, sizeof(any)) < 0) {
		return -errno;
	}
	p->fd = kb_steal_fd(&fd);
	return 0;
}

static int prepare(struct kb_probe_question *p, const struct kb_probe *probe, int sysfs_fd)
{
	struct kb_dhcp_question *q = &p->dhcp;
	int r = open_socket(p, probe->interface);

	if (r == 0) {
		r = read_addresses(p, probe->interface);
	}
	if (r == 0 && getrandom(&q->xid, sizeof(q->xid), 0) < 0) {
		r = -errno;
	}
	if (r < 0) {
		return r;
	}
	q->arch = probe->arch;
	q->user_class = probe->user_class ? probe->user_class : "iPXE";
	q->vendor_class = probe->vendor_class;
	p->lease = probe->lease;
	read_uuid(p, sysfs_fd);
	return 0;
}

/* --- what comes of it */

/* Until the other end is closed, or it is time; -ETIMEDOUT, -EFBIG. */
static int listen_to(const struct kb_sys *sys, int fd, struct kb_buf *text)
{
	int64_t until_ms = sys->now_ms(sys->ctx) + CHILD_MS;

	while (text->len <= KB_BOOT_INFOS_BYTES) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		char chunk[CHUNK_BYTES];
		ssize_t n;

		if (poll(&poll_fd, 1, kb_left_ms(sys, until_ms, CHILD_MS)) == 0) {
			return -ETIMEDOUT;
		}
		n = read(fd, chunk, sizeof(chunk));
		if (n == 0) {
			return kb_buf_error(text);
		}
		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		kb_buf_str(text, kb_str_of(chunk, n > 0 ? (size_t)n : 0));
	}
	return -EFBIG;
}

/* Ends with its parent, however that ends. */
static _Noreturn void run_child(const struct kb_sys *sys, const struct kb_probe_question *p,
				pid_t parent, int out_fd)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	_exit(getppid() == parent && kb_probe_child(sys, p, out_fd) == 0 ? 0 : 1);
}

static int start_child(const struct kb_sys *sys, const struct kb_probe_question *p, pid_t *ret_pid,
		       int *ret_fd)
{
	pid_t parent = getpid();
	int ends[2];
	int r;

	if (pipe2(ends, O_CLOEXEC) < 0) {
		return -errno;
	}
	r = sys->fork(sys->ctx, ret_pid);
	if (r == 0 && *ret_pid == 0) {
		(void)kb_close(ends[0]);
		run_child(sys, p, parent, ends[1]);
	}
	(void)kb_close(ends[1]);
	if (r < 0) {
		(void)kb_close(ends[0]);
		return r;
	}
	*ret_fd = ends[0];
	return 0;
}

static int ask(const struct kb_sys *sys, const struct kb_probe_question *p, struct kb_buf *text)
{
	KB_CLOSE int fd = -1;
	pid_t pid = -1;
	int r = start_child(sys, p, &pid, &fd);

	if (r < 0) {
		return r;
	}
	r = listen_to(sys, fd, text);
	(void)sys->kill(sys->ctx, pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
	}
	return r;
}

int kb_probe_run(const struct kb_probe *probe, const struct kb_sys *sys, int sysfs_fd,
		 struct kb_arena *arena, struct kb_boot_infos *ret_infos, struct kb_error *err)
{
	struct kb_probe_question p = {.fd = -1};
	KB_BUF struct kb_buf text = {0};
	int r = prepare(&p, probe, sysfs_fd);

	r = r < 0 ? r : ask(sys, &p, &text);
	p.fd = kb_close(p.fd);
	if (r < 0) {
		return kb_error_set(err, r, "%s: servers cannot be asked what to boot: %s",
				    probe->interface,
				    r == -EPFNOSUPPORT ? "it is no Ethernet" : strerror(-r));
	}
	r = kb_boot_infos_take(arena, kb_buf_view(&text), ret_infos, err);
	return r < 0 ? kb_error_prefix(err, r, "%s", probe->interface) : 0;
}

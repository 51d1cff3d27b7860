/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the machine and its kernel say of themselves. */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <sys/klog.h>
#include <sys/utsname.h>
#include <time.h>

#include "kboot/base/tree.h"
#include "report_text.h"

enum {
	KLOG_READ_ALL = 3, /* syslog(2) */
	KLOG_SIZE = 10,
	KLOG_MAX_BYTES = 1 << 20,
};

static void put_kboot(struct kb_report_text *r)
{
	KB_BUF struct kb_buf text = {0};
	struct utsname name;
	char date[64] = "?";
	time_t now = time(NULL);
	struct tm tm;

	kb_buf_puts(&text, "kboot " KBOOT_VERSION "\n");
	if (!kb_shell_is_simulated(r->shell) && uname(&name) == 0 && gmtime_r(&now, &tm)) {
		(void)strftime(date, sizeof(date), "%Y-%m-%d %H:%M:%S UTC", &tm);
		kb_buf_printf(&text, "kernel %s %s %s\nclock %s\n", name.release, name.version,
			      name.machine, date);
	}
	kb_report_put(r, "kboot", kb_buf_view(&text), KB_SECRETS_PROSE, false);
}

static void put_file(struct kb_report_text *r, const char *title, const char *path,
		     enum kb_secrets_kind kind)
{
	KB_BUF struct kb_buf text = {0};
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int error = fd < 0 ? -errno : kb_read_all(fd, KB_REPORT_SECTION_BYTES, &text);

	if (error < 0) {
		kb_report_why_not(r, title, strerror(-error));
	} else {
		kb_report_put(r, title, kb_buf_view(&text), kind, false);
	}
}

static void put_address(struct kb_buf *text, const struct ifaddrs *a)
{
	char address[INET6_ADDRSTRLEN] = "";
	int family = a->ifa_addr ? a->ifa_addr->sa_family : AF_UNSPEC;

	if (family == AF_INET) {
		const struct sockaddr_in *in =
			(const struct sockaddr_in *)(const void *)a->ifa_addr;

		(void)inet_ntop(family, &in->sin_addr, address, sizeof(address));
	} else if (family == AF_INET6) {
		const struct sockaddr_in6 *in =
			(const struct sockaddr_in6 *)(const void *)a->ifa_addr;

		(void)inet_ntop(family, &in->sin6_addr, address, sizeof(address));
	}
	kb_buf_printf(text, "%s%s%s%s%s\n", a->ifa_name, a->ifa_flags & IFF_UP ? " up" : " down",
		      a->ifa_flags & IFF_RUNNING ? " link" : "", address[0] ? " " : "", address);
}

static void put_network(struct kb_report_text *r)
{
	KB_BUF struct kb_buf text = {0};
	struct ifaddrs *all = NULL;

	if (getifaddrs(&all) < 0) {
		kb_report_why_not(r, "network", strerror(errno));
		return;
	}
	for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
		put_address(&text, a);
	}
	freeifaddrs(all);
	kb_report_put(r, "network", kb_buf_view(&text), KB_SECRETS_PROSE, false);
	put_file(r, "routes", "/proc/net/route", KB_SECRETS_PROSE);
	put_file(r, "name servers", "/etc/resolv.conf", KB_SECRETS_PROSE);
}

static void put_dmesg(struct kb_report_text *r)
{
	int size = klogctl(KLOG_SIZE, NULL, 0);
	KB_ARENA struct kb_arena arena = {0};
	char *bytes;
	int n;

	size = size > 0 && size < KLOG_MAX_BYTES ? size : KLOG_MAX_BYTES;
	bytes = kb_arena_alloc(&arena, (size_t)size);
	n = bytes ? klogctl(KLOG_READ_ALL, bytes, size) : -1;
	if (n < 0) {
		kb_report_why_not(r, "kernel log", bytes ? strerror(errno) : "out of memory");
		return;
	}
	kb_report_put(r, "kernel log", kb_str_of(bytes, (size_t)n), KB_SECRETS_PROSE, true);
}

void kb_report_machine(struct kb_report_text *r)
{
	put_kboot(r);
	if (kb_shell_is_simulated(r->shell)) {
		kb_report_why_not(r, "the machine", "a simulation: it is not looked at");
		return;
	}
	put_file(r, "kernel command line", "/proc/cmdline", KB_SECRETS_CONFIG);
	put_file(r, "memory", "/proc/meminfo", KB_SECRETS_PROSE);
	put_file(r, "partitions", "/proc/partitions", KB_SECRETS_PROSE);
	put_file(r, "modules", "/proc/modules", KB_SECRETS_PROSE);
	put_network(r);
	put_dmesg(r);
}

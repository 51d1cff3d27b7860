/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "apply.h"

#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sys/socket.h>

#include "kboot/base/replace.h"
#include "program.h"
#include "sysfs.h"

enum { NUMBER_TEXT = 12 };

static const char *version(const struct kb_ip *ip)
{
	return ip->family == AF_INET6 ? "-6" : "-4";
}

static bool is_there(const struct kb_ip *ip)
{
	return ip && ip->family != 0;
}

int kb_apply_address(const struct kb_sys *sys, const char *interface, const struct kb_ip *address,
		     const struct kb_ip *peer, const struct kb_ip *broadcast)
{
	char own[KB_IP_TEXT];
	char other[KB_IP_TEXT];
	const char *argv[12] = {"ip", version(address), "addr", "replace"};
	size_t n = 4;

	if (is_there(peer)) {
		argv[n++] = kb_ip_print(address, own);
		argv[n++] = "peer";
		argv[n++] = kb_ip_print_prefix(peer, other);
	} else {
		argv[n++] = kb_ip_print_prefix(address, own);
		if (is_there(broadcast)) {
			argv[n++] = "broadcast";
			argv[n++] = kb_ip_print(broadcast, other);
		}
	}
	argv[n++] = "dev";
	argv[n] = interface;
	return kb_program_run(sys, argv);
}

/* fe80::/10: on every link. */
static bool is_link_local(const struct kb_ip *ip)
{
	return ip->family == AF_INET6 && ip->bytes[0] == 0xfe && (ip->bytes[1] & 0xc0) == 0x80;
}

int kb_apply_route(const struct kb_sys *sys, const char *interface, const struct kb_ip *to,
		   const struct kb_ip *via, const struct kb_ip *own, unsigned metric)
{
	char target[KB_IP_TEXT];
	char gateway[KB_IP_TEXT];
	char number[NUMBER_TEXT];
	const char *argv[12] = {"ip", version(to), "route", "replace"};
	size_t n = 4;

	if (is_there(via) && is_there(own) && own->family == via->family &&
	    !kb_ip_contains(own, via) && !is_link_local(via)) {
		(void)KB_IP(sys, version(via), "route", "replace", kb_ip_print_prefix(via, gateway),
			    "dev", interface);
	}
	argv[n++] = to->prefix == 0 ? "default" : kb_ip_print_prefix(to, target);
	if (is_there(via)) {
		argv[n++] = "via";
		argv[n++] = kb_ip_print(via, gateway);
	}
	if (interface[0]) {
		argv[n++] = "dev";
		argv[n++] = interface;
	}
	if (metric > 0) {
		(void)snprintf(number, sizeof(number), "%u", metric);
		argv[n++] = "metric";
		argv[n] = number;
	}
	return kb_program_run(sys, argv);
}

int kb_apply_mtu(const struct kb_sys *sys, const char *interface, unsigned mtu)
{
	char number[NUMBER_TEXT];

	(void)snprintf(number, sizeof(number), "%u", mtu);
	return mtu == 0 ? 0 : KB_IP(sys, "link", "set", "dev", interface, "mtu", number);
}

unsigned kb_apply_metric(const char *interface)
{
	return KB_METRIC + if_nametoindex(interface);
}

int kb_note_write(const char *folder, const char *name, struct kb_str text)
{
	KB_CLOSE int fd = kb_sysfs_open(AT_FDCWD, folder);

	return fd < 0 ? -errno : kb_replace_file(fd, name, text);
}

void kb_note_read(const char *folder, const char *name, char *buf, size_t size)
{
	KB_CLOSE int fd = kb_sysfs_open(AT_FDCWD, folder);

	if (fd < 0 || kb_sysfs_text(fd, name, buf, size) < 0) {
		buf[0] = '\0';
	}
}

void kb_note_remove(const char *folder, const char *name)
{
	KB_CLOSE int fd = kb_sysfs_open(AT_FDCWD, folder);

	if (fd >= 0) {
		(void)unlinkat(fd, name, 0);
	}
}

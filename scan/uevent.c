/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/scan/uevent.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <sys/socket.h>

enum {
	KERNEL_GROUP = 1, /* udevd's own messages are in group 2 */
	/* The kernel builds messages of 2,048 bytes of variables (UEVENT_BUFFER_SIZE) and a path.
	 */
	MESSAGE_BYTES = 8192,
	/* Coldplug of a big machine sends some thousands at once. */
	RECEIVE_BYTES = 8 << 20,
};

static int prepare(int fd)
{
	const struct sockaddr_nl address = {.nl_family = AF_NETLINK, .nl_groups = KERNEL_GROUP};
	const int size = RECEIVE_BYTES;
	const int on = 1;

	/* Above the system's limit only root can go; without that the default has to do. */
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0) {
		(void)setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	}
	if (setsockopt(fd, SOL_SOCKET, SO_PASSCRED, &on, sizeof(on)) < 0 ||
	    bind(fd, (const struct sockaddr *)&address, sizeof(address)) < 0) {
		return -errno;
	}
	return 0;
}

int kb_uevent_open(int *ret_fd)
{
	KB_CLOSE int fd =
		socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);
	int r = fd < 0 ? -errno : prepare(fd);

	if (r < 0) {
		return r;
	}
	*ret_fd = kb_steal_fd(&fd);
	return 0;
}

static enum kb_uevent_action action_of(struct kb_str word)
{
	static const struct {
		struct kb_str word;
		enum kb_uevent_action action;
	} actions[] = {
		{{"add", 3}, KB_UEVENT_ADD},
		{{"change", 6}, KB_UEVENT_CHANGE},
		{{"remove", 6}, KB_UEVENT_REMOVE},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(actions); i++) {
		if (kb_str_eq(word, actions[i].word)) {
			return actions[i].action;
		}
	}
	return KB_UEVENT_OTHER;
}

/* variable is NUL-terminated. */
static void take_variable(struct kb_uevent *event, const char *variable)
{
	const struct {
		const char *name;
		const char **value;
	} known[] = {
		{"SUBSYSTEM=", &event->subsystem},
		{"DEVNAME=", &event->devname},
		{"DEVTYPE=", &event->devtype},
		{"MODALIAS=", &event->modalias},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(known); i++) {
		size_t len = strlen(known[i].name);

		if (strncmp(variable, known[i].name, len) == 0) {
			*known[i].value = variable + len;
			return;
		}
	}
}

int kb_uevent_parse(char *message, size_t len, struct kb_uevent *ret_event)
{
	struct kb_str rest = kb_str_of(message, len);
	struct kb_str head = kb_str_head(rest, kb_str_find(rest, '\0'));
	size_t at = kb_str_find(head, '@');
	struct kb_uevent event = {KB_UEVENT_OTHER, "", "", "", "", ""};

	if (at == 0 || at + 1 >= head.len || head.data[at + 1] != '/') {
		return -EINVAL; /* "libudev" and whatever else is sent here */
	}
	event.action = action_of(kb_str_head(head, at));
	event.devpath = head.data + at + 1;
	rest = kb_str_skip(rest, head.len + 1);
	while (rest.len > 0) {
		take_variable(&event, rest.data);
		rest = kb_str_skip(rest, kb_str_find(rest, '\0') + 1);
	}
	*ret_event = event;
	return 0;
}

/* Any process may send to the group; only the kernel has pid 0 in address and credentials. */
static bool is_from_kernel(struct msghdr *header, const struct sockaddr_nl *from)
{
	if (header->msg_namelen != sizeof(*from) || from->nl_family != AF_NETLINK ||
	    from->nl_pid != 0 || from->nl_groups != KERNEL_GROUP) {
		return false;
	}
	for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c)) {
		struct ucred who;

		if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS &&
		    c->cmsg_len >= CMSG_LEN(sizeof(who))) {
			memcpy(&who, CMSG_DATA(c), sizeof(who));
			return who.pid == 0;
		}
	}
	return false;
}

static ssize_t receive(int fd, struct msghdr *header)
{
	ssize_t n;

	do {
		n = recvmsg(fd, header, 0);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

int kb_uevent_receive(int fd, void (*fn)(void *ctx, const struct kb_uevent *event), void *ctx)
{
	char message[MESSAGE_BYTES + 1];
	_Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(struct ucred))];
	struct sockaddr_nl from = {0};
	struct iovec data = {message, MESSAGE_BYTES};
	struct msghdr header = {
		.msg_name = &from,
		.msg_namelen = sizeof(from),
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = control,
		.msg_controllen = sizeof(control),
	};
	struct kb_uevent event;
	ssize_t n = receive(fd, &header);

	if (n < 0) {
		return (int)n;
	}
	if (!is_from_kernel(&header, &from)) {
		return 0;
	}
	if (header.msg_flags & MSG_TRUNC) {
		return -ENOBUFS; /* the part that is lost may be the part that counts */
	}
	message[n] = '\0';
	if (kb_uevent_parse(message, (size_t)n, &event) == 0) {
		fn(ctx, &event);
	}
	return 0;
}

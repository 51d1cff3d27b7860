/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Connects to the engine as many clients, which want to be told everything, ask a lot, and never
 * read a byte.
 */
#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "bare.h"

enum { CLIENTS = 64 };

static const struct sockaddr_un engine = {AF_UNIX, "/run/kboot/engine.sock"};
static const char words[] = "{\"do\":\"watch\"}\n{\"do\":\"log\"}\n{\"do\":\"list\"}\n"
			    "{\"do\":\"labels\"}\n{\"do\":\"devices\"}\n{\"do\":\"explain\"}\n"
			    "{\"do\":\"labels\",\"want\":\"now\"}\n{\"do\":\"status\"}\n";

__attribute__((noreturn)) void start(void)
{
	for (int i = 0; i < CLIENTS; i++) {
		long fd = call(SYS_socket, AF_UNIX, SOCK_STREAM, 0, 0);

		if (fd < 0 || call(SYS_connect, fd, (long)&engine, sizeof(engine), 0) < 0 ||
		    call(SYS_write, fd, (long)words, sizeof(words) - 1, 0) < 0) {
			quit(1);
		}
	}
	for (;;) {
		(void)call(SYS_pause, 0, 0, 0, 0);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kboot as the login shell of who comes by SSH: the menu, or the command that was asked for.
 * For main.
 * Must not believe what a client sent along, and must not run what the policy refuses.
 */
#ifndef KBOOT_APP_LOGIN_H
#define KBOOT_APP_LOGIN_H

#include <stdbool.h>

#include "kboot/base/str.h"

/* Is this how dropbear starts a login shell: "-kboot", or `kboot -c TEXT`? *ret_text: TEXT; NULL:
 * none. */
bool kb_login_is_meant(int argc, char **argv, const char **ret_text);
/* Runs the command of main(), in a child, with the arguments; its exit status. */
typedef int kb_login_run_fn(int argc, char **argv);
/* From here to the end of the session. Returns the exit status. */
int kb_login(const char *text, kb_login_run_fn *run);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include "kboot/storage/assemble.h"
#include "kboot/storage/luks.h"
int kb_assemble(const struct kb_assembly *a, const struct kb_set_sink *s, struct kb_error *err) { (void)a; (void)s; return kb_error_set(err, -ENOSYS, "stub"); }
int kb_disassemble(const struct kb_sys *sys, const char *d, const char *n, bool f, struct kb_error *err) { (void)sys; (void)d; (void)n; (void)f; (void)err; return 0; }
int kb_disassemble_all(const struct kb_sys *sys, int fd, const char *d, unsigned *l, struct kb_error *err) { (void)sys; (void)fd; (void)d; (void)err; *l = 0; return 0; }
int kb_luks_look(const struct kb_sys *sys, const char *d, const char *n, struct kb_luks *l, struct kb_error *err) { (void)sys; (void)d; (void)n; (void)l; return kb_error_set(err, -ENOSYS, "stub"); }
int kb_luks_unlock(const struct kb_luks_unlock *u, struct kb_error *err) { (void)u; return kb_error_set(err, -ENOSYS, "stub"); }

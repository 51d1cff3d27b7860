/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "x86_case.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_CAUGHT = 4 << 20 };

static void forget(struct x86_case *c)
{
	for (size_t i = 0; i < c->n_segments; i++) {
		free(c->bytes[i]);
		c->bytes[i] = NULL;
	}
	c->n_segments = 0;
}

/* What sanity_check_segment_list() in the kernel's kernel/kexec_core.c demands. */
static int check_segments(size_t n, const struct kb_kexec_segment *s)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i].mem % X86_PAGE != 0 || s[i].memsz % X86_PAGE != 0 ||
		    s[i].bufsz > s[i].memsz || s[i].memsz == 0) {
			return -EADDRNOTAVAIL;
		}
		for (size_t j = 0; j < i; j++) {
			if (s[i].mem < s[j].mem + s[j].memsz && s[j].mem < s[i].mem + s[i].memsz) {
				return -EINVAL;
			}
		}
	}
	return 0;
}

static int catch_load(void *ctx, unsigned long entry, size_t n,
		      const struct kb_kexec_segment *segments, unsigned long flags)
{
	struct x86_case *c = ctx;

	if (n == 0 || n > KEXEC_SEGMENT_MAX || flags != KEXEC_ARCH_X86_64) {
		return -EINVAL;
	}
	forget(c);
	c->entry = entry;
	for (size_t i = 0; i < n; i++) {
		c->segments[i] = segments[i];
		c->bytes[i] = calloc(1, segments[i].bufsz + 1);
		if (!c->bytes[i] || segments[i].bufsz > MAX_CAUGHT) {
			return -ENOMEM;
		}
		memcpy(c->bytes[i], segments[i].buf, segments[i].bufsz);
		c->n_segments++;
	}
	return check_segments(n, segments);
}

int x86_case_setup(void **state)
{
	struct x86_case *c = calloc(1, sizeof(*c));

	if (!c) {
		return -1;
	}
	boot_case_init(&c->boot,
		       "00000000-00000fff : Reserved\n00001000-0009fbff : System RAM\n"
		       "000a0000-000fffff : Reserved\n  000f0000-000fffff : System ROM\n"
		       "00100000-3ffdffff : System RAM\n  10000000-10ffffff : Kernel code\n"
		       "3ffe0000-3fffffff : Reserved\nfec00000-fec003ff : IOAPIC 0\n",
		       "root=/dev/sda2 ro");
	c->boot.fake->real.ctx = c;
	c->boot.fake->real.kexec_load = catch_load;
	*state = c;
	return 0;
}

int x86_case_teardown(void **state)
{
	struct x86_case *c = *state;

	forget(c);
	boot_case_done(&c->boot);
	free(c);
	return 0;
}

int x86_load(struct x86_case *c)
{
	struct boot_case *b = &c->boot;

	assert_int_equal(kb_boot_plan(&b->request, &b->host, &b->plan, &b->err), 0);
	assert_int_equal(b->plan.method, KB_BOOT_KEXEC_LOAD);
	return kb_boot_load(&b->fake->table, &b->host, &b->request, &b->plan, NULL, NULL, &b->err);
}

uint64_t x86_get(const uint8_t *p, size_t bytes)
{
	uint64_t value = 0;

	for (size_t i = bytes; i > 0; i--) {
		value = value << 8 | p[i - 1];
	}
	return value;
}

const uint8_t *x86_memory_at(const struct x86_case *c, uint64_t address, size_t len)
{
	for (size_t i = 0; i < c->n_segments; i++) {
		const struct kb_kexec_segment *s = &c->segments[i];

		if (address >= s->mem && address + len <= s->mem + s->bufsz) {
			return c->bytes[i] + (address - s->mem);
		}
	}
	return NULL;
}

uint64_t x86_trampoline_word(const struct x86_case *c, size_t offset)
{
	const uint8_t *p = x86_memory_at(c, c->entry + offset, 8);

	assert_non_null(p);
	return x86_get(p, 8);
}

const uint8_t *x86_params_of(const struct x86_case *c)
{
	const uint8_t *params = x86_memory_at(c, x86_trampoline_word(c, 0x120), X86_PAGE);

	assert_non_null(params);
	return params;
}

const uint8_t *x86_setup_data(const struct x86_case *c, uint32_t type, size_t *ret_len)
{
	uint64_t at = x86_get(x86_params_of(c) + 0x250, 8);

	for (int i = 0; at != 0; i++) {
		const uint8_t *record = x86_memory_at(c, at, 16);

		assert_non_null(record);
		assert_true(i < 16);
		if (x86_get(record + 8, 4) == type) {
			*ret_len = x86_get(record + 12, 4);
			return x86_memory_at(c, at + 16, *ret_len);
		}
		at = x86_get(record, 8);
	}
	return NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Our own loader on a machine of 1 GiB: what it hands to kexec_load(2) is kept and can be read as
 * the next kernel's memory.
 * For the tests of boot/x86.
 * Must not accept what the kernel would refuse.
 */
#ifndef KBOOT_TESTS_X86_CASE_H
#define KBOOT_TESTS_X86_CASE_H

#include <linux/kexec.h>

#include "boot_case.h"

enum { X86_PAGE = 4096 };

struct x86_case {
	struct boot_case boot;
	unsigned long entry;
	size_t n_segments;
	struct kb_kexec_segment segments[KEXEC_SEGMENT_MAX];
	uint8_t *bytes[KEXEC_SEGMENT_MAX]; /* copies: the files are unmapped after the call */
};

/* For cmocka. */
int x86_case_setup(void **state);
int x86_case_teardown(void **state);
/* Plans, which must choose kexec_load, and loads. */
int x86_load(struct x86_case *c);
/* A little-endian number. */
uint64_t x86_get(const uint8_t *p, size_t bytes);
/* The bytes that will stand at a physical address; NULL where none are loaded. */
const uint8_t *x86_memory_at(const struct x86_case *c, uint64_t address, size_t len);
/* A word of what runs first. */
uint64_t x86_trampoline_word(const struct x86_case *c, size_t offset);
const uint8_t *x86_params_of(const struct x86_case *c);
/* The record of a type in the setup_data list, or NULL. */
const uint8_t *x86_setup_data(const struct x86_case *c, uint32_t type, size_t *ret_len);

#endif

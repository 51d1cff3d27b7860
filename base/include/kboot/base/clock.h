/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The time of day, and whether this machine can know it: a battery may be empty.
 * For whoever judges by a date, or shows one.
 * Must not set the clock; what lasts is measured by kb_sys.now_ms, which no clock moves.
 */
#ifndef KBOOT_BASE_CLOCK_H
#define KBOOT_BASE_CLOCK_H

#include <stdbool.h>
#include <stdint.h>

enum { KB_CLOCK_YEARS = 15, KB_CLOCK_TEXT = 32 };

/* All in seconds since 1970. */
int64_t kb_clock_now(void);
/* When the image was built; 0: it is not known, as outside of the image. */
int64_t kb_clock_built(void);
/* Neither before the build nor KB_CLOCK_YEARS behind it. Where the build is not known the clock is
 * believed. Pure. */
bool kb_clock_is_set(int64_t now, int64_t built);
/* "2026-11-28 13:05 UTC". buf has KB_CLOCK_TEXT bytes, and is the answer. */
const char *kb_clock_print(int64_t when, char *buf);

#endif

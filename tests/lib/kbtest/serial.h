/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first serial line.
 * For kernels of the tests' own, which have no library.
 */
#ifndef KBTEST_SERIAL_H
#define KBTEST_SERIAL_H

#include <stdint.h>

enum { SERIAL = 0x3f8, SERIAL_STATUS = SERIAL + 5, SERIAL_EMPTY = 0x20 };

static inline void outb(uint16_t port, uint8_t value)
{
	__asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
	uint8_t value;

	__asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static inline void put(char c)
{
	while ((inb(SERIAL_STATUS) & SERIAL_EMPTY) == 0) {
	}
	outb(SERIAL, (uint8_t)c);
}

#endif

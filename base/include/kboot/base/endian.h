/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers as files have them, wherever they stand.
 * For whoever reads the headers of programs and kernels.
 * Must not read beyond the bytes of the number.
 */
#ifndef KBOOT_BASE_ENDIAN_H
#define KBOOT_BASE_ENDIAN_H

#include <stdint.h>

static inline uint32_t kb_le16(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8;
}

static inline uint32_t kb_le32(const uint8_t *p)
{
	return kb_le16(p) | kb_le16(p + 2) << 16;
}

static inline uint64_t kb_le64(const uint8_t *p)
{
	return (uint64_t)kb_le32(p) | (uint64_t)kb_le32(p + 4) << 32;
}

static inline uint32_t kb_be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * md devices by number: without udev nobody makes one.
 * For sys_linux.c.
 * Must not start or stop an array.
 */
#ifndef KBOOT_BASE_MD_DEVICE_H
#define KBOOT_BASE_MD_DEVICE_H

#include "kboot/base/cleanup.h"

KB_MUST_CHECK int kb_md_device(unsigned number, int *ret_fd);

#endif

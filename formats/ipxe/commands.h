/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The commands of iPXE, a table a file.
 * For the run. Must not be called but by name.
 */
#ifndef KBOOT_FORMATS_IPXE_COMMANDS_H
#define KBOOT_FORMATS_IPXE_COMMANDS_H

#include "state.h"

/* Each ends with a row without a name. */
extern const struct ipxe_command ipxe_flow_commands[], ipxe_setting_commands[],
	ipxe_image_commands[], ipxe_menu_commands[], ipxe_machine_commands[];

const struct ipxe_command *ipxe_command_find(const char *name);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "commands.h"

const struct ipxe_command *ipxe_command_find(const char *name)
{
	static const struct ipxe_command *const tables[] = {
		ipxe_flow_commands, ipxe_setting_commands, ipxe_image_commands,
		ipxe_menu_commands, ipxe_machine_commands,
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(tables); i++) {
		for (const struct ipxe_command *at = tables[i]; at->name; at++) {
			if (strcmp(at->name, name) == 0) {
				return at;
			}
		}
	}
	return NULL;
}

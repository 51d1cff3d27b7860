/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * GRUB's commands: tables of names and what each does.
 * For the evaluator, which looks them up; a command may run others through it.
 * Must not do what a menu may not do before anybody chose: wait, restart, write.
 */
#ifndef KBOOT_FORMATS_GRUB_COMMANDS_H
#define KBOOT_FORMATS_GRUB_COMMANDS_H

#include "state.h"

/* Tables end with a row without a name. */
extern const struct grub_command grub_language_commands[];
extern const struct grub_command grub_file_commands[];
extern const struct grub_command grub_environment_commands[];
extern const struct grub_command grub_device_commands[];
extern const struct grub_command grub_boot_commands[];

const struct grub_command *grub_find_command(const char *name);

/*
 * Is the word at *i the option "-x" or "--name"? It is passed over, with its value where the option
 * has one: behind = or in the next word, unless that begins with -.
 */
bool grub_take_option(const struct grub_arguments *args, size_t *i, char letter, const char *name,
		      const char **value);
/* Too few words behind the name: a message, GRUB_BAD_ARGUMENT. */
int grub_need(struct grub *g, const struct grub_arguments *args, size_t n);

/* A command that has nothing to do here. */
int grub_ignore(struct grub *g, struct grub_arguments *args, const struct grub_node *node);
int grub_blscfg(struct grub *g, struct grub_arguments *args, const struct grub_node *node);
int grub_regexp(struct grub *g, struct grub_arguments *args, const struct grub_node *node);
int grub_test(struct grub *g, struct grub_arguments *args, const struct grub_node *node);

#endif

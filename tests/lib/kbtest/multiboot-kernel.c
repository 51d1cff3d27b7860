/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The smallest multiboot kernel: it says on the first serial line what the boot loader gave it (the
 * command line, a line of each module, the nonce of the command line) and resets the machine.
 * -DVERSION=1 or 2 is the version of the standard. No library, no paging, no interrupts.
 */
#include "serial.h"

enum {
	KEYBOARD = 0x64,
	KEYBOARD_RESET = 0xfe,
};

#if VERSION == 1
#define MAGIC  0x2badb002
#define SYSTEM "multiboot 1"
/* Modules on pages, memory information. */
__asm__(".pushsection .multiboot, \"a\"\n"
	".balign 4\n"
	".long 0x1badb002, 3, -(0x1badb002 + 3)\n"
	".popsection\n");
#else
#define MAGIC  0x36d76289
#define SYSTEM "multiboot 2"
/* A request for command line and modules, and the tag that ends the header. */
__asm__(".pushsection .multiboot, \"a\"\n"
	".balign 8\n"
	"header: .long 0xe85250d6, 0, header_end - header, -(0xe85250d6 + header_end - header)\n"
	".short 1, 0\n"
	".long 16, 1, 3\n"
	".short 0, 0\n"
	".long 8\n"
	"header_end:\n"
	".popsection\n");
#endif

__asm__(".pushsection .text\n"
	".globl start\n"
	"start: mov $stack_end, %esp\n"
	"push %ebx\n"
	"push %eax\n"
	"call run\n"
	".popsection\n"
	".pushsection .bss\n"
	".balign 4096\n" /* kexec-tools takes no segment that does not begin on a page */
	".skip 4096\n"
	"stack_end:\n"
	".popsection\n");

/* Up to end, or to a NUL or line end; returns where it stopped. */
static const char *say(const char *text, const char *end)
{
	while (text != end && *text != '\0' && *text != '\n') {
		put(*text++);
	}
	return text;
}

static void say_line(const char *first, const char *second, const char *end)
{
	say(first, 0);
	say(second, end);
	say("\r", 0);
	put('\n');
}

static void say_nonce(const char *args)
{
	static const char name[] = "nonce=";

	for (; *args; args++) {
		unsigned i = 0;

		while (name[i] && args[i] == name[i]) {
			i++;
		}
		if (name[i] == '\0') {
			const char *end = args + i;

			while (*end && *end != ' ') {
				end++;
			}
			say("NONCE ", 0);
			say(args + i, end);
			say_line(" from ", SYSTEM, 0);
			return;
		}
	}
	say_line("no nonce for ", SYSTEM, 0);
}

#if VERSION == 1
struct information {
	uint32_t flags, mem_lower, mem_upper, boot_device;
	const char *args;
	uint32_t n_modules;
	const struct module *module;
};

struct module {
	const char *start, *end, *name;
	uint32_t reserved;
};

enum { HAS_ARGS = 1 << 2, HAS_MODULES = 1 << 3 };

static void tell(const struct information *info)
{
	for (uint32_t i = 0; (info->flags & HAS_MODULES) && i < info->n_modules; i++) {
		say_line("MODULE NAME ", info->module[i].name, 0);
		say_line("MODULE ", info->module[i].start, info->module[i].end);
	}
	if (info->flags & HAS_ARGS) {
		say_line("ARGS ", info->args, 0);
		say_nonce(info->args);
	}
}
#else
struct information {
	uint32_t bytes, reserved;
};

struct tag {
	uint32_t type, bytes;
	union {
		char args[4];
		struct {
			const char *start, *end;
			char name[4];
		} module;
	} of;
};

enum { END = 0, ARGS = 1, MODULE = 3 };

static void tell(const struct information *info)
{
	const char *args = "";
	const char *at = (const char *)(info + 1);
	const struct tag *tag = (const struct tag *)at;

	while (tag->type != END) {
		if (tag->type == MODULE) {
			say_line("MODULE NAME ", tag->of.module.name, 0);
			say_line("MODULE ", tag->of.module.start, tag->of.module.end);
		}
		if (tag->type == ARGS) {
			args = tag->of.args;
		}
		at += (tag->bytes + 7) & ~7u;
		tag = (const struct tag *)at;
	}
	say_line("ARGS ", args, 0);
	say_nonce(args);
}
#endif

void run(uint32_t magic, const struct information *info);

void run(uint32_t magic, const struct information *info)
{
	say_line("", "", 0);
	if (magic == MAGIC) {
		tell(info);
	} else {
		say_line("this is not how one starts ", SYSTEM, 0);
	}
	for (;;) {
		outb(KEYBOARD, KEYBOARD_RESET);
	}
}

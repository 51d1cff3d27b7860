/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "facts.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "host.h"
#include "image_source.h"
#include "kboot/base/tree.h"

/*
 * The kernel registers one of these for the framebuffer or text screen that the firmware set up,
 * and removes it when a driver for the graphics card takes over (drivers/firmware/sysfb.c).
 */
static const char *const firmware_screens[] = {
	"bus/platform/devices/simple-framebuffer.0", "bus/platform/devices/efi-framebuffer.0",
	"bus/platform/devices/vesa-framebuffer.0",   "bus/platform/devices/vga-framebuffer.0",
	"bus/platform/devices/ega-framebuffer.0",    "bus/platform/devices/platform-framebuffer.0",
};

void kb_x86_facts_done(struct kb_x86_facts *facts)
{
	kb_x86_memmap_done(&facts->memory);
	kb_x86_efi_done(&facts->efi);
}

static bool screen_is_lost(const struct kb_boot_host *host)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(firmware_screens); i++) {
		if (kb_host_exists(host->sysfs_fd, firmware_screens[i])) {
			return false;
		}
	}
	return kb_host_exists(host->sysfs_fd, "class/drm/card0") ||
	       kb_host_exists(host->sysfs_fd, "class/graphics/fb0");
}

static void read_running(const struct kb_boot_host *host, struct kb_x86_facts *facts)
{
	struct kb_tree sys = {.root_fd = host->sysfs_fd, .name = ""};
	KB_CLOSE int fd = -1;

	if (kb_tree_open(&sys, "kernel/boot_params/data", &fd) == 0 &&
	    read(fd, facts->running, KB_X86_PARAMS_BYTES) != KB_X86_PARAMS_BYTES) {
		memset(facts->running, 0, KB_X86_PARAMS_BYTES);
	}
}

int kb_x86_facts_read(const struct kb_boot_host *host, struct kb_x86_facts *ret_facts,
		      struct kb_error *err)
{
	KB_CLEANUP(kb_x86_facts_done) struct kb_x86_facts facts = {0};
	int r;

	r = kb_x86_memmap_read(host, &facts.memory, err);
	if (r < 0) {
		return r;
	}
	read_running(host, &facts);
	facts.rsdp = kb_le64(facts.running + KB_X86_RSDP);
	r = kb_x86_efi_read(host, facts.running, &facts.efi, &facts.rsdp);
	if (r < 0) {
		return kb_error_set(err, r, "out of memory");
	}
	facts.screen_lost = screen_is_lost(host);
	facts.has_seed = getrandom(facts.seed, sizeof(facts.seed), GRND_NONBLOCK) ==
			 (ssize_t)sizeof(facts.seed);
	*ret_facts = facts;
	facts.memory = (struct kb_x86_memmap){0};
	facts.efi = (struct kb_x86_efi){0};
	return 0;
}

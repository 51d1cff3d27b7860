/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A plan and a load by every method, on a machine that EFI started. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "boot_files.h"
#include "fault.h"
#include "kboot/boot/load.h"
#include "temp_dir.h"

enum { PARAMS_BYTES = 4096 };

static const char *const sys_files[][2] = {
	{"firmware/efi/fw_platform_size", "64\n"},
	{"firmware/efi/fw_vendor", "0x3f5ee398\n"},
	{"firmware/efi/config_table", "0x3f5ecf98\n"},
	{"firmware/efi/systab", "ACPI20=0x3f77d014\nSMBIOS=0x3f520000\n"},
	{"firmware/efi/runtime-map/0/type", "0x6\n"},
	{"firmware/efi/runtime-map/0/phys_addr", "0x3f500000\n"},
	{"firmware/efi/runtime-map/0/virt_addr", "0xfffffffefea00000\n"},
	{"firmware/efi/runtime-map/0/num_pages", "0x20\n"},
	{"firmware/efi/runtime-map/0/attribute", "0x800000000000000f\n"},
	{"firmware/memmap/0/start", "0x100000\n"},
	{"firmware/memmap/0/end", "0x3fffffff\n"},
	{"firmware/memmap/0/type", "System RAM\n"},
};

struct machine {
	struct temp_dir sys;
	struct temp_dir proc;
	char tool[128];
	struct kb_boot_host host;
	struct kb_boot_request request;
};

static void machine_init(struct machine *m)
{
	uint8_t running[PARAMS_BYTES] = {0};
	struct bzimage_spec spec = {0};

	temp_dir_init(&m->sys);
	temp_dir_init(&m->proc);
	for (size_t i = 0; i < KB_ARRAY_LEN(sys_files); i++) {
		temp_dir_text(&m->sys, sys_files[i][0], sys_files[i][1]);
	}
	memcpy(running + 0x1c0, "EL64", 4);
	running[0x1cc] = 1;
	running[0x1d4] = 48;
	temp_dir_write(&m->sys, "kernel/boot_params/data", running, sizeof(running));
	temp_dir_text(&m->proc, "iomem",
		      "00100000-3fffffff : System RAM\n  3f800000-3fffffff : Reserved\n");
	temp_dir_text(&m->sys, "kexec", "#!/bin/sh\nexit 0\n");
	(void)fchmodat(m->sys.fd, "kexec", 0755, 0);
	(void)snprintf(m->tool, sizeof(m->tool), "%s/kexec", m->sys.path);
	m->host = (struct kb_boot_host){m->sys.fd, m->proc.fd, -1, m->tool};
	m->request = (struct kb_boot_request){
		.kernel = {boot_file_bzimage(&spec), "vmlinuz"},
		.initrd = {{boot_file_pattern(6, 1), "a"}, {boot_file_pattern(5000, 2), "b"}},
		.n_initrd = 2,
		.dtb = {-1, NULL},
		.args = "ro",
	};
}

static void machine_done(struct machine *m)
{
	(void)kb_close(m->request.kernel.fd);
	for (size_t i = 0; i < m->request.n_initrd; i++) {
		(void)kb_close(m->request.initrd[i].fd);
	}
	temp_dir_done(&m->sys);
	temp_dir_done(&m->proc);
}

/* A failure has its sentence, and no method but the planned one was tried for want of memory. */
static int load_by(struct fake_sys *fake, enum kb_boot_method method)
{
	KB_CLEANUP(machine_done) struct machine m = {0};
	struct kb_boot_plan plan;
	struct kb_error err = {0};
	int r;

	machine_init(&m);
	fake_sys_let_processes_through(fake);
	r = kb_boot_plan(&m.request, &m.host, &plan, &err);
	if (r == 0) {
		plan.method = method;
		r = kb_boot_load(&fake->table, &m.host, &m.request, &plan, NULL, NULL, &err);
	}
	if ((r < 0 && (err.code != r || err.text[0] == '\0')) ||
	    (method == KB_BOOT_KEXEC_LOAD && fake_sys_count(fake, FAKE_KEXEC_FILE_LOAD) > 0)) {
		return 1;
	}
	return r;
}

static int kexec_load(struct fake_sys *fake)
{
	return load_by(fake, KB_BOOT_KEXEC_LOAD);
}

static int kexec_file_load(struct fake_sys *fake)
{
	return load_by(fake, KB_BOOT_KEXEC_FILE_LOAD);
}

static int kexec_tools(struct fake_sys *fake)
{
	return load_by(fake, KB_BOOT_KEXEC_TOOLS);
}

static int unload(struct fake_sys *fake)
{
	return kb_boot_unload(&fake->table);
}

const struct fault_scenario fault_scenarios[] = {
	{"kexec_load", kexec_load},
	{"kexec_file_load", kexec_file_load},
	{"kexec_tools", kexec_tools},
	{"unload", unload},
	{NULL, NULL},
};

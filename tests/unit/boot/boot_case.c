/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot_case.h"

void boot_case_init(struct boot_case *c, const char *iomem, const char *args)
{
	const struct bzimage_spec spec = {0};

	*c = (struct boot_case){0};
	temp_dir_init(&c->sys);
	temp_dir_init(&c->proc);
	temp_dir_text(&c->proc, "iomem", iomem);
	c->fake = fake_sys_create();
	c->host = (struct kb_boot_host){c->sys.fd, c->proc.fd, -1, NULL};
	c->request.dtb.fd = -1;
	c->request.kernel = (struct kb_boot_file){boot_file_bzimage(&spec), "vmlinuz"};
	c->request.args = args;
}

void boot_case_done(struct boot_case *c)
{
	(void)kb_close(c->request.kernel.fd);
	for (size_t i = 0; i < c->request.n_initrd; i++) {
		(void)kb_close(c->request.initrd[i].fd);
	}
	fake_sys_destroy(c->fake);
	temp_dir_done(&c->sys);
	temp_dir_done(&c->proc);
}

void boot_case_use_kernel(struct boot_case *c, const struct bzimage_spec *spec)
{
	(void)kb_close(c->request.kernel.fd);
	c->request.kernel.fd = boot_file_bzimage(spec);
}

void boot_case_add_initrd(struct boot_case *c, int fd)
{
	c->request.initrd[c->request.n_initrd++] = (struct kb_boot_file){fd, "initrd.img"};
}

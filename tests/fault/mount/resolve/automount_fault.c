/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "automount_machine.h"
#include "fault.h"

/* The harness counts and fails the calls of its own table; the machine's folder plays the disks. */
static struct machine *begin(struct fake_sys *fake)
{
	struct machine *m = machine_create();

	fake->real = m->fake->real;
	m->options.may_exec = true;
	machine_line(m, "/home", "sda3");
	machine_line(m, "/srv", "/home/u")->is_bind = true;
	machine_line(m, "/srv/k", "sdb1");
	machine_line(m, "/linked/up/x", "sda1");
	machine_line(m, "/boot", "sda1")->options = "umask=0077";
	machine_start(m);
	m->automount.sys = &fake->table;
	return m;
}

/* Whatever fails: nothing stays mounted, and every failure has its sentence. */
static int end(struct machine *m, int r, const struct kb_error *err)
{
	bool is_fine;

	machine_stop(m);
	/* An unmount that failed twice, as the machine's last word, is not for us to repeat. */
	is_fine = m->n_mounted == 0 && (r < 0) == (err->text[0] != '\0');
	machine_destroy(m);
	return is_fine ? r : 1;
}

static int find(struct machine *m, const char *name, const char *from, struct kb_error *err)
{
	struct kb_place_found found;

	return kb_automount_find(&m->automount, name, from, &found, err);
}

static int find_over_an_environment(struct fake_sys *fake)
{
	struct machine *m = begin(fake);
	struct kb_error err = {0};
	int r = find(m, "/srv/k/bzImage", NULL, &err);

	if (r == 0) {
		r = find(m, "../x", "/home/u", &err);
	}
	if (r == 0) {
		r = find(m, "vg/lv:/", NULL, &err);
	}
	return end(m, r, &err);
}

static int find_in_a_subvolume(struct fake_sys *fake)
{
	struct machine *m = begin(fake);
	struct kb_error err = {0};
	int r;

	m->automount.options.root = "sdc1";
	r = find(m, "/etc/os-release", NULL, &err);
	return end(m, r, &err);
}

static int find_on_a_server(struct fake_sys *fake)
{
	struct machine *m = begin(fake);
	struct kb_error err = {0};
	char name[64];
	int r;

	(void)snprintf(name, sizeof(name), "nfs://127.0.0.1:%u/export/x?vers=4.2", m->port);
	r = find(m, name, NULL, &err);
	return end(m, r, &err);
}

static int an_environment_on_a_server(struct fake_sys *fake)
{
	struct machine *m = begin(fake);
	struct kb_error err = {0};
	char root[64];
	int r;

	(void)snprintf(root, sizeof(root), "127.0.0.1:%u?vers=4.2:/export", m->port);
	m->automount.options.root = root;
	r = find(m, "/home/u", NULL, &err);
	return end(m, r, &err);
}

static int a_whole_environment(struct fake_sys *fake)
{
	struct machine *m = begin(fake);
	struct kb_error err = {0};
	const char *path = NULL;
	int r = kb_automount_environment(&m->automount, &path, &err);

	return end(m, r == 0 && !path ? 1 : r, &err);
}

static int find_on_a_share(struct fake_sys *fake)
{
	struct machine *m = begin(fake);
	struct kb_error err = {0};
	char name[64];
	int r;

	(void)snprintf(name, sizeof(name), "smb://me:secret@127.0.0.1:%u/s/export/x", m->port);
	r = find(m, name, NULL, &err);
	return end(m, r, &err);
}

static int find_in_an_image(struct fake_sys *fake)
{
	struct machine *m = begin(fake);
	struct kb_error err = {0};
	int r = find(m, "sdb1:/isos/x.iso/live/vmlinuz", NULL, &err);

	if (r == 0) {
		r = find(m, "../inner.iso", "sdb1:/isos/x.iso/live", &err);
	}
	return end(m, r, &err);
}

const struct fault_scenario fault_scenarios[] = {
	{"find in an image", find_in_an_image},
	{"find on a share", find_on_a_share},
	{"find over an environment", find_over_an_environment},
	{"find in a subvolume", find_in_a_subvolume},
	{"find on a server", find_on_a_server},
	{"an environment on a server", an_environment_on_a_server},
	{"a whole environment", a_whole_environment},
	{NULL, NULL},
};

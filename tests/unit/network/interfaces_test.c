/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Trees as /sys shows them. The names are those that systemd 252 gives the same machines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/network/interfaces.h"
#include "temp_dir.h"

struct fixture {
	struct temp_dir dir;
	struct kb_interface all[KB_INTERFACES_MAX];
	unsigned n;
};

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	*state = f;
	temp_dir_init(&f->dir);
	temp_dir_mkdir(&f->dir, "class/net");
	temp_dir_text(&f->dir, "class/net/bonding_masters", "bond0\n");
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	temp_dir_done(&f->dir);
	free(f);
	return 0;
}

/* One text or link below a folder. */
static void put(struct fixture *f, const char *folder, const char *file, const char *text)
{
	char path[256];

	(void)snprintf(path, sizeof(path), "%s/%s", folder, file);
	temp_dir_text(&f->dir, path, text);
}

/* An Ethernet card at a PCI device; below: between that and "net". */
static void put_card(struct fixture *f, const char *name, const char *device, const char *below)
{
	char folder[200];
	char link[256];
	char target[256];

	(void)snprintf(folder, sizeof(folder), "devices/%s%s/net/%s", device, below, name);
	(void)snprintf(link, sizeof(link), "class/net/%s", name);
	(void)snprintf(target, sizeof(target), "../../%s", folder);
	put(f, folder, "type", "1\n");
	put(f, folder, "flags", "0x1003\n");
	put(f, folder, "carrier", "1\n");
	put(f, folder, "operstate", "up\n");
	put(f, folder, "speed", "1000\n");
	put(f, folder, "address", "52:54:00:12:34:56\n");
	put(f, folder, "addr_assign_type", "0\n");
	put(f, folder, "dev_port", "0\n");
	(void)snprintf(link, sizeof(link), "%s/device", folder);
	temp_dir_symlink(&f->dir, link, "../..");
	(void)snprintf(link, sizeof(link), "devices/%s%s/driver", device, below);
	temp_dir_symlink(&f->dir, link, "../../../bus/pci/drivers/e1000e");
	(void)snprintf(link, sizeof(link), "class/net/%s", name);
	temp_dir_symlink(&f->dir, link, target);
}

static void look(struct fixture *f)
{
	assert_int_equal(kb_interfaces_read(f->dir.fd, f->all, &f->n), 0);
}

/* names: onboard, slot, path, address. */
static void check_names(struct fixture *f, const char *name, const char *const *names)
{
	const struct kb_interface *i;

	look(f);
	i = kb_interfaces_find(f->all, f->n, name);
	assert_non_null(i);
	for (size_t k = 0; k < KB_INTERFACE_NAMES; k++) {
		assert_string_equal(i->names[k], names[k]);
	}
	/* The address is the same on all of them here. */
	assert_ptr_equal(kb_interfaces_find(f->all, f->n, names[2]), i);
}

#define NAMES(...) ((const char *const[]){__VA_ARGS__})

static void test_what_is_said(void **state)
{
	struct fixture *f = *state;
	const struct kb_interface *i;
	char mac[KB_MAC_TEXT];

	put_card(f, "eth10", "pci0000:00/0000:00:1f.6", "");
	put_card(f, "eth2", "pci0000:00/0000:00:04.0", "/virtio1");
	put(f, "devices/virtual/net/lo", "flags", "0x9\n");
	temp_dir_symlink(&f->dir, "class/net/lo", "../../devices/virtual/net/lo");
	look(f);
	assert_int_equal(f->n, 3);
	i = &f->all[0];
	assert_string_equal(i->name, "eth2");
	assert_string_equal(i->driver, "e1000e");
	assert_string_equal(i->bus, "0000:00:04.0");
	assert_string_equal(kb_mac_print(&i->mac, mac), "52:54:00:12:34:56");
	assert_true(i->is_card && i->is_on && i->has_link);
	assert_string_equal(i->operstate, "up");
	assert_int_equal(i->speed_mbit, 1000);
	assert_string_equal(f->all[1].name, "eth10");
	assert_string_equal(f->all[2].name, "lo");
	assert_false(f->all[2].is_card || f->all[2].has_link || f->all[2].mac.is_set);
	assert_int_not_equal(kb_interface_read(f->dir.fd, "..", &f->all[0]), 0);
	assert_int_not_equal(kb_interface_read(f->dir.fd, "eth9", &f->all[0]), 0);
}

static void test_path(void **state)
{
	struct fixture *f = *state;

	put_card(f, "eth0", "pci0000:00/0000:00:1f.6", "");
	check_names(f, "eth0", NAMES("", "", "enp0s31f6", "enx525400123456"));
}

static void test_virtio_and_slot(void **state)
{
	struct fixture *f = *state;

	put_card(f, "eth0", "pci0000:00/0000:00:03.0", "/virtio0");
	put(f, "bus/pci/slots/3", "address", "0000:00:03\n");
	put(f, "bus/pci/slots/4", "address", "0000:00:04\n");
	check_names(f, "eth0", NAMES("", "ens3", "enp0s3", "enx525400123456"));
}

static void test_onboard(void **state)
{
	struct fixture *f = *state;

	put_card(f, "eth0", "pci0000:00/0000:00:19.0", "");
	put(f, "devices/pci0000:00/0000:00:19.0", "acpi_index", "1\n");
	check_names(f, "eth0", NAMES("eno1", "", "enp0s25", "enx525400123456"));
	put(f, "devices/pci0000:00/0000:00:19.0", "acpi_index", "16384\n");
	check_names(f, "eth0", NAMES("", "", "enp0s25", "enx525400123456"));
}

/* A card of two functions behind a bridge; the slot is the card's. */
static void test_functions_and_ports(void **state)
{
	struct fixture *f = *state;
	const char *second = "devices/pci0000:00/0000:00:1c.0/0000:03:00.1";

	put_card(f, "eth0", "pci0000:00/0000:00:1c.0/0000:03:00.0", "");
	put_card(f, "eth1", "pci0000:00/0000:00:1c.0/0000:03:00.1", "");
	temp_dir_write(&f->dir, "devices/pci0000:00/0000:00:1c.0/0000:03:00.0/config",
		       "..............\x80.", 16);
	put(f, "bus/pci/slots/2", "address", "0000:03:00\n");
	check_names(f, "eth0", NAMES("", "ens2f0", "enp3s0f0", "enx525400123456"));
	put(f, second, "net/eth1/dev_port", "1\n");
	check_names(f, "eth1", NAMES("", "ens2f1d1", "enp3s0f1d1", "enx525400123456"));
	put(f, second, "net/eth1/phys_port_name", "p1\n");
	put(f, second, "net/eth1/addr_assign_type", "3\n");
	check_names(f, "eth1", NAMES("", "ens2f1np1", "enp3s0f1np1", ""));
}

/* The slot of a bridge is nobody's; another domain is said. */
static void test_bridge_and_domain(void **state)
{
	struct fixture *f = *state;

	put_card(f, "eth0", "pci0001:00/0001:00:1c.0/0001:03:00.0", "");
	put(f, "bus/pci/slots/7", "address", "0001:00:1c\n");
	put(f, "devices/pci0001:00/0001:00:1c.0", "class", "0x060400\n");
	check_names(f, "eth0", NAMES("", "", "enP1p3s0", "enx525400123456"));
	put(f, "devices/pci0001:00/0001:00:1c.0", "class", "0x020000\n");
	check_names(f, "eth0", NAMES("", "enP1s7", "enP1p3s0", "enx525400123456"));
}

static void test_usb(void **state)
{
	struct fixture *f = *state;

	put_card(f, "eth0", "pci0000:00/0000:00:14.0", "/usb1/1-1/1-1.2/1-1.2:1.0");
	check_names(f, "eth0", NAMES("", "", "enp0s20u1u2", "enx525400123456"));
	put_card(f, "eth1", "pci0000:00/0000:00:14.0", "/usb1/1-3/1-3:2.1");
	check_names(f, "eth1", NAMES("", "", "enp0s20u3c2i1", "enx525400123456"));
}

/* The kernel's own name goes first. */
static void test_whose_name(void **state)
{
	struct fixture *f = *state;

	put_card(f, "eth0", "pci0000:00/0000:00:03.0", "");
	put_card(f, "enp0s3", "pci0000:00/0000:00:04.0", "");
	look(f);
	assert_string_equal(kb_interfaces_find(f->all, f->n, "enp0s3")->bus, "0000:00:04.0");
	assert_null(kb_interfaces_find(f->all, f->n, "enp0s9"));
	assert_null(kb_interfaces_find(f->all, f->n, ""));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_what_is_said),
		TEST(test_path),
		TEST(test_virtio_and_slot),
		TEST(test_onboard),
		TEST(test_functions_and_ports),
		TEST(test_bridge_and_domain),
		TEST(test_usb),
		TEST(test_whose_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

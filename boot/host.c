/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "kboot/base/tree.h"

enum {
	NUMBER_FILE_BYTES = 128,
	LOCKDOWN_FILE_BYTES = 256,
	CPUINFO_BYTES = 4096,
	EFI_ATTRIBUTE_BYTES = 4,
};

/* The variable is of the EFI global namespace; efivarfs puts four bytes of attributes first. */
static const char secure_boot_path[] =
	"firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c";

int kb_host_read(int root_fd, const char *path, size_t max_bytes, struct kb_buf *buf)
{
	struct kb_tree tree = {.root_fd = root_fd, .name = ""};

	return root_fd < 0 ? -ENOENT : kb_tree_read(&tree, path, max_bytes, buf);
}

bool kb_host_exists(int root_fd, const char *path)
{
	return root_fd >= 0 && faccessat(root_fd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

int kb_host_parse_u64(struct kb_str s, unsigned base, uint64_t *ret_value, size_t *ret_len)
{
	uint64_t value = 0;
	size_t i = 0;
	size_t start;

	if (kb_str_starts(s, KB_STR("0x")) || kb_str_starts(s, KB_STR("0X"))) {
		base = 16;
		i = 2;
	}
	for (start = i; i < s.len; i++) {
		unsigned digit = kb_hex_value(s.data[i]);

		if (digit >= base) {
			break;
		}
		if (__builtin_mul_overflow(value, base, &value) ||
		    __builtin_add_overflow(value, digit, &value)) {
			return -ERANGE;
		}
	}
	if (i == start) {
		return -EINVAL;
	}
	*ret_value = value;
	*ret_len = i;
	return 0;
}

int kb_host_read_text(int root_fd, const char *path, char *buf, size_t size)
{
	struct kb_tree tree = {.root_fd = root_fd, .name = ""};
	KB_CLOSE int fd = -1;
	ssize_t n;
	int r = root_fd < 0 ? -ENOENT : kb_tree_open(&tree, path, &fd);

	if (r < 0) {
		return r;
	}
	n = read(fd, buf, size - 1);
	if (n < 0) {
		return -errno;
	}
	buf[n] = '\0';
	return 0;
}

int kb_host_read_u64(int root_fd, const char *path, uint64_t *ret_value)
{
	char text[NUMBER_FILE_BYTES];
	size_t used;
	int r = kb_host_read_text(root_fd, path, text, sizeof(text));

	return r < 0 ? r : kb_host_parse_u64(kb_str_trim(kb_str_from(text)), 10, ret_value, &used);
}

/* The active mode stands in brackets: "none [integrity] confidentiality". */
enum kb_lockdown kb_host_lockdown(const struct kb_boot_host *host)
{
	char text[LOCKDOWN_FILE_BYTES];

	if (kb_host_read_text(host->sysfs_fd, "kernel/security/lockdown", text, sizeof(text)) < 0) {
		return KB_LOCKDOWN_UNKNOWN;
	}
	if (strstr(text, "[none]")) {
		return KB_LOCKDOWN_NONE;
	}
	if (strstr(text, "[integrity]")) {
		return KB_LOCKDOWN_INTEGRITY;
	}
	return strstr(text, "[confidentiality]") ? KB_LOCKDOWN_CONFIDENTIALITY
						 : KB_LOCKDOWN_UNKNOWN;
}

int kb_host_secure_boot(const struct kb_boot_host *host)
{
	struct kb_tree sys = {.root_fd = host->sysfs_fd, .name = ""};
	KB_CLOSE int fd = -1;
	uint8_t variable[EFI_ATTRIBUTE_BYTES + 1];

	if (host->sysfs_fd < 0 || kb_tree_open(&sys, secure_boot_path, &fd) < 0 ||
	    read(fd, variable, sizeof(variable)) != (ssize_t)sizeof(variable)) {
		return -1;
	}
	return variable[EFI_ATTRIBUTE_BYTES] == 1;
}

bool kb_host_kexec_disabled(const struct kb_boot_host *host)
{
	uint64_t value;

	if (kb_host_read_u64(host->procfs_fd, "sys/kernel/kexec_load_disabled", &value) == 0 &&
	    value != 0) {
		return true;
	}
	/* -1, which does not parse, is "no limit" (Linux 6.3). */
	return kb_host_read_u64(host->procfs_fd, "sys/kernel/kexec_load_limit_reboot", &value) ==
		       0 &&
	       value == 0;
}

/* Not the whole file: it has a block for every processor, and some take long to answer. */
bool kb_host_cpu_has(const struct kb_boot_host *host, const char *flag)
{
	char buf[CPUINFO_BYTES];
	size_t len = strlen(flag);
	const char *p;

	if (kb_host_read_text(host->procfs_fd, "cpuinfo", buf, sizeof(buf)) < 0) {
		return false;
	}
	p = strstr(buf, "\nflags");
	while (p && (p = strstr(p, flag)) != NULL) {
		if (p[-1] == ' ' && (p[len] == ' ' || p[len] == '\n' || p[len] == '\0')) {
			return true;
		}
		p += len;
	}
	return false;
}

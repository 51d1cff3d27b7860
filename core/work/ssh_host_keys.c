/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ssh_host_keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "efi_dir.h"
#include "kboot/base/replace.h"
#include "kboot/base/tree.h"
#include "kboot/boot/firmware.h"
#include "kboot/ssh/account.h"

#define HOST_DIR  KB_SSH_DIR "/host"
#define TOOL      "/usr/bin/dropbearmulti"
#define OWN_KEY   "ssh_host_ed25519_key" /* the one that is made here */
#define SYSTEM_ED "ssh_host_ed25519_key"

static const char own_path[] = HOST_DIR "/" OWN_KEY;
static const char foreign[] = KB_SSH_DIR "/openssh_key"; /* before it is converted */

enum { KEY_BYTES = 16 << 10, WORDS_BYTES = 16 << 10, NAME_BYTES = 48 };

/* --- dropbear's tools */

/* What it says on its standard output goes to words; it may be NULL. */
static int run_tool(const struct kb_ssh_host_keys *h, const char *const *argv, struct kb_buf *words)
{
	static const char *const environment[] = {NULL};
	KB_CLOSE int fd = memfd_create("words", MFD_CLOEXEC);
	const struct kb_spawn spawn = {.argv = argv,
				       .envp = environment,
				       .stdin_fd = -1,
				       .stdout_fd = fd,
				       .stderr_fd = -1,
				       .supervised = true};
	int status = 0;
	pid_t pid = -1;
	int r = fd < 0 ? -errno : h->sys->spawn(h->sys->ctx, &spawn, &pid);

	if (r < 0) {
		return r;
	}
	while (waitpid(pid, &status, 0) < 0) {
		if (errno != EINTR) {
			return -errno;
		}
	}
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		return -EINVAL;
	}
	return words && lseek(fd, 0, SEEK_SET) == 0 ? kb_read_all(fd, WORDS_BYTES, words) : 0;
}

/* "ssh-ed25519 SHA256:…" of a key's file. */
static int put_fingerprint(const struct kb_ssh_host_keys *h, const char *path, struct kb_buf *to)
{
	const char *const argv[] = {TOOL, "dropbearkey", "-y", "-f", path, NULL};
	KB_BUF struct kb_buf words = {0};
	struct kb_str type = {0};
	struct kb_str rest;
	struct kb_str line;
	int r = run_tool(h, argv, &words);

	rest = kb_buf_view(&words);
	while (r == 0 && kb_str_next_line(&rest, &line)) {
		struct kb_str word;

		if (kb_str_starts(line, KB_STR("ssh-")) || kb_str_starts(line, KB_STR("ecdsa-"))) {
			(void)kb_str_next_word(&line, &type);
		} else if (kb_str_starts(line, KB_STR("Fingerprint: "))) {
			word = kb_str_trim(kb_str_skip(line, sizeof("Fingerprint: ") - 1));
			kb_buf_printf(to, "%s%.*s %.*s", to->len > 0 ? ", " : "", KB_STR_ARG(type),
				      KB_STR_ARG(word));
			return kb_buf_error(to);
		}
	}
	return r < 0 ? r : -EINVAL;
}

/* --- files */

static int put_file(const char *name, struct kb_str bytes)
{
	KB_CLOSE int fd = open(HOST_DIR, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r = fd < 0 ? -errno : kb_replace_file(fd, name, bytes);

	return r < 0 ? r : fchmodat(fd, name, 0600, 0) < 0 ? -errno : 0;
}

size_t kb_ssh_host_keys_list(char paths[static KB_SSH_MAX_HOST_KEYS][KB_SSH_HOST_KEY_PATH])
{
	DIR *dir = opendir(HOST_DIR);
	size_t n = 0;

	for (struct dirent *d = dir ? readdir(dir) : NULL; d && n < KB_SSH_MAX_HOST_KEYS;
	     d = readdir(dir)) {
		if (d->d_name[0] != '.' && snprintf(paths[n], KB_SSH_HOST_KEY_PATH, HOST_DIR "/%s",
						    d->d_name) < KB_SSH_HOST_KEY_PATH) {
			n++;
		}
	}
	if (dir) {
		(void)closedir(dir);
	}
	return n;
}

static void empty_folder(void)
{
	char paths[KB_SSH_MAX_HOST_KEYS][KB_SSH_HOST_KEY_PATH];
	size_t n = kb_ssh_host_keys_list(paths);

	for (size_t i = 0; i < n; i++) {
		(void)unlink(paths[i]);
	}
}

/* --- where they come from */

/* The image's. How many, or -errno. */
static int take_own(void)
{
	DIR *dir = opendir(KB_SSH_HOST_KEYS);
	int n = 0;
	int r = 0;

	for (struct dirent *d = dir ? readdir(dir) : NULL; d && r == 0; d = readdir(dir)) {
		KB_BUF struct kb_buf key = {0};
		KB_CLOSE int fd = -1;

		if (d->d_name[0] == '.') {
			continue;
		}
		fd = openat(dirfd(dir), d->d_name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
		r = fd < 0 ? -errno : kb_read_all(fd, KEY_BYTES, &key);
		r = r < 0 ? r : put_file(d->d_name, kb_buf_view(&key));
		n += r == 0;
	}
	if (dir) {
		(void)closedir(dir);
	}
	return r < 0 ? r : n;
}

/* OpenSSH's form becomes dropbear's. */
static int take_system_key(const struct kb_ssh_host_keys *h, const char *name, struct kb_error *err)
{
	const char *const argv[] = {TOOL, "dropbearconvert", "openssh", "dropbear", foreign, NULL,
				    NULL};
	const char *words[KB_ARRAY_LEN(argv)];
	char to[KB_SSH_HOST_KEY_PATH];
	char from[KB_ERROR_FILE];
	KB_BUF struct kb_buf key = {0};
	KB_CLOSE int fd = -1;
	const char *found;
	int r;

	if (snprintf(from, sizeof(from), "%s/%s", h->folder, name) >= (int)sizeof(from)) {
		return kb_error_set(err, -ENAMETOOLONG, "%s: the name is too long", h->folder);
	}
	r = kb_resolver_open(h->resolver, from, "/", &fd, &found, err);
	if (r < 0) {
		return r;
	}
	(void)snprintf(to, sizeof(to), HOST_DIR "/%s", name);
	memcpy(words, argv, sizeof(argv));
	words[KB_ARRAY_LEN(argv) - 2] = to;
	r = kb_read_all(fd, KEY_BYTES, &key);
	r = r < 0 ? r : kb_replace_file(h->dir_fd, "openssh_key", kb_buf_view(&key));
	r = r < 0 ? r : run_tool(h, words, NULL);
	(void)unlinkat(h->dir_fd, "openssh_key", 0);
	if (key.data) {
		explicit_bzero(key.data, key.len);
	}
	return r < 0 ? kb_error_set(err, r, "%s: no private key without a passphrase", from) : 0;
}

static int take_system(const struct kb_ssh_host_keys *h)
{
	static const char *const names[] = {SYSTEM_ED, "ssh_host_ecdsa_key", "ssh_host_rsa_key"};
	struct kb_error first = {0};
	int n = 0;

	for (size_t i = 0; i < KB_ARRAY_LEN(names); i++) {
		struct kb_error err = {0};

		if (take_system_key(h, names[i], &err) == 0) {
			n++;
		} else if (i == 0 || first.code == -ENOENT) {
			first = err;
		}
	}
	if (n == 0) {
		h->warn(h->ctx, first.text, 0);
	}
	return n;
}

/* -ENOENT: nothing is kept. */
static int take_kept(int efivars_fd)
{
	KB_BUF struct kb_buf key = {0};
	int r = efivars_fd < 0 ? -ENOENT : kb_firmware_read_host_key(efivars_fd, &key);

	return r < 0 ? r : put_file(OWN_KEY, kb_buf_view(&key));
}

static int keep(int efivars_fd)
{
	KB_CLOSE int fd = open(own_path, O_RDONLY | O_CLOEXEC);
	KB_BUF struct kb_buf key = {0};
	int r = fd < 0 ? -errno : kb_read_all(fd, KEY_BYTES, &key);

	return r < 0 ? r : kb_firmware_write_host_key(efivars_fd, kb_buf_view(&key));
}

static int make(const struct kb_ssh_host_keys *h, struct kb_error *err)
{
	const char *const argv[] = {TOOL, "dropbearkey", "-t", "ed25519", "-f", own_path, NULL};
	int r;

	(void)unlink(own_path);
	r = run_tool(h, argv, NULL);
	return r < 0 ? kb_error_set(err, r, "no host key could be made: %s", strerror(-r)) : 0;
}

/* The one that this machine has for itself: kept with the firmware where it has a place for it. */
static int take_machine_s(const struct kb_ssh_host_keys *h, struct kb_error *err)
{
	KB_BUF struct kb_buf print = {0};
	KB_CLOSE int efivars_fd = -1;
	int r = kb_efi_dir_open(h->sys, NULL, true, &efivars_fd);

	r = r < 0 ? r : take_kept(efivars_fd);
	if (r == 0 && put_fingerprint(h, own_path, &print) == 0) {
		return 0;
	}
	if (r == 0) {
		h->warn(h->ctx,
			"the SSH host key that the firmware kept is broken: another is made", 0);
	}
	r = make(h, err);
	if (r < 0) {
		return r;
	}
	r = efivars_fd < 0 ? -ENOENT : keep(efivars_fd);
	if (r == -ENOENT) {
		h->warn(h->ctx,
			"this machine has nowhere to keep an SSH host key: "
			"config/ssh_host_ed25519_key "
			"in the image, or host_keys=, would make it the same at each start",
			0);
	} else if (r < 0) {
		char sentence[KB_ERROR_TEXT];

		(void)snprintf(sentence, sizeof(sentence),
			       "the firmware does not keep the SSH host key: %s", strerror(-r));
		h->warn(h->ctx, sentence, 0);
	}
	return 0;
}

static int put_fingerprints(const struct kb_ssh_host_keys *h, struct kb_buf *to,
			    struct kb_error *err)
{
	char paths[KB_SSH_MAX_HOST_KEYS][KB_SSH_HOST_KEY_PATH];
	size_t n = kb_ssh_host_keys_list(paths);

	for (size_t i = 0; i < n; i++) {
		int r = put_fingerprint(h, paths[i], to);

		if (r < 0) {
			return kb_error_set(err, r, "%s: no host key", paths[i]);
		}
	}
	return n > 0 ? 0 : kb_error_set(err, -ENOKEY, "there is no host key");
}

int kb_ssh_host_keys_make(const struct kb_ssh_host_keys *h, struct kb_buf *fingerprints,
			  struct kb_error *err)
{
	char paths[KB_SSH_MAX_HOST_KEYS][KB_SSH_HOST_KEY_PATH];
	bool wants_system = h->folder && h->folder[0];
	int n = 0;
	int r = 0;

	if (mkdir(HOST_DIR, 0700) < 0 && errno != EEXIST) {
		return kb_error_set(err, -errno, HOST_DIR ": %s", strerror(errno));
	}
	/* Those of a start before this one, unless other ones are named. */
	if (!wants_system && kb_ssh_host_keys_list(paths) > 0) {
		return put_fingerprints(h, fingerprints, err);
	}
	empty_folder();
	n = wants_system ? take_system(h) : 0;
	n = n > 0 ? n : take_own();
	if (n < 0) {
		return kb_error_set(err, n, KB_SSH_HOST_KEYS ": %s", strerror(-n));
	}
	r = n > 0 ? 0 : take_machine_s(h, err);
	return r < 0 ? r : put_fingerprints(h, fingerprints, err);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A fuzzer without libFuzzer: replay FOLDER-OR-FILE… hands every file to it once. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "kboot/base/tree.h"

enum { MAX_FILE_BYTES = 64 << 20, MAX_FILES = 100000 };

struct replay {
	struct kb_tree tree;
	size_t n_files;
};

/* The bytes get a block of their own size, so that reading past them is seen. */
static int replay_fd(int fd)
{
	KB_BUF struct kb_buf buf = {0};
	uint8_t *data;
	int r = kb_read_all(fd, MAX_FILE_BYTES, &buf);

	if (r < 0) {
		return r;
	}
	data = malloc(buf.len > 0 ? buf.len : 1);
	if (!data) {
		return -ENOMEM;
	}
	memcpy(data, buf.data, buf.len);
	r = LLVMFuzzerTestOneInput(data, buf.len);
	free(data);
	return r;
}

static int replay_name(void *ctx, const char *name)
{
	struct replay *replay = ctx;
	KB_CLOSE int fd = -1;
	int r = kb_tree_open(&replay->tree, name, &fd);

	if (r == 0) {
		r = replay_fd(fd);
	}
	if (r < 0) {
		(void)fprintf(stderr, "%s: %s\n", name, strerror(-r));
		return r;
	}
	replay->n_files++;
	return 0;
}

static int replay_argument(const char *path, size_t *n_files)
{
	KB_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct replay replay = {.tree = {.root_fd = fd}};
	int r;

	if (fd < 0) {
		return -errno;
	}
	r = kb_tree_list(&replay.tree, ".", MAX_FILES, replay_name, &replay);
	if (r == -ENOTDIR) {
		r = replay_fd(fd);
		replay.n_files = 1;
	}
	*n_files += replay.n_files;
	return r;
}

int main(int argc, char **argv)
{
	size_t n_files = 0;

	for (int i = 1; i < argc; i++) {
		int r = replay_argument(argv[i], &n_files);

		if (r < 0) {
			(void)fprintf(stderr, "%s: %s\n", argv[i], strerror(-r));
			return 1;
		}
	}
	(void)printf("%zu inputs\n", n_files);
	return n_files == 0; /* nothing replayed proves nothing */
}

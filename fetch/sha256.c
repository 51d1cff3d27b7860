/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sha256.h"

#include <errno.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

enum { CHUNK = 16 << 10 };

static int add(EVP_MD_CTX *digest, int fd)
{
	char chunk[CHUNK];
	ssize_t n;

	for (off_t at = 0; (n = pread(fd, chunk, CHUNK, at)) != 0; at += n > 0 ? n : 0) {
		if (n < 0 && errno != EINTR) {
			return -errno;
		}
		if (n > 0 && EVP_DigestUpdate(digest, chunk, (size_t)n) != 1) {
			return -EIO;
		}
	}
	return 0;
}

int kb_sha256_of(int fd, unsigned char ret_digest[static KB_FETCH_SHA256_BYTES],
		 struct kb_error *err)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();
	int r = !digest || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1 ? -ENOMEM
									      : add(digest, fd);

	if (r == 0 && EVP_DigestFinal_ex(digest, ret_digest, NULL) != 1) {
		r = -EIO;
	}
	EVP_MD_CTX_free(digest);
	return r < 0 ? kb_error_set(err, r, "its sha256 cannot be computed: %s", strerror(-r)) : 0;
}

int kb_sha256_of_text(struct kb_str text, unsigned char ret_digest[static KB_FETCH_SHA256_BYTES])
{
	return EVP_Digest(text.data, text.len, ret_digest, NULL, EVP_sha256(), NULL) == 1 ? 0
											  : -EIO;
}

int kb_hmac_sha1(struct kb_str key, struct kb_str text,
		 unsigned char ret_digest[static KB_SHA1_BYTES])
{
	unsigned len = 0;
	const void *digest = HMAC(EVP_sha1(), key.data ? key.data : "", (int)key.len,
				  (const unsigned char *)text.data, text.len, ret_digest, &len);

	return digest && len == KB_SHA1_BYTES ? 0 : -EIO;
}

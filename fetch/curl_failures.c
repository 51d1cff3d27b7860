/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "curl_failures.h"

#include <errno.h>

#include "kboot/base/cleanup.h"

static const struct kb_curl_failure failures[] = {
	{CURLE_UNSUPPORTED_PROTOCOL, -EPROTONOSUPPORT, true, "the libcurl here does not know how"},
	{CURLE_COULDNT_RESOLVE_PROXY, -ENXIO, false, "no address is known of the proxy"},
	{CURLE_OPERATION_TIMEDOUT, -ETIMEDOUT, false, "the server does not answer"},
	{CURLE_GOT_NOTHING, -EPIPE, false, "the server ends the connection without an answer"},
	{CURLE_PARTIAL_FILE, -EPIPE, false, "the connection breaks"},
	{CURLE_SEND_ERROR, -EPIPE, false, "the connection breaks"},
	{CURLE_RECV_ERROR, -EPIPE, false, "the connection breaks"},
	{CURLE_LOGIN_DENIED, -EACCES, true, "the server does not take the name and password"},
	{CURLE_REMOTE_FILE_NOT_FOUND, -ENOENT, true, "the server has no such file"},
	{CURLE_FTP_COULDNT_RETR_FILE, -ENOENT, true, "the server does not give the file"},
	{CURLE_REMOTE_ACCESS_DENIED, -EACCES, true, "the server has no such folder, or denies it"},
	{CURLE_SSL_PINNEDPUBKEYNOTMATCH, -EKEYREJECTED, true,
	 "its key is none of those that are written down for it"},
	{CURLE_SSL_CONNECT_ERROR, -EPROTO, false, "no TLS with this server"},
};

const struct kb_curl_failure *kb_curl_failure(CURLcode code)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(failures); i++) {
		if (failures[i].code == code) {
			return &failures[i];
		}
	}
	return NULL;
}

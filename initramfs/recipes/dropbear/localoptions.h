/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dropbear is in the image, where default_options.h would have it otherwise. */

/* No forwarding of any kind, no agent, no other program in between. */
#define DROPBEAR_X11FWD           0
#define DROPBEAR_CLI_LOCALTCPFWD  0
#define DROPBEAR_CLI_REMOTETCPFWD 0
#define DROPBEAR_SVR_LOCALTCPFWD  0
#define DROPBEAR_SVR_REMOTETCPFWD 0
#define DROPBEAR_CLI_AGENTFWD     0
#define DROPBEAR_SVR_AGENTFWD     0
#define DROPBEAR_CLI_NETCAT       0
#define DROPBEAR_CLI_PROXYCMD     0

/* Curve25519 and ECDH, ChaCha20-Poly1305 and AES in counter mode, SHA-2. Nothing to choose from. */
#define DROPBEAR_DH_GROUP14_SHA1   0
#define DROPBEAR_DH_GROUP14_SHA256 0
#define DROPBEAR_RSA_SHA1          0
#define DROPBEAR_SHA1_HMAC         0
#define DROPBEAR_USER_ALGO_LIST    0

/* The 24 KiB of the default are 2.4 MB/s where an answer takes 10 ms. */
#define DEFAULT_RECV_WINDOW 262144

/* The key of config/ssh_identity, also for a person at the prompt. */
#define DROPBEAR_DEFAULT_CLI_AUTHKEY "/etc/kboot/ssh_identity"
#define DROPBEAR_PATH_SSH_PROGRAM    "/usr/bin/dbclient"

/* The server. Who does not say who they are has a minute; who says nothing at all, eight seconds
 * (silent.patch). */
#define DO_MOTD         0
#define AUTH_TIMEOUT    60
#define SILENT_TIMEOUT  8
#define MAX_AUTH_TRIES  6
#define SFTPSERVER_PATH "/usr/lib/sftp-server"

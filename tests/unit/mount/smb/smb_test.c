/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The server is a socket on loopback that takes connections; the mounts are written down. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kboot/mount/smb.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "fake_sys.h"

struct fixture {
	struct fake_sys *fake;
	int listener;
	struct kb_smb_place place;
	struct kb_smb_user known; /* what find_user gives, where it has a user */
	int find_code;
	struct kb_smb_mount_request request;
	struct kb_error err;
};

static int find_user(void *ctx, const struct kb_smb_place *place, struct kb_smb_user *ret_user)
{
	const struct fixture *f = ctx;

	assert_ptr_equal(place, &f->place);
	if (f->known.user) {
		*ret_user = f->known;
	}
	return f->find_code;
}

static int setup(void **state)
{
	static struct fixture f;
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
	socklen_t size = sizeof(address);

	memset(&f, 0, sizeof(f));
	f.fake = fake_sys_create();
	f.fake->now_ms = 1000;
	f.listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(f.listener, (void *)&address, sizeof(address)), 0);
	assert_int_equal(listen(f.listener, 64), 0);
	assert_int_equal(getsockname(f.listener, (void *)&address, &size), 0);
	f.place = (struct kb_smb_place){.host = "127.0.0.1",
					.port = ntohs(address.sin_port),
					.share = "boot"};
	f.request = (struct kb_smb_mount_request){.place = &f.place,
						  .target = "/there",
						  .find_user = find_user,
						  .ctx = &f};
	*state = &f;
	return 0;
}

static int teardown(void **state)
{
	struct fixture *f = *state;

	(void)kb_close(f->listener);
	fake_sys_destroy(f->fake);
	return 0;
}

static int mount_it(struct fixture *f)
{
	return kb_mount_smb(&f->fake->table, &f->request, &f->err);
}

static void assert_mounted(const struct fixture *f, const char *flags, const char *who)
{
	char call[FAKE_TEXT_BYTES];

	(void)snprintf(
		call, sizeof(call),
		"mount //127.0.0.1/boot /there cifs %s vers=default,ip=127.0.0.1,port=%u,soft,"
		"nosharesock,nodfs,echo_interval=4,iocharset=utf8,%s",
		flags, f->place.port, who);
	assert_string_equal(fake_sys_text(f->fake, 0), call);
}

static void a_share_is_mounted_for_reading(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(mount_it(f), 0);
	assert_mounted(f, "0x40f", "sec=none,user=");
	assert_int_equal(fake_sys_count(f->fake, FAKE_ANY), 1);
	assert_int_equal(f->fake->calls[0].numbers[1], KB_SMB_ANSWER_MS);
}

static void writing_has_to_be_asked_for(void **state)
{
	struct fixture *f = *state;

	f->request.read_write = true;
	assert_int_equal(mount_it(f), 0);
	assert_mounted(f, "0x40e", "sec=none,user=");
}

static void who_is_known_is_named(void **state)
{
	struct fixture *f = *state;

	f->known = (struct kb_smb_user){"me", "WORK", "secret"};
	assert_int_equal(mount_it(f), 0);
	assert_mounted(f, "0x40f", "user=me,domain=WORK,pass=secret");
}

static void who_is_named_needs_no_password(void **state)
{
	struct fixture *f = *state;

	f->place.user = "guest";
	f->request.find_user = NULL;
	assert_int_equal(mount_it(f), 0);
	assert_mounted(f, "0x40f", "user=guest,pass=");
}

static void refuse(struct fixture *f, int error, int code, const char *sentence)
{
	f->err = (struct kb_error){0};
	fake_sys_fail(f->fake, FAKE_MOUNT, 1, error);
	assert_int_equal(mount_it(f), code);
	assert_string_equal(f->err.text, sentence);
	assert_null(strstr(f->err.text, "secret"));
}

static void each_refusal_has_its_sentence(void **state)
{
	struct fixture *f = *state;

	refuse(f, EACCES, -EACCES,
	       "127.0.0.1 lets nobody without a name and password into its share `boot` (netrc "
	       "has none for it)");
	refuse(f, ENOENT, -ENOENT, "127.0.0.1 has no share `boot`");
	refuse(f, ENODEV, -ENODEV, "127.0.0.1: this kernel has no driver for SMB");
	refuse(f, EOPNOTSUPP, -EPROTONOSUPPORT,
	       "127.0.0.1 speaks no version of SMB that we do (2.1 to 3.1.1)");
	refuse(f, EHOSTDOWN, -EHOSTDOWN,
	       "127.0.0.1 ends the connection: it does not speak SMB with us");
	refuse(f, EIO, -EIO, "127.0.0.1: its share `boot` cannot be mounted: Input/output error");
	f->place.user = "me";
	refuse(f, EACCES, -EACCES,
	       "127.0.0.1 does not let `me` into its share `boot` without a password (netrc has "
	       "none)");
	f->known = (struct kb_smb_user){"me", NULL, "secret"};
	refuse(f, EACCES, -EACCES,
	       "127.0.0.1 does not let `me` into its share `boot`: the password in netrc is wrong, "
	       "or the share is not for this user");
	refuse(f, EKEYEXPIRED, -EACCES, "127.0.0.1: the account or password of `me` has expired");
	f->known.password = "sec\nret";
	assert_int_equal(mount_it(f), -EINVAL);
	assert_string_equal(f->err.text, "127.0.0.1: a control character in its pass");
	f->find_code = -ENOMEM;
	assert_int_equal(mount_it(f), -ENOMEM);
}

/* Nothing of a mount that came too late stays. */
static void a_server_that_says_nothing_is_given_up(void **state)
{
	struct fixture *f = *state;

	f->request.deadline_ms = f->fake->now_ms + 3500;
	refuse(f, ETIMEDOUT, -ETIMEDOUT,
	       "127.0.0.1 takes connections but does not answer (SMB, within 4 s)");
	assert_int_equal(f->fake->calls[0].numbers[1], 3500);
	assert_string_equal(fake_sys_text(f->fake, 1), "umount /there 0xa");
}

static void a_deadline_that_is_over_asks_nobody(void **state)
{
	struct fixture *f = *state;

	f->request.deadline_ms = f->fake->now_ms;
	assert_int_equal(mount_it(f), -ETIMEDOUT);
	assert_string_equal(f->err.text,
			    "127.0.0.1 was not asked: what came before it took all the time");
	assert_int_equal(fake_sys_count(f->fake, FAKE_MOUNT), 0);
}

static void a_closed_port_says_what_is_missing_there(void **state)
{
	struct fixture *f = *state;
	char sentence[96];

	f->listener = kb_close(f->listener);
	assert_int_equal(mount_it(f), -ECONNREFUSED);
	(void)snprintf(sentence, sizeof(sentence),
		       "127.0.0.1 refuses connections to port %u: no SMB there", f->place.port);
	assert_string_equal(f->err.text, sentence);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_share_is_mounted_for_reading),
		TEST(writing_has_to_be_asked_for),
		TEST(who_is_known_is_named),
		TEST(who_is_named_needs_no_password),
		TEST(each_refusal_has_its_sentence),
		TEST(a_server_that_says_nothing_is_given_up),
		TEST(a_deadline_that_is_over_asks_nobody),
		TEST(a_closed_port_says_what_is_missing_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

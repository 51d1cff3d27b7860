/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A grub.cfg that comes from a server, and names of files on servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kboot/formats/grub.h"
#include "readers.h"

enum { MAX_FILES = 8, MAX_ENTRIES = 8 };

struct file {
	const char *path;
	const char *text;
};

struct server {
	struct file files[MAX_FILES];
	char asked[512]; /* paths, in order */
};

struct findings {
	size_t n;
	char kernel[MAX_ENTRIES][128];
	char initrd[MAX_ENTRIES][128];
	char title[MAX_ENTRIES][160];
	char problem[MAX_ENTRIES][KB_ERROR_TEXT];
	char file[64];
	size_t n_writes;
	size_t n_diags;
	char said[KB_ERROR_TEXT];
	const struct kb_tree *other;
	char other_name[64];
};

struct fixture {
	struct server server;
	struct kb_tree_source source;
	struct kb_tree tree;
	struct server other_server;
	struct kb_tree_source other_source;
	struct kb_tree other;
	struct findings found;
};

static int open_file(void *ctx, const char *path, int *ret_fd)
{
	struct server *server = ctx;
	size_t len = strlen(server->asked);

	(void)snprintf(server->asked + len, sizeof(server->asked) - len, "%s ", path);
	for (size_t i = 0; i < MAX_FILES && server->files[i].path; i++) {
		const struct file *file = &server->files[i];
		int fd;

		if (strcmp(file->path, path) != 0) {
			continue;
		}
		fd = memfd_create("file", MFD_CLOEXEC);
		assert_true(fd >= 0);
		assert_int_equal(write(fd, file->text, strlen(file->text)), strlen(file->text));
		assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
		*ret_fd = fd;
		return 0;
	}
	return -ENOENT;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static int take_entry(void *ctx, const struct kb_entry *entry)
{
	struct findings *f = ctx;
	size_t i = f->n++;

	assert_true(i < MAX_ENTRIES);
	(void)snprintf(f->title[i], sizeof(f->title[i]), "%s", entry->title);
	(void)snprintf(f->kernel[i], sizeof(f->kernel[i]), "%s", or_empty(entry->kernel));
	(void)snprintf(f->initrd[i], sizeof(f->initrd[i]), "%s",
		       entry->n_initrd > 0 ? entry->initrd[0] : "");
	(void)snprintf(f->problem[i], sizeof(f->problem[i]), "%s",
		       entry->n_problems > 0 ? entry->problems[0] : "");
	(void)snprintf(f->file, sizeof(f->file), "%s", entry->file);
	f->n_writes += entry->writes.n;
	return 0;
}

static void take_diag(void *ctx, const struct kb_diag *diag)
{
	struct findings *f = ctx;

	f->n_diags++;
	(void)snprintf(f->said, sizeof(f->said), "%s:%u: %s", diag->at.file, diag->at.line,
		       diag->text);
}

static const struct kb_tree *find_other(void *others, const char *name)
{
	struct findings *f = others;

	(void)snprintf(f->other_name, sizeof(f->other_name), "%s", name);
	return f->other && strcmp(name, f->other->name) == 0 ? f->other : NULL;
}

static int setup(void **state)
{
	struct fixture *f = calloc(1, sizeof(*f));

	assert_non_null(f);
	f->source = (struct kb_tree_source){&f->server, open_file};
	f->tree = (struct kb_tree){.root_fd = -1, .name = "tftp://10.0.0.1", .source = &f->source};
	f->other_source = (struct kb_tree_source){&f->other_server, open_file};
	f->other = (struct kb_tree){.root_fd = -1,
				    .name = "http://other:81",
				    .source = &f->other_source};
	*state = f;
	return 0;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

static void start(struct fixture *f, const char *path, const char *text,
		  const struct kb_grub_net *net)
{
	const struct kb_tree *other = f->found.other;
	struct kb_reader_out out = {
		.ctx = &f->found,
		.entry = take_entry,
		.diags = {take_diag, &f->found},
		.wants_all = true,
		.other = find_other,
		.others = &f->found,
	};
	struct kb_error err;

	f->found = (struct findings){.other = other};
	f->server.asked[0] = '\0';
	f->server.files[0] = (struct file){path, text};
	assert_int_equal(kb_grub_read_net(&f->tree, path, net, &out, &err), 0);
}

static void run(struct fixture *f, const char *text)
{
	static const struct kb_grub_net net = {0};

	start(f, "/grub/grub.cfg", text, &net);
}

/* What an entry called so is titled. */
static void assert_expands(struct fixture *f, const char *words, const char *title)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "menuentry \"%s\" { linux /k; }", words);
	run(f, text);
	assert_int_equal(f->found.n, 1);
	assert_string_equal(f->found.title[0], title);
}

/* What a kernel of that name is to kboot. */
static void assert_kernel(struct fixture *f, const char *name, const char *url)
{
	char text[512];

	(void)snprintf(text, sizeof(text), "menuentry a { linux \"%s\"; initrd \"%s\"; }", name,
		       name);
	run(f, text);
	assert_int_equal(f->found.n, 1);
	assert_string_equal(f->found.problem[0], "");
	assert_string_equal(f->found.kernel[0], url);
	assert_string_equal(f->found.initrd[0], url);
}

static void the_server_is_the_root(void **state)
{
	struct fixture *f = *state;

	assert_expands(f, "$root $prefix", "tftp,10.0.0.1 (tftp,10.0.0.1)/grub");
	assert_expands(f, "$config_file $config_directory $cmdpath",
		       "(tftp,10.0.0.1)/grub/grub.cfg (tftp,10.0.0.1)/grub (tftp,10.0.0.1)/grub");
	assert_expands(f, "$net_default_server $pxe_default_server", "10.0.0.1 10.0.0.1");
	f->tree.name = "http://h:8080";
	assert_expands(f, "$root $prefix", "http,h:8080 (http,h:8080)/grub");
	assert_expands(f, "$net_default_server", "h:8080");
	f->tree.name = "http://node1p2";
	assert_expands(f, "$root", "http,node1p2");
	assert_string_equal(f->found.file, "/grub/grub.cfg");
}

static void the_lease_is_preset(void **state)
{
	static const char words[] =
		"menuentry \"$net_default_interface $net_default_ip $net_default_mac "
		"$net_default_server\" { linux /k; }\n"
		"menuentry \"$net_efinet0_ip $net_efinet0_mac $net_efinet0_next_server "
		"$net_efinet0_hostname $net_efinet0_domain $net_efinet0_boot_file\" { linux /k; }\n"
		"menuentry \"$net_efinet0_rootpath $net_efinet0_clientuuid $net_pxe_ip\" "
		"{ linux /k; }\n"
		"submenu s { menuentry \"$net_default_ip $net_efinet0_hostname\" { linux /k; } }\n";
	static const struct kb_grub_net net = {
		.ip = "10.0.0.9",
		.mac = "52:54:00:12:34:56",
		.server = "10.0.0.2",
		.hostname = "node",
		.domain = "example.org",
		.boot_file = "grub/grubx64.efi",
		.root_path = "nfs:/r",
		.uuid = "9cfe245e-d0c8-bd45-a79f-54ea5fbd3d97",
	};
	struct fixture *f = *state;

	start(f, "/grub/grub.cfg", words, &net);
	assert_int_equal(f->found.n, 4);
	assert_string_equal(f->found.title[0], "efinet0 10.0.0.9 52:54:00:12:34:56 10.0.0.2");
	assert_string_equal(
		f->found.title[1],
		"10.0.0.9 52:54:00:12:34:56 10.0.0.2 node example.org grub/grubx64.efi");
	assert_string_equal(f->found.title[2], "nfs:/r 9cfe245e-d0c8-bd45-a79f-54ea5fbd3d97 ");
	assert_string_equal(f->found.title[3], "10.0.0.9 node");
	start(f, "/grub/grub.cfg",
	      "if [ $grub_platform = pc ]; then menuentry "
	      "\"$net_default_interface $net_pxe_ip\" { linux /k; }; fi",
	      &net);
	assert_int_equal(f->found.n, 1);
	assert_string_equal(f->found.title[0], "pxe 10.0.0.9");
}

static void files_are_urls(void **state)
{
	struct fixture *f = *state;

	assert_kernel(f, "/images/vmlinuz", "tftp://10.0.0.1/images/vmlinuz");
	assert_kernel(f, "images/vmlinuz", "tftp://10.0.0.1/images/vmlinuz");
	assert_kernel(f, "//images/vmlinuz", "tftp://10.0.0.1/images/vmlinuz");
	assert_kernel(f, "($root)/k", "tftp://10.0.0.1/k");
	assert_kernel(f, "$prefix/k", "tftp://10.0.0.1/grub/k");
	assert_kernel(f, "(pxe)/k", "tftp://10.0.0.1/k");
	assert_kernel(f, "(tftp)/k", "tftp://10.0.0.1/k");
	assert_kernel(f, "(http)/k", "http://10.0.0.1/k");
	assert_kernel(f, "(pxe:10.0.0.7)/k", "tftp://10.0.0.7/k");
	assert_kernel(f, "(tftp,10.0.0.7)k", "tftp://10.0.0.7/k");
	assert_kernel(f, "(http,other:81)/k", "http://other:81/k");
	assert_kernel(f, "(https,other)/k", "https://other/k");
	assert_kernel(f, "(http,fe80::1)/k", "http://[fe80::1]/k");
	assert_kernel(f, "(http,[fe80::1]:81)/k", "http://[fe80::1]:81/k");
	f->tree.name = "http://h:8080";
	assert_kernel(f, "/k", "http://h:8080/k");
	assert_kernel(f, "(http)/k", "http://h:8080/k");
	assert_kernel(f, "(tftp)/k", "tftp://h/k");
	f->tree.name = "tftp://[fe80::1]";
	assert_kernel(f, "/k", "tftp://[fe80::1]/k");
	assert_kernel(f, "(http)/k", "http://[fe80::1]/k");
}

/* TFTP has no quoting: all bytes are the name's. Of HTTP GRUB sends what is written. */
static void bytes_of_paths_are_encoded(void **state)
{
	struct fixture *f = *state;

	assert_kernel(f, "/a b|c#\xc3\xa9", "tftp://10.0.0.1/a%20b%7Cc%23%C3%A9");
	assert_kernel(f, "/a%20b?c", "tftp://10.0.0.1/a%2520b%3Fc");
	assert_kernel(f, "(http,h)/a%20b?c=d&e|f", "http://h/a%20b?c=d&e%7Cf");
	assert_kernel(f, "(http,h)/100%", "http://h/100%25");
}

static void another_default_server(void **state)
{
	struct fixture *f = *state;

	run(f, "set net_default_server=10.0.0.7\n"
	       "menuentry a { linux (tftp)/k; initrd /i; }\n");
	assert_string_equal(f->found.kernel[0], "tftp://10.0.0.7/k");
	assert_string_equal(f->found.initrd[0], "tftp://10.0.0.1/i");
	run(f, "set net_default_server=\nmenuentry a { linux (tftp)/k; }\n");
	assert_string_equal(f->found.kernel[0], "");
	assert_string_equal(f->found.problem[0],
			    "kernel: (tftp): nothing in the file says which server");
	run(f, "menuentry a { linux \"(http,h/x)/k\"; }\n");
	assert_string_equal(f->found.problem[0],
			    "kernel: (http,h/x) is no device that kboot knows by that name");
	run(f, "menuentry a { linux (hd0,gpt2)/k; }\n");
	assert_string_equal(
		f->found.problem[0],
		"kernel: (hd0,gpt2) is another disk, and nothing in the file says which");
}

static void tests_ask_the_server(void **state)
{
	struct fixture *f = *state;

	f->server.files[1] = (struct file){"/x", "content"};
	f->server.files[2] = (struct file){"/empty", ""};
	run(f, "if [ -f (tftp)/x ]; then a=f; fi\n"
	       "if [ -e /x ]; then b=e; fi\n"
	       "if [ -s (pxe)/x ]; then c=s; fi\n"
	       "if [ -s /empty -o -f /none -o -d /x -o -f (tftp,10.0.0.2)/x ]; then d=z; fi\n"
	       "menuentry \"$a$b$c$d\" { linux /k; }\n");
	assert_string_equal(f->found.title[0], "fes");
	assert_null(strstr(f->server.asked, "/k")); /* kernels are not */
}

static void scripts_lead_to_scripts(void **state)
{
	struct fixture *f = *state;

	f->server.files[1] = (struct file){"/grub/a.cfg", "menuentry a { linux /a; }\n"};
	f->server.files[2] = (struct file){"/b.cfg", "menuentry b { linux /b; }\n"};
	run(f, "source $prefix/a.cfg\nsource (tftp)b.cfg\n"
	       "menuentry more { configfile (pxe)/b.cfg }\n");
	assert_int_equal(f->found.n, 3);
	assert_string_equal(f->found.kernel[0], "tftp://10.0.0.1/a");
	assert_string_equal(f->found.kernel[1], "tftp://10.0.0.1/b");
	assert_string_equal(f->found.kernel[2], "tftp://10.0.0.1/b");
	assert_string_equal(f->found.file, "/b.cfg");
	assert_int_equal(f->found.n_diags, 0);
	run(f, "menuentry a { linux /a; }\nconfigfile /b.cfg\n");
	assert_int_equal(f->found.n, 1);
	assert_string_equal(f->found.title[0], "b");
}

static void another_server_may_be_had(void **state)
{
	static const char text[] = "source (http,other:81)/grub/grub.cfg\n"
				   "menuentry m { configfile (http,other:81)/menu.cfg }\n"
				   "menuentry a { linux /a; }\n";
	struct fixture *f = *state;

	f->other_server.files[0] = (struct file){"/grub/grub.cfg", "menuentry o { linux /o; }\n"};
	f->other_server.files[1] = (struct file){"/menu.cfg", "menuentry n { linux /n; }\n"};
	run(f, text);
	assert_int_equal(f->found.n, 2);
	assert_string_equal(f->found.title[0], "m");
	assert_string_equal(f->found.problem[0], "configfile (http,other:81)/menu.cfg: a server's, "
						 "which cannot be had");
	assert_string_equal(f->found.kernel[1], "tftp://10.0.0.1/a");
	assert_string_equal(f->found.other_name, "http://other:81");
	assert_int_equal(f->found.n_diags, 1);
	assert_string_equal(f->found.said,
			    "tftp://10.0.0.1/grub/grub.cfg:1: (http,other:81)/grub/grub.cfg: on "
			    "another server");
	f->found.other = &f->other;
	run(f, text);
	assert_int_equal(f->found.n, 3);
	/* $root is as it was. */
	assert_string_equal(f->found.kernel[0], "tftp://10.0.0.1/o");
	assert_string_equal(f->found.kernel[1], "tftp://10.0.0.1/n");
}

static void searches_find_disks(void **state)
{
	struct fixture *f = *state;

	f->server.files[1] = (struct file){"/vmlinuz", "x"};
	run(f, "search --set=root --fs-uuid ABCD-1234\nmenuentry u { linux /vmlinuz; }\n");
	assert_string_equal(f->found.kernel[0], "UUID=ABCD-1234:/vmlinuz");
	run(f, "search --set=root --label L\nmenuentry l { linux /vmlinuz; }\n");
	assert_string_equal(f->found.kernel[0], "LABEL=L:/vmlinuz");
	run(f, "search --set=root --file /vmlinuz\nmenuentry f { linux /k; }\n");
	assert_string_equal(f->found.kernel[0], "tftp://10.0.0.1/k");
	assert_null(strstr(f->server.asked, "/vmlinuz"));
	assert_string_equal(f->found.said,
			    "tftp://10.0.0.1/grub/grub.cfg:1: search: no device has /vmlinuz");
}

static void a_server_is_not_written_to(void **state)
{
	static char block[1025];
	struct fixture *f = *state;

	memset(block, '#', sizeof(block) - 1);
	memcpy(block, "# GRUB Environment Block\nx=y\n", 29);
	f->server.files[1] = (struct file){"/grub/grubenv", block};
	run(f, "load_env\nmenuentry \"$x\" { save_env x; linux /k; }\n");
	assert_string_equal(f->found.title[0], "y");
	assert_int_equal(f->found.n_writes, 0);
}

static void the_network_is_up(void **state)
{
	struct fixture *f = *state;

	run(f, "net_bootp\nif net_dhcp; then menuentry a { linux /k; }; fi\n");
	assert_int_equal(f->found.n, 1);
	assert_int_equal(f->found.n_diags, 0);
}

static void what_is_not_there_is_said(void **state)
{
	struct fixture *f = *state;
	struct kb_reader_out out = {.ctx = &f->found, .diags = {take_diag, &f->found}};
	const struct kb_grub_net net = {0};
	struct kb_error err;

	assert_int_equal(kb_grub_read_net(&f->tree, "/grub/grub.cfg", &net, &out, &err), 0);
	assert_string_equal(f->found.said, "tftp://10.0.0.1/grub/grub.cfg:0: the file cannot be "
					   "read: No such file or directory");
}

#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SERVER(the_server_is_the_root),  WITH_SERVER(the_lease_is_preset),
		WITH_SERVER(files_are_urls),          WITH_SERVER(bytes_of_paths_are_encoded),
		WITH_SERVER(another_default_server),  WITH_SERVER(tests_ask_the_server),
		WITH_SERVER(scripts_lead_to_scripts), WITH_SERVER(another_server_may_be_had),
		WITH_SERVER(searches_find_disks),     WITH_SERVER(a_server_is_not_written_to),
		WITH_SERVER(the_network_is_up),       WITH_SERVER(what_is_not_there_is_said),
	};

	return cmocka_run_group_tests_name("grub_net", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits, leases and ways through menus; the language is in tests/golden/ipxe. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

#include "kboot/formats/ipxe.h"

/* What "x.ipxe" says; NULL: it is a kernel. */
static const char *the_file;

static enum kb_ipxe_file look(void *ctx, const char *url, const char *post, enum kb_ipxe_use use,
			      struct kb_str *ret_text)
{
	(void)ctx;
	(void)post;
	if (strcmp(url, "u/nosuch") == 0) {
		return KB_IPXE_ABSENT;
	}
	if (use != KB_IPXE_RUN || !the_file || strcmp(url, "u/x.ipxe") != 0) {
		return strcmp(url, "u/later") == 0 ? KB_IPXE_UNKNOWN : KB_IPXE_OTHER;
	}
	*ret_text = kb_str_from(the_file);
	return KB_IPXE_SCRIPT;
}

static const char *join(void *ctx, struct kb_arena *arena, const char *base, const char *text)
{
	(void)ctx;
	(void)base;
	return kb_arena_printf(arena, "u/%s", text);
}

static struct kb_ipxe_result run(struct kb_arena *arena, const char *script,
				 const struct kb_ipxe_answer *answers, size_t n_answers)
{
	const struct kb_ipxe_host host = {.look = look,
					  .join = join,
					  .answers = answers,
					  .n_answers = n_answers};
	struct kb_ipxe_result result = {0};

	assert_int_equal(kb_ipxe_run(arena, "u", kb_str_from(script), &host, &result), 0);
	return result;
}

static void assert_fails(const char *script, const char *why)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result result = run(&arena, script, NULL, 0);

	assert_int_equal(result.end, KB_IPXE_FAILED);
	assert_non_null(strstr(result.text, why));
}

static void assert_ends(const char *script, enum kb_ipxe_end end, const char *output)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result result = run(&arena, script, NULL, 0);

	assert_string_equal(result.output, output);
	assert_int_equal(result.end, end);
}

static void what_has_no_end_is_ended(void **state)
{
	(void)state;
	assert_fails("#!ipxe\n:a\ngoto a\n", "come to an end");
	assert_fails("#!ipxe\n:a\nsleep 1\ngoto a\n", "waits for what does not come");
	assert_fails("#!ipxe\nset a 0123456789abcdef\n:a\nset a ${a}${a}\ngoto a\n", "larger than");
	assert_fails("#!ipxe\nset i:int32 0\n:a\ninc i\nset v${i} 0123456789\ngoto a\n",
		     "more than 1024 settings");
	assert_fails("#!ipxe\n:a\nmenu x\nitem a b\ngoto a\n", "come to an end");
	assert_fails("#!ipxe\n:a\necho 0123456789 0123456789 0123456789 0123456789\ngoto a\n",
		     "prints more than");
	assert_fails("#!ipxe\nset a:hex 24:7b:61:3a:73:74:72:69:6e:67:7d\necho ${a:string}\n",
		     "come to an end");
	the_file = "#!ipxe\nchain x.ipxe\n";
	assert_fails("#!ipxe\nchain x.ipxe\n", "in each other");
	the_file = "#!ipxe\n";
	assert_fails("#!ipxe\n:a\nchain x.ipxe\ngoto a\n", "come to an end");
	the_file = NULL;
}

static void what_is_no_script_is_said(void **state)
{
	(void)state;
	assert_fails("", "no script");
	assert_fails("#!ipxe", "no script");
	assert_fails("#!ipxex\n", "no script");
	assert_fails("\n#!ipxe\n", "no script");
	assert_fails("#!ipxe\nnosuch\n", "nosuch: no such command");
	assert_ends("#!ipxe\n", KB_IPXE_LOCAL, "");
	assert_ends("#!gpxe \r\necho x", KB_IPXE_LOCAL, "x\n");
	assert_ends("#!ipxe\nexit 1\n", KB_IPXE_LOCAL, "");
	assert_ends("#!ipxe\nshell\necho x\n", KB_IPXE_SHELL, "");
	assert_ends("#!ipxe\nreboot --warm && echo x\n", KB_IPXE_REBOOT, "");
	assert_ends("#!ipxe\npoweroff\n", KB_IPXE_POWEROFF, "");
}

static void an_end_says_where(void **state)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result result =
		run(&arena, "#!ipxe\n:x echo a && chain later || echo b\n", NULL, 0);

	(void)state;
	assert_int_equal(result.end, KB_IPXE_NEEDS);
	assert_string_equal(result.text, "u/later");
	assert_string_equal(result.at.file, "u");
	assert_int_equal(result.at.line, 2);
	assert_int_equal(result.at.column, 14);
}

/* What kernel loads and boot starts may be believed to be a kernel; what chain runs is looked at.
 */
static void a_script_that_is_loaded_runs(void **state)
{
	(void)state;
	the_file = "#!ipxe\necho inner ${cwuri}\n";
	assert_ends("#!ipxe\nchain x.ipxe\nimgfetch x.ipxe\nimgexec x.ipxe\n", KB_IPXE_LOCAL,
		    "inner u/x.ipxe\ninner u/x.ipxe\n");
	assert_ends("#!ipxe\nkernel x.ipxe\nboot\n", KB_IPXE_BOOTS, "");
	the_file = NULL;
	assert_ends("#!ipxe\nchain x.ipxe\n", KB_IPXE_BOOTS, "");
}

static const char menus[] =
	"#!ipxe\n"
	":top\nmenu Top\nitem --key x a  First\nitem sub Sub ...\nitem --gap -- ---\nitem b\n"
	"choose --default b --timeout 5000 what || exit\ngoto ${what}\n"
	":a\nkernel linux one\ninitrd i1\nboot\n"
	":sub\nmenu Sub\nitem c Third\nitem back Back\nitem top2 Also\nchoose what\ngoto ${what}\n"
	":c\nread name\nkernel linux three ${name}\nboot\n"
	":back\ngoto top\n:top2\ngoto top\n"
	":b\nchain nosuch\n";

struct found {
	char text[2048];
	int answer;
};

static void count_diag(void *ctx, const struct kb_diag *diag)
{
	assert_string_equal(diag->text, "nosuch: no such command");
	++*(size_t *)ctx;
}

static int take_leaf(void *ctx, const struct kb_ipxe_leaf *leaf)
{
	KB_ARENA struct kb_arena arena = {0};
	struct found *found = ctx;
	size_t len = strlen(found->text);
	struct kb_entry e;

	assert_int_equal(kb_ipxe_entry(&arena, "u", leaf, &e), 0);
	(void)snprintf(found->text + len, sizeof(found->text) - len, "%s%s%s:%s,%s,%s,%s%s;",
		       e.n_path > 0 ? e.path[0] : "", e.n_path > 0 ? "/" : "", e.title,
		       e.kernel ? e.kernel : "", e.args ? e.args : "",
		       e.n_problems > 0 ? e.problems[0] : "", e.hotkey ? e.hotkey : "",
		       e.is_default ? "*" : "");
	return found->answer;
}

static void each_way_is_an_entry_once(void **state)
{
	static const char *const settings[] = {"name=x y"};
	const struct kb_ipxe_host host = {.look = look,
					  .join = join,
					  .settings = settings,
					  .n_settings = 1};
	struct found found = {.answer = 0};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result first;

	(void)state;
	assert_int_equal(kb_ipxe_walk(&arena, "u", kb_str_from(menus), &host, take_leaf, &found,
				      &first),
			 0);
	assert_string_equal(found.text, "First:u/linux,one,,x;"
					"Sub .../Third:u/linux,three x y,,;"
					"b:,,u:30: u/nosuch: it cannot be had,*;");
	assert_int_equal(first.end, KB_IPXE_MENU);
	assert_string_equal(first.menu.title, "Top");
	assert_int_equal(first.menu.chosen, 3);
	assert_int_equal(first.menu.timeout_ms, 5000);

	found = (struct found){.answer = -EIO};
	assert_int_equal(kb_ipxe_walk(&arena, "u", kb_str_from(menus), &host, take_leaf, &found,
				      &first),
			 -EIO);
	assert_string_equal(found.text, "First:u/linux,one,,x;");
}

/* Who goes back for want of a file is shown; what is wrong on several ways is said once. */
static void what_is_missing_is_an_entry(void **state)
{
	static const char script[] = "#!ipxe\n:top\nnosuch ||\nmenu M\nitem a A\nitem b B\n"
				     "choose x\ngoto ${x}\n:a\nkernel nosuch || goto top\n"
				     ":b\nprompt any key\ngoto top\n";
	size_t n_diags = 0;
	const struct kb_ipxe_host host = {.look = look,
					  .join = join,
					  .diags = {count_diag, &n_diags}};
	struct found found = {.answer = 0};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result first;

	(void)state;
	assert_int_equal(kb_ipxe_walk(&arena, "u", kb_str_from(script), &host, take_leaf, &found,
				      &first),
			 0);
	assert_string_equal(found.text, "A:,,u/nosuch: it cannot be had,*;");
	assert_int_equal(n_diags, 1);
}

/* The last menu is asked for ever; each item leads to a new one. */
static void ways_without_an_end_are_ended(void **state)
{
	static const char deep[] =
		"#!ipxe\nset i:int32 0\n:a\ninc i\nmenu M ${i}\nitem l L\nitem r R\n"
		"choose x\ngoto a\n";
	const struct kb_ipxe_host host = {.look = look, .join = join};
	struct found found = {.answer = 0};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result first;

	(void)state;
	assert_int_equal(kb_ipxe_walk(&arena, "u", kb_str_from(deep), &host, take_leaf, &found,
				      &first),
			 0);
	assert_non_null(strstr(found.text, "asks too often"));
}

static void an_answer_is_for_one_question(void **state)
{
	static const struct kb_ipxe_answer answers[] = {{"sub", false},
							{"c", false},
							{"me", false}};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result result = run(&arena, menus, answers, 2);

	(void)state;
	assert_int_equal(result.end, KB_IPXE_ASK);
	assert_string_equal(result.question.variable, "name");
	assert_int_equal(result.n_answers, 2);
	result = run(&arena, menus, answers, 3);
	assert_int_equal(result.end, KB_IPXE_BOOTS);
	assert_string_equal(result.args, "three me");
}

static void assert_lease(const char *const *lease, size_t n, const char *script, const char *output)
{
	struct kb_ipxe_host host = {.look = look, .join = join};
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result result;

	assert_int_equal(kb_ipxe_lease(&arena, lease, n, &host.settings, &host.n_settings), 0);
	assert_int_equal(kb_ipxe_run(&arena, "u", kb_str_from(script), &host, &result), 0);
	assert_string_equal(result.output, output);
}

static void a_lease_is_settings(void **state)
{
	static const char *const lease[] = {
		"interface=eth0",
		"mac=00:11:22:33:44:55",
		"ip=10.0.0.7",
		"mask=20",
		"router=10.0.0.1 10.0.0.2",
		"dns=10.0.0.3 10.0.0.4",
		"siaddr=10.0.0.5",
		"boot_file=other",
		"bootfile=a b",
		"opt175=010203",
		"opt209=2f78",
		"pxepathprefix=/tftp/",
		"serverid=10.0.0.9",
		"uuid=00112233-4455-6677-8899-AABBCCDDEEFF",
		"tftp=server",
	};
	static const char *const other[] = {"siaddr=0.0.0.0", "tftp=10.0.0.8", "mask=33",
					    "boot_file=x",    "ip=",           "ip=nonsense",
					    "opt=1",          "opt5"};

	(void)state;
	assert_lease(
		lease, KB_ARRAY_LEN(lease),
		"#!ipxe\n"
		"echo ${mac} ${net0/mac:hexhyp} ${ip} ${netmask} ${gateway} ${dns}\n"
		"echo ${next-server} ${filename}|${67}|${66:string}|${uuid}|${dhcp-server}\n"
		"echo ${175} ${net0/175:hex} ${209:string} ${210:string} ${dhcp/ip}\n",
		"00:11:22:33:44:55 00-11-22-33-44-55 10.0.0.7 255.255.240.0 10.0.0.1 10.0.0.3\n"
		"10.0.0.5 a b|a b|server|00112233-4455-6677-8899-aabbccddeeff|10.0.0.9\n"
		"010203 01:02:03 /x /tftp/ 10.0.0.7\n");
	assert_lease(other, KB_ARRAY_LEN(other),
		     "#!ipxe\necho ${next-server} ${filename} ${netmask}|${ip}|\n",
		     "10.0.0.8 x ||\n");
}

static void memory_may_be_gone(void **state)
{
	struct kb_ipxe_host host = {.look = look, .join = join};
	KB_ARENA struct kb_arena arena = {.max_bytes = 16};
	struct kb_ipxe_result result;

	(void)state;
	assert_int_equal(kb_ipxe_run(&arena, "u", kb_str_from(menus), &host, &result), -ENOMEM);
}

static void long_mode_is_a_fact(void **state)
{
	struct kb_ipxe_host host = {.look = look, .join = join, .lacks_long_mode = true};
	static const struct kb_str script =
		KB_STR("#!ipxe\ncpuid --ext 29 || echo none\ncpuid 29 && echo yes\n");
	KB_ARENA struct kb_arena arena = {0};
	struct kb_ipxe_result result;

	(void)state;
	assert_int_equal(kb_ipxe_run(&arena, "u", script, &host, &result), 0);
	assert_string_equal(result.output, "none\nyes\n");
	host.lacks_long_mode = false;
	assert_int_equal(kb_ipxe_run(&arena, "u", script, &host, &result), 0);
	assert_string_equal(result.output, "yes\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_has_no_end_is_ended),
		cmocka_unit_test(what_is_no_script_is_said),
		cmocka_unit_test(an_end_says_where),
		cmocka_unit_test(a_script_that_is_loaded_runs),
		cmocka_unit_test(each_way_is_an_entry_once),
		cmocka_unit_test(what_is_missing_is_an_entry),
		cmocka_unit_test(ways_without_an_end_are_ended),
		cmocka_unit_test(an_answer_is_for_one_question),
		cmocka_unit_test(a_lease_is_settings),
		cmocka_unit_test(memory_may_be_gone),
		cmocka_unit_test(long_mode_is_a_fact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

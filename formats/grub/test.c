/* SPDX-License-Identifier: GPL-2.0-or-later */
/* test and [: GRUB's own rules, in which there is no arity. */
#include <errno.h>
#include <sys/stat.h>

#include "commands.h"
#include "devices.h"

enum { MAX_PARENTHESES = 100 };

struct reading {
	struct grub *g;
	char **words;
	size_t n;
	size_t i;
	unsigned depth;
};

/* A number in C's notation at the head of the text, cut to 32 bits; rubbish is 0. */
static int number(struct grub *g, const char *text)
{
	const char *digits = text + strspn(text, " \t");
	const char *first = digits + (*digits == '-');
	/* 08 is 8, not the 0 that C's octal notation would stop at. */
	int base = first[0] == '0' && first[1] >= '8' && first[1] <= '9' ? 10 : 0;

	if (!kb_is_digit(*first) && *text) {
		grub_report(g, GRUB_TROUBLE_COMMAND, "test: `%.64s` is no number", text);
		return 0;
	}
	return (int)strtoll(digits, NULL, base);
}

/* -pgt, -plt: what stands behind the prefix that both have. */
static void skip_prefix(const char **a, const char **b)
{
	while (**a && **a == **b && !kb_is_digit(**a)) {
		++*a;
		++*b;
	}
}

enum comparison { LESS = 1, EQUAL = 2, GREATER = 4 };

static int sign(int a, int b)
{
	return a < b ? LESS : a > b ? GREATER : EQUAL;
}

/* "-nt", "-nt10": the file on the left is newer, by a bias. -1: not that op. */
static int compare_times(struct grub *g, const char *a, const char *op, const char *b)
{
	bool newer = strncmp(op, "-nt", 3) == 0;
	KB_CLOSE int a_fd = -1;
	KB_CLOSE int b_fd = -1;
	struct stat x;
	struct stat y;
	int bias;

	if (!newer && strncmp(op, "-ot", 3) != 0) {
		return -1;
	}
	bias = op[3] ? number(g, op + 3) : 0;
	if (grub_open(g, a, &a_fd) < 0 || grub_open(g, b, &b_fd) < 0 || fstat(a_fd, &x) < 0 ||
	    fstat(b_fd, &y) < 0) {
		return 0;
	}
	return newer ? x.st_mtime + bias > y.st_mtime : x.st_mtime + bias < y.st_mtime;
}

/* Whether the three words are a comparison that holds; -1: they are none. */
static int compare(struct grub *g, const char *a, const char *op, const char *b)
{
	static const struct {
		const char *text;
		char type; /* string, number, prefix */
		int holds;
	} operators[] = {
		{"=", 's', EQUAL},
		{"==", 's', EQUAL},
		{"!=", 's', LESS | GREATER},
		{"<", 's', LESS},
		{"<=", 's', LESS | EQUAL},
		{">", 's', GREATER},
		{">=", 's', GREATER | EQUAL},
		{"-eq", 'n', EQUAL},
		{"-ne", 'n', LESS | GREATER},
		{"-lt", 'n', LESS},
		{"-le", 'n', LESS | EQUAL},
		{"-gt", 'n', GREATER},
		{"-ge", 'n', GREATER | EQUAL},
		{"-pgt", 'p', GREATER},
		{"-plt", 'p', LESS},
	};

	for (size_t i = 0; i < KB_ARRAY_LEN(operators); i++) {
		if (strcmp(op, operators[i].text) != 0) {
			continue;
		}
		if (operators[i].type == 's') {
			return (sign(strcmp(a, b), 0) & operators[i].holds) != 0;
		}
		if (operators[i].type == 'p') {
			skip_prefix(&a, &b);
		}
		return (sign(number(g, a), number(g, b)) & operators[i].holds) != 0;
	}
	return compare_times(g, a, op, b);
}

/* Without following a link; a / at the end goes. The path is what stands behind the first ), even
 * where no ( is before it. */
static bool look(struct grub *g, const char *name, char op)
{
	char link[KB_TREE_LINK_BYTES];
	char path[KB_TREE_LINK_BYTES];
	enum kb_tree_type type;
	const struct kb_tree *tree;
	struct grub_place place;
	struct stat st;
	size_t len;

	if (name[0] != '(' && op != 's' && strchr(name, ')')) {
		name = strchr(name, ')') + 1;
	}
	grub_place_of(g, grub_get(g, "root"), name, &place);
	tree = grub_place_tree(g, &place);
	if (op == 's') {
		KB_CLOSE int fd = -1;

		return tree && kb_tree_open(tree, place.file, &fd) == 0 && fstat(fd, &st) == 0 &&
		       st.st_size > 0;
	}
	len = strlen(place.file);
	while (len > 0 && place.file[len - 1] == '/') {
		len--;
	}
	if (!tree || len >= sizeof(path)) {
		return false;
	}
	if (len == 0) {
		return op != 'f';
	}
	(void)snprintf(path, sizeof(path), "%.*s", (int)len, place.file);
	if (kb_tree_look(tree, path, &type, link) < 0) {
		/* A link on the way to it. */
		KB_CLOSE int fd = -1;

		type = kb_tree_has_file(tree, path) == 0 ? KB_TREE_FILE : KB_TREE_DIR;
		if (type == KB_TREE_DIR && kb_tree_open_dir(tree, path, &fd) < 0) {
			return false;
		}
	}
	return op == 'e' || (op == 'd') == (type == KB_TREE_DIR);
}

static bool expression(struct reading *t);

static bool group(struct reading *t)
{
	bool holds;

	t->i++;
	if (++t->depth > MAX_PARENTHESES) {
		grub_stop(t->g, GRUB_TROUBLE_DEPTH, "test: more than %d parentheses",
			  MAX_PARENTHESES);
		return false;
	}
	holds = expression(t);
	t->depth--;
	return holds;
}

/* The next test of one or two words. */
static bool primary(struct reading *t)
{
	char **words = t->words + t->i;

	if (t->n - t->i >= 2 && words[0][0] == '-' && words[0][1] && !words[0][2]) {
		t->i += 2;
		switch (words[0][1]) {
		case 'd':
		case 'e':
		case 'f':
		case 's':
			return look(t->g, words[1], words[0][1]);
		case 'n':
			return words[1][0] != '\0';
		case 'z':
			return words[1][0] == '\0';
		default:
			t->i -= 2;
		}
	}
	t->i++;
	return words[0][0] != '\0';
}

/* A comparison comes before all else that its first word could be; -1: there is none. */
static int comparison(struct reading *t)
{
	char **words = t->words + t->i;
	int holds = t->n - t->i >= 3 ? compare(t->g, words[0], words[1], words[2]) : -1;

	t->i += holds >= 0 ? 3 : 0;
	return holds;
}

/* Up to a ) or the end: all must hold, but -o begins anew. */
static bool expression(struct reading *t)
{
	bool any = false;
	bool all = true;
	bool negated = false;

	while (t->i < t->n && !t->g->is_stopped) {
		const char *word = t->words[t->i];
		int holds = comparison(t);

		if (holds < 0 && strcmp(word, ")") == 0) {
			t->i++;
			break;
		}
		if (holds < 0 && (strcmp(word, "-a") == 0 || strcmp(word, "!") == 0)) {
			negated = word[0] == '!' ? !negated : negated;
			t->i++;
			continue;
		}
		if (holds < 0 && strcmp(word, "-o") == 0) {
			any = any || all;
			all = true;
			t->i++;
			continue;
		}
		if (holds < 0) {
			holds = strcmp(word, "(") == 0 ? group(t) : primary(t);
		}
		all = all && (holds != 0) != negated;
		negated = false;
	}
	return any || all;
}

int grub_test(struct grub *g, struct grub_arguments *args, const struct grub_node *node)
{
	struct reading t = {.g = g, .words = args->words + 1, .n = args->n - 1};
	bool is_bracket = strcmp(args->words[0], "[") == 0;

	(void)node;
	if (is_bracket && t.n > 0 && strcmp(t.words[t.n - 1], "]") == 0) {
		t.n--;
	}
	return expression(&t) ? 0 : GRUB_FALSE;
}

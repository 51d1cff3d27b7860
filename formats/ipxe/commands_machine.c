/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine: how it goes on, what it is, and what is sent with a request. */
#include "commands.h"
#include "expand.h"
#include "images.h"
#include "options.h"

/* The network is up, else there were no script; and a console has its colours. */
static int succeed(struct ipxe *x, const struct ipxe_words *args)
{
	(void)x;
	(void)args;
	return IPXE_OK;
}

static int refuse(struct ipxe *x, const struct ipxe_words *args)
{
	ipxe_warn(x, "%s: kboot cannot do that", args->words[0]);
	return ipxe_fail(x, IPXE_UNSUPPORTED, "%s: kboot cannot do that", args->words[0]);
}

static int shell(struct ipxe *x, const struct ipxe_words *args)
{
	(void)args;
	ipxe_end(x, KB_IPXE_SHELL, NULL);
	return IPXE_OK;
}

static int reboot(struct ipxe *x, const struct ipxe_words *args)
{
	(void)args;
	ipxe_end(x, KB_IPXE_REBOOT, NULL);
	return IPXE_OK;
}

static int poweroff(struct ipxe *x, const struct ipxe_words *args)
{
	(void)args;
	ipxe_end(x, KB_IPXE_POWEROFF, NULL);
	return IPXE_OK;
}

/* Without a URL it is a disk of this machine. */
static int sanboot(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option spec[] = {
		{"drive", 'd', true}, {"no-describe", 'n', false},
		{"keep", 'k', false}, {"filename", 'f', true},
		{"extra", 'e', true}, {"label", 'l', true},
		{"uuid", 'u', true},  {NULL, 0, false},
	};
	struct ipxe_options options;
	int r = ipxe_options(x, args, spec, 0, SIZE_MAX, &options);

	if (r != IPXE_OK) {
		return r;
	}
	if (options.n == 0) {
		ipxe_end(x, KB_IPXE_LOCAL, NULL);
	} else {
		ipxe_end(x, KB_IPXE_SANBOOT,
			 "sanboot %s: kboot does not start from a disk in the network",
			 args->words[options.first]);
	}
	return IPXE_OK;
}

/* Long mode is the one that scripts ask for; any other feature is taken to be there. */
static int cpuid(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option spec[] = {{"ext", 'e', false},
						  {"ecx", 'c', false},
						  {NULL, 0, false}};
	enum { LONG_MODE = 29 };
	struct ipxe_options options;
	unsigned bit = 0;
	int r = ipxe_options(x, args, spec, 1, 1, &options);

	r = r == IPXE_OK ? ipxe_option_number(x, args->words[options.first], &bit) : r;
	if (r == IPXE_OK && x->host->lacks_long_mode && options.values[0] && !options.values[1] &&
	    bit == LONG_MODE) {
		r = ipxe_fail(x, IPXE_MISSING, "cpuid: the processor has no long mode");
	}
	return r;
}

static struct ipxe_params *find_params(const struct ipxe *x, const char *name)
{
	struct ipxe_params *at = x->params;

	while (at && strcmp(at->name, name ? name : "") != 0) {
		at = at->next;
	}
	return at;
}

static int params(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option spec[] = {{"name", 'n', true},
						  {"delete", 'd', false},
						  {NULL, 0, false}};
	struct ipxe_options options;
	struct ipxe_params *found;
	int r = ipxe_options(x, args, spec, 0, 0, &options);

	if (r != IPXE_OK) {
		return r;
	}
	found = find_params(x, options.values[0]);
	if (!found) {
		found = ipxe_alloc(x, sizeof(*found));
		if (!found) {
			return IPXE_OK;
		}
		found->next = x->params;
		found->name = ipxe_keep(x, options.values[0] ? options.values[0] : "");
		x->params = found->name ? found : x->params;
	}
	found->post = "";
	return IPXE_OK;
}

static int param(struct ipxe *x, const struct ipxe_words *args)
{
	static const struct ipxe_option spec[] = {{"params", 'p', true},
						  {"header", 'H', false},
						  {NULL, 0, false}};
	KB_BUF struct kb_buf post = {.max_bytes = IPXE_MAX_WORD};
	struct ipxe_options options;
	struct ipxe_params *found;
	int r = ipxe_options(x, args, spec, 1, SIZE_MAX, &options);
	const char *value = r == IPXE_OK ? ipxe_join_words(x, args, options.first + 1) : NULL;

	if (!value) {
		return r;
	}
	found = find_params(x, options.values[0]);
	if (!found) {
		return ipxe_fail(x, IPXE_MISSING, "param: there are no such parameters");
	}
	kb_buf_puts(&post, found->post);
	kb_buf_puts(&post, found->post[0] ? "&" : "");
	ipxe_uri_encode(kb_str_from(args->words[options.first]), &post);
	kb_buf_putc(&post, '=');
	ipxe_uri_encode(kb_str_from(value), &post);
	if (kb_buf_error(&post) < 0) {
		return ipxe_fail(x, IPXE_TOO_LARGE, "param: the parameters are too long");
	}
	if (!options.values[1]) {
		found->post = ipxe_keep(x, post.data);
	}
	return IPXE_OK;
}

const struct ipxe_command ipxe_machine_commands[] = {
	{"shell", shell},       {"reboot", reboot},    {"poweroff", poweroff},
	{"sanboot", sanboot},   {"cpuid", cpuid},      {"params", params},
	{"param", param},       {"dhcp", succeed},     {"ifconf", succeed},
	{"ifopen", succeed},    {"ifclose", succeed},  {"iflinkwait", succeed},
	{"ifstat", succeed},    {"ipstat", succeed},   {"nstat", succeed},
	{"route", succeed},     {"vcreate", succeed},  {"vdestroy", succeed},
	{"ping", succeed},      {"ntp", succeed},      {"console", succeed},
	{"cpair", succeed},     {"colour", succeed},   {"color", succeed},
	{"sync", succeed},      {"md5sum", succeed},   {"sha1sum", succeed},
	{"sha256sum", succeed}, {"shim", succeed},     {"config", succeed},
	{"help", succeed},      {"certstat", succeed}, {"imgextract", succeed},
	{"sanunhook", succeed}, {"startpxe", succeed}, {"stoppxe", succeed},
	{"sanhook", refuse},    {"fcstat", refuse},    {"imgdecrypt", refuse},
	{"autoboot", refuse},   {"iwstat", refuse},    {NULL, NULL},
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

static const struct ipxe_option *find(const struct ipxe_option *spec, struct kb_str name,
				      char letter)
{
	while (spec->name &&
	       !(letter ? spec->letter == letter : kb_str_eq(name, kb_str_from(spec->name)))) {
		spec++;
	}
	return spec->name ? spec : NULL;
}

/* One option at word *at, which is moved behind it. */
static int take(struct ipxe *x, const struct ipxe_words *args, const struct ipxe_option *spec,
		size_t *at, struct ipxe_options *options)
{
	const char *word = args->words[(*at)++];
	bool is_long = word[1] == '-';
	struct kb_str name = kb_str_from(word + 2);
	size_t equals = is_long ? kb_str_find(name, '=') : 0;
	char letter = word[1];
	const struct ipxe_option *option;
	const char *value = NULL;

	if (is_long) {
		letter = '\0';
	}
	option = find(spec, kb_str_head(name, equals), letter);
	if (!option) {
		ipxe_warn(x, "%s: there is no option %s", args->words[0], word);
		return ipxe_fail(x, IPXE_INVALID, "%s: there is no option %s", args->words[0],
				 word);
	}
	if (is_long && equals < name.len) {
		value = name.data + equals + 1;
	} else if (!is_long && word[2]) {
		value = word + 2;
	} else if (option->takes_value && *at < args->n) {
		value = args->words[(*at)++];
	}
	if (option->takes_value && !value) {
		return ipxe_fail(x, IPXE_INVALID, "%s: %s wants a value", args->words[0], word);
	}
	options->values[option - spec] = option->takes_value ? value : "";
	return IPXE_OK;
}

int ipxe_options(struct ipxe *x, const struct ipxe_words *args, const struct ipxe_option *spec,
		 size_t min, size_t max, struct ipxe_options *ret_options)
{
	struct ipxe_options options = {0};
	size_t at = 1;

	while (at < args->n && args->words[at][0] == '-') {
		int r;

		if (strcmp(args->words[at], "--") == 0) {
			at++;
			break;
		}
		if (args->words[at][1] == '\0') {
			return ipxe_fail(x, IPXE_INVALID, "%s: - is no option", args->words[0]);
		}
		r = take(x, args, spec, &at, &options);
		if (r != IPXE_OK) {
			return r;
		}
	}
	options.first = at;
	options.n = args->n - at;
	*ret_options = options;
	if (options.n < min || options.n > max) {
		ipxe_warn(x, "%s: too %s words", args->words[0], options.n < min ? "few" : "many");
		return ipxe_fail(x, IPXE_INVALID, "%s: too %s words", args->words[0],
				 options.n < min ? "few" : "many");
	}
	return IPXE_OK;
}

int ipxe_option_number(struct ipxe *x, const char *value, unsigned *ret_value)
{
	int64_t number;

	if (!value) {
		return IPXE_OK;
	}
	if (ipxe_number(kb_str_from(value), &number) < 0) {
		return ipxe_fail(x, IPXE_INVALID, "%s is no number", value);
	}
	*ret_value = (unsigned)number;
	return IPXE_OK;
}

int ipxe_option_key(struct ipxe *x, const char *value, unsigned *ret_key)
{
	if (value && value[0] && !value[1]) {
		*ret_key = (unsigned char)value[0];
		return IPXE_OK;
	}
	return ipxe_option_number(x, value, ret_key);
}

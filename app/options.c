/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "options.h"

#include <errno.h>
#include <stdio.h>

#include "kboot/formats/lint.h"

static int set_root(struct kb_options *o, const char *value, struct kb_error *err)
{
	(void)err;
	o->simulated = true;
	o->simulation.root_dir = value;
	return 0;
}

static int set_config(struct kb_options *o, const char *value, struct kb_error *err)
{
	(void)err;
	o->simulated = true;
	o->config = value;
	return 0;
}

#define DEVICE_KEYS "uuid label partuuid partlabel parttype fstype subvol bus"

/* One ",key=value" of --device. */
static int set_device_key(struct kb_options *o, struct kb_device *d, struct kb_str pair,
			  struct kb_error *err)
{
	const struct {
		const char *key;
		const char **field;
	} keys[] = {
		{"uuid", &d->uuid},           {"label", &d->label},   {"partuuid", &d->partuuid},
		{"partlabel", &d->partlabel}, {"fstype", &d->fstype}, {"parttype", &d->parttype},
		{"subvol", &d->subvolume},
	};
	size_t equals = kb_str_find(pair, '=');

	if (kb_str_eq(kb_str_head(pair, equals), KB_STR("bus"))) {
		struct kb_str bus = kb_str_skip(pair, equals + 1);

		if (kb_bus_find(bus, &d->bus) < 0) {
			return kb_error_set(err, -EINVAL, "there is no bus %.*s", KB_STR_ARG(bus));
		}
		d->removable = kb_bus_is_removable(d->bus);
		return 0;
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(keys); i++) {
		if (kb_str_eq(kb_str_head(pair, equals), kb_str_from(keys[i].key)) &&
		    equals < pair.len) {
			*keys[i].field = kb_arena_str(&o->arena, kb_str_skip(pair, equals + 1));
			return *keys[i].field ? 0 : -ENOMEM;
		}
	}
	return kb_error_set(err, -EINVAL, "the keys are " DEVICE_KEYS);
}

static struct kb_str device_name(struct kb_str name)
{
	return kb_str_starts(name, KB_STR("/dev/")) ? kb_str_skip(name, strlen("/dev/")) : name;
}

static bool is_given(const struct kb_simulation *sim, struct kb_str name)
{
	for (size_t i = 0; i < sim->n_devices; i++) {
		if (kb_str_eq(kb_str_from(sim->devices[i].name), name)) {
			return true;
		}
	}
	return false;
}

/* NAME[,KEY=VALUE…]=DIR: the folder follows the last '='. */
static int set_device(struct kb_options *o, const char *value, struct kb_error *err)
{
	struct kb_simulation *sim = &o->simulation;
	struct kb_device *d = &sim->devices[sim->n_devices];
	const char *last = strrchr(value, '=');
	struct kb_str rest = kb_str_of(value, last ? (size_t)(last - value) : 0);
	size_t comma = kb_str_find(rest, ',');
	int r = 0;

	if (sim->n_devices == KB_SIM_MAX_DEVICES) {
		return kb_error_set(err, -EINVAL, "more than %d --device", KB_SIM_MAX_DEVICES);
	}
	if (!last || comma == 0 || last[1] == '\0') {
		return kb_error_set(err, -EINVAL, "--device %s: NAME[,KEY=VALUE…]=DIR is wanted",
				    value);
	}
	d->name = kb_arena_str(&o->arena, device_name(kb_str_head(rest, comma)));
	if (d->name && is_given(sim, kb_str_from(d->name))) {
		return kb_error_set(err, -EINVAL, "--device %s is given twice", d->name);
	}
	d->tree = last + 1;
	d->fstype = "ext4";
	for (rest = kb_str_skip(rest, comma + 1); r == 0 && rest.len > 0;
	     rest = kb_str_skip(rest, comma + 1)) {
		comma = kb_str_find(rest, ',');
		r = set_device_key(o, d, kb_str_head(rest, comma), err);
	}
	if (r == -EINVAL) {
		return kb_error_prefix(err, r, "--device %s", value);
	}
	o->simulated = true;
	sim->n_devices++;
	return r < 0 || !d->name ? kb_error_no_memory(err) : 0;
}

/* NAME=VALUE or NAME-GUID=VALUE. */
static int set_efivar(struct kb_options *o, const char *value, struct kb_error *err)
{
	struct kb_str name = kb_str_head(kb_str_from(value), strcspn(value, "="));
	struct kb_str bare = kb_str_head(name, kb_str_find(name, '-'));
	struct kb_str vendor = kb_str_skip(name, bare.len + 1);

	o->simulated = true;
	for (size_t i = 0; name.len < strlen(value) && i < KB_N_LOADER_VARS; i++) {
		if (kb_str_eq(bare, kb_str_from(kb_loader_var_names[i])) &&
		    (vendor.len == 0 || kb_str_eq_nocase(vendor, KB_STR(KB_LOADER_VENDOR)))) {
			o->simulation.vars.values[i] = value + name.len + 1;
			return 0;
		}
	}
	return kb_error_set(err, -EINVAL,
			    "--efivar %s: NAME=VALUE is wanted, of a variable that kboot reads "
			    "(LoaderEntryOneShot and the like)",
			    value);
}

/* NAME=VALUE, as udhcpc would put it into the environment of its script. */
static int set_dhcp(struct kb_options *o, const char *value, struct kb_error *err)
{
	size_t equals = strcspn(value, "=");

	if (value[equals] == '\0' || !kb_str_is_word(kb_str_of(value, equals), "_") ||
	    equals == 0) {
		return kb_error_set(err, -EINVAL, "--dhcp %s: NAME=VALUE is wanted", value);
	}
	if (o->n_lease == KB_OPTIONS_MAX_LEASE) {
		return kb_error_set(err, -EINVAL, "more than %d --dhcp", KB_OPTIONS_MAX_LEASE);
	}
	o->simulated = true;
	o->lease[o->n_lease++] = value;
	o->simulation.lease = o->lease;
	o->simulation.n_lease = o->n_lease;
	return 0;
}

/* PREFIX=DIR: the folder follows the last '='. */
static int set_url_map(struct kb_options *o, const char *value, struct kb_error *err)
{
	const char *last = strrchr(value, '=');
	const char *prefix =
		last ? kb_arena_str(&o->arena, kb_str_of(value, (size_t)(last - value))) : "";
	int r;

	if (!last || last[1] == '\0') {
		return kb_error_set(err, -EINVAL, "--url-map %s: PREFIX=DIR is wanted", value);
	}
	if (o->n_url_maps == KB_OPTIONS_MAX_URL_MAPS) {
		return kb_error_set(err, -EINVAL, "more than %d --url-map",
				    KB_OPTIONS_MAX_URL_MAPS);
	}
	r = prefix ? kb_url_map_check(prefix, err) : kb_error_no_memory(err);
	if (r < 0) {
		return kb_error_prefix(err, r, "--url-map");
	}
	o->simulated = true;
	o->url_maps[o->n_url_maps++] = (struct kb_url_map){prefix, last + 1};
	o->simulation.url_maps = o->url_maps;
	o->simulation.n_url_maps = o->n_url_maps;
	return 0;
}

static int set_format(struct kb_options *o, const char *value, struct kb_error *err)
{
	struct kb_lint lint = {0};

	o->format = value;
	return kb_lint_set_format(&lint, value) < 0
		       ? kb_error_set(err, -EINVAL,
				      "--format %s: kboot, grub, bls, extlinux, pxelinux, lilo, "
				      "yaboot, petitboot or refind is wanted",
				      value)
		       : 0;
}

struct option {
	const char *name;
	int (*set)(struct kb_options *o, const char *value, struct kb_error *err);
	size_t text; /* without set: offset of a const char * … */
	size_t flag; /* … or of a bool */
	const char *usage;
};

#define TEXT(member) NULL, offsetof(struct kb_options, member), 0
#define FLAG(member) NULL, 0, offsetof(struct kb_options, member)

static const struct option options[] = {
	{"root", set_root, 0, 0, "DIR  DIR stands for the booted environment's root"},
	{"device", set_device, 0, 0,
	 "NAME[,KEY=VALUE…]=DIR  DIR stands for the filesystem on device NAME;\n"
	 "                      the keys are " DEVICE_KEYS},
	{"efivar", set_efivar, 0, 0, "NAME=VALUE  what the firmware says to systemd-boot"},
	{"dhcp", set_dhcp, 0, 0,
	 "NAME=VALUE  of a lease, by udhcpc's name (ip, bootfile, siaddr …)"},
	{"url-map", set_url_map, 0, 0, "PREFIX=DIR  URLs below PREFIX are files below DIR"},
	{"config", set_config, 0, 0, "FILE  instead of the built-in kboot.conf"},
	{"run-dir", TEXT(run_dir), "DIR  where the engine's socket is (default /run/kboot)"},
	{"theme", TEXT(theme), "NAME|FILE  the menu's colours (default $KBOOT_THEME)"},
	{"format", set_format, 0, 0, "NAME  what kind of configuration check reads"},
	{"sha256", TEXT(sha256), "HEX  what a fetched file must have"},
	{"max", TEXT(max), "SIZE  a fetched file may have at most (10M)"},
	{"timeout", TEXT(timeout), "SECONDS  for fetching it"},
	{"proxy", TEXT(proxy), "URL  the proxy that is asked, in place of proxy='s"},
	{"pins", TEXT(pins), "FILE  the keys that servers must have, in place of the image's pins"},
	{"ca", TEXT(ca), "FILE  whom to trust with https, in place of the system's authorities"},
	{"netrc", TEXT(netrc), "FILE  names and passwords of servers"},
	{"known-hosts", TEXT(known_hosts), "FILE  keys of servers, for sftp"},
	{"identity", TEXT(identity), "FILE  a private key of dropbear's, for sftp"},
	{"json", FLAG(json), "  for programs"},
	{"dry-run", FLAG(dry_run), "  say what would be done, do nothing"},
	{"machine", FLAG(machine),
	 "  the engine drives the machine it runs on; a menu is its console"},
	{"ascii", FLAG(ascii), "  draw with ASCII only"},
	{"monochrome", FLAG(monochrome), "  no colours"},
	{"help", FLAG(help), "  this text"},
	{"version", FLAG(version), "  the program's version"},
};

void kb_options_usage(void)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(options); i++) {
		printf("  --%s%s%s\n", options[i].name, options[i].flag ? "" : " ",
		       options[i].usage);
	}
}

/* The options of one letter that everybody tries. */
static const struct {
	const char *letter;
	const char *name;
} letters[] = {{"-h", "--help"}, {"-V", "--version"}};

static const struct option *find(struct kb_str name)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(options); i++) {
		if (kb_str_eq(name, kb_str_from(options[i].name))) {
			return &options[i];
		}
	}
	return NULL;
}

static int no_option(struct kb_str name, struct kb_error *err)
{
	for (size_t i = 0; i < KB_ARRAY_LEN(options); i++) {
		if (kb_str_is_slip(name, kb_str_from(options[i].name))) {
			return kb_error_set(err, -EINVAL,
					    "there is no option --%.*s; is --%s meant?",
					    KB_STR_ARG(name), options[i].name);
		}
	}
	return kb_error_set(err, -EINVAL, "there is no option --%.*s (see kboot --help)",
			    KB_STR_ARG(name));
}

/* One --name, --name=value or --name value; *at is moved past a value. */
static int take(struct kb_options *o, int argc, char **argv, int *at, struct kb_error *err)
{
	struct kb_str text = kb_str_skip(kb_str_from(argv[*at]), 2);
	size_t equals = kb_str_find(text, '=');
	const struct option *option = find(kb_str_head(text, equals));
	const char *value = equals < text.len ? text.data + equals + 1 : NULL;

	if (!option) {
		return no_option(kb_str_head(text, equals), err);
	}
	if (option->flag) {
		if (value) {
			return kb_error_set(err, -EINVAL, "--%s takes no value", option->name);
		}
		*(bool *)((char *)o + option->flag) = true;
		return 0;
	}
	if (!value && *at + 1 < argc) {
		value = argv[++*at];
	}
	if (!value) {
		return kb_error_set(err, -EINVAL, "--%s wants a value", option->name);
	}
	if (option->text) {
		*(const char **)((char *)o + option->text) = value;
		return 0;
	}
	return option->set(o, value, err);
}

int kb_options_parse(struct kb_options *o, int *argc, char **argv, struct kb_error *err)
{
	bool only_operands = false;
	int n = 1;

	for (size_t i = 0; *argc > 1 && i < KB_ARRAY_LEN(letters); i++) {
		if (strcmp(argv[1], letters[i].letter) == 0) {
			argv[1] = (char *)letters[i].name;
		}
	}
	for (int i = 1; i < *argc; i++) {
		int r;

		if (only_operands || strncmp(argv[i], "--", 2) != 0) {
			argv[n++] = argv[i];
			continue;
		}
		if (argv[i][2] == '\0') {
			only_operands = true;
			continue;
		}
		r = take(o, *argc, argv, &i, err);
		if (r < 0) {
			return r;
		}
	}
	argv[n] = NULL;
	*argc = n;
	return 0;
}

void kb_options_done(struct kb_options *o)
{
	kb_arena_done(&o->arena);
}

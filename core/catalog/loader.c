/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "loader.h"

#include <errno.h>

#include "kboot/formats/bls_menu.h"

/* --- partitions */

enum role { NEITHER, ESP, XBOOTLDR };

/* Discoverable Partitions Specification (UAPI.2); the numbers are an MBR's. */
static enum role role_of(const struct kb_place *place)
{
	static const struct {
		const char *type;
		enum role role;
	} types[] = {{"c12a7328-f81f-11d2-ba4b-00a0c93ec93b", ESP},
		     {"0xef", ESP},
		     {"bc13c2ff-59e6-4262-a352-b275fd6f7172", XBOOTLDR},
		     {"0xea", XBOOTLDR}};
	const char *type = place->found.has_device ? place->found.device.parttype : NULL;

	for (size_t i = 0; type && i < KB_ARRAY_LEN(types); i++) {
		if (kb_str_eq_nocase(kb_str_from(type), kb_str_from(types[i].type))) {
			return types[i].role;
		}
	}
	return NEITHER;
}

const struct kb_place *kb_loader_partner(const struct kb_places *places,
					 const struct kb_place *place)
{
	enum role role = role_of(place);

	for (const struct kb_place *p = places->first; role != NEITHER && p; p = p->next) {
		if (role_of(p) == (role == ESP ? XBOOTLDR : ESP) &&
		    kb_on_one_disk(&p->found.device, &place->found.device)) {
			return p;
		}
	}
	return NULL;
}

/* --- entries */

bool kb_loader_has(const struct kb_entry *entry)
{
	return entry->format == KB_FORMAT_BLS || entry->format == KB_FORMAT_UKI;
}

static bool is_on(const struct kb_entry *entry, const struct kb_place *place)
{
	return place && place->found.has_device && entry->device == &place->found.device;
}

static bool same(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "") == 0;
}

const struct kb_place *kb_loader_mirror(const struct kb_entry *entries, size_t n,
					const struct kb_places *places,
					const struct kb_place *place, const struct kb_entry *entry)
{
	enum role role = role_of(place);

	for (size_t i = 0; role != NEITHER && entry->kernel_bytes > 0 && i < n; i++) {
		const struct kb_entry *e = &entries[i];
		const struct kb_place *p =
			e->device && kb_loader_has(e) ? kb_places_of(places, e->device) : NULL;

		if (p && p != place && role_of(p) == role &&
		    p->block.removable == place->block.removable && same(e->label, entry->label) &&
		    same(e->machine_id, entry->machine_id) && same(e->args, entry->args) &&
		    e->kernel_bytes == entry->kernel_bytes) {
			return p;
		}
	}
	return NULL;
}

struct two_lists {
	const struct kb_entry *entries;
	size_t n;
	const struct kb_place *places[2];
	size_t at[2]; /* where the next one of each may be */
};

/* The next entry of one of the lists; n: there is none. */
static size_t next(const struct two_lists *two, const struct kb_place *place, size_t from)
{
	while (from < two->n &&
	       !(is_on(&two->entries[from], place) && kb_loader_has(&two->entries[from]))) {
		from++;
	}
	return from;
}

/* Which list the next entry is taken from: the order of each stays. */
static size_t pick(struct two_lists *two)
{
	struct kb_bls_key keys[2];

	for (size_t k = 0; k < 2; k++) {
		two->at[k] = next(two, two->places[k], two->at[k]);
		if (two->at[k] < two->n) {
			keys[k] = kb_bls_key_of(&two->entries[two->at[k]]);
		}
	}
	if (two->at[0] == two->n || two->at[1] == two->n) {
		return two->at[0] == two->n;
	}
	return kb_bls_compare(&keys[0], &keys[1]) > 0;
}

/* Both lists stand where the first of them began. */
static int merge(struct kb_entry *entries, size_t n, const struct kb_place *a,
		 const struct kb_place *b)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_entry *all = kb_arena_array(&arena, n + 1, sizeof(*all));
	struct two_lists two = {entries, n, {a, b}, {0}};
	size_t first_a = next(&two, a, 0);
	size_t first_b = next(&two, b, 0);
	size_t first = first_a < first_b ? first_a : first_b;
	size_t n_all = first;

	if (!all) {
		return -ENOMEM;
	}
	memcpy(all, entries, first * sizeof(*all));
	for (size_t k = pick(&two); two.at[k] < n; k = pick(&two)) {
		all[n_all++] = entries[two.at[k]++];
	}
	for (size_t i = first; i < n; i++) {
		const struct kb_entry *e = &entries[i];

		if (!(kb_loader_has(e) && (is_on(e, a) || is_on(e, b)))) {
			all[n_all++] = *e;
		}
	}
	memcpy(entries, all, n_all * sizeof(*all));
	return 0;
}

int kb_loader_merge(struct kb_entry *entries, size_t n, const struct kb_places *places)
{
	int r = 0;

	for (const struct kb_place *p = places->first; r == 0 && p; p = p->next) {
		const struct kb_place *partner =
			role_of(p) == ESP ? kb_loader_partner(places, p) : NULL;

		r = partner ? merge(entries, n, p, partner) : 0;
	}
	return r;
}

/* --- the default */

/* loader.conf is the ESP's. */
static const struct kb_loader_conf *conf_of(const struct kb_place *place,
					    const struct kb_place *partner)
{
	return place->found.loader.file || !partner ? &place->found.loader : &partner->found.loader;
}

static size_t find(const struct kb_entry *const *entries, size_t n,
		   const struct kb_loader_conf *conf, const struct kb_loader_vars *vars,
		   enum kb_loader_var *ret_by)
{
	KB_ARENA struct kb_arena arena = {0};
	struct kb_bls_key *keys = kb_arena_array(&arena, n + 1, sizeof(*keys));

	for (size_t i = 0; keys && i < n; i++) {
		keys[i] = kb_bls_key_of(entries[i]);
	}
	return keys ? kb_bls_choose(conf, vars, keys, n, ret_by) : n;
}

bool kb_loader_is_there(const struct kb_places *places, const struct kb_place *place)
{
	static const struct kb_loader_conf none;
	const struct kb_place *const two[] = {place, kb_loader_partner(places, place)};
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_entry **entries;
	enum kb_loader_var by;
	size_t n = 0;

	/* The variables are of the partition that has the file, where one has. */
	if (two[1] && two[1]->found.loader.file) {
		return false;
	}
	entries =
		kb_arena_array(&arena,
			       place->found.n_entries + (two[1] ? two[1]->found.n_entries : 0) + 1,
			       sizeof(const struct kb_entry *));
	for (size_t k = 0; entries && k < KB_ARRAY_LEN(two); k++) {
		for (size_t i = 0; two[k] && i < two[k]->found.n_entries; i++) {
			entries[n] = &two[k]->found.entries[i];
			n += kb_loader_has(entries[n]);
		}
	}
	return entries && find(entries, n, place->found.loader.file ? &place->found.loader : &none,
			       &place->found.vars, &by) < n;
}

const struct kb_entry *kb_loader_default(const struct kb_entry *entries, size_t n,
					 const struct kb_places *places,
					 const struct kb_place *place, enum kb_loader_var *ret_by)
{
	const struct kb_place *partner = kb_loader_partner(places, place);
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_entry **list =
		kb_arena_array(&arena, n + 1, sizeof(const struct kb_entry *));
	size_t n_list = 0;
	size_t at;

	for (size_t i = 0; list && i < n; i++) {
		const struct kb_entry *e = &entries[i];

		if (kb_loader_has(e) && (is_on(e, place) || is_on(e, partner))) {
			list[n_list++] = e;
		}
	}
	*ret_by = KB_N_LOADER_VARS;
	at = list ? find(list, n_list, conf_of(place, partner), &place->found.vars, ret_by)
		  : n_list;
	return list && at < n_list ? list[at] : NULL;
}

/* Is what was booted last what is wanted? Not the one that was booted for once. */
static bool is_saved(const struct kb_loader_conf *conf, const struct kb_loader_vars *vars,
		     const struct kb_entry *entry)
{
	const char *wanted = vars->values[KB_LOADER_DEFAULT];
	const char *once = vars->values[KB_LOADER_ONE_SHOT];

	wanted = wanted ? wanted : conf->wanted;
	return wanted && strcmp(wanted, "@saved") == 0 && entry->label &&
	       !same(vars->values[KB_LOADER_LAST_BOOTED], entry->label) &&
	       !(once && kb_str_eq_nocase(kb_str_from(once), kb_str_from(entry->label)));
}

static bool is_counted(const struct kb_entry *entry)
{
	for (size_t i = 0; i < entry->writes.n; i++) {
		if (entry->writes.items[i].kind == KB_WRITE_TRY) {
			return true;
		}
	}
	return false;
}

/* Was a counted entry started last? */
static bool is_one_waiting(const struct kb_places *places)
{
	for (const struct kb_place *p = places->first; p; p = p->next) {
		if (p->found.vars.values[KB_LOADER_COUNT_PATH]) {
			return true;
		}
	}
	return false;
}

enum { MAX_OWN_WRITES = 3 };

/* With one of its own entries. */
static size_t own_writes(const struct kb_places *places, const struct kb_place *place,
			 const struct kb_entry *entry, struct kb_write *more)
{
	static const enum kb_loader_var once[] = {KB_LOADER_ONE_SHOT, KB_LOADER_TIMEOUT_ONCE};
	const struct kb_loader_vars *vars = &place->found.vars;
	size_t n = 0;

	for (size_t i = 0; i < KB_ARRAY_LEN(once); i++) {
		if (vars->values[once[i]]) {
			more[n++] = (struct kb_write){.kind = KB_WRITE_FIRMWARE,
						      .file = kb_loader_var_names[once[i]]};
		}
	}
	if (is_saved(conf_of(place, kb_loader_partner(places, place)), vars, entry)) {
		more[n++] = (struct kb_write){.kind = KB_WRITE_FIRMWARE,
					      .file = kb_loader_var_names[KB_LOADER_LAST_BOOTED],
					      .value = entry->label};
	}
	return n;
}

int kb_loader_add_writes(struct kb_arena *arena, const struct kb_places *places,
			 const struct kb_place *place, struct kb_entry *entry)
{
	struct kb_write more[1 + MAX_OWN_WRITES];
	struct kb_write *all;
	size_t n = 0;

	if (!is_counted(entry) && is_one_waiting(places)) {
		more[n++] = (struct kb_write){.kind = KB_WRITE_FIRMWARE,
					      .file = kb_loader_var_names[KB_LOADER_COUNT_PATH]};
	}
	if (kb_loader_has(entry)) {
		n += own_writes(places, place, entry, more + n);
	}
	if (n == 0 || !entry->kernel) {
		return 0;
	}
	all = kb_arena_array(arena, entry->writes.n + n, sizeof(*all));
	if (!all) {
		return -ENOMEM;
	}
	for (size_t i = 0; i < entry->writes.n; i++) {
		all[i] = entry->writes.items[i];
	}
	memcpy(all + entry->writes.n, more, n * sizeof(*all));
	entry->writes = (struct kb_writes){all, entry->writes.n + n};
	return 0;
}

int kb_loader_set_timeout(struct kb_settings *settings, const struct kb_place *place)
{
	static const enum kb_loader_var vars[] = {KB_LOADER_TIMEOUT, KB_LOADER_TIMEOUT_ONCE};
	struct kb_setting setting = {.variable = KB_VAR_TIMEOUT, .rank = KB_RANK_LOADER};
	struct kb_error err = {0};
	char source[64];
	int r = 0;

	for (size_t i = 0; r == 0 && i < KB_ARRAY_LEN(vars); i++) {
		const char *value = place->found.vars.values[vars[i]];

		if (!value) {
			continue;
		}
		setting.value = kb_bls_timeout(value);
		(void)snprintf(source, sizeof(source), "EFI variable %s",
			       kb_loader_var_names[vars[i]]);
		setting.at.file = source;
		if (setting.value) {
			r = kb_settings_set(settings, &setting, &err);
		} else {
			settings->values[KB_RANK_LOADER][KB_VAR_TIMEOUT] = (struct kb_setting){0};
		}
	}
	return r == -ENOMEM ? r : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "boot_info.h"

#include <errno.h>
#include <sys/socket.h>

#include "kboot/base/json.h"

/* --- of a packet */

enum { MAX_VARIABLES = 32 };

struct info {
	struct kb_arena *arena;
	const char *server_id;
	const char *server;
	const char *file;
	char *variables[MAX_VARIABLES + 1];
	unsigned n_variables;
	bool is_short; /* of memory */
};

/* NULL: it is empty. */
static const char *text_of(struct info *to, struct kb_str text)
{
	const char *copy = text.len > 0 ? kb_arena_str(to->arena, text) : NULL;

	to->is_short |= text.len > 0 && !copy;
	return copy;
}

static const char *address_of(struct info *to, const struct kb_ip *ip)
{
	char buf[KB_IP_TEXT];

	return ip->family ? text_of(to, kb_str_from(kb_ip_print(ip, buf))) : NULL;
}

/* value NULL: there is none to set. */
static void set(struct info *to, const char *name, const char *value)
{
	char *line;

	if (!value || to->n_variables == MAX_VARIABLES) {
		return;
	}
	line = kb_arena_printf(to->arena, "%s=%s", name, value);
	to->is_short |= !line;
	to->variables[to->n_variables++] = line;
}

/* As udhcpc has what it knows no name for. */
static void set_hex(struct info *to, unsigned code, struct kb_str value)
{
	KB_BUF struct kb_buf hex = {0};
	char name[8];

	for (size_t i = 0; i < value.len; i++) {
		kb_buf_printf(&hex, "%02x", (unsigned char)value.data[i]);
	}
	to->is_short |= kb_buf_error(&hex) < 0;
	(void)snprintf(name, sizeof(name), "opt%u", code);
	set(to, name, text_of(to, kb_buf_view(&hex)));
}

/* The option counts before the field; the server has a file where none says another. */
static void read_place(struct info *to, const struct kb_offer *offer)
{
	const struct kb_dhcp_packet *p = &offer->packet;

	to->server_id = address_of(to, &offer->server);
	to->file = text_of(to, kb_dhcp_text(p, KB_DHCP_FILE));
	to->file = to->file ? to->file : text_of(to, kb_str_from(p->file));
	to->server = text_of(to, kb_dhcp_text(p, KB_DHCP_TFTP));
	to->server = to->server ? to->server : address_of(to, &p->siaddr);
	to->server = to->server ? to->server : text_of(to, kb_str_from(p->sname));
	to->server = to->server ? to->server : to->server_id;
}

/* NULL: it is a name. */
static const char *address_in(const char *server)
{
	struct kb_ip ip;

	return kb_ip_parse(kb_str_from(server), &ip) == 0 && ip.family == AF_INET ? server : NULL;
}

static void set_text(struct info *to, const char *name, const struct kb_dhcp_packet *p,
		     unsigned code)
{
	set(to, name, text_of(to, kb_dhcp_text(p, code)));
}

static unsigned be16(struct kb_str s)
{
	return (unsigned)(unsigned char)s.data[0] << 8 | (unsigned char)s.data[1];
}

static void set_variables(struct info *to, const struct kb_dhcp_packet *p)
{
	static const unsigned char raw[] = {
		KB_DHCP_VENDOR, 128, 129, 130, 131, 132, 133, 134, 135, 150, 175, 203};
	struct kb_str reboot = kb_dhcp_option(p, KB_DHCP_REBOOT_TIME);

	set(to, "serverid", to->server_id);
	set(to, "siaddr", p->siaddr.family ? address_of(to, &p->siaddr) : address_in(to->server));
	set(to, "sname", text_of(to, kb_str_from(p->sname)));
	set(to, "tftp", to->server);
	set(to, "bootfile", to->file);
	set(to, "boot_file", to->file);
	set_text(to, "rootpath", p, KB_DHCP_ROOT_PATH);
	set_text(to, "vendor", p, KB_DHCP_CLASS);
	set_text(to, "pxeconffile", p, KB_DHCP_CONFIG_FILE);
	set_text(to, "pxepathprefix", p, KB_DHCP_PATH_PREFIX);
	if (reboot.len == 4) {
		set(to, "reboottime",
		    kb_arena_printf(to->arena, "%u",
				    be16(reboot) << 16 | be16(kb_str_skip(reboot, 2))));
	}
	for (size_t i = 0; i < KB_ARRAY_LEN(raw); i++) {
		set_hex(to, raw[i], kb_dhcp_option(p, raw[i]));
	}
}

static int read_offer(const struct kb_offer *offer, const char *why, struct kb_arena *arena,
		      struct kb_boot_info *ret_info)
{
	struct info to = {.arena = arena};
	struct kb_boot_info info = {0};
	char **variables;

	read_place(&to, offer);
	set_variables(&to, &offer->packet);
	info.title = offer->menu ? text_of(&to, kb_str_from(offer->title)) : NULL;
	info.reason = kb_arena_printf(arena, "%s answers%s: %s", to.server_id,
				      offer->is_proxy ? " (proxyDHCP)" : "", why);
	variables = kb_arena_array(arena, to.n_variables + 1, sizeof(*variables));
	if (to.is_short || !info.reason || !variables) {
		return -ENOMEM;
	}
	memcpy(variables, to.variables, to.n_variables * sizeof(*variables));
	info.variables = variables;
	*ret_info = info;
	return 0;
}

int kb_offers_infos(const struct kb_offers *offers, const struct kb_offer *best, const char *why,
		    struct kb_arena *arena, struct kb_boot_infos *ret_infos)
{
	struct kb_boot_infos infos = {0};
	int r = 0;

	for (unsigned i = 0; r == 0 && i < offers->n && infos.n < KB_BOOT_INFOS_MAX; i++) {
		const struct kb_offer *offer = &offers->at[i];
		bool is_item = best->menu && offer->menu == best->menu && kb_offer_has_file(offer);

		if (offer == best || is_item) {
			r = read_offer(offer, why, arena, &infos.at[infos.n]);
			infos.n += r == 0;
		}
	}
	infos.wait_s = best->wait_s;
	if (infos.n == 1) {
		infos.at[0].title = NULL; /* nothing to choose from */
		infos.wait_s = 0;
	}
	if (r == 0) {
		*ret_infos = infos;
	}
	return r;
}

/* --- from the process that has read packets to the one that wants to know */

void kb_boot_infos_put(const struct kb_boot_infos *infos, const struct kb_error *err,
		       struct kb_buf *json)
{
	kb_json_open(json, NULL, '{');
	kb_json_put_int(json, "code", err->code);
	kb_json_put_text(json, "error", err->text);
	kb_json_put_int(json, "wait", infos->wait_s);
	kb_json_open(json, "infos", '[');
	for (size_t i = 0; i < infos->n; i++) {
		kb_json_open(json, NULL, '{');
		kb_json_put_text(json, "title", infos->at[i].title);
		kb_json_put_text(json, "reason", infos->at[i].reason);
		kb_json_open(json, "variables", '[');
		for (char *const *var = infos->at[i].variables; *var; var++) {
			kb_json_put_text(json, NULL, *var);
		}
		kb_json_close(json, ']');
		kb_json_close(json, '}');
	}
	kb_json_close(json, ']');
	kb_json_close(json, '}');
}

static int take_variables(struct kb_arena *arena, const struct kb_json *array,
			  char *const **ret_variables)
{
	const struct kb_json *at = kb_json_is(array, KB_JSON_ARRAY) ? array->parts : NULL;
	char **variables = kb_arena_array(arena, MAX_VARIABLES + 1, sizeof(*variables));
	unsigned n = 0;

	if (!variables) {
		return -ENOMEM;
	}
	for (; at && n < MAX_VARIABLES; at = at->next) {
		if (at->type != KB_JSON_TEXT || !strchr(at->text, '=')) {
			return -EINVAL;
		}
		variables[n] = kb_arena_strdup(arena, at->text);
		if (!variables[n++]) {
			return -ENOMEM;
		}
	}
	*ret_variables = variables;
	return at ? -EINVAL : 0;
}

static int take_info(struct kb_arena *arena, const struct kb_json *object,
		     struct kb_boot_info *info)
{
	int r = kb_json_copy_str(arena, object, "title", &info->title);

	r = r < 0 ? r : kb_json_copy_str(arena, object, "reason", &info->reason);
	r = r < 0 ? r : take_variables(arena, kb_json_get(object, "variables"), &info->variables);
	return r == 0 && !info->reason ? -EINVAL : r;
}

int kb_boot_infos_take(struct kb_arena *arena, struct kb_str text, struct kb_boot_infos *ret_infos,
		       struct kb_error *err)
{
	struct kb_boot_infos infos = {0};
	const struct kb_json *object = NULL;
	const struct kb_json *array;
	int r = kb_json_parse(arena, text, &object);
	int code = (int)kb_json_get_int(object, "code", 0);

	if (r == 0 && code < 0 && code >= -4095) {
		return kb_error_set(err, code, "%s", kb_json_get_str(object, "error", ""));
	}
	array = kb_json_get(object, "infos");
	for (const struct kb_json *at = kb_json_is(array, KB_JSON_ARRAY) ? array->parts : NULL;
	     r == 0 && at && infos.n < KB_BOOT_INFOS_MAX; at = at->next) {
		r = take_info(arena, at, &infos.at[infos.n]);
		infos.n += r == 0;
	}
	if (r < 0 || infos.n == 0) {
		return kb_error_set(err, r < 0 ? r : -EPROTO, "who asks the servers says nothing");
	}
	infos.wait_s = (int)kb_json_get_int(object, "wait", 0);
	infos.wait_s = infos.wait_s < -1 || infos.wait_s > 255 ? -1 : infos.wait_s;
	*ret_infos = infos;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "net.h"

#include <errno.h>

/* Of a URL. */
struct origin {
	struct kb_str scheme;
	struct kb_str server; /* with its port */
};

static struct origin own_origin(const struct kb_tree *tree)
{
	struct kb_str name = kb_str_from(tree->name);
	size_t colon = kb_str_find(name, ':');

	return (struct origin){kb_str_head(name, colon), kb_str_skip(name, colon + 3)};
}

/* "tftp", "http,h", "pxe", "pxe:h". */
static bool take_apart(const char *device, struct origin *ret_origin)
{
	struct kb_str text = kb_str_from(device);
	size_t end = strcspn(device, ",:");
	struct kb_str word = kb_str_head(text, end);
	bool is_pxe = kb_str_eq(word, KB_STR("pxe")) && device[end] != ',';
	bool is_named = kb_str_eq(word, KB_STR("tftp")) || kb_str_eq(word, KB_STR("http")) ||
			kb_str_eq(word, KB_STR("https"));

	if (!is_pxe && (!is_named || device[end] == ':')) {
		return false;
	}
	*ret_origin = (struct origin){is_pxe ? KB_STR("tftp") : word, kb_str_skip(text, end + 1)};
	return true;
}

bool grub_is_net(const char *device)
{
	struct origin origin;

	return take_apart(device, &origin);
}

/* The port of the tree's own server is one of its own protocol. */
static struct kb_str default_server(struct grub *g, struct kb_str scheme)
{
	struct kb_str server = kb_str_from(grub_get(g, "net_default_server"));
	struct origin own = {0};
	size_t port = server.len;

	if (g->host->tree->source) {
		own = own_origin(g->host->tree);
	}
	if (kb_str_eq(own.scheme, scheme) || !kb_str_eq(own.server, server)) {
		return server;
	}
	while (port > 0 && kb_is_digit(server.data[port - 1])) {
		port--;
	}
	return kb_str_head(server,
			   port > 0 && server.data[port - 1] == ':' ? port - 1 : server.len);
}

/* An IPv6 address, which may be written without its brackets. */
static bool lacks_brackets(struct kb_str server)
{
	size_t colon = kb_str_find(server, ':');

	return server.data[0] != '[' && colon < server.len &&
	       kb_str_find(kb_str_skip(server, colon + 1), ':') < server.len - colon - 1;
}

int grub_net_origin(struct grub *g, const char *device, char *ret_origin)
{
	struct origin origin;
	bool lacks;

	if (!take_apart(device, &origin)) {
		return -EINVAL;
	}
	if (origin.server.len == 0) {
		origin.server = default_server(g, origin.scheme);
	}
	if (origin.server.len == 0) {
		return -ENODEV;
	}
	if (!kb_str_is_word(origin.server, ".-_:[]") || origin.server.len >= GRUB_DEVICE_BYTES) {
		return -EINVAL;
	}
	lacks = lacks_brackets(origin.server);
	(void)snprintf(ret_origin, GRUB_ORIGIN_BYTES, "%.*s://%s%.*s%s", (int)origin.scheme.len,
		       origin.scheme.data, lacks ? "[" : "", (int)origin.server.len,
		       origin.server.data, lacks ? "]" : "");
	return 0;
}

/* A request of HTTP has the path as it is written, which may be encoded and have a query; TFTP
 * knows neither. */
static bool is_as_written(const char *c, bool is_http)
{
	if (*c == '%') {
		return is_http && kb_hex_value(c[1]) < 16 && kb_hex_value(c[2]) < 16;
	}
	return *c > ' ' && *c < 0x7f && !strchr("\"#<>\\^`{|}", *c) && (is_http || *c != '?');
}

char *grub_net_url(struct kb_arena *arena, const char *origin, const char *path)
{
	KB_BUF struct kb_buf url = {0};
	bool is_http = kb_str_starts(kb_str_from(origin), KB_STR("http"));

	kb_buf_puts(&url, origin);
	for (; *path; path++) {
		if (is_as_written(path, is_http)) {
			kb_buf_putc(&url, *path);
		} else {
			kb_buf_printf(&url, "%%%02X", (unsigned char)*path);
		}
	}
	return kb_buf_error(&url) < 0 ? NULL : kb_arena_str(arena, kb_buf_view(&url));
}

void grub_net_own_device(const struct kb_tree *tree, char *device)
{
	const struct origin own = own_origin(tree);

	(void)snprintf(device, GRUB_DEVICE_BYTES, "%.*s,%.*s", (int)own.scheme.len, own.scheme.data,
		       (int)own.server.len, own.server.data);
}

static void preset(struct grub *g, const char *interface, const char *name, const char *value)
{
	char variable[64];

	if (value) {
		(void)snprintf(variable, sizeof(variable), "net_%s_%s", interface, name);
		grub_set(g, variable, value);
		grub_check(g, grub_variable_export(g->context, kb_str_from(variable)));
	}
}

void grub_net_preset(struct grub *g, const struct kb_grub_net *net, const char *platform)
{
	static const struct kb_grub_net none = {0};
	const char *interface = strcmp(platform, "efi") == 0 ? "efinet0" : "pxe";
	const char *server =
		net && net->server ? net->server : own_origin(g->host->tree).server.data;

	net = net ? net : &none;
	preset(g, "default", "interface", interface);
	preset(g, "default", "ip", net->ip);
	preset(g, "default", "mac", net->mac);
	preset(g, "default", "server", server);
	grub_set(g, "pxe_default_server", server);
	grub_check(g, grub_variable_export(g->context, KB_STR("pxe_default_server")));
	preset(g, interface, "ip", net->ip);
	preset(g, interface, "mac", net->mac);
	preset(g, interface, "next_server", server);
	preset(g, interface, "hostname", net->hostname);
	preset(g, interface, "domain", net->domain);
	preset(g, interface, "boot_file", net->boot_file);
	preset(g, interface, "rootpath", net->root_path);
	preset(g, interface, "clientuuid", net->uuid);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "devices.h"

#include <errno.h>

#include "kboot/model/volume_name.h"

#include "loopback.h"

enum { SECTOR_BYTES = 512, MAX_SECTORS = 128, MAX_SECTOR = 1 << 30 };

static const char *tree_name(const struct kb_tree *tree)
{
	return tree->name ? tree->name : "";
}

/* "sda2", "nvme0n1p2": the bytes of the disk with what stands before the number, and the number; 0:
 * the disk itself. */
static unsigned own_partition(const char *name, size_t *ret_stem)
{
	static const struct kb_str lettered[] = {KB_STR("sd"), KB_STR("hd"), KB_STR("vd"),
						 KB_STR("xvd"), KB_STR("ub")};
	size_t len = strlen(name);
	size_t stem = len;
	uint64_t number = 0;
	bool is_lettered = false;

	for (size_t i = 0; i < KB_ARRAY_LEN(lettered); i++) {
		is_lettered = is_lettered || kb_str_starts(kb_str_from(name), lettered[i]);
	}
	while (stem > 0 && kb_is_digit(name[stem - 1])) {
		stem--;
	}
	*ret_stem = len;
	if (stem == len || kb_str_to_u64(kb_str_from(name + stem), &number) < 0 || number > 1024 ||
	    (!is_lettered && (stem < 2 || name[stem - 1] != 'p' || !kb_is_digit(name[stem - 2])))) {
		return 0;
	}
	*ret_stem = stem;
	return (unsigned)number;
}

void grub_own_device(const struct kb_tree *tree, const struct kb_device *known, char *device)
{
	const char *name = tree_name(tree);
	char volume[GRUB_DEVICE_BYTES - sizeof("lvm/")];
	size_t stem;
	unsigned part = own_partition(name, &stem);

	if (tree->source) {
		grub_net_own_device(tree, device);
	} else if (tree->is_image) {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "loop");
	} else if (!*name) {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "host");
	} else if (known && known->alias && known->mapper) {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "lvm/%s", known->mapper);
	} else if (known && known->set_uuid) {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "%s/%s",
			       known->mapper ? "cryptouuid" : "mduuid", known->set_uuid);
	} else if (strchr(name, '/') && kb_volume_mapper(name, volume, sizeof(volume)) == 0) {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "lvm/%s", volume);
	} else if (kb_str_starts(kb_str_from(name), KB_STR("sr"))) {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "cd0");
	} else if (part > 0) {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "hd0,gpt%u", part);
	} else {
		(void)snprintf(device, GRUB_DEVICE_BYTES, "hd0");
	}
}

/* "hd0,gpt2", "hd0,msdos2", "hd0,2", "hd0": the partition, 0 for the disk; -EINVAL: none of them,
 * -ENODEV: another disk. */
static int disk_partition(struct kb_str device, unsigned *ret_part)
{
	size_t comma = kb_str_find(device, ',');
	struct kb_str part = kb_str_skip(device, comma + 1);
	uint64_t number = 0;
	uint64_t disk;

	if (!kb_str_starts(device, KB_STR("hd")) ||
	    kb_str_to_u64(kb_str_skip(kb_str_head(device, comma), 2), &disk) < 0) {
		return -EINVAL;
	}
	while (part.len > 0 && kb_is_letter(part.data[0])) {
		part = kb_str_skip(part, 1);
	}
	if (comma < device.len && (kb_str_to_u64(part, &number) < 0 || number > 1024)) {
		return -EINVAL;
	}
	*ret_part = (unsigned)number;
	return disk == 0 ? 0 : -ENODEV;
}

static bool exists(const struct kb_tree *tree, const char *path)
{
	KB_CLOSE int fd = -1;

	return kb_tree_has_file(tree, path) == 0 || kb_tree_open_dir(tree, path, &fd) == 0;
}

static bool is_this_uuid(struct grub *g, const char *uuid, const char *path)
{
	if (g->own_uuid) {
		return kb_str_eq_nocase(kb_str_from(g->own_uuid), kb_str_from(uuid));
	}
	if (path[strspn(path, "/")] == '\0' || !exists(g->host->tree, path)) {
		return false;
	}
	g->own_uuid = kb_arena_strdup(&g->kept, uuid);
	grub_check(g, g->own_uuid ? 0 : -ENOMEM);
	return true;
}

/* What is made of other devices, by its own name. */
static bool is_stacked(struct kb_str device)
{
	static const struct kb_str prefixes[] = {KB_STR("lvm/"), KB_STR("lvmid/"),
						 KB_STR("mduuid/"), KB_STR("cryptouuid/")};

	for (size_t i = 0; i < KB_ARRAY_LEN(prefixes); i++) {
		if (kb_str_starts(device, prefixes[i])) {
			return true;
		}
	}
	return false;
}

static bool is_own_server(struct grub *g, const char *device)
{
	char origin[GRUB_ORIGIN_BYTES];

	return grub_net_origin(g, device, origin) == 0 && strcmp(origin, g->host->tree->name) == 0;
}

static bool is_here(struct grub *g, const char *device, const char *path)
{
	const struct kb_device *known = g->host->out->device;
	struct kb_str name = kb_str_from(device);
	char own[GRUB_DEVICE_BYTES];
	unsigned part;
	size_t stem;

	if (g->host->tree->source) {
		return is_own_server(g, device);
	}
	if (known && known->uuid && kb_str_find(name, '=') < name.len) {
		return kb_device_matches(known, name);
	}
	if (known && known->set_uuid && !g->host->tree->is_image && is_stacked(name)) {
		return kb_device_matches(known, name);
	}
	if (kb_str_starts(name, KB_STR("UUID="))) {
		return is_this_uuid(g, device + strlen("UUID="), path);
	}
	if (kb_str_starts(name, KB_STR("LABEL="))) {
		return exists(g->host->tree, path);
	}
	grub_own_device(g->host->tree, known, own);
	if (g->host->tree->is_image) {
		return strcmp(device, own) == 0 || kb_str_starts(name, KB_STR("cd"));
	}
	return strcmp(device, own) == 0 ||
	       (disk_partition(name, &part) == 0 && tree_name(g->host->tree)[0] &&
		!strchr(tree_name(g->host->tree), '/') &&
		part == own_partition(tree_name(g->host->tree), &stem));
}

/* path below folder; NULL. */
static const char *below_folder(const char *path, const char *folder)
{
	const char *rest = folder && folder[0] ? kb_path_below(path, folder) : NULL;

	return rest && rest[0] ? rest : NULL;
}

/* On btrfs GRUB's paths begin at the top, kboot's tree is one of its subvolumes, which may have
 * others mounted in it. */
static const char *below_tree(struct grub *g, const char *path)
{
	const struct kb_tree *tree = g->host->tree;
	const char *rest = below_folder(path, tree->below);

	for (size_t i = 0; !rest && i < tree->n_mounts; i++) {
		const struct kb_tree_mount *mount = &tree->mounts[i];

		rest = below_folder(path, mount->subvolume);
		if (rest && mount->at[0]) {
			rest = kb_arena_printf(&g->kept, "%s%s", mount->at, rest);
			grub_check(g, rest ? 0 : -ENOMEM);
		}
	}
	return rest ? rest : path;
}

/* SUSE's GRUB looks below btrfs_subvol, but for what is in the folder where all snapshots are. */
static const char *below_subvolume(struct grub *g, const char *path)
{
	const char *subvolume = g->subvolume;
	const char *below;

	if (!subvolume || path[0] != '/' ||
	    strncmp(path, subvolume, strcspn(subvolume + 1, "/") + 1) == 0) {
		return path;
	}
	below = kb_arena_printf(&g->kept, "%s%s", subvolume, path);
	grub_check(g, below ? 0 : -ENOMEM);
	return below ? below : path;
}

const char *grub_subvolume_of(struct grub *g)
{
	const char *name = grub_get(g, "btrfs_subvol");
	char is_relative = grub_get(g, "btrfs_relative_path")[0];

	if (is_relative != '1' && is_relative != 'y') {
		return NULL;
	}
	/* "@/.snapshots/2/snapshot": kboot's tree begins somewhere on the way there. */
	for (; *name; name += strcspn(name, "/")) {
		KB_CLOSE int fd = -1;

		name += strspn(name, "/");
		if (*name && kb_tree_open_dir(g->host->tree, name, &fd) == 0) {
			name = kb_arena_printf(&g->kept, "/%s", name);
			grub_check(g, name ? 0 : -ENOMEM);
			return name;
		}
	}
	return NULL;
}

/* A server takes "images/vmlinuz" as well; the root of its names is all that it knows. */
static const char *absolute(struct grub *g, const char *path)
{
	const char *made = path[0] == '/' ? path : kb_arena_printf(&g->kept, "/%s", path);

	grub_check(g, made ? 0 : -ENOMEM);
	return made ? made : path;
}

void grub_place_of(struct grub *g, const char *root, const char *name, struct grub_place *place)
{
	const char *device = root;
	size_t len = strlen(root);
	const char *path;

	*place = (struct grub_place){.path = name};
	if (name[0] == '(') {
		device = name + 1;
		len = strcspn(device, ")");
		place->path = device + len + (device[len] == ')');
	}
	(void)snprintf(place->device, sizeof(place->device), "%.*s", (int)len, device);
	while (place->path[0] == '/' && place->path[1] == '/') {
		place->path++;
	}
	grub_loop_follow(g, place);
	place->is_net = grub_is_net(place->device);
	place->path = place->is_net ? absolute(g, place->path) : place->path;
	path = below_subvolume(g, below_tree(g, place->path));
	place->is_here = is_here(g, place->device, kb_is_digit(path[0]) ? "/" : path);
	/* Another filesystem's begin at its own top. */
	place->path = place->is_here ? path : place->path;
	place->file = place->path;
	grub_loop_open(g, place);
}

/* "512+1": the first sector and how many. */
static bool read_block_list(const char *path, uint64_t *ret_first, uint64_t *ret_n)
{
	struct kb_str list = kb_str_from(path);
	size_t plus = kb_str_find(list, '+');

	return kb_str_to_u64(kb_str_head(list, plus), ret_first) == 0 &&
	       kb_str_to_u64(kb_str_skip(list, plus + 1), ret_n) == 0 && *ret_first < MAX_SECTOR &&
	       *ret_n <= MAX_SECTORS;
}

int grub_read_sectors(struct grub *g, const char *name, struct kb_buf *text)
{
	int fd = g->host->tree->block_fd;
	struct grub_place place;
	uint64_t first;
	uint64_t n;
	int r = 0;

	grub_place_of(g, grub_get(g, "root"), name, &place);
	if (!read_block_list(place.path, &first, &n)) {
		return -EINVAL;
	}
	if (!place.is_here || fd <= 0) {
		return -ENODEV;
	}
	for (uint64_t i = 0; r == 0 && i < n; i++) {
		char sector[SECTOR_BYTES];

		r = kb_read_at(fd, (first + i) * SECTOR_BYTES, sector, sizeof(sector));
		if (r == 0) {
			kb_buf_append(text, sector, sizeof(sector));
			r = kb_buf_error(text);
		}
	}
	return r;
}

/* --- kboot's names */

/* "lvm/vg-lv" to "vg/lv". */
static const char *volume_name(struct kb_arena *arena, const char *device)
{
	struct kb_str mapper = kb_str_from(device + strlen("lvm/"));
	char *name = kb_arena_alloc(arena, mapper.len + 1);

	if (name) {
		(void)kb_volume_name(mapper, name, mapper.len + 1);
	}
	return name;
}

bool grub_is_sibling(const struct kb_tree *tree, unsigned part)
{
	size_t stem;
	unsigned own = own_partition(tree_name(tree), &stem);

	return own > 0 && part > 0 && part != own;
}

const char *grub_sibling(const struct kb_tree *tree, struct kb_arena *arena, unsigned part)
{
	const char *own = tree_name(tree);
	size_t stem;
	bool is_partition = own_partition(own, &stem) > 0;
	bool ends_in_digit = stem > 0 && kb_is_digit(own[stem - 1]);

	if (part == 0) {
		stem -= is_partition && own[stem - 1] == 'p' && stem > 1 &&
			kb_is_digit(own[stem - 2]);
		return kb_arena_str(arena, kb_str_of(own, stem));
	}
	return kb_arena_printf(arena, "%.*s%s%u", (int)stem, own,
			       !is_partition && ends_in_digit ? "p" : "", part);
}

static const char no_server[] = "(%s): nothing in the file says which server";
static const char unknown[] = "(%s) is no device that kboot knows by that name";

static const char *device_name(struct grub *g, struct kb_arena *arena, const char *device,
			       const char **ret_problem)
{
	struct kb_str text = kb_str_from(device);
	char origin[GRUB_ORIGIN_BYTES];
	unsigned part = 0;
	int r;

	if (grub_is_net(device)) {
		r = grub_net_origin(g, device, origin);
		if (r == 0) {
			return kb_arena_strdup(arena, origin);
		}
		*ret_problem = kb_arena_printf(arena, r == -ENODEV ? no_server : unknown, device);
		return NULL;
	}
	if (kb_str_starts(text, KB_STR("UUID=")) || kb_str_starts(text, KB_STR("LABEL="))) {
		return kb_arena_strdup(arena, device);
	}
	if (kb_str_starts(text, KB_STR("lvm/"))) {
		return volume_name(arena, device);
	}
	if (is_stacked(text)) {
		return kb_arena_strdup(arena, device);
	}
	r = disk_partition(text, &part);
	if (r == 0 && tree_name(g->host->tree)[0] && !strchr(tree_name(g->host->tree), '/')) {
		return grub_sibling(g->host->tree, arena, part);
	}
	*ret_problem = kb_arena_printf(
		arena,
		r == -EINVAL ? unknown : "(%s) is another disk, and nothing in the file says which",
		device);
	return NULL;
}

const struct kb_tree *grub_place_tree(struct grub *g, const struct grub_place *place)
{
	KB_ARENA struct kb_arena arena = {0};
	const struct kb_reader_out *out = g->host->out;
	const char *problem = NULL;
	const char *name;

	/* Of a disk's script the files of servers are not fetched: it would wait for each. */
	if (place->image || place->is_loop) {
		/* A folder stands for it in a simulation. */
		return place->image ? place->image : place->is_here ? g->host->tree : NULL;
	}
	if (place->is_here || !out->other || (place->is_net && !g->host->tree->source)) {
		return place->is_here ? g->host->tree : NULL;
	}
	name = device_name(g, &arena, place->device, &problem);
	grub_check(g, name || problem ? 0 : -ENOMEM);
	return name ? out->other(out->others, name) : NULL;
}

int grub_open(struct grub *g, const char *name, int *ret_fd)
{
	const struct kb_tree *tree;
	struct grub_place place;

	grub_place_of(g, grub_get(g, "root"), name, &place);
	tree = grub_place_tree(g, &place);
	return tree ? kb_tree_open(tree, *place.file ? place.file : "/", ret_fd) : -ENODEV;
}

const char *grub_file_name(struct grub *g, struct kb_arena *arena, const char *root,
			   const char *name, const char **ret_problem)
{
	struct grub_place place;
	const char *device;
	char *text;

	grub_place_of(g, root, name, &place);
	if (place.path[0] != '/') {
		*ret_problem = kb_arena_printf(arena, "%s is no path", name);
		grub_check(g, *ret_problem ? 0 : -ENOMEM);
		return NULL;
	}
	if (place.is_net) {
		device = device_name(g, arena, place.device, ret_problem);
		text = device ? grub_net_url(arena, device, place.path) : NULL;
		grub_check(g, text || *ret_problem ? 0 : -ENOMEM);
		return text;
	}
	if (place.is_here && g->host->tree->below && !exists(g->host->tree, place.path)) {
		/* Another subvolume's. */
		text = kb_arena_printf(arena, "%s:%s", tree_name(g->host->tree), place.path);
	} else if (place.is_here) {
		text = kb_arena_strdup(arena, place.path);
	} else {
		device = device_name(g, arena, place.device, ret_problem);
		if (!device) {
			grub_check(g, *ret_problem ? 0 : -ENOMEM);
			return NULL;
		}
		text = kb_arena_printf(arena, "%s:%s", device, place.path);
	}
	grub_check(g, text ? 0 : -ENOMEM);
	return text;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/storage/assemble.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "btrfs/devices.h"
#include "lvm/volumes.h"
#include "md/array.h"
#include "table/partitions.h"

typedef int (*assemble_fn)(const struct kb_assembly *, const struct kb_set_sink *,
			   struct kb_error *);

int kb_assemble(const struct kb_assembly *assembly, const struct kb_set_sink *sink,
		struct kb_error *err)
{
	static const assemble_fn by_kind[KB_N_SETS] = {
		[KB_SET_MD] = kb_md_assemble,
		[KB_SET_LVM] = kb_lvm_assemble,
		[KB_SET_BTRFS] = kb_btrfs_assemble,
		[KB_SET_TABLE] = kb_table_assemble,
	};

	if ((size_t)assembly->kind >= KB_N_SETS || !by_kind[assembly->kind]) {
		return kb_error_set(err, -EINVAL, "%s is nothing that is assembled",
				    kb_set_kind_name(assembly->kind));
	}
	if (mkdir(assembly->run_dir, 0700) < 0 && errno != EEXIST) {
		return kb_error_set(err, -errno, "%s: %s", assembly->run_dir, strerror(errno));
	}
	return by_kind[assembly->kind](assembly, sink, err);
}

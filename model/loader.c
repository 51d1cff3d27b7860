/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kboot/model/loader.h"

const char *const kb_loader_var_names[KB_N_LOADER_VARS] = {
	[KB_LOADER_ONE_SHOT] = "LoaderEntryOneShot",
	[KB_LOADER_PREFERRED] = "LoaderEntryPreferred",
	[KB_LOADER_DEFAULT] = "LoaderEntryDefault",
	[KB_LOADER_LAST_BOOTED] = "LoaderEntryLastBooted",
	[KB_LOADER_TIMEOUT] = "LoaderConfigTimeout",
	[KB_LOADER_TIMEOUT_ONCE] = "LoaderConfigTimeoutOneShot",
	[KB_LOADER_COUNT_PATH] = "LoaderBootCountPath",
};

# SPDX-License-Identifier: GPL-2.0-or-later
# Finished work, kept by the hash of everything it was made from: $KBOOT_CACHE or ~/.cache/kboot.
#   sources/NAME-KEY   what Debian's archive delivered        packages/NAME-KEY   what a recipe made of it
#   kernels/NAME-KEY   a built kernel tree                    work/               unfinished; archive/: apt's state
# An entry appears whole or not at all (made under work/, then renamed) and never changes afterwards. The whole
# folder may be deleted at any time that no build runs. Of each NAME the newest entries are kept, see cache_prune.

cache_keep=4
cache_keep_days=2

cache_open() {
	cache_dir=${KBOOT_CACHE:-${HOME:?}/.cache/kboot}
	mkdir -p "$cache_dir"/{sources,packages,kernels,work,locks}
	cache_dir=$(cd "$cache_dir" && pwd -P)
	# What a killed build left behind.
	find "$cache_dir/work" -mindepth 1 -maxdepth 1 -mtime "+$cache_keep_days" -exec rm -rf {} +
	cache_unfinished=()
	trap 'rm -rf "${cache_unfinished[@]}"' EXIT
	trap 'exit 1' INT TERM HUP
}

# cache_key: the key of what it reads.
cache_key() {
	sha256sum | cut -c 1-16
}

# cache_work NAME: sets `work` to an empty folder that goes when the build ends.
cache_work() {
	work=$(mktemp -d "$cache_dir/work/$1.XXXXXX")
	chmod 755 "$work"
	cache_unfinished+=("$work")
}

# cache_get KIND/NAME KEY MAKER...: sets `entry` to the folder kept under KEY. Where there is none yet, MAKER is called
# with an empty folder as its last argument and fills it. Two builds at once wait for another instead of working twice.
cache_get() {
	local name=$1 key=$2 lock work
	shift 2
	entry=$cache_dir/$name-$key
	if [ ! -d "$entry" ]; then
		exec {lock}>"$cache_dir/locks/${name//\//-}-$key"
		flock "$lock"
		if [ ! -d "$entry" ]; then
			cache_work "${name##*/}"
			"$@" "$work"
			entry=$cache_dir/$name-$key
			mv -T "$work" "$entry"
			cache_prune "$name"
		fi
		exec {lock}>&-
	fi
	touch "$entry"
}

# cache_prune KIND/NAME: keeps the entries last used, and every one that was used in the last days.
cache_prune() {
	local old
	while IFS= read -r old; do
		if [ -n "$(find "$old" -maxdepth 0 -mtime "+$cache_keep_days")" ]; then
			rm -rf "$old"
		fi
	done < <(find "$cache_dir/${1%/*}" -maxdepth 1 -regex ".*/${1##*/}-[0-9a-f]*" -printf '%T@ %p\n' |
		sort -rn | sed -n "$((cache_keep + 1))~1s/^[^ ]* //p")
}

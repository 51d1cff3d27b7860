# SPDX-License-Identifier: GPL-2.0-or-later
# A package: read its recipe, build what it depends on, build it, keep the result. README.md says what a recipe may say.

recipes_dir=$initramfs_dir/recipes
declare -A package_key package_entry package_version

recipe_load() {
	source='' binary='' feature='' repository=() depends=()
	[ -r "$recipes_dir/$1/recipe" ] || die "there is no recipe for \"$1\" in $recipes_dir"
	# shellcheck disable=SC1090
	. "$recipes_dir/$1/recipe"
}

# The packages of an image: those of every one, and of the features that config/features has.
recipe_names() {
	local recipe feature
	for recipe in "$recipes_dir"/*/recipe; do
		feature=$(sed -n 's/^feature=//p' "$recipe")
		if [ -z "$feature" ] || has_feature "$feature"; then
			recipe=${recipe%/recipe}
			printf '%s\n' "${recipe##*/}"
		fi
	done
}

has_feature() {
	case " $(config_words features) " in
	*" $1 "*) return 0 ;;
	*) return 1 ;;
	esac
}

# What a package is made from: its version, then hashes. (A source package's .dsc holds the hashes of its files.)
recipe_print_origin() {
	if [ -n "$source" ]; then
		archive_source_files "$source" | awk '$1 ~ /\.dsc$/ { sub(/^[^_]*_/, "", $1); print substr($1, 1, length($1) - 4); print $2 }'
	elif [ -n "$binary" ]; then
		archive_binary "$binary"
	else
		printf 'this checkout\n'
		(cd "$repository_dir" && find "${repository[@]}" -type f -exec sha256sum {} + 2>/dev/null | LC_ALL=C sort -k 2)
	fi
}

# Everything that can change what comes out of a build.
recipe_print_inputs() {
	local dependency
	toolchain_identity
	printf '%s\n' "$2"
	(cd "$recipes_dir/$1" && find . -type f -exec sha256sum {} + | LC_ALL=C sort -k 2)
	(cd "$initramfs_dir/lib" && sha256sum toolchain.sh helpers.sh)
	for dependency in "${depends[@]}"; do
		printf '%s %s\n' "$dependency" "${package_key[$dependency]}"
	done
}

# package NAME: builds it, or finds it built; then package_entry[NAME] is its folder, with what it gives to the
# image below root/ and what others compile against below sysroot/.
package() {
	local name=$1 origin
	[ -z "${package_key[$name]:-}" ] || return 0
	package_key[$name]=unfinished
	recipe_load "$name"
	local -a needs=("${depends[@]}")
	local need
	for need in "${needs[@]}"; do
		[ "${package_key[$need]:-}" != unfinished ] || die "the recipes of $name and $need depend on each other"
		package "$need"
	done
	recipe_load "$name"
	origin=$(recipe_print_origin)
	[ -n "$origin" ] || die "Debian's archive has no package \"$source$binary\" (the recipe $name asks for it)"
	package_version[$name]=${origin%%$'\n'*}
	package_key[$name]=$(recipe_print_inputs "$name" "$origin" | cache_key)
	cache_get "packages/$name" "${package_key[$name]}" package_make "$name" "$origin"
	package_entry[$name]=$entry
}

# package_make NAME ORIGIN FOLDER
package_make() {
	local name=$1 origin=$2 folder=$3 fetched='' entry work
	step "building $name (${package_version[$name]})"
	if [ -n "$source$binary" ]; then
		cache_get "sources/$name" "$(printf '%s' "$origin" | cache_key)" package_fetch "$name"
		fetched=$entry
	fi
	cache_work "build-$name"
	mkdir "$folder/root" "$folder/sysroot" "$work/sysroot"
	logged "$logs_dir/$name.log" package_build "$name" "$fetched" "$folder"
	rm -rf "$work"
}

# package_fetch NAME FOLDER
package_fetch() {
	step "  fetching ${source:-$binary}"
	if [ -n "$source" ]; then
		logged "$logs_dir/$1.fetch.log" archive_fetch_source "$source" "$2"
	else
		logged "$logs_dir/$1.fetch.log" archive_fetch_binary "$binary" "$2"
	fi
}

# package_build NAME FETCHED FOLDER: in a child shell, with the recipe loaded.
package_build() {
	local dependency
	package_unpack "$2"
	for dependency in $(package_closure "$1"); do
		cp -a "${package_entry[$dependency]}/sysroot/." "$work/sysroot"
	done
	toolchain_make "$work/toolchain" "$work/sysroot"
	toolchain_enter "$work/toolchain" "$work/sysroot" "$work"
	recipe=$recipes_dir/$1 sysroot=$work/sysroot to_root=$3/root to_sysroot=$3/sysroot
	recipe_load "$1"
	cd "$work/source" || return
	apply_patches "$recipe"
	package_even_times
	set -x
	build
	set +x
}

# Unpacks into $work/source and sets SOURCE_DATE_EPOCH to the day that the package was made.
package_unpack() {
	mkdir -p "$work"
	if [ -n "$source" ]; then
		dpkg-source --no-copy -x "$1"/*.dsc "$work/source"
		SOURCE_DATE_EPOCH=$(dpkg-parsechangelog -l "$work/source/debian/changelog" -S Timestamp)
	elif [ -n "$binary" ]; then
		dpkg-deb -x "$1"/*.deb "$work/source"
		SOURCE_DATE_EPOCH=$(find "$work/source" -type f -printf '%Ts\n' | sort -n | tail -n 1)
	else
		mkdir "$work/source"
		(cd "$repository_dir" && find "${repository[@]}" -maxdepth 0 -exec cp -a --parents -t "$work/source" {} +)
		SOURCE_DATE_EPOCH=0
	fi
	export SOURCE_DATE_EPOCH
}

# A patch makes configure.ac younger than the configure beside it, and make would call for autoconf and automake, in the
# version that made it. What the package delivers is what is built: all its files are of one age.
package_even_times() {
	find . -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
}

# package_closure NAME: prints everything that NAME depends on, directly or not.
package_closure() {
	local dependency
	(
		recipe_load "$1"
		for dependency in "${depends[@]}"; do
			printf '%s\n' "$dependency"
			package_closure "$dependency"
		done
	) | sort -u
}

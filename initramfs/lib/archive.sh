# SPDX-License-Identifier: GPL-2.0-or-later
# Debian's archive, read through a private apt: own source list, own index files, own downloads.
# The machine's apt configuration is read (mirrors, proxies), never written. Signatures are checked
# against Debian's own keys; every file fetched is checked by apt against the signed indexes.

archive_keyring=/usr/share/keyrings/debian-archive-keyring.gpg
# Indexes younger than this are not fetched again, so that a rebuild needs no network.
archive_index_age_minutes=720

# One apt at a time works on the folder.
archive_apt() {
	local tool=$1
	shift
	LC_ALL=C flock "$archive_dir/lock" "$tool" -qq -c "$archive_dir/apt.conf" "$@"
}

# A network that fails once is no reason to fail a build: three tries, with a growing pause.
archive_retry() {
	local pause
	for pause in 2 8 0; do
		if "$@"; then
			return 0
		fi
		sleep "$pause"
	done
	return 1
}

# The archives that this machine already uses for its own release: those of Debian's origin, by name of release.
# Backports and other releases stay out: the image is made of one release and its updates.
archive_print_sources() {
	local codename
	codename=$(. /etc/os-release && printf '%s' "${VERSION_CODENAME:?this release has no code name}")
	# shellcheck disable=SC2016 # the $(...) are apt's own
	LC_ALL=C apt-get "$@" indextargets --format '$(ORIGIN)|$(CODENAME)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)' \
		'Created-By: Packages' |
		awk -F'|' -v name="$codename" -v key="$archive_keyring" '
			$1 == "Debian" && ($2 == name || $2 == name "-updates" || $2 == name "-security") && !seen[$0]++ {
				printf "Types: deb deb-src\nURIs: %s\nSuites: %s\nComponents: %s\nSigned-By: %s\n\n", $3, $4, $5, key
			}'
}

# apt knows an archive's origin from its indexes. A machine that has none gets them in a folder of ours.
archive_write_sources() {
	local machine=$archive_dir/machine
	archive_print_sources | archive_replace archive.sources
	if [ ! -s "$archive_dir/archive.sources" ]; then
		mkdir -p "$machine/partial"
		LC_ALL=C apt-get -qq -o Dir::State::Lists="$machine" update || true
		archive_print_sources -o Dir::State::Lists="$machine" | archive_replace archive.sources
	fi
	[ -s "$archive_dir/archive.sources" ] ||
		die "this machine's apt has no reachable Debian archive of its own release"
}

archive_print_configuration() {
	cat <<-CONFIGURATION
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		Dir::Etc::SourceList "$archive_dir/archive.sources";
		Dir::Etc::SourceParts "/dev/null";
		Dir::Etc::Preferences "/dev/null";
		Dir::Etc::PreferencesParts "/dev/null";
		Dir::State "$archive_dir/state";
		Dir::State::Lists "$archive_dir/lists";
		Dir::State::Status "$archive_dir/status";
		Dir::Cache "$archive_dir/cache";
		Acquire::Retries "3";
		Acquire::Languages "none";
		Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled "false";
		APT::Update::Error-Mode "any";
		APT::Sandbox::User "";
		APT::Get::Only-Source "true";
	CONFIGURATION
}

# archive_open: makes the private apt ready. The download sandbox user is off because it could not write below a home folder.
archive_open() {
	archive_dir=$cache_dir/archive
	mkdir -p "$archive_dir/lists/partial" "$archive_dir/cache/archives/partial" "$archive_dir/state"
	[ -r "$archive_keyring" ] || die "$archive_keyring is missing: install debian-archive-keyring"
	: >"$archive_dir/status"
	archive_print_configuration | archive_replace apt.conf
	archive_write_sources
	archive_update
}

# archive_replace FILE: writes what it reads to FILE, whole, and only if that changes it.
archive_replace() {
	local new
	new=$(mktemp "$archive_dir/$1.XXXXXX")
	cat >"$new"
	if cmp -s "$new" "$archive_dir/$1"; then
		rm "$new"
	else
		mv "$new" "$archive_dir/$1"
	fi
}

archive_is_fresh() {
	[ "$archive_dir/fetched" -nt "$archive_dir/archive.sources" ] &&
		[ -n "$(find "$archive_dir/fetched" -mmin "-$archive_index_age_minutes")" ]
}

archive_update() {
	if [ "$update" = no ] && archive_is_fresh; then
		return
	fi
	step "archive: fetching the indexes"
	if archive_retry archive_apt apt-get update; then
		touch "$archive_dir/fetched"
	elif [ -e "$archive_dir/fetched" ]; then
		step "archive: not reachable, going on with the indexes fetched before"
	else
		die "the indexes of Debian's archive could not be fetched"
	fi
}

# archive_source_files PACKAGE: prints "FILE SHA256" for each file of its newest source package.
archive_source_files() {
	archive_apt apt-get source --download-only --print-uris "$1" |
		sed -n "s/^'[^']*' \([^ ]*\) [0-9]* SHA256:\([0-9a-f]*\)$/\1 \2/p"
}

# archive_fetch_source PACKAGE FOLDER: puts the files of its source package into FOLDER.
archive_fetch_source() {
	(cd "$2" && archive_retry archive_apt apt-get source --download-only "$1")
}

# archive_binary PACKAGE: prints the version and the SHA256 of its newest binary package, a line each.
archive_binary() {
	archive_apt apt-cache show --no-all-versions "$1" |
		awk '$1 == "Version:" { version = $2 } $1 == "SHA256:" { print version; print $2; exit }'
}

# archive_fetch_binary PACKAGE FOLDER: puts its .deb into FOLDER.
archive_fetch_binary() {
	(cd "$2" && archive_retry archive_apt apt-get download "$1")
}

# archive_first_dependency PACKAGE: prints the first package that it depends on (a metapackage's real one).
archive_first_dependency() {
	archive_apt apt-cache -o APT::Cache::AllVersions=false depends "$1" | awk '$1 == "Depends:" { print $2; exit }'
}

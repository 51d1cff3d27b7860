# SPDX-License-Identifier: GPL-2.0-or-later
# What ./check and ./demo share: saying what happens, and installing what is missing. Sourced by them.

say() {
	printf '==> %s\n' "$*"
}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# The packages that the given list files name, one a line; comments and blanks go.
packages_listed() {
	sed -e 's/#.*//' -e 's/[[:space:]]//g' -e '/^$/d' "$@" | sort -u
}

# Those of them that are not installed.
packages_missing() {
	local installed
	installed=$(dpkg-query -W -f '${db:Status-Abbrev} ${Package}\n' 2>/dev/null | sed -n 's/^ii *//p' | sort -u)
	comm -23 <(packages_listed "$@") <(printf '%s\n' "$installed")
}

apt() {
	local as_root=()
	if [ "$(id -u)" != 0 ]; then
		command -v sudo >/dev/null || die "packages are missing ($*): run this as root, or install sudo"
		as_root=(sudo)
	fi
	"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600 \
		-o Acquire::Retries=3 "$@" </dev/null
}

# Install what is missing of the packages listed in the files. The archive's indexes are fetched only when the install
# fails without: absent or too old.
packages_install() {
	local missing
	command -v dpkg-query >/dev/null || die "this needs Debian 12 or a system derived from it"
	mapfile -t missing < <(packages_missing "$@")
	if [ ${#missing[@]} = 0 ]; then
		return 0
	fi
	say "installing ${missing[*]}"
	if ! apt install --no-install-recommends "${missing[@]}"; then
		say "again, with fresh package indexes"
		apt update
		apt install --no-install-recommends "${missing[@]}"
	fi
}

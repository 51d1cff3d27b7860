# SPDX-License-Identifier: GPL-2.0-or-later
# What the image builder tells: one line a step, and the end of a log when a step fails.
# Sourced by initramfs/build; nothing here knows what is being built.

step() {
	printf '%s\n' "$*"
}

die() {
	printf 'initramfs/build: %s\n' "$*" >&2
	exit 1
}

# logged LOG COMMAND...: runs COMMAND with all it prints in LOG. A failure shows the last lines and ends the build.
# The command runs in a child shell with errexit on: `logged … || …` would switch errexit off inside a recipe.
logged() {
	local log=$1
	shift
	mkdir -p "${log%/*}"
	local status=0
	set +e
	(
		set -e
		"$@"
	) >"$log" 2>&1 </dev/null
	status=$?
	set -e
	if [ "$status" != 0 ]; then
		printf '%s\n' "--- the last lines of $log" >&2
		tail -n 25 "$log" >&2
		die "failed (status $status): $*"
	fi
}

# SPDX-License-Identifier: GPL-2.0-or-later
# A unified kernel image: one EFI program that carries a kernel, its initramfs and its command line.

uki_stub=/usr/lib/systemd/boot/efi/linuxx64.efi.stub
# Sections of an EFI program start on pages.
uki_alignment=4096

# The first address behind the sections of an EFI program.
uki_end() {
	objdump -h "$1" | awk 'NF == 7 { print $3, $4 }' | {
		local size address end=0 high=0
		while read -r size address; do
			end=$((16#$size + 16#$address))
			high=$((end > high ? end : high))
		done
		printf '%s\n' "$high"
	}
}

# uki_make TARGET SECONDS SECTION=FILE...: the sections follow the stub's own, in this order. SECONDS is the date in the
# file's header, which would otherwise be the time of the build.
uki_make() {
	local target=$1 seconds=$2 address section file
	shift 2
	[ -r "$uki_stub" ] || die "$uki_stub is missing: install systemd-boot-efi"
	address=$(uki_end "$uki_stub")
	local -a arguments=()
	for section; do
		file=${section#*=}
		address=$(((address + uki_alignment - 1) / uki_alignment * uki_alignment))
		arguments+=(--add-section "$section" --change-section-vma "${section%%=*}=$address")
		address=$((address + $(stat -c %s "$file")))
	done
	objcopy "${arguments[@]}" "$uki_stub" "$target"
	"$initramfs_dir/lib/pe_date.py" "$target" "$seconds"
}

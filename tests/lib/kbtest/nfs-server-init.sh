#!/bin/busybox sh
# SPDX-License-Identifier: GPL-2.0-or-later
# First program of the NFS server of VM tests: once in its initramfs, where it finds its disk, then on that disk. It
# serves the kernel's own NFS (2049 and a second port), DHCP, DNS and IPv6 router advertisements on its one network card.
export PATH=/bin:/sbin:/usr/sbin
/bin/busybox mount -t proc proc /proc
/bin/busybox mount -t sysfs sysfs /sys
/bin/busybox mount -t devtmpfs devtmpfs /dev

say() {
	echo "NFS-SERVER: $*" >/dev/ttyS0
}

if [ -e /initramfs ]; then
	for module in $(cat /initramfs); do
		busybox modprobe "$module" || say "no module $module"
	done
	# Read-only: of this machine the state is saved, and not what it writes to its disk.
	until busybox mount -t ext4 -o ro /dev/vda /disk; do
		busybox sleep 0.2
	done
	busybox umount /dev /sys /proc
	exec busybox switch_root /disk /sbin/init
fi

busybox mount -t tmpfs tmpfs /run
busybox mount -t tmpfs tmpfs /var/lib/nfs
busybox mkdir -p /run/rpcbind /var/lib/nfs/sm /var/lib/nfs/v4recovery
: >/var/lib/nfs/etab
: >/var/lib/nfs/rmtab
busybox mount -t nfsd nfsd /proc/fs/nfsd
busybox hostname server

card=$(busybox ls /sys/class/net | busybox grep -v lo)
echo 0 >"/proc/sys/net/ipv6/conf/$card/accept_dad"
busybox ip link set dev lo up
busybox ip addr add "@ADDRESS@/24" dev "$card"
busybox ip addr add "@PROXY_ADDRESS@/24" dev "$card"
busybox ip addr add "@ADDRESS6@/64" dev "$card"
busybox ip link set dev "$card" up

# Words of the kernel's command line: nfsd=ARGUMENTS-OF-RPC.NFSD, separated by commas.
arguments=
for word in $(busybox cat /proc/cmdline); do
	case $word in
	nfsd=*) arguments=$(echo "${word#nfsd=}" | busybox tr , ' ') ;;
	esac
done

rpcbind || say 'rpcbind failed'
exportfs -r || say 'exportfs failed'
# shellcheck disable=SC2086 # several arguments
rpc.nfsd $arguments 4 || say 'rpc.nfsd failed'
echo 'tcp @PORT2@' >/proc/fs/nfsd/portlist
rpc.mountd || say 'rpc.mountd failed'
# Nobody held a file when this server was last up: no reason to wait for their claims.
echo Y >/proc/fs/nfsd/v4_end_grace
[ ! -e /dev/vdb ] || busybox mount -t ext4 -o ro /dev/vdb /export/installer
dnsmasq --conf-file=/etc/dnsmasq.conf || say 'dnsmasq failed'
dnsmasq --conf-file=/etc/proxy.conf || say 'the proxyDHCP server failed'
chronyd -x -f /etc/chrony.conf || say 'chronyd failed'
busybox nc -ll -p @MUTE_PORT@ -e /bin/busybox sleep 100000 </dev/null &
busybox httpd -p 80 -h /export || say 'httpd failed'
say ready
exec busybox sleep 1000000

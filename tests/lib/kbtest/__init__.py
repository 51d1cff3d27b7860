# SPDX-License-Identifier: GPL-2.0-or-later
"""What kboot's screen and VM tests share: terminals, QEMU machines, disks, archives."""

# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine whose disks are members of something, for the tests of it."""

from case import image
from kbtest import disks, stacked
from kbtest.terminal import ENTER
from prompt_case import PromptCase, checksum

import screen_words as words


class StorageCase(PromptCase):
    def attach(self, stack, without=()):
        """Its members as disks, and their checksums before anything happens to them."""
        paths = stacked.members(stack, image("custom").efi, self.folder)
        self.paths = [path for number, path in enumerate(paths) if number not in without]
        self.before = [checksum(path) for path in self.paths]
        # Written for real, so that the checksum would tell.
        return [self.attached(path) for path in self.paths]

    def attached(self, path):
        return self.disk(disks.Image(path, {}), path.stem.replace("member-", ""), "virtio", snapshot=False)

    def check_untouched(self, vm, attached):
        """Neither did QEMU see a write, nor is a byte another one."""
        self.assertEqual([vm.writes(disk) for disk in attached], [0] * len(attached), "kboot wrote to a member")
        vm.close()
        self.assertEqual([checksum(path) for path in self.paths], self.before)

    def conf(self, *names):
        """An entry for each name of a volume, which prints the nonce."""
        return "".join(f"Entry of {name}='{disks.rescue_entry(f'nonce={self.nonce}', f'{name}:')}'\n" for name in names)

    def boot(self, vm, attached, name):
        self.wait_menu(vm, f"Entry of {name}")
        self.select(vm, f"Entry of {name}")
        self.boot_selected(vm)
        self.wait_nonce(vm)
        self.check_untouched(vm, attached)

    def unlock(self, vm, device, *passphrases):
        self.select(vm, f"Unlock {device}")
        vm.keys(ENTER)
        for number, passphrase in enumerate(passphrases):
            # The second question says that the first answer was wrong.
            asked = "what is the passphrase" if number == 0 else "no key slot of .* takes this passphrase"
            vm.wait_screen(lambda s, asked=asked: words.says(s, asked), "the question", 60)
            vm.keys(passphrase, ENTER)

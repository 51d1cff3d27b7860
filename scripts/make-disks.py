#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the two disks of ./demo in a folder: debian.img and rescue.img."""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests/lib"))

from kbtest import debian, disks  # pylint: disable=wrong-import-position


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--efi", type=Path, help="the program that EFI firmware starts from the first disk")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    disks.debian_disk(arguments.folder / "debian.img", efi_program=arguments.efi)
    disks.rescue_disk(arguments.folder / "rescue.img", kernel=debian.parts().kernel)


if __name__ == "__main__":
    main()

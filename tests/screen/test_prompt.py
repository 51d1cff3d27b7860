# SPDX-License-Identifier: GPL-2.0-or-later
"""The prompt on a terminal: the real program, with an engine in our hands."""

import os
import re
import subprocess
import tempfile
import unittest
from pathlib import Path

from kbtest.terminal import BACKSPACE, DOWN, ENTER, HOME, TAB, UP, Terminal
from prompt_engine import PromptEngine

CTRL_C, CTRL_D, CTRL_Z, CTRL_R = b"\x03", b"\x04", b"\x1a", b"\x12"
DEVICES = (("sda1", "vfat", "536870912", None, None, None, "EFI", "6B62-6F74"),
           ("sda2", "ext4", "478888853504", None, None, None, "debian root", "7c7c6bd1-1a0a", "0b-2", "a/b"),
           ("sdb1", "vfat", "31138512896", None, None, None, "RESCUE"))
LABELS = ("Debian", "Rescue system")
MORE = "--more-- (Space, Enter, q)"


class PromptTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.run_dir = self.folder / "run"
        self.run_dir.mkdir()
        for name in ("env/boot/grub", "env/etc", "env/home/user", "usb/music"):
            (self.folder / name).mkdir(parents=True)
        for name in ("env/boot/vmlinuz-6.1", "env/boot/initrd.img-6.1", "env/boot/bzImage", "usb/a file", "usb/it's",
                     "usb/$HOME", "usb/naïve.txt"):
            (self.folder / name).write_text(f"this is {name}\n")
        self.engine = self.start_engine()
        self.path = "/usr/bin:/bin"

    def start_engine(self, **state):
        engine = PromptEngine(self.run_dir, {"/": f"{self.folder}/env", "sda2:": f"{self.folder}/env", "sdb1:": f"{self.folder}/usb",
                                              "UUID=1-2:": f"{self.folder}/usb", "host:": f"{self.folder}/usb"},
                              LABELS, DEVICES, **state)
        self.addCleanup(lambda: engine.close() if os.path.exists(engine.path) else None)
        return engine

    def start(self, *options, **terminal):
        term = Terminal([os.environ["KBOOT"], "shell", "--run-dir", str(self.run_dir), *options], **terminal)
        self.addCleanup(term.close)
        term.wait(lambda screen: screen.last_line.startswith("kboot"), "the prompt")
        return term

    def once(self, command, stdin=None):
        """`kboot shell -c`, or lines from standard input; without a terminal."""
        argv = [os.environ["KBOOT"], "shell", "--run-dir", str(self.run_dir), *(["-c", command] if command else [])]
        return subprocess.run(argv, input=stdin, capture_output=True, text=True, timeout=60, check=False,
                              env={"PATH": self.path, "LANG": "C.UTF-8"})

    def wait_line(self, term, text):
        """Until the last line on the screen is this one."""
        term.wait(lambda screen: screen.last_line == text, f"the line {text!r}")

    # --- the first minute -----------------------------------------------------------------------------------------

    def test_a_hint_comes_first(self):
        term = self.start()
        self.assertEqual(term.screen.text, "Tab completes, `help` lists the commands, `exit` leaves.\nkboot:")
        self.assertNotIn("Tab", self.once(None, "pwd\n").stdout)
        self.assertNotIn("Tab", self.once("pwd").stdout)

    def test_help_is_one_screen(self):
        term = self.start()
        term.send("help", ENTER)
        term.wait_text("`help NAME` says more.\nkboot:")
        self.assertRegex(term.screen.text, r"\ncd        go to a place +unlock    open an encrypted volume\n")
        term = self.start(columns=40)
        term.send("help", ENTER)
        self.wait_line(term, MORE)
        self.assertIn("\nls        list folders and files\n", term.screen.text)

    def test_help_of_a_restricted_prompt(self):
        self.engine.state["restricted"] = True
        term = self.start()
        term.send("help", ENTER)
        term.wait_text("all else is refused.")
        self.assertEqual(set(re.findall(r"(?m)(?:^|  )([a-z]+) {2,}[a-z]+ ", term.screen.text)),
                         {"boot", "explain", "unlock", "labels", "rescan", "reboot", "poweroff", "menu", "sessions", "jobs", "fg", "exit", "help"})
        term.send("help cd", ENTER)
        term.wait_text("cd: this kboot is restricted")
        term.send("help boot", ENTER)
        term.wait_text("never takes it for a command")

    # --- where one is --------------------------------------------------------------------------------------------

    def test_the_prompt_shows_where_one_is(self):
        term = self.start()
        for typed, prompt in (("cd /boot", "kboot /boot:"), ("cd grub", "kboot /boot/grub:"), ("cd", "kboot:"),
                              ("cd sdb1:", "kboot sdb1:/:"), ("cd music", "kboot sdb1:/music:"),
                              ("cd -", "kboot sdb1:/:"), ("sda2:", "kboot sda2:/:"), ("cd //usr/bin", "kboot //usr/bin:")):
            term.send(typed, ENTER)
            self.wait_line(term, prompt)

    def test_a_command_runs_where_one_is(self):
        term = self.start()
        term.send("cd sdb1:/music", ENTER)
        term.wait_text("kboot sdb1:/music:")
        term.send("/bin/pwd", ENTER)
        term.wait_text(f"{self.folder}/usb/music")

    def test_before_the_first_cd_one_is_in_the_environment(self):
        term = self.start()
        term.send("/bin/pwd", ENTER)
        term.wait_text(f"{self.folder}/env\n")

    def test_a_place_that_is_not_there(self):
        term = self.start()
        term.send("cd /nowhere", ENTER)
        term.wait_text("\n! /nowhere: no such file or directory\nkboot:")

    def test_what_the_engine_says_on_the_way_is_shown(self):
        self.engine.answers["visit"] = lambda intent: {**self.engine.do_visit(intent), "text": "/etc/fstab:3: /boot is on /dev/vda1"}
        term = self.start()
        term.send("cd /boot", ENTER)
        term.wait_text("/etc/fstab:3: /boot is on /dev/vda1\nkboot /boot:")

    def test_forty_columns(self):
        deep = self.folder / "env/home/user" / "a-folder-with-a-long-name"
        deep.mkdir()
        term = self.start(columns=40)
        term.send("cd /home/user/a-folder-with-a-long-name", ENTER)
        self.wait_line(term, "kboot /ho...g-name:")
        term.send("echo ", "x" * 40, ENTER)
        term.wait_text("x" * 40)
        self.wait_line(term, "kboot /ho...g-name:")

    # --- editing -------------------------------------------------------------------------------------------------

    def test_a_line_can_be_edited(self):
        term = self.start()
        term.send("cho hellp", BACKSPACE, "o", HOME, "e", ENTER)
        term.wait_text("\nhello\n")

    def test_a_line_that_a_program_left_unfinished(self):
        for kind in ("xterm-256color", "vt100"):
            with self.subTest(kind):
                term = self.start(term=kind)
                term.send("printf abc", ENTER)
                term.wait(lambda screen: re.search(r"\nabc\nkboot:$", screen.text), "a prompt in a line of its own")
                term.send("cat sdb1:/mu", TAB)
                self.wait_line(term, "kboot: cat sdb1:/music/")
                term.send(CTRL_C, "printf 'abc\\n'", ENTER)
                term.wait(lambda screen: re.search(r"printf 'abc.n'\nabc\nkboot:$", screen.text), "no empty line")

    def test_words_are_quoted_as_in_a_shell(self):
        term = self.start()
        term.send(r"""printf '<%s>\n' 'a b' "c \"d\"" e\ f $HOME '*' \; x""", ENTER)
        for word in ("a b", 'c "d"', "e f", "$HOME", "*", ";", "x"):
            term.wait_text(f"\n<{word}>")

    def test_what_only_a_shell_can_do(self):
        pipes = "there are no pipes here, `sh` has them (as a word: '|')"
        to, of = (f"there are no redirections here, `sh` has them (as a word: '{sign}')" for sign in "><")
        second = "there is one command in a line here, `sh` takes more (as a word: ';')"
        more = "a line is one command, which is waited for; `sh` can do more (as a word: '&')"
        for typed, why in (("ls | wc", pipes), ("ls |wc", pipes), ("ls|wc", pipes), ("echo a | wc", pipes), ("wc a || b", pipes), ("ls >x", to),
                           ("dmesg > x", to), ("wc x 2>/dev/null", to), ("echo 2>>x", to), ("cat < x", of), ("echo a; echo b", second),
                           ("ls ; pwd", second), ("cd /boot && ls", more), ("sleep 9 &", more), ("  ls | wc", pipes)):
            with self.subTest(typed):
                done = self.once(typed)
                self.assertEqual((done.stdout, done.stderr, done.returncode), ("", f"kboot: {why}\n", 1))
        for typed, said in ((r"echo '|' \> a\; \& x=1&y 'a;' \\|", "| > a; & x=1&y a; \\|\n"), ("sh -c 'echo a | cat; echo b'", "a\nb\n"),
                            ("boot --dry-run ./bzImage a;b ; > x", "would start ./bzImage a;b ; > x\n")):
            with self.subTest(typed):
                self.assertEqual(self.once(typed).stdout, said)

    def test_blanks_before_a_command(self):
        self.assertEqual(self.once("   boot --dry-run ./bzImage quiet").stdout, "would start ./bzImage quiet\n")
        self.assertEqual(self.once("\t\texplain Debian").stdout, "because\n")

    def test_globs_are_for_commands(self):
        term = self.start()
        term.send("cd /boot", ENTER, "printf '<%s>' *-6.1 'v*' no*match", ENTER)
        term.wait_text("<initrd.img-6.1><vmlinuz-6.1><v*><no*match>")

    def test_ctrl_c_forgets_the_line(self):
        term = self.start()
        term.send("echo never")
        term.wait_text("kboot: echo never")
        term.send(CTRL_C)
        term.wait_text("echo never^C\nkboot:")
        term.send("echo on", ENTER)
        term.wait_text("\non\n")
        self.assertNotIn("\nnever", term.screen.text)

    def test_ctrl_d_leaves(self):
        term = self.start()
        term.send(CTRL_D)
        self.assertEqual(term.wait_exit(), 0)

    def test_a_resized_terminal(self):
        term = self.start(columns=80)
        term.send("cd /boot/grub", ENTER)
        term.wait_text("kboot /boot/grub:")
        term.resize(40, 24)
        term.send("echo abc", ENTER)
        term.wait_text("\nabc")

    def test_history_goes_from_one_prompt_to_another(self):
        first = self.start()
        first.send("echo from the first", ENTER)
        first.wait_text("\nfrom the first\nkboot:")
        second = self.start()
        second.send(UP)
        second.wait_text("kboot: echo from the first")
        second.send(CTRL_C)
        second.wait_text("^C\nkboot:")
        second.send("echo from the second", ENTER)
        second.wait_text("\nfrom the second")
        # The next prompt reads what was added meanwhile.
        first.send(ENTER)
        first.wait_text("\nfrom the first\nkboot:\nkboot:")
        first.send(UP)
        first.wait_text("kboot: echo from the second")
        first.send(UP)
        first.wait_text("kboot: echo from the first")
        first.send(DOWN, CTRL_C)
        self.assertEqual((self.run_dir / "history").stat().st_mode & 0o777, 0o600)

    def test_history_is_searched(self):
        term = self.start()
        term.send("echo one", ENTER, "echo two", ENTER)
        term.wait_text("\ntwo\nkboot:")
        term.send(CTRL_R, "one", ENTER)
        term.wait(lambda screen: screen.text.count("\none") == 2, "the first line again")

    def test_a_line_behind_a_blank_is_not_kept(self):
        term = self.start()
        term.send(" echo secret", ENTER)
        term.wait_text("\nsecret")
        term.send("echo seen", ENTER)
        term.wait_text("\nseen")
        self.assertEqual((self.run_dir / "history").read_text(), "echo seen\n")

    # --- completion ----------------------------------------------------------------------------------------------

    def complete(self, typed, expected, **terminal):
        term = self.start(**terminal)
        term.send(typed, TAB)
        term.wait_text(f"kboot: {expected}".rstrip())
        # The screen's text has no blanks at the ends of lines.
        term.send("|")
        term.wait_text(f"kboot: {expected}|")
        term.send(BACKSPACE)
        return term

    def test_completion_of_files_by_every_form_of_name(self):
        for typed, expected in (("cat /bo", "cat /boot/"), ("cat /boot/vm", "cat /boot/vmlinuz-6.1 "),
                                ("cat boot/gr", "cat boot/grub/"), ("ls sdb1:/mu", "ls sdb1:/music/"),
                                ("ls sdb1:mu", "ls sdb1:music/"),
                                ("ls UUID=1-2:/mu", "ls UUID=1-2:/music/"), ("ls host:/mu", "ls host:/music/"),
                                ("x root=UUID=1-2:/mu", "x root=UUID=1-2:/music/"),
                                ("UUID=1-2:/mu", "UUID=1-2:/music/"), ("ls //usr/bi", "ls //usr/bin/"),
                                ("initrd=/boot/in", "initrd=/boot/initrd.img-6.1 "),
                                ("initrd=/a,/boot/in", "initrd=/a,/boot/initrd.img-6.1 "),
                                ("./boot/bz x initrd=boot/i", "./boot/bz x initrd=boot/initrd.img-6.1 ")):
            with self.subTest(typed):
                self.complete(typed, expected)

    def test_completion_of_urls_by_what_was_typed_before_and_of_hosts(self):
        (self.run_dir / "history").write_text("fetch http://boot.example/a/vmlinuz x\n./k initrd=/x,tftp://old/i\n")
        (self.folder / "env/etc/hosts").write_text("127.0.0.1 localhost\n10.0.0.1\tserver.lan server # http://no\n\n10.0.0.2 sink\n")
        for typed, expected in (("fetch http://bo", "fetch http://boot.example/a/vmlinuz "), ("http://ser", "http://server"),
                                ("http://server.", "http://server.lan/"), ("./k initrd=tftp://o", "./k initrd=tftp://old/i "),
                                ("./k initrd=/x,ftp://si", "./k initrd=/x,ftp://sink/"), ("http://sink/a", "http://sink/a")):
            with self.subTest(typed):
                self.complete(typed, expected)

    def test_what_completion_inserts_is_quoted(self):
        for typed, expected in (("cat sdb1:/a", r"cat sdb1:/a\ file "), ("cat 'sdb1:/a", "cat 'sdb1:/a file' "),
                                ("cat \"sdb1:/a", "cat \"sdb1:/a file\" "), ("cat sdb1:/it", r"cat sdb1:/it\'s "),
                                (r"cat sdb1:/a\ f", r"cat sdb1:/a\ file "), ("cat sdb1:/na", "cat sdb1:/naïve.txt "),
                                ("cat sdb1:/$", "cat sdb1:/$HOME ")):
            with self.subTest(typed):
                term = self.complete(typed, expected)
                term.send(ENTER)
                term.wait_text("this is usb/")

    def test_completion_of_first_words(self):
        for typed, expected in (("Deb", "Debian "), ("Res", r"Rescue\ system "), ("mount_", "mount_rw="),
                                ("sdb", "sdb1:"), ("umou", "umount "),
                                ("reboot s", "reboot setup "), ("reboot W", r"reboot Windows\ Boot\ Manager ")):
            with self.subTest(typed):
                self.complete(typed, expected)

    def test_an_empty_line_offers_no_programs(self):
        term = self.start(lines=30)
        term.send(TAB, TAB)
        term.wait_text("Variables:")
        self.wait_line(term, "kboot:")
        listed = term.screen.text
        self.assertRegex(listed, r"\nLabels:\nDebian         Rescue system\nDevices:\nsda1:  vfat .*EFI\n(.*\n)*Files:\nboot/  etc/   home/\n"
                         r"Commands:\n(.*\n)*Variables:\n(.*\n)*authorized_keys=(.*\n)*kboot:$")
        self.assertNotIn("readlink", listed)
        term.send("readl", TAB)
        self.wait_line(term, "kboot: readlink")

    def test_completion_is_of_what_the_command_takes(self):
        for typed, expected in (("boot De", "boot Debian "), ("boot umou", "boot umou"), ("boot --", "boot --dry-run "),
                                ("boot --dry-run Res", r"boot --dry-run Rescue\ system "), ("boot sdb", "boot sdb1:"),
                                ("boot Debian De", "boot Debian De"), ("explain umou", "explain umount "),
                                ("mount -", "mount -o "), ("mount -o r", "mount -o remount,r"),
                                ("mount -o remount,rw sdb", "mount -o remount,rw sdb1:"), ("root sdb", "root sdb1 "),
                                ("network u", "network up "), ("network eth0 192.168.1.5/24 g", "network eth0 192.168.1.5/24 gateway "),
                                ("cd boot/vm", "cd boot/vm"), ("cd boot/g", "cd boot/grub/"), ("exit b", "exit b"), ("pwd -", "pwd -P "),
                                ("cd boot b", "cd boot b"), ("wc sdb", "wc sdb"), ("wc bo", "wc boot/")):
            with self.subTest(typed):
                self.complete(typed, expected)

    def test_a_label_with_blanks_and_commas(self):
        self.engine.labels = ("Debian", "Rescue, the big one", "Rescue, the small")
        for typed, expected in (("Res", r"Rescue,\ the\ "), ("Rescue, the b", r"Rescue,\ the\ big\ one "),
                                ("boot Rescue, the b", r"boot Rescue,\ the\ big\ one "), ("'Rescue, the b", "'Rescue, the big one' "),
                                (r"default=Rescue,\ the\ s", r"default=Rescue,\ the\ small ")):
            with self.subTest(typed):
                self.complete(typed, expected)
        term = self.complete("boot --dry-run Rescue, the b", r"boot --dry-run Rescue,\ the\ big\ one ")
        term.send(ENTER)
        term.wait_text('would start "Rescue, the big one"')

    def test_help_takes_the_width_that_there_is(self):
        for columns in (40, 132):
            term = self.start(columns=columns)
            term.send("help cd", ENTER)
            term.wait_text("Goes to a place")
            term.wait(lambda screen: screen.last_line == "kboot:", "the prompt")
            # Below the line that says what there is.
            widest = max(len(line) for line in term.screen.text.split("help cd\n")[1].split("\n"))
            self.assertTrue(columns - 16 < widest < columns, term.screen.framed())

    def test_completion_of_devices_by_what_is_on_them(self):
        for typed, expected in (("root=sda2", "root=sda2 "), ("root=/dev/sdb", "root=/dev/sdb1 "), ("set root=sdb", "set root=sdb1 "),
                                ("root=UUID=6", "root=UUID=6B62-6F74 "), ("root=LABEL=d", r"root=LABEL=debian\ root "),
                                ("UUID=6", "UUID=6B62-6F74:"), ("boot UUID=7", "boot UUID=7c7c6bd1-1a0a:"),
                                ("cd LABEL=E", "cd LABEL=EFI:"), ("ls PARTU", "ls PARTUUID=0b-2:"),
                                ("cat PARTLABEL=a", "cat PARTLABEL=a/b:"), ("x initrd=/a,UUID=6", "x initrd=/a,UUID=6B62-6F74:"),
                                ("initrd=LABEL=E", "initrd=LABEL=EFI:"), ("root UUID=6", "root UUID=6B62-6F74 "),
                                ("umount LABEL=E", "umount LABEL=EFI "), ("x root=UUID=1-2:/mu", "x root=UUID=1-2:/music/")):
            with self.subTest(typed):
                self.complete(typed, expected)
        term = self.start()
        term.send("cd UUID=", TAB, TAB)
        term.wait_text("UUID=6B62-6F74:      sda1\nUUID=7c7c6bd1-1a0a:  sda2\nkboot: cd UUID=")

    def test_completion_of_values(self):
        for typed, expected in (("default=D", "default=Debian "), ("set default=R", r"set default=Rescue\ system "),
                                ("default=/bo", "default=/boot/"), ("restricted=t", "restricted=true "),
                                ("mount_rw=f", "mount_rw=false "), ("timeout=", "timeout="), ("video=s", "video=s"),
                                ("my entry=sda2", "my entry=sda2:"), ("rescue=/bo", "rescue=/boot/")):
            with self.subTest(typed):
                self.complete(typed, expected)

    def test_devices_are_listed_with_what_is_on_them(self):
        term = self.start()
        term.send("ls sd", TAB, TAB)
        term.wait_text("sda1:  vfat       512 MiB  EFI\nsda2:  ext4       446 GiB  debian root\n"
                       "sdb1:  vfat      29.0 GiB  RESCUE\nkboot: ls sd")
        term.send("b", TAB)
        term.wait_text("kboot: ls sdb1:")

    def test_a_list_is_paged(self):
        many = self.folder / "usb/many"
        many.mkdir()
        for n in range(300):
            (many / f"file-number-{n:03}").touch()
        term = self.start(columns=40, lines=12)
        term.send("ls sdb1:/many/", TAB)
        term.wait_text("kboot: ls sdb1:/many/file-number-")
        term.send(TAB)
        self.wait_line(term, MORE)
        self.assertEqual(term.screen.lines[0].split()[0], "file-number-000")
        term.send("q")
        # The line is edited on.
        self.wait_line(term, "kboot: ls sdb1:/many/file-number-")
        term.send("12", TAB, TAB)
        term.wait_text("file-number-129")
        self.wait_line(term, "kboot: ls sdb1:/many/file-number-12")

    def test_completion_is_waited_for_by_who_types_on(self):
        term = self.start()
        term.send("cat /boot/vm", TAB, ENTER)
        term.wait_text("\nthis is env/boot/vmlinuz-6.1")

    def test_completion_that_hangs_gives_way_to_a_key(self):
        self.engine.answers["visit"] = lambda intent: None
        term = self.start()
        term.send("ls /bo", TAB)
        self.engine.next("visit")
        term.send("x")
        term.wait_text("kboot: ls /box")

    def test_a_restricted_prompt_offers_labels_and_nothing_else(self):
        self.engine.tell_state(restricted=True)
        for do in ("visit", "root"):
            self.engine.answers[do] = lambda intent: {"text": "this kboot is restricted"}
        term = self.start()
        self.wait_line(term, "kboot //:")
        term.send("De", TAB)
        term.wait_text("kboot //: Debian")
        term.send(CTRL_C, TAB)
        term.wait_text("\nDebian         Rescue system\nkboot //:")
        term.send(CTRL_C)
        for typed in ("cat /bo", "ls sd", "tim", "cd ", "Debian initrd=/boot/in", "umo", "UUID=6", "root=sd", "default=R",
                      "boot UUID=", "cd LABEL="):
            term.send(typed, TAB, "|")
            term.wait_text(f"kboot //: {typed}|")
            term.send(CTRL_C)
            term.wait_text(f"kboot //: {typed}|^C\nkboot //:")
        self.engine.asked.put({"do": "end"})
        asked = []
        while (intent := self.engine.asked.get(timeout=5))["do"] != "end":
            asked.append(intent)
        self.assertEqual({intent["do"] for intent in asked}, {"root", "labels"})

    # --- what is longer than the screen ---------------------------------------------------------------------------

    def start_long(self, labels=40, **terminal):
        self.engine.labels = [f"label {n:02}" for n in range(labels)]
        term = self.start(lines=10, **terminal)
        term.send("labels", ENTER)
        self.wait_line(term, MORE)
        self.assertEqual(term.screen.lines[0], "label 00")
        self.assertEqual(term.screen.lines[8], "label 08")
        return term

    def test_pages_and_lines(self):
        for kind in ("vt100", "dumb"):
            with self.subTest(kind):
                term = self.start_long(term=kind)
                before = len(term.output)
                term.send("x", ENTER)
                term.wait_text("label 09")
                self.wait_line(term, MORE)
                self.assertLess(len(term.output) - before, 70 if kind == "dumb" else 45)
                term.send(" ")
                term.wait_text("label 18")
                self.wait_line(term, MORE)
                self.assertEqual(term.screen.lines[0], "label 10")
                for _ in range(3):
                    term.send(" ")
                self.wait_line(term, "kboot:")
                self.assertIn("\nlabel 39\nkboot:", term.screen.text)
                self.assertNotIn("more", term.screen.text)
                term.send("echo on", ENTER)
                term.wait_text("\non\nkboot:")

    def test_enough_was_seen(self):
        for key in ("q", CTRL_C):
            with self.subTest(key):
                term = self.start_long()
                term.send(key)
                self.wait_line(term, "kboot:")
                self.assertNotIn("label 09", term.screen.text)
                term.send("echo on", ENTER)
                term.wait_text("\non\nkboot:")

    def test_a_page_is_as_large_as_the_screen_is_now(self):
        term = self.start_long()
        term.resize(80, 20)
        term.send(" ")
        term.wait_text("label 27")
        self.wait_line(term, MORE)
        self.assertNotIn("label 28", term.screen.text)

    def test_a_page_is_put_aside_and_taken_up_again(self):
        term = self.start_long()
        term.send(CTRL_Z)
        term.wait_text("[1] stopped: --more--")
        self.wait_line(term, "kboot:")
        term.send("fg", ENTER)
        self.wait_line(term, MORE)
        # Its keys are keys, and unseen.
        term.send("xx ")
        term.wait_text("label 17")
        self.wait_line(term, MORE)
        self.assertNotIn("xx", term.screen.text)
        term.send("q")
        self.wait_line(term, "kboot:")

    def test_a_screen_narrower_than_its_question(self):
        self.engine.labels = [f"{n}" for n in range(9)]
        for kind in ("vt100", "dumb"):
            with self.subTest(kind):
                term = self.start(columns=12, lines=9, term=kind)
                term.send("labels", ENTER)
                self.wait_line(term, MORE[:11])
                term.send(" ")
                self.wait_line(term, "kboot:")
                self.assertNotIn("more", term.screen.text)

    def test_what_fits_is_not_paged(self):
        self.engine.labels = [f"label {n:02}" for n in range(9)]
        term = self.start(lines=10)
        term.send("labels", ENTER)
        term.wait_text("\nlabel 08\nkboot:")

    def test_the_engine_dies_or_leaves_while_a_page_is_read(self):
        term = self.start_long()
        self.engine.die()
        term.send("q")
        term.wait_text("the boot engine is gone")
        self.engine = self.start_engine()
        term.wait_text("The boot engine is back.")
        self.engine.labels = ["x"] * 30
        term.send("labels", ENTER)
        self.wait_line(term, MORE)
        self.engine.tell(type="bye", text="The machine restarts.")
        term.wait_text("The machine restarts.")
        self.assertEqual(term.wait_exit(), 1)

    def test_files_are_paged_and_harmless(self):
        (self.folder / "usb/long").write_bytes(b"".join(b"%d\t\x1b]0;x\x07\xe9 \x1b[31mred\x1b[m\r\n" % n for n in range(30)) + b"end")
        term = self.start(lines=10)
        term.send("cat sdb1:long", ENTER)
        self.wait_line(term, MORE)
        self.assertEqual(term.screen.lines[0], r"0       \x1b]0;x\x07\xe9 red")
        term.send("q")
        self.wait_line(term, "kboot:")
        self.assertNotIn("exit status", term.screen.text)
        term.send("cat sdb1:/music/none sdb1:long", ENTER)
        self.wait_line(term, MORE)
        term.send("   ")
        term.wait_text("\nend\nkboot:")
        # Alone it shows what is typed; where it was not there yet, the terminal has shown no more than the line's end.
        term.send("cat", ENTER, "typed", ENTER)
        term.wait(lambda screen: re.search(r"kboot: cat\n\n?typed", screen.text), "what was typed, by cat")
        term.send(CTRL_D)
        self.wait_line(term, "kboot:")

    def test_a_line_longer_than_a_page(self):
        (self.folder / "usb/long").write_text("x" * 20000 + "\n")
        term = self.start(lines=10)
        term.send("cat sdb1:long", ENTER)
        self.wait_line(term, MORE)
        self.assertEqual({len(line) for line in term.screen.lines[:9]}, {79})
        term.send(" ", "q")
        self.wait_line(term, "kboot:")

    def test_folders_are_paged_in_columns_by_the_names_that_were_typed(self):
        for n in range(60):
            (self.folder / f"usb/{n:02}-a-file-of-that-name").touch()
        term = self.start(lines=10)
        term.send("ls sdb1:", ENTER)
        self.wait_line(term, MORE)
        self.assertIn("name  ", term.screen.lines[3])
        term.send("q")
        self.wait_line(term, "kboot:")
        term.send("ls -l sdb1:/m* sdb1:/0[12]*", ENTER)
        term.wait(lambda screen: re.search(r" sdb1:/01-a-file-of-that-name\n.* sdb1:/02-.*\n\nsdb1:/music:\n.*kboot:$", screen.text, re.DOTALL),
                  "names as they were typed")
        term.send("ls sdb1:/nothing", ENTER)
        term.wait_text("sdb1:/nothing: no such file")

    def test_nothing_is_paged_for_one_command(self):
        self.engine.labels = [f"label {n:02}" for n in range(40)]
        term = Terminal([os.environ["KBOOT"], "shell", "--run-dir", str(self.run_dir), "-c", "labels"], lines=10)
        self.addCleanup(term.close)
        self.assertEqual(term.wait_exit(), 0)
        self.assertIn("label 39", term.screen.text)
        self.assertEqual(self.once("ls sdb1:/mu* sdb1:/n*").stdout, "sdb1:/naïve.txt\n\nsdb1:/music:\n")

    # --- programs ------------------------------------------------------------------------------------------------

    def test_a_command_that_fails_or_dies(self):
        term = self.start()
        term.send("false", ENTER)
        term.wait_text("\n[exit status 1]\nkboot:")
        term.send("sh -c 'kill -SEGV $$'", ENTER)
        term.wait_text("\n[sh -c 'kill -SEGV $$' ended by a signal: Segmentation fault]\nkboot:")

    def test_a_command_that_is_not_there(self):
        term = self.start()
        term.send("sett timeout=3", ENTER)
        term.wait_text("sett: there is no such command, label or file (is `set` meant?)")
        term.send("frobnicate", ENTER)
        term.wait_text("frobnicate: there is no such command, label or file (see `help`)")

    def test_ctrl_c_ends_the_command_and_not_the_prompt(self):
        term = self.start()
        term.send("sh -c 'echo ready; exec sleep 1000'", ENTER)
        term.wait_text("\nready")
        term.send(CTRL_C)
        term.wait(lambda screen: screen.last_line == "kboot:", "the prompt")
        term.send("echo still here", ENTER)
        term.wait_text("\nstill here")

    def test_ctrl_z_stops_it_and_fg_goes_on(self):
        term = self.start()
        term.send("sh -c 'echo ready; read line; echo got $line'", ENTER)
        term.wait_text("\nready")
        term.send(CTRL_Z)
        term.wait_text("[1] stopped: sh -c")
        term.send("jobs", ENTER)
        term.wait_text("\n[1] sh -c 'echo ready; read line; echo got $line'")
        term.send("fg", ENTER)
        term.wait(lambda screen: screen.text.count("sh -c") >= 4, "the command's name")
        term.send("a word", ENTER)
        term.wait_text("\ngot a word")
        term.send("jobs", ENTER, "fg", ENTER)
        term.wait_text("there is no such stopped command")

    def test_the_terminal_is_put_back_behind_a_program_that_dies_raw(self):
        term = self.start()
        term.send("sh -c 'stty raw -echo; kill -KILL $$'", ENTER)
        term.wait_text("Killed]\nkboot:")
        term.send("stty -a", ENTER)
        term.wait(lambda screen: " icanon" in screen.text and " echo " in screen.text, "a terminal as it was")

    def test_programs_get_a_plain_environment(self):
        term = self.start(env={"SECRET": "42", "LD_LIBRARY_PATH": "/nowhere"})
        term.send("env", ENTER)
        term.wait_text("TERM=xterm-256color")
        self.assertNotIn("SECRET", term.screen.text)
        self.assertNotIn("LD_LIBRARY_PATH", term.screen.text)

    # --- the engine ----------------------------------------------------------------------------------------------

    def test_a_boot_is_followed_to_its_end(self):
        term = self.start()
        term.send("./boot/bzImage quiet", ENTER)
        line = "./boot/bzImage quiet"
        asked = self.engine.next("run")
        self.assertGreater(asked.pop("request"), 0)
        self.assertEqual(asked, {"do": "run", "id": line, "name": line, "from": "/"})
        self.engine.tell_state(phase="booting", stage="loading", done_bytes=3 << 20, total_bytes=31 << 20)
        term.wait_text("\nLoading: 3.0 MiB of 31.0 MiB")
        self.engine.tell_state(done_bytes=30 << 20)
        term.wait_text("\nLoading: 30.0 MiB of 31.0 MiB")
        self.engine.tell(type="bye", text="Debian starts.")
        term.wait_text("\nDebian starts.")
        self.assertEqual(term.wait_exit(), 0)

    def test_a_boot_that_fails_says_why_and_one_is_back(self):
        term = self.start()
        term.send("Debian", ENTER)
        self.engine.next("run")
        self.engine.tell_state(phase="booting", stage="resolving")
        term.wait_text("Looking for the files ...")
        self.engine.notice("initrd not found: sda2:/initrd", phase="waiting", stage="failed")
        term.wait_text("\n! initrd not found: sda2:/initrd\nkboot:")

    def test_what_was_told_before_a_boot_is_not_its_end(self):
        def run(intent):
            self.engine.notice("default=nope names no entry", level="warning")
            return self.engine.do_run(intent)

        self.engine.answers["run"] = run
        term = self.start()
        term.send("Debian", ENTER)
        term.wait_text("Getting ready ...")
        self.engine.tell_state(phase="booting", stage="resolving")
        term.wait_text("Looking for the files ...")
        self.engine.notice("initrd not found", phase="waiting", stage="failed")
        term.wait_text("\n! initrd not found\nkboot:")
        self.assertNotIn("default=nope", term.screen.text)

    def question(self, **fields):
        term = self.start()
        term.send("Debian", ENTER)
        self.engine.next("run")
        self.engine.tell_state(phase="booting", stage="fetching")
        term.wait_text("Fetching ...")
        self.engine.tell(**{"type": "question", "question": 7, **fields})
        return term

    def test_a_boot_asks_for_a_name_and_password(self):
        term = self.question(kind="login", text="https://h wants a name and password.")
        term.wait_text("\nhttps://h wants a name and password.\nName:")
        term.send("evx", BACKSPACE, "e", ENTER)
        term.wait_text("\nName: eve\nPassword:")
        term.send("s3cret", ENTER)
        answer = self.engine.next("answer")
        self.assertEqual((answer["question"], answer["user"], answer["secret"]), (7, "eve", "s3cret"))
        term.wait_text("\nPassword: ******\n")
        self.assertNotIn("s3cret", term.output.decode())
        self.engine.tell_state(stage="loading", done_bytes=3 << 20, total_bytes=31 << 20)
        term.wait_text("\nLoading: 3.0 MiB of 31.0 MiB")

    def test_a_boot_asks_whether_a_key_is_believed(self):
        term = self.question(kind="host-key", text="sftp://h: the server's key is not known: ED25519 SHA256:abc.")
        term.wait_text("SHA256:abc.\nBelieve it (yes, no)?")
        term.send("yes", ENTER)
        answer = self.engine.next("answer")
        self.assertEqual((answer["question"], answer.get("user"), answer.get("secret")), (7, None, None))

    def test_what_a_boot_asks_need_not_be_answered(self):
        term = self.question(kind="login", user="eve", text="https://h wants a name and password.")
        term.wait_text("\nPassword:")
        term.send("s3", CTRL_C)
        self.engine.next("cancel")
        self.engine.tell_state(phase="waiting", stage="none")
        term.wait_text("\nNot booted.\nkboot:")
        term.send("echo again", ENTER)  # and the terminal is as it was
        term.wait_text("\nagain\n")

    def test_a_question_that_is_over(self):
        term = self.question(kind="host-key", text="Is it?")
        term.wait_text("Believe it")
        self.engine.tell(type="question", question=7, kind="none")
        self.engine.notice("called off", phase="waiting", stage="failed")
        term.wait_text("kboot:")

    def test_ctrl_c_cancels_a_boot(self):
        term = self.start()
        term.send("Debian", ENTER)
        self.engine.next("run")
        self.engine.tell_state(phase="booting", stage="resolving")
        term.wait_text("Looking for the files")
        term.send(CTRL_C)
        self.engine.next("cancel")
        self.engine.tell_state(phase="waiting", stage="none")
        term.wait_text("\nNot booted.\nkboot:")

    def test_boot_never_runs_a_command(self):
        term = self.start()
        term.send("boot echo hello", ENTER)
        term.wait_text("that is a command, nothing that could be booted: echo hello")

    def test_plans_and_explanations(self):
        term = self.start()
        term.send("boot --dry-run ./bzImage 'a b'", ENTER)
        term.wait_text("\nwould start ./bzImage 'a b'")
        term.send("explain Debian", ENTER)
        term.wait_text("\nbecause")
        term.send("explain ./bzImage x", ENTER)
        term.wait_text("\nwould start ./bzImage x")

    def test_ctrl_c_leaves_a_question_that_hangs(self):
        self.engine.answers["visit"] = lambda intent: None
        term = self.start()
        term.send("cd /boot", ENTER)
        hanging = self.engine.next("visit")["request"]
        term.wait_text("\nWaiting for an answer ... (Ctrl-C gives up)")
        term.send(CTRL_C)
        term.wait(lambda screen: screen.text.count("kboot:") == 2, "another prompt")
        # The answer comes after all; it is not the next question's.
        term.send("cd /etc", ENTER)
        asked = self.engine.next("visit")
        self.engine.tell(type="reply", to="visit", request=hanging, text="too late")
        self.engine.tell(type="reply", to="visit", request=asked["request"], **self.engine.do_visit(asked))
        self.wait_line(term, "kboot /etc:")
        self.assertNotIn("too late", term.screen.text)

    def test_assignments(self):
        term = self.start()
        for typed, name, value in (("timeout=5", "timeout", "5"), ("x='/b a=1'", "x", "/b a=1"), ("set root sda1", "root", "sda1"),
                                   ("set a=b=c", "a", "b=c"), ("initrd=", "initrd", "")):
            term.send(typed, ENTER)
            intent = self.engine.next("set")
            self.assertEqual((intent["name"], intent["value"]), (name, value))
        term.send("x=/bzImage root=/dev/sda1 quiet", ENTER)
        term.wait_text("a value with blanks is written in quotes: x='...'")
        term.send("UUID=12:/bzImage quiet", ENTER)
        self.assertEqual(self.engine.next("run")["name"], "UUID=12:/bzImage quiet")

    def test_the_engine_dies_and_comes_back(self):
        term = self.start()
        term.send("cd /boot", ENTER)
        term.wait_text("kboot /boot:")
        self.engine.die()
        term.wait_text("the boot engine is gone")
        term.send("echo alive", ENTER)
        term.wait_text("\nalive")
        self.assertEqual(term.screen.text.count("the boot engine is gone"), 1)
        self.start_engine()
        term.wait_text("The boot engine is back.")
        term.send("cd grub", ENTER)
        term.wait_text("kboot /boot/grub:")

    def test_without_an_engine_there_is_kboots_own_root(self):
        term = self.start()
        self.engine.die()
        term.wait_text("the boot engine is gone")
        term.send("cd //usr", ENTER)
        self.wait_line(term, "kboot //usr:")
        term.send("cd bin", ENTER)
        self.wait_line(term, "kboot //usr/bin:")
        term.send("/bin/pwd", ENTER)
        term.wait_text("\n/usr/bin")
        term.send("cd /boot", ENTER)
        term.wait_text("there is no boot engine: only //... can be reached")
        term.send("boot Debian", ENTER)
        term.wait_text("no boot engine answers at")

    def test_without_an_engine_a_restricted_prompt_runs_nothing(self):
        self.engine.tell_state(restricted=True)
        self.engine.state["restricted"] = True
        term = self.start()
        self.engine.die()
        term.wait_text("the boot engine is gone")
        for typed in ("echo alive", "cd //tmp", "ls", "cat /etc/passwd"):
            before = term.screen.text.count("restricted")
            term.send(typed, ENTER)
            term.wait(lambda screen, n=before: screen.text.count("restricted") > n, "a refusal")
        self.assertNotIn("\nalive", term.screen.text)

    def test_a_key_stops_the_countdown(self):
        self.engine.tell_state(phase="countdown", remaining_ms=5000, total_ms=5000)
        self.engine.state.update(phase="countdown")
        term = self.start()
        term.send("e")
        self.engine.next("activity")

    def test_goodbye_while_nothing_is_typed(self):
        term = self.start()
        self.engine.tell(type="bye", text="The machine restarts.")
        term.wait_text("The machine restarts.")
        self.assertEqual(term.wait_exit(), 0)

    def test_goodbye_while_a_command_runs(self):
        term = self.start()
        term.send("sh -c 'echo ready; exec sleep 1000'", ENTER)
        term.wait_text("\nready")
        self.engine.tell(type="bye", text="The machine restarts.")
        term.wait_text("The machine restarts.")
        self.assertEqual(term.wait_exit(), 1)

    def test_umount_of_where_one_stands(self):
        term = self.start()
        term.send("cd sdb1:/music", ENTER, "umount sdb1:", ENTER)
        self.assertEqual(self.engine.next("umount")["name"], "sdb1")
        term.wait_text("\n! sdb1 is in use\n! this prompt stands in it; `cd //` first")

    def test_vi_and_less_take_the_names_that_cat_takes(self):
        (self.folder / "bin").mkdir()
        for name in ("vi", "less"):
            program = self.folder / "bin" / name
            program.write_text('#!/bin/sh\necho "$@"; for file; do :; done; cat "$file" 2>/dev/null; echo new >"$file"\n')
            program.chmod(0o755)
        self.path = f"{self.folder}/bin:/usr/bin:/bin"
        (self.folder / "env/etc/fstab").write_text("mine\n")
        self.assertEqual(self.once("cat /etc/fstab").stdout, "mine\n")
        self.assertEqual(self.once("vi +10 /etc/fstab").stdout, f"+10 {self.folder}/env/etc/fstab\nmine\n")
        self.assertEqual(self.once("cat /etc/fstab").stdout, "new\n")
        self.assertEqual(self.once("less /etc/fstab").stdout, f"{self.folder}/env/etc/fstab\nnew\n")
        self.assertEqual(self.once("vi sdb1:/music/other").returncode, 0)
        self.assertEqual((self.folder / "usb/music/other").read_text(), "new\n")
        self.assertEqual(self.once(None, "cd /etc\nvi here").stdout, "here\n")
        self.assertEqual((self.folder / "env/etc/here").read_text(), "new\n")
        done = self.once("vi /nowhere/x")
        self.assertEqual((done.stderr, done.returncode), ("kboot: /nowhere: no such file or directory\n", 1))
        self.assertEqual(self.once("less /nowhere").stderr, "kboot: /nowhere: no such file or directory\n")

    def test_a_program_that_is_given_a_name_of_the_environment(self):
        done = self.once("wc /boot/vmlinuz-6.1")
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"\nkboot: a program sees kboot's own system, where there is no /boot/vmlinuz-6.1 "
                         r"\(`cd` to its folder first, or `chroot`\)\n$")
        for typed in ("false /usr", "false //nowhere", "sh -c 'kill -9 $$' /nowhere"):
            self.assertNotIn("a program sees", self.once(typed).stderr, typed)

    # --- other terminals, and none ---------------------------------------------------------------------------------

    def test_a_terminal_that_can_do_little(self):
        for kind in ("dumb", "no-such-terminal"):
            with self.subTest(kind):
                self.use_little(self.start(term=kind))

    def use_little(self, term):
        term.send("echo plain", ENTER)
        term.wait_text("\nplain\nkboot:")
        term.send("sh -c 'echo ready; exec sleep 1000'", ENTER)
        term.wait_text("\nready")
        term.send(CTRL_C)
        self.wait_line(term, "kboot:")
        term.send("echo on", ENTER)
        term.wait_text("\non\nkboot:")
        term.send(CTRL_D)
        self.assertEqual(term.wait_exit(), 0)

    def test_a_vt100_costs_few_bytes(self):
        term = self.start(term="vt100")
        term.wait_quiet()
        before = len(term.output)
        term.send("e")
        term.wait_text("kboot: e")
        self.assertLessEqual(len(term.output) - before, 4)

    def test_one_command(self):
        for command, status, out in (("echo 'a  b'", 0, "a  b\n"), ("sh -c 'exit 7'", 7, ""), ("cd /nowhere", 1, ""),
                                     ("cat sdb1:/it\\'s", 0, "this is usb/it's\n"), ("ls -1 sdb1:music/..", 0, None),
                                     ("pwd", 0, "/\n"), ("'open", 1, ""), ("labels", 0, "Debian\nRescue system\n")):
            with self.subTest(command):
                done = self.once(command)
                self.assertEqual(done.returncode, status, done)
                if out is not None:
                    self.assertEqual(done.stdout, out)

    def test_lists_for_people(self):
        for command, expected in (
                ("devices", "sda1  vfat    512 MiB  EFI          6B62-6F74\nsda2  ext4    446 GiB  debian root  7c7c6bd1-1a0a\n"
                            "sdb1  vfat   29.0 GiB  RESCUE\n"),
                ("mounts", "sda2:/  /dev/sda2  ext4  read-only\n"),
                ("set", "timeout=10  (sda2:/etc/kboot.conf:3)\ndelay       (not set)\n")):
            self.assertEqual(self.once(command).stdout, expected)
        self.engine.answers["devices"] = lambda _: {"ok": True, "rows": [["sdc", "crypto_LUKS"]],
                                                    "text": "sdc holds crypto_LUKS: cannot be opened yet\n"}
        self.assertEqual(self.once("devices").stdout, "sdc  crypto_LUKS          -\nsdc holds crypto_LUKS: cannot be opened yet\n")
        for do, command, rows, expected in (
                ("devices", "devices", [], "no device was found\n"), ("mounts", "mounts", [], "nothing is mounted\n"),
                ("devices", "devices", [["sda\x1b[2J", None, "x", "a\nb"]], "sda\\x1b[2J  -          -  a\\x0ab\n"),
                ("labels", "labels", [["vmlinuz", "file"], ["Debian", "kboot"]], "Debian\n\nKernels without a label:\nvmlinuz\n"),
                ("labels", "labels", [["vmlinuz", "file"], ["Im\x9bage", "file"]],
                 "Kernels without a label:\nvmlinuz\nIm\\xc2\\x9bage\n"),
                ("variables", "set x", [["x", ""], [None, "y"], []], "x=  (not set)\n")):
            with self.subTest(rows):
                self.engine.answers[do] = lambda _, rows=rows: {"ok": True, "rows": rows}
                self.assertEqual(self.once(command).stdout, expected)
        self.assertEqual(self.engine.next("variables").get("name"), None)
        self.assertEqual(self.engine.next("variables")["name"], "x")

    def test_a_narrow_terminal_cuts_no_list(self):
        self.engine.answers["mounts"] = lambda _: {"ok": True, "rows": [
            ["/boot", "/dev/mapper/a-long-volume", "ext4", "ro"], ["/", "/dev/sda2", "ext4", "rw"]]}
        term = self.start(columns=40)
        term.send("mounts", ENTER)
        term.wait_text("\n/boot  /dev/mapper/a-long-volume  ext4\nread-only\n/      /dev/sda2        ext4  read-write\nkboot:")

    def test_a_program_whose_interpreter_is_not_there(self):
        program = bytearray(Path("/bin/true").read_bytes())
        at = program.index(b"/lib", 0, 4096)
        linker = program[at:program.index(0, at)].decode()
        program[at:at + 4] = b"/xib"
        for name, data, missing in (("script", b"#! /nowhere/sh -e\n", "/nowhere/sh"), ("program", program, f"/xib{linker[4:]}")):
            with self.subTest(name):
                file = self.folder / "env" / name
                file.write_bytes(data)
                file.chmod(0o755)
                done = self.once(f"./{name}")
                self.assertEqual((done.returncode, done.stderr),
                                 (127, f"kboot: ./{name}: it is run by {missing}, which is not there; "
                                       "`chroot` runs programs of the booted environment in it\n[exit status 127]\n"))

    def test_lines_from_a_pipe(self):
        done = self.once(None, "cd sdb1:/music\npwd\ncat\nthis is for cat\n")
        self.assertEqual(done.stdout, "sdb1:/music\nthis is for cat\n", done)
        done = self.once(None, "#!/sbin/kboot shell\n  # where\npwd\nfalse\n# the status stays\n")
        self.assertEqual((done.stdout.splitlines()[0], done.stderr, done.returncode), ("/", "[exit status 1]\n", 1), done)
        done = self.once(None, "false\n")
        self.assertEqual(done.returncode, 1)

    def test_ls_and_cat_take_any_name(self):
        self.assertEqual(self.once("ls /boot").stdout.split(), ["bzImage", "grub", "initrd.img-6.1", "vmlinuz-6.1"])
        self.assertEqual(self.once("cat 'sdb1:/$HOME' \"sdb1:/a file\"").stdout, "this is usb/$HOME\nthis is usb/a file\n")
        self.assertEqual(self.once("cat sdb1:/n*.txt").stdout, "this is usb/naïve.txt\n")
        done = self.once("cat /boot/bzImage /boot/none")
        self.assertEqual((done.stdout, done.returncode), ("this is env/boot/bzImage\n", 0))
        self.assertIn("/boot/none: no such file or directory", done.stderr)
        self.assertEqual(self.once(None, "cd /boot\nls vm*\n").stdout, "vmlinuz-6.1\n")

    def test_the_manual_says_the_same_as_help(self):
        manual = subprocess.run(["mandoc", "-Tutf8", str(Path(__file__).parents[2] / "docs/man/kboot.8")], capture_output=True,
                                text=True, check=True).stdout
        manual = " ".join(subprocess.run(["col", "-b"], input=manual, capture_output=True, text=True, check=True).stdout.split())
        names = [line.split()[0] for line in self.once("help").stdout.split("\n\n")[0].splitlines()]
        self.assertGreater(len(names), 20)
        for name in names:
            with self.subTest(name):
                text = self.once(f"help {name}").stdout.split("\n", 1)[1]
                self.assertIn(" ".join(text.split()), manual)

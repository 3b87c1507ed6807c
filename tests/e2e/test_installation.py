"""What an administrator gets: `cmake --install`, the manual page, completions, units, and the Debian package."""
import gzip
import os
import pathlib
import re
import subprocess
import unittest

from harness import PATIENCE, PROGRAM, EndToEnd, needs

BUILD = pathlib.Path(PROGRAM).parent
COMMANDS = ("sync", "audit", "apply", "undo", "resume", "history", "forget", "prune", "run", "work", "inspect", "presets",
            "runs", "report", "doctor", "sandbox", "completion", "manual")


def call(*command, **more):
    return subprocess.run(list(map(str, command)), capture_output=True, text=True, timeout=600, **more)


class Documents(EndToEnd):
    def flags_of(self, command):
        return set(re.findall(r"(?<![\w-])--[a-z][\w-]*", self.expect(0, command, "--help").out))

    def test_the_manual_has_every_command_and_every_flag_of_help(self):
        page = self.expect(0, "manual").out.replace("\\-", "-")
        for command in COMMANDS:
            self.assertRegex(page, rf"(?m)^\.SS {command}\b", command)
            missing = {flag for flag in self.flags_of(command) if flag not in page} - {"--help"}
            self.assertEqual(missing, set(), command)
        for code in ("130, 143", "10 "):
            self.assertIn(code, page)

    @needs("mandoc")
    def test_the_manual_is_well_formed(self):
        path = self.write("consent-sync.1", self.expect(0, "manual").out)
        check = call("mandoc", "-Tlint", "-Werror", path)
        self.assertEqual(check.returncode, 0, check.stdout)

    @needs("man", "groff")
    def test_man_shows_the_manual_without_a_warning(self):
        path = self.write("consent-sync.1", self.expect(0, "manual").out)
        shown = call("man", "--warnings", "-l", path, env={**os.environ, "MANWIDTH": "100", "LC_ALL": "C.UTF-8"})
        self.assertEqual((shown.returncode, shown.stderr), (0, ""))
        self.assertIn("--rate-share SHARE", shown.stdout)

    def complete_in_bash(self, *words):
        script = self.write("complete.bash", self.expect(0, "completion", "bash").out)
        quoted = " ".join(f"'{word}'" for word in words)
        asked = f"source {script}; COMP_WORDS=({quoted}); COMP_CWORD={len(words) - 1}; _consent_sync; " \
                "printf '%s\\n' \"${COMPREPLY[@]}\""
        done = call("bash", "-c", asked, cwd=self.directory)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return set(done.stdout.split())

    def test_bash_completes_commands_flags_words_and_files(self):
        self.write_customers(1)
        self.assertEqual(self.complete_in_bash("consent-sync", "s"), {"sync", "sandbox"})
        self.assertEqual(self.complete_in_bash("consent-sync", ""), {*COMMANDS, "--help", "--version"})
        self.assertEqual(self.complete_in_bash("consent-sync", "sync", "--rate-s"), {"--rate-share", "--rate-shape"})
        self.assertEqual(self.complete_in_bash("consent-sync", "sync", "--rate-shape", ""), {"even", "burst"})
        self.assertEqual(self.complete_in_bash("consent-sync", "sync", "--log-format", "=", "j"), {"json"})
        self.assertEqual(self.complete_in_bash("consent-sync", "audit", "--sample", ""), set())  # N|N%: no words
        self.assertEqual(self.complete_in_bash("consent-sync", "sync", "cust"), {"customers.csv"})
        self.assertEqual(self.complete_in_bash("consent-sync", "runs", "--limit", ""), set())
        self.assertEqual(self.complete_in_bash("consent-sync", "sync", "--") - {"--help"}, self.flags_of("sync") - {"--help"})

    @needs("zsh")
    def test_zsh_loads_its_completion(self):
        self.write("_consent-sync", self.expect(0, "completion", "zsh").out)
        self.assertEqual(call("zsh", "-n", "_consent-sync", cwd=self.directory).stderr, "")
        # In a terminal of its own, a tab is pressed as by a person.
        script = ("zmodload zsh/zpty; zpty shell 'PS1= TERM=dumb zsh -f -i'; "
                  f"zpty -w shell 'fpath=({self.directory} $fpath); autoload -U compinit; compinit -u -D; print READY'; "
                  "zpty -r shell seen '*READY*READY*'; "
                  "zpty -n -w shell $'consent-sync sync --rate-sha\\t\\t'; zpty -r shell seen '*rate-share*'; print -r -- $seen")
        done = call("zsh", "-f", "-c", script, stdin=subprocess.DEVNULL)
        self.assertIn("--rate-sha", done.stdout + done.stderr)
        self.assertIn("rate-share", done.stdout)

    @needs("fish")
    def test_fish_completes_commands_flags_and_words(self):
        script = self.write("consent-sync.fish", self.expect(0, "completion", "fish").out)

        def complete(line):
            done = call("fish", "--no-config", "-c", f"source {script}; complete -C '{line}'", cwd=self.directory,
                        env={**os.environ, "HOME": str(self.directory)})
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            return {line.split("\t")[0] for line in done.stdout.splitlines()}

        self.write_customers(1)
        self.assertEqual(complete("consent-sync s") & set(COMMANDS), {"sync", "sandbox"})
        self.assertEqual(complete("consent-sync sync --rate-sha"), {"--rate-share", "--rate-shape"})
        self.assertEqual(complete("consent-sync sync --rate-shape "), {"even", "burst"})
        self.assertIn("customers.csv", complete("consent-sync sync cust"))

    def test_an_unknown_shell_is_refused(self):
        self.assertIn("SHELL", self.expect(2, "completion", "csh").err)


@needs("cmake")
class Installation(EndToEnd):
    FILES = ("bin/consent-sync", "share/man/man1/consent-sync.1.gz", "share/bash-completion/completions/consent-sync",
             "share/zsh/vendor-completions/_consent-sync", "share/fish/vendor_completions.d/consent-sync.fish",
             "lib/systemd/system/consent-sync@.service", "lib/systemd/system/consent-sync@.timer",
             "lib/systemd/system/consent-sync-work@.service", "lib/systemd/system/consent-sync-work@.timer",
             "share/doc/consent-sync/copyright", "share/doc/consent-sync/README.md",
             "share/doc/consent-sync/changelog.Debian.gz", "share/consent-sync/summary.schema.json",
             "share/consent-sync/stores.schema.json",
             "share/doc/consent-sync/examples/config.example.yaml", "share/doc/consent-sync/examples/crontab",
             "share/doc/consent-sync/examples/jobs/nightly-sync.yaml",
             "share/doc/consent-sync/examples/jobs/many-stores.yaml",
             "share/doc/consent-sync/examples/jobs/kubernetes/cronjob.yaml")

    def test_cmake_installs_all_of_it_and_the_units_name_what_was_installed(self):
        prefix = self.directory / "prefix"
        done = call("cmake", "--install", BUILD, "--prefix", prefix)
        self.assertEqual(done.returncode, 0, done.stderr)
        for name in self.FILES:
            self.assertTrue((prefix / name).is_file(), name)
        self.assertEqual(call(prefix / "bin/consent-sync", "--version").returncode, 0)
        unit = (prefix / "lib/systemd/system/consent-sync@.service").read_text()
        self.assertIn(f"ExecStart={prefix}/bin/consent-sync run ", unit)
        unit = (prefix / "lib/systemd/system/consent-sync-work@.service").read_text()
        self.assertIn(f"exec {prefix}/bin/consent-sync work ", unit)
        page = gzip.decompress((prefix / "share/man/man1/consent-sync.1.gz").read_bytes()).decode()
        self.assertEqual(page, self.expect(0, "manual").out)

    @needs("cpack", "dpkg", "dpkg-deb", "dpkg-query", "dpkg-shlibdeps")
    @unittest.skipUnless(os.geteuid() == 0, "installing a package takes root")
    def test_the_debian_package_installs_runs_and_goes_cleanly(self):
        known = call("dpkg-query", "-W", "-f", "${Status}", "consent-sync")
        if "installed" in known.stdout and "not-installed" not in known.stdout:
            self.skipTest("consent-sync is installed on this machine, and is left alone")
        made = call("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", self.directory / "package")
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        package = next((self.directory / "package").glob("consent-sync_*.deb"))
        depends = call("dpkg-deb", "-f", package, "Depends").stdout
        self.assertRegex(depends, r"libssl3.*libyaml-cpp0\.7|libyaml-cpp0\.7.*libssl3")

        self.addCleanup(call, "dpkg", "--purge", "consent-sync")
        installed = call("dpkg", "-i", package)
        self.assertEqual(installed.returncode, 0, installed.stderr)
        listed = call("dpkg", "-L", "consent-sync").stdout.split("\n")
        for name in self.FILES:
            self.assertIn("/usr/" + name, listed)
        self.assertIn("/etc/consent-sync/jobs", listed)
        self.assertEqual([path for path in listed if path.startswith("/usr/local")], [])
        self.assertIn("ExecStart=/usr/bin/consent-sync run ",
                      pathlib.Path("/usr/lib/systemd/system/consent-sync@.service").read_text())
        self.sync_with("/usr/bin/consent-sync")

        removed = call("dpkg", "--purge", "consent-sync")
        self.assertEqual((removed.returncode, removed.stderr), (0, ""))
        left = [path for path in listed if "consent-sync" in path and os.path.lexists(path)]
        self.assertEqual(left, [])

    @needs("cpack", "lintian", "dpkg-shlibdeps")
    def test_lintian_finds_no_error_in_the_package(self):
        made = call("cpack", "--config", BUILD / "CPackConfig.cmake", "-B", self.directory / "package")
        self.assertEqual(made.returncode, 0, made.stdout + made.stderr)
        package = next((self.directory / "package").glob("consent-sync_*.deb"))
        flags = ("--allow-root",) if os.geteuid() == 0 else ()
        found = call("lintian", *flags, "--fail-on", "error", "--tag-display-limit", "0", package)
        self.assertEqual(found.returncode, 0, found.stdout + found.stderr)

    def sync_with(self, program):
        store = self.sandbox()
        self.write_customers(3)
        done = call(program, "sync", "customers.csv", cwd=self.directory, env=self.environment(store))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.counts(), {"applied": 3})


if __name__ == "__main__":
    unittest.main()

"""The jobs, the crontab and the systemd units that come with it, and what they rely on."""
import json
import os
import pathlib
import re
import subprocess
import unittest

from harness import PATIENCE, PROGRAM, TOKEN, EndToEnd, needs, wait_for_line

SOURCE = pathlib.Path(__file__).resolve().parents[2]
UNITS = SOURCE / "packaging" / "systemd"


class Jobs(EndToEnd):
    def test_the_import_is_rehearsed_and_run(self):
        store = self.sandbox("--customers", "100000")
        job = SOURCE / "jobs" / "import.yaml"
        self.assertIn(self.run_program("run", job, "--dry-run").code, (0, 1))
        self.assertGreater(self.counts()["would_apply"], 0)
        result = self.run_program("run", job, store=store)
        self.assertIn(result.code, (0, 1), result)
        self.assertIn("the canary is well", result.err)
        self.assertGreater(self.counts()["applied"], 50)

    def test_the_audit_asks_about_a_sample_and_changes_nothing(self):
        store = self.sandbox("--customers", "100000")
        result = self.run_program("run", SOURCE / "jobs" / "audit.yaml", store=store)
        self.assertIn(result.code, (0, 1), result)
        self.assertEqual(self.summary()["mode"], "audit")
        self.assertEqual(store.stop()["put"], 0)

    def test_crontab_lines_run_jobs_that_are_there(self):
        lines = [line for line in (SOURCE / "packaging" / "crontab").read_text().splitlines()
                 if line and not line.startswith("#")]
        self.assertEqual(len(lines), 2)
        for line in lines:
            found = re.fullmatch(r"([\d*]+ ){5} cd /srv/consent && consent-sync run (jobs/\S+\.yaml) --quiet", line)
            self.assertTrue(found, line)
            self.assertTrue((SOURCE / found.group(2)).is_file())


class Held(EndToEnd):
    def test_a_second_run_says_which_process_holds_the_store_and_since_when(self):
        store = self.sandbox("--fault", "stall:60s@1")
        self.write_customers(3)
        first = self.start("sync", "customers.csv", store=store)
        wait_for_line(first.stderr, "sending")
        result = self.expect(7, "sync", "customers.csv", store=store)
        self.assertRegex(result.err, rf"another run holds store sandbox: process {first.pid} on host \S+ "
                                     r"since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ \(\d+ s\)")
        result = self.expect(7, "sync", "customers.csv", "--log-format", "json", store=store)
        self.assertEqual(json.loads(result.err.splitlines()[-1])["exit_code"], 7)
        self.assertRegex(self.expect(0, "runs").out, r"sync +sandbox +running")
        first.kill()
        first.communicate()
        self.assertRegex(self.expect(0, "runs").out, r"sync +sandbox +died")
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertRegex(self.expect(0, "runs").out, r"sync +sandbox +finished")

    def test_a_run_that_was_stopped_is_told_apart(self):
        store = self.sandbox()
        self.write_customers(400)
        process = self.start("sync", "customers.csv", "--rate-max-requests-per-second", "50", store=store)
        wait_for_line(process.stderr, "sending")
        process.terminate()
        process.communicate(timeout=PATIENCE)
        self.assertRegex(self.expect(0, "runs").out, r"sync +sandbox +stopped.* 143\n")


class Units(EndToEnd):
    def unit_directory(self):
        """The units as they are installed, with a program that is there."""
        units = self.directory / "units"
        units.mkdir()
        for path in UNITS.iterdir():
            text = path.read_text().replace("/usr/bin/consent-sync", PROGRAM)
            (units / path.name.replace("@", "@nightly-sync")).write_text(text)
        return units

    def analyze(self, *arguments):
        return subprocess.run(["systemd-analyze", *map(str, arguments)], capture_output=True, text=True, timeout=PATIENCE,
                              env={**os.environ, "SYSTEMD_LOG_LEVEL": "warning", "SYSTEMD_COLORS": "0"})

    @needs("systemd-analyze")
    def test_systemd_has_nothing_to_complain_of(self):
        units = self.unit_directory()
        for name in sorted(path.name for path in units.iterdir()):
            check = self.analyze("verify", "--man=no", "--recursive-errors=one", units / name)
            self.assertEqual((check.returncode, check.stderr), (0, ""))

    @needs("systemd-analyze")
    def test_the_services_can_do_little_but_their_job(self):
        # Of 10: what is left is the network, a user of its own, and the paths it reads.
        for service in sorted(self.unit_directory().glob("*.service")):
            check = self.analyze("security", "--offline=yes", "--threshold=15", service)
            self.assertEqual(check.returncode, 0, check.stdout + check.stderr)

    @needs("systemd-analyze")
    def test_the_times_of_the_timers_are_some(self):
        for timer in sorted(UNITS.glob("*.timer")):
            when = re.search(r"OnCalendar=(.*)", timer.read_text()).group(1)
            self.assertEqual(self.analyze("calendar", when).returncode, 0, timer)

    def test_the_service_runs_as_the_unit_says(self):
        """Its command and environment, with the directories that systemd would make."""
        unit = (UNITS / "consent-sync@.service").read_text()
        etc, state = self.directory / "etc", self.directory / "state"
        credentials = self.directory / "credentials"
        for path in (etc / "jobs", state / "consent-sync", credentials):
            path.mkdir(parents=True)
        store = self.sandbox()
        self.write_customers(1000, name="etc/jobs/in.csv")
        # As docs/operating.md says: what comes with it, with the store and the input named, and a first night let pass.
        job = (SOURCE / "jobs" / "nightly-sync.yaml").read_text().replace("max_change_ratio: 50%", "max_change_ratio: 100%")
        self.write("etc/jobs/nightly-sync.yaml", re.sub(r"(?m)^  path: .*$", "  path: in.csv", job))
        settings = (SOURCE / "config.example.yaml").read_text()
        self.write("etc/consent-sync.yaml", re.sub(r"(?m)^  hash: .*$", "  hash: sandbox", settings).replace(
            "api_url: https://api.bigcommerce.com", f"api_url: {store.url}"))
        self.write("credentials/bigcommerce-token", TOKEN).chmod(0o400)
        self.write("token", TOKEN).chmod(0o600)
        self.expect(0, "doctor", etc / "jobs" / "nightly-sync.yaml", "--config", etc / "consent-sync.yaml", "--store-token-file", "token",
                    "--ledger", f"sqlite:{self.directory}/doctor.db", store=store, BIGCOMMERCE_ACCESS_TOKEN=None, CONSENT_SYNC_STORE_HASH=None)
        environment = {name: value.replace("%S", str(state))
                       for name, value in re.findall(r"^Environment=(\w+)=(.*)$", unit, re.MULTILINE)}
        command = re.search(r"^ExecStart=(.*)$", unit, re.MULTILINE).group(1).replace("%i", "nightly-sync")
        arguments = command.replace("/etc/consent-sync", str(etc)).split()[1:]
        self.expect(0, *arguments, store=store, BIGCOMMERCE_ACCESS_TOKEN=None, CONSENT_SYNC_STORE_HASH=None,
                    CREDENTIALS_DIRECTORY=str(credentials), **environment)
        self.assertTrue((state / "consent-sync" / "consent-sync.db").is_file())
        report = next((state / "consent-sync" / "reports").iterdir())
        self.assertEqual(json.loads((report / "summary.json").read_text())["outcomes"]["applied"], 1000)

    def test_a_night_is_one_batch_however_late_it_is_worked_on(self):
        """The command of the service that works beside others, with a program in place of ours that says what it was told."""
        unit = (UNITS / "consent-sync-work@.service").read_text().replace("\\\n", "")
        command = re.search(r"^ExecStart=/bin/sh -c '(.*)'$", unit, re.MULTILINE).group(1).replace("%i", "nightly").replace("%%", "%")
        said = set()
        for now in ("2026-11-28 02:17:00", "2026-11-28 23:59:59", "2026-11-29 01:59:59"):
            # date is asked what it would say at that time.
            line = command.replace("exec /usr/bin/consent-sync", "echo").replace("2 hours ago", f"{now} UTC 2 hours ago")
            said.add(subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True).stdout)
        self.assertEqual(said, {"work /etc/consent-sync/jobs/nightly.yaml --config /etc/consent-sync/consent-sync.yaml "
                                "--batch nightly-2026-11-28\n"})


class Credentials(EndToEnd):
    def test_the_token_comes_from_a_credential_of_the_service(self):
        store = self.sandbox()
        self.write_customers(2)
        (self.directory / "credentials").mkdir()
        self.write("credentials/bigcommerce-token", TOKEN + "\n").chmod(0o440)
        self.expect(0, "sync", "customers.csv", store=store, BIGCOMMERCE_ACCESS_TOKEN=None,
                    CREDENTIALS_DIRECTORY=str(self.directory / "credentials"),
                    CONSENT_SYNC_STORE_TOKEN_CREDENTIAL="bigcommerce-token")
        self.assertEqual(self.counts(), {"applied": 2})

    def test_a_credential_that_is_not_there_says_what_to_do(self):
        self.write_customers(1)
        flags = ("sync", "customers.csv", "--store-token-credential", "bigcommerce-token")
        self.assertIn("LoadCredential=bigcommerce-token", self.expect(2, *flags).err)
        result = self.expect(2, *flags, CREDENTIALS_DIRECTORY=str(self.directory))
        self.assertIn(os.path.join(self.directory, "bigcommerce-token"), result.err)
        self.assertIn("more than one of", self.expect(2, *flags, "--store-token-file", "token").err)
        self.assertEqual(self.expect(2, "sync", "customers.csv", "--store-token-credential", "../token").out, "")


if __name__ == "__main__":
    unittest.main()

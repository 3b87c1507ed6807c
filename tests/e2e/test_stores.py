"""One job over many stores, each a sandbox of its own: what the stores counted is the witness, not the clock."""
import csv
import fcntl
import json
import os
import pathlib
import pty
import re
import select
import shutil
import signal
import subprocess
import termios
import unittest

from harness import PATIENCE, PROGRAM, TOKEN, EndToEnd, Sandbox, wait_for_line

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "stores.schema.json"


class Stores(EndToEnd):
    entries = ""

    def store(self, name, *flags, quota=0, rows=20, own=""):
        """A sandbox, its input, and its entry in the job."""
        directory = self.directory / "stores" / name
        directory.mkdir(parents=True)
        store = Sandbox(directory, "--store-hash", name, "--quota", str(quota), *flags)
        self.addCleanup(store.process.stdout.close)
        self.addCleanup(store.stop)
        self.entry(name, store.url, rows, f"ca_file: {store.ca_file}\n{own}")
        return store

    def entry(self, name, url, rows=20, own=""):
        (self.directory / "in").mkdir(exist_ok=True)
        self.write_customers(rows, name=f"in/{name}.csv")
        self.entries += f"  - hash: {name}\n    api_url: {url}\n" + "".join(f"    {line}\n" for line in own.splitlines())

    def write_job(self, common=""):
        self.write("job.yaml", "command: sync\ninput:\n  path: in/{store}.csv\nledger: sqlite:{store}.db\n"
                               f"{common}\nstores:\n{self.entries}")

    def environment(self, store=None, **more):
        # The environment wins over the entries of stores.
        return super().environment(store, **{"CONSENT_SYNC_STORE_HASH": None, "CONSENT_SYNC_HTTP_TIMEOUT": None, **more})

    def run_job(self, code, *flags, **more):
        return self.expect(code, "run", "job.yaml", *flags, **more)

    def whole(self):
        """stores.json of the newest whole."""
        found = [json.loads(path.read_text()) for path in (self.directory / "reports").glob("*/stores.json")]
        whole = max(found, key=lambda whole: whole["started_at"])
        if jsonschema:
            jsonschema.validate(whole, json.loads(SCHEMA.read_text()),
                                format_checker=jsonschema.FormatChecker())
        return whole

    def by_store(self):
        return {entry["store"]: entry for entry in self.whole()["stores"]}

    def statuses(self):
        return {name: entry["status"] for name, entry in self.by_store().items()}

    def children_of(self, process):
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return {re.search(r"--store\0(\w+)", pathlib.Path(f"/proc/{child}/cmdline").read_text()).group(1): int(child)
                for child in children}

    def start_job(self, *flags, popen=None):
        process = subprocess.Popen([PROGRAM, "run", "job.yaml", *flags], cwd=self.directory, text=True,
                                   env=self.environment(), **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                                              "stderr": subprocess.PIPE, **(popen or {})})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process


class Together(Stores):
    def test_each_store_gets_its_own_rows_at_its_own_pace(self):
        quick = self.store("quick", rows=40)
        paced = self.store("paced", "--window", "1s", quota=50, rows=30)
        strict = self.store("strict", "--customers", "5", rows=6)
        self.write_job()
        result = self.run_job(1)
        self.assertEqual(self.statuses(), {"strict": "problems", "quick": "ok", "paced": "ok"})
        whole = self.whole()
        self.assertEqual([entry["store"] for entry in whole["stores"]], ["strict", "quick", "paced"])
        self.assertEqual((whole["exit_code"], whole["rows"], whole["problems"]), (1, 76, 1))
        self.assertEqual(whole["outcomes"]["applied"], 75)
        self.assertIn("1 store has rows that need attention; 2 stores ended well.", result.out)
        self.assertRegex(result.err, r"(?m)^quick   \S+ info: .*sending")
        self.assertRegex(result.err, r"(?m)^strict  \S+ warning: run \S+ ended with exit code 1")
        for store, rows in ((quick, 40), (paced, 30), (strict, 6)):
            self.assertEqual(store.consent_of(1)[0], {"essential", "analytics"})
            counters = store.stop()
            self.assertEqual(counters["put"], rows)
            self.assertEqual(counters.get("throttled", 0), 0)

    def test_the_report_of_the_whole_leads_to_that_of_each_store(self):
        self.store("abc")
        self.store("def")
        self.write_job()
        result = self.run_job(0)
        page = self.directory / re.search(r"Report: (.*stores.html)", result.out).group(1)
        for entry in self.whole()["stores"]:
            report = page.parent / entry["run"]["report"]
            self.assertTrue(report.is_file(), report)
            self.assertIn(f'href="{entry["run"]["report"]}"', page.read_text())
            summary = json.loads((report.parent / "summary.json").read_text())
            self.assertEqual((summary["store"], summary["outcomes"]["applied"]), (entry["store"], 20))
        with open(page.parent / "stores.csv", newline="", encoding="utf-8") as file:
            rows = {row["store"]: row for row in csv.DictReader(file)}
        self.assertEqual((rows["abc"]["applied"], rows["def"]["status"]), ("20", "ok"))

    def test_the_next_night_has_nothing_left_to_send(self):
        store = self.store("abc")
        self.store("def")
        self.write_job()
        self.run_job(0)
        result = self.run_job(0)
        self.assertIn("All 2 stores ended well: nothing had to be sent.", result.out)
        self.assertEqual(store.stop()["put"], 20)

    def test_a_dry_run_sends_nothing_and_an_audit_changes_nothing(self):
        store = self.store("abc")
        self.store("def")
        self.write_job()
        result = self.run_job(0, "--dry-run")
        self.assertIn("all stores can be brought in line, with 40 changes", result.out)
        self.assertEqual((self.whole()["mode"], self.whole()["outcomes"]["would_apply"]), ("dry_run", 40))
        result = self.expect(1, "audit", "in/{store}.csv", "-c", self.without_command())
        self.assertEqual((self.whole()["mode"], self.whole()["outcomes"]["drifted"]), ("audit", 40))
        self.assertEqual(store.stop()["put"], 0)

    def without_command(self):
        """The stores in a configuration file."""
        text = (self.directory / "job.yaml").read_text().replace("command: sync\n", "")
        return self.write("all.yaml", text)

    def test_only_some_stores(self):
        first, second = self.store("abc"), self.store("def")
        self.store("ghi")
        self.write_job()
        self.run_job(0, "--only-store", "ghi", "--only-store", "def")
        self.assertEqual(self.statuses(), {"def": "ok", "ghi": "ok"})
        self.assertEqual((first.stop()["put"], second.stop()["put"]), (0, 20))

    def test_one_store_alone_is_a_run_like_any_other(self):
        self.store("abc")
        other = self.store("def")
        self.write_job()
        result = self.run_job(0, "--store", "abc")
        self.assertIn("reports/abc/", re.search("Report: (.*)", result.out).group(1))
        self.assertEqual(list((self.directory / "reports").glob("*/stores.json")), [])
        self.assertEqual(other.stop()["put"], 0)

    def test_the_other_commands_ask_which_store(self):
        self.store("abc", rows=3)
        self.store("def", rows=4)
        self.write_job()
        self.run_job(0)
        config = self.without_command()
        for command in (("runs",), ("history",), ("doctor",), ("report", "x"), ("undo", "x")):
            result = self.expect(2, *command, "-c", config)
            self.assertIn("there are several stores (abc, def): name one of them with --store", result.err)
        run = self.by_store()["def"]["run"]["run_id"]
        self.assertIn(run, self.expect(0, "runs", "-c", config, "--store", "def").out)
        self.assertNotIn(run, self.expect(0, "runs", "-c", config, "--store", "abc").out)
        self.assertIn("quota", self.expect(0, "doctor", "-c", config, "--store", "abc").out)
        self.assertIn("/def/", self.expect(0, "report", run, "-c", config, "--store", "def").out)
        self.assertIn(f"run {run}", self.expect(1, "undo", run, "-c", config, "--store", "def").err)

    def test_logs_for_programs_name_the_store(self):
        self.store("abc")
        self.store("def", own="token_env: NO_SUCH_TOKEN")
        self.write_job()
        result = self.run_job(2, "--log-format", "json")
        lines = [json.loads(line) for line in result.err.splitlines()]
        self.assertEqual({line.get("store") for line in lines}, {None, "abc", "def"})
        last = [line for line in lines if line.get("store") == "def"][-1]
        self.assertEqual((last["level"], last["exit_code"]), ("critical", 2))
        self.assertIn("NO_SUCH_TOKEN", self.by_store()["def"]["story"])

    def test_each_process_has_its_own_token_alone(self):
        self.store("abc", own="token_env: TOKEN_ABC")
        self.store("def", own="token_command: 'env > def.env; cat token'")
        self.write("token", TOKEN)
        self.write_job()
        self.run_job(0, TOKEN_ABC=TOKEN)
        environment = (self.directory / "def.env").read_text()
        self.assertIn("PATH=", environment)
        self.assertNotIn("TOKEN", environment)


class OneFile(Stores):
    def write_all(self, rows):
        self.write("all.csv", "store_hash,customer_id,allow,deny\n" +
                   "".join(f"{store},{customer},essential,analytics\n" for store, customer in rows))

    def job(self):
        self.write_job()
        text = (self.directory / "job.yaml").read_text()
        self.write("job.yaml", text.replace("path: in/{store}.csv", "path: all.csv\n  store_column: store_hash"))

    def test_each_store_takes_its_own_rows(self):
        first, second = self.store("abc"), self.store("def")
        self.write_all([("abc", 1), ("def", 1), ("abc", 2), ("def", 3), ("def", 4)])
        self.job()
        result = self.run_job(0)
        self.assertIn("3 rows of other stores were passed over", result.err)
        self.assertEqual({name: entry["run"]["rows"] for name, entry in self.by_store().items()}, {"abc": 2, "def": 3})
        self.assertEqual((first.stop()["put"], second.stop()["put"]), (2, 3))
        outcomes = next((self.directory / "reports" / "abc").glob("*/outcomes.csv"))
        self.assertEqual(list(self.outcomes(outcomes.parent)), [2, 4])

    def test_rows_of_no_store_are_accounted_for(self):
        self.store("abc")
        other = self.store("def")
        self.write_all([("abc", 1), ("xyz", 1), ("", 2), ("def", 3), ("xyz", 4)])
        self.job()
        result = self.run_job(1, "--only-store", "abc")
        whole = self.whole()
        self.assertEqual((whole["rows"], whole["stray_rows"]), (1, 3))
        self.assertEqual({stray["store"]: stray["rows"] for stray in whole["strays"]}, {None: 1, "xyz": 2})
        self.assertIn("1 store ended well; 3 rows are of no store of this job.", result.out)
        self.assertRegex(result.err, "warning: .*all.csv: 2 rows are of store xyz, which has no entry")
        self.assertIn("Rows of no store of this job", next((self.directory / "reports").glob("*/stores.html")).read_text())
        self.assertEqual(other.stop()["put"], 0)

    def test_what_cannot_be_a_store_is_counted_and_never_repeated(self):
        self.store("abc")
        self.store("def")
        self.write_all([("abc", 1), ("somebody@example.com", 2), ("two words", 3), ("xyz", 4)])
        self.job()
        result = self.run_job(1)
        whole = self.whole()
        self.assertEqual({stray["store"]: stray["rows"] for stray in whole["strays"]}, {None: 2, "xyz": 1})
        written = [result.out, result.err, *(path.read_text() for path in (self.directory / "reports").glob("*/stores.*"))]
        for text in written:
            self.assertNotIn("somebody", text)
            self.assertNotIn("two words", text)

    def test_rejected_rows_run_again(self):
        store = self.store("abc", "--customers", "1")
        self.store("def")
        self.write_all([("abc", 1), ("abc", 2), ("def", 1)])
        self.job()
        self.run_job(1)
        rejected = next((self.directory / "reports" / "abc").glob("*/rejected.csv"))
        self.run_job(1, "--store", "abc", "--input-path", rejected)
        self.assertEqual(store.stop()["put"], 3)

    def test_a_file_without_the_column_sends_nothing(self):
        store = self.store("abc")
        self.write_customers(3, name="all.csv")
        self.job()
        result = self.run_job(2)
        self.assertIn('the header row has the column "store_hash" nowhere', result.err)
        self.assertEqual(store.stop()["put"], 0)


class Trouble(Stores):
    def test_broken_stores_hold_up_no_other(self):
        self.store("refused", own="token_env: WRONG_TOKEN")
        self.entry("down", "https://127.0.0.1:1", own="retry: {give_up_after: 1s}")
        self.store("nofile")
        (self.directory / "in" / "nofile.csv").unlink()
        well = self.store("well")
        self.write_job("stores_at_once: 1")
        self.run_job(4, WRONG_TOKEN="not-the-token")
        entries = self.by_store()
        codes = {name: entry["exit_code"] for name, entry in entries.items()}
        self.assertEqual(codes, {"refused": 4, "nofile": 2, "down": 5, "well": 0})
        self.assertEqual(list(entries), ["refused", "nofile", "down", "well"])
        self.assertIn("nofile.csv", entries["nofile"]["story"])
        self.assertIsNone(entries["nofile"]["run"])
        self.assertEqual(self.whole()["stores_without_run"], 1)
        self.assertEqual(well.stop()["put"], 20)

    def test_a_slow_store_holds_up_no_other(self):
        """It answers nothing until the others are through: were they to wait for it, nobody would ever end."""
        slow = self.store("slow", "--fault", "stall:600s@1", own="http: {timeout: 600s}")
        others = [self.store(name) for name in ("abc", "def", "ghi")]
        self.write_job("stores_at_once: 2")
        process = self.start_job()
        wait_for_line(process.stderr, "^slow .*: sending")
        line = ""
        while "3 of 4 stores have ended" not in line:
            process.send_signal(signal.SIGUSR1)
            line = wait_for_line(process.stderr, "of 4 stores have ended")
        self.assertEqual([store.stop()["put"] for store in others], [20, 20, 20])
        process.send_signal(signal.SIGTERM)
        wait_for_line(process.stderr, "^slow .*requests in flight are let finish")
        slow.stop()
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 143)
        self.assertEqual(self.statuses(), {"slow": "stopped", "abc": "ok", "def": "ok", "ghi": "ok"})

    def at_work(self, *names, common="", then=None, popen=None):
        """A job whose stores have begun to send, and still have to."""
        stores = {name: self.store(name, rows=300) for name in names}
        if then:
            self.store(then)
        self.write_job(common)
        process = self.start_job("--rate-max-requests-per-second", "20", popen=popen)
        seen = ""
        while not all(re.search(rf"(?m)^{name} .*: sending", seen) for name in names):
            seen += wait_for_line(process.stderr, "sending")
        return stores, process

    def test_a_signal_stops_all_and_the_next_run_finishes_them(self):
        for number, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(number):
                self.entries = ""
                names = [f"{name}{code}" for name in ("abc", "def")]
                stores, process = self.at_work(*names, common="stores_at_once: 2")
                process.send_signal(number)
                err = process.communicate(timeout=PATIENCE)[1]
                self.assertEqual(process.returncode, code, err)
                self.assertNotIn("stopping at once", err)
                self.assertEqual(self.statuses(), {name: "stopped" for name in names})
                self.assertGreater(self.whole()["unfinished"], 0)
                self.run_job(0)
                self.assertEqual(self.whole()["outcomes"]["applied"], 600)
                for store in stores.values():
                    self.assertEqual(store.stop()["put"], 300)
                    self.assertEqual(store.counters["max_in_flight_per_customer"], 1)

    def at_work_on_terminal(self):
        """As a person starts it: a terminal of its own, whose keys reach its foreground."""
        controller, terminal = pty.openpty()
        self.addCleanup(os.close, controller)
        stores, process = self.at_work("abc", "def", popen={
            "stdin": terminal, "start_new_session": True, "preexec_fn": lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)})
        os.close(terminal)
        return stores, process, lambda key: os.write(controller, key)

    def test_a_terminal_s_ctrl_c_is_one_wish(self):
        stores, process, press = self.at_work_on_terminal()
        press(b"\x03")
        err = process.communicate(timeout=PATIENCE)[1]
        self.assertEqual(process.returncode, 130, err)
        self.assertNotIn("stopping at once", err)
        self.assertEqual(self.statuses(), {"abc": "stopped", "def": "stopped"})
        self.assertEqual({entry["exit_code"] for entry in self.by_store().values()}, {130})
        self.run_job(0)
        self.assertEqual([store.stop()["put"] for store in stores.values()], [300, 300])

    def test_a_terminal_s_ctrl_z_lets_all_rest(self):
        stores, process, press = self.at_work_on_terminal()
        children = self.children_of(process).values()
        press(b"\x1a")
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        self.assertTrue(os.WIFSTOPPED(status))
        for child in children:
            state = ""
            while state != "T":  # it was told before
                state = pathlib.Path(f"/proc/{child}/stat").read_text().rsplit(") ")[1][0]
                self.assertNotIn(state, "ZX")
        process.send_signal(signal.SIGCONT)
        err = process.communicate(timeout=PATIENCE)[1]
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual([store.stop()["put"] for store in stores.values()], [300, 300])

    def test_a_second_signal_stops_at_once(self):
        """The store would answer in ten minutes."""
        slow = self.store("slow", "--fault", "stall:600s@1", rows=1, own="http: {timeout: 600s}")
        self.write_job()
        process = self.start_job()
        line = wait_for_line(process.stderr, "^slow .*: sending")
        while "1 in flight" not in line:
            process.send_signal(signal.SIGUSR1)
            line = wait_for_line(process.stderr, "^slow ")
        process.send_signal(signal.SIGTERM)
        wait_for_line(process.stderr, "^slow .*are let finish")
        process.send_signal(signal.SIGTERM)
        self.assertIn("stopping at once", process.communicate(timeout=PATIENCE)[1])
        self.assertEqual(process.returncode, 143)
        self.assertEqual(self.statuses(), {"slow": "stopped"})
        slow.stop()

    def test_stores_whose_turn_had_not_come_are_named(self):
        _, process = self.at_work("abc", common="stores_at_once: 1", then="late")
        process.send_signal(signal.SIGINT)
        self.assertIn("no more stores are started", process.communicate(timeout=PATIENCE)[1])
        self.assertEqual(self.statuses(), {"abc": "stopped", "late": "not_started"})
        self.run_job(0)
        self.assertEqual(self.statuses(), {"abc": "ok", "late": "ok"})

    def test_a_process_that_is_killed_is_told_of_and_the_others_end_well(self):
        stores, process = self.at_work("abc", "def")
        os.kill(self.children_of(process)["abc"], signal.SIGKILL)
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 6, err)
        self.assertEqual(self.statuses(), {"abc": "died", "def": "ok"})
        self.assertEqual((self.by_store()["abc"]["signal"], self.by_store()["def"]["run"]["ok"]), (9, 300))
        self.assertIn("abc: Its process was ended by signal 9", out)
        self.run_job(0)
        self.assertEqual(self.by_store()["abc"]["run"]["ok"], 300)
        self.assertEqual(stores["def"].stop()["put"], 300)

    def test_when_the_supervisor_is_killed_its_stores_stop_in_order(self):
        stores, process = self.at_work("abc", "def")
        children = [os.pidfd_open(pid) for pid in self.children_of(process).values()]
        process.kill()
        process.wait(timeout=PATIENCE)
        for child in children:
            wait_for_end(child)
        for name in stores:
            summary = json.loads(next((self.directory / "reports" / name).glob("*/summary.json")).read_text())
            self.assertEqual((summary["exit_code"], summary["stop_reason"]), (143, "interrupted by SIGTERM"))
        self.run_job(0)
        self.assertEqual(self.whole()["outcomes"]["applied"], 600)
        for store in stores.values():
            self.assertEqual(store.stop()["put"], 300)

    def test_two_jobs_over_the_same_stores_do_not_meet(self):
        _, process = self.at_work("abc", "def")
        self.run_job(7)
        self.assertIn("Another run holds store abc", self.by_store()["abc"]["story"])
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PATIENCE)

    def test_a_deadline_is_that_of_the_whole(self):
        """Counted from the start of the job, not of each store: the second has no time left."""
        self.store("first", rows=300)
        second = self.store("second")
        self.write_job("stores_at_once: 1\nmax_duration: 4s")
        self.run_job(8, "--rate-max-requests-per-second", "20")
        self.assertEqual({name: entry["exit_code"] for name, entry in self.by_store().items()},
                         {"first": 8, "second": 8})
        self.assertEqual(second.stop()["put"], 0)

    def test_resume_finishes_what_there_is_to_finish(self):
        stores, process = self.at_work("abc", "def")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
        self.store("new")
        self.write_job()
        shutil.rmtree(self.directory / "in")
        result = self.expect(0, "resume", "job.yaml")
        self.assertIn("no run of store new is unfinished", result.err)
        self.assertEqual([store.stop()["put"] for store in stores.values()], [300, 300])

    def test_one_ledger_that_cannot_be_written_is_one_store_s_trouble(self):
        self.store("abc", own="ledger: sqlite:/dev/full/abc.db")
        well = self.store("def")
        self.write_job()
        self.run_job(6)
        self.assertEqual(self.statuses(), {"abc": "stopped", "def": "ok"})
        self.assertEqual(well.stop()["put"], 20)


def wait_for_end(pidfd):
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    if not poll.poll(PATIENCE * 1000):
        raise AssertionError("a process did not end")
    os.close(pidfd)


class Mistakes(Stores):
    def test_a_mistake_in_one_entry_stops_all_before_anything_is_sent(self):
        store = self.store("abc")
        self.store("def", own="retry:\n  atempts: 3")
        self.write_job()
        result = self.run_job(2)
        self.assertRegex(result.err, r"job.yaml:\d+: retry.atempts is no setting; did you mean retry.attempts\?")
        self.entries = self.entries.replace("atempts: 3", "max_delay: 1ms")
        self.write_job()
        result = self.run_job(2)
        self.assertRegex(result.err, r"job.yaml:\d+: store def: retry.base_delay is longer than retry.max_delay")
        self.assertEqual(store.stop()["put"], 0)

    def test_an_unknown_store_is_refused_with_those_there_are(self):
        self.store("abc")
        self.write_job()
        result = self.run_job(2, "--only-store", "acb")
        self.assertIn("--only-store: there is no store acb; did you mean abc? (there are abc)", result.err)

    def test_standard_input_is_of_one_store(self):
        self.store("abc")
        self.write_job()
        result = self.run_job(2, "--input-path", "-")
        self.assertIn("is of one store", result.err)


if __name__ == "__main__":
    unittest.main()

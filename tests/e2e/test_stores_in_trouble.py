"""One job over many stores when some are in trouble: none holds up another, and what is left is told and can be finished."""
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

from harness import PATIENCE, PROGRAM, TOKEN, wait_for_line
from many_stores import ManyStores


def wait_for_end(pidfd):
    poll = select.poll()
    poll.register(pidfd, select.POLLIN)
    if not poll.poll(PATIENCE * 1000):
        raise AssertionError("a process did not end")
    os.close(pidfd)


class Trouble(ManyStores):
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

    def test_a_limit_is_lifted_for_the_store_that_met_it(self):
        self.store("abc", rows=5)
        self.store("def", rows=20)
        self.write_job("safety: {max_changes: 10}")
        self.run_job(3)
        story = self.by_store()["def"]["story"]
        flags = re.search("if this is right, (.*) lets it pass", story).group(1)
        self.assertEqual(flags, "--only-store def --safety-max-changes=20")
        self.run_job(0, *flags.split())

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

    def test_a_job_that_is_edited_while_it_runs_is_not_done_by_halves(self):
        _, process = self.at_work("abc", common="stores_at_once: 1", then="late")
        self.write_job("stores_at_once: 1\npolicy: {drift: input}")
        self.assertIn("store late have changed since the job began", process.communicate(timeout=PATIENCE)[1])
        self.assertEqual(process.returncode, 2)
        self.assertEqual(self.statuses(), {"abc": "ok", "late": "stopped"})

    def test_a_job_that_can_be_read_once_only_is_refused_before_anything_is_started(self):
        self.store("abc")
        self.write_job()
        reading, writing = os.pipe()
        os.write(writing, (self.directory / "job.yaml").read_bytes())
        os.close(writing)
        self.addCleanup(os.close, reading)
        process = subprocess.run([PROGRAM, "run", f"/dev/fd/{reading}"], cwd=self.directory, env=self.environment(), text=True,
                                 pass_fds=[reading], capture_output=True, check=False)
        self.assertIn("write it to a file", process.stderr)
        self.assertEqual((process.returncode, list(self.directory.glob("*.db"))), (2, []))

    def test_what_a_store_s_process_leaves_behind_holds_up_nothing(self):
        """It has the process's standard error for longer than the job takes."""
        self.write("token", TOKEN)
        self.store("abc", own='token_command: "sleep 60 >/dev/null & echo $! >left; cat token"')
        self.store("def")
        self.write_job("stores_at_once: 1")
        self.run_job(0)
        self.assertEqual(self.statuses(), {"abc": "ok", "def": "ok"})
        left = int((self.directory / "left").read_text())
        self.assertIn("sleep", pathlib.Path(f"/proc/{left}/cmdline").read_text(), "it was waited for")
        os.kill(left, signal.SIGKILL)

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


if __name__ == "__main__":
    unittest.main()

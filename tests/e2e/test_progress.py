"""What a person sees while it runs: a live view on a terminal, lines in a pipe, nothing with --quiet, and a clean terminal
whatever happens."""
import os
import signal
import termios
import unittest

from harness import EndToEnd
from terminal import OnTerminal

NAMES = ("rows", "changes", "rate", "left", "problems")


class Live(EndToEnd):
    def assert_clean(self, seen):
        """Nothing of the view is left, what comes next begins on a line of its own, and the terminal is as it was."""
        left = [line for line in seen.screen.lines if line.startswith(tuple(name + " " * (9 - len(name)) for name in NAMES))
                and ("[" in line or "/s" in line or "so far" in line or "in flight" in line)]
        self.assertEqual(left, [], seen.screen.text())
        self.assertEqual(seen.screen.column, 0, seen.screen.text())
        self.assertEqual(seen.screen.lines[seen.screen.row], "", seen.screen.text())
        self.assertEqual(termios.tcgetattr(seen.terminal), seen.settings)

    def test_the_view_shows_rows_changes_rate_quota_time_left_and_problems(self):
        store = self.sandbox("--window", "2s", "--customers", "60", quota=20)
        self.write_customers(70)
        self.write("customers.csv", (self.directory / "customers.csv").read_bytes() + b"nobody,essential,analytics\n")
        seen = OnTerminal(self, "sync", "customers.csv", store=store)
        seen.wait_for(r"rows      \[#+\.+\] +\d+%  \d+ of 71\n"
                      r"changes   \d+ of 70, \d+ in flight\n"
                      r"rate      [\d.]+ of 9\.0 requests/s, quota 20 in 2 s, \d+ of our 18 used, next window in \d s\n"
                      r"left      \d+ s, \d+ s so far\n"
                      r"problems  1 invalid")
        seen.wait_for(r"problems  1 invalid, \d not_found")
        self.assertEqual(seen.end(), 1)
        self.assert_clean(seen)
        self.assertIn("Report: ", seen.screen.text())

    def test_a_utf_8_terminal_gets_blocks(self):
        store = self.sandbox()
        self.write_customers(200)
        seen = OnTerminal(self, "sync", "customers.csv", "--rate-max-requests-per-second", "50", store=store,
                          LANG="C.UTF-8")
        seen.wait_for("rows      \u2588+\u2591+ +\\d+%")
        self.assertEqual(seen.end(), 0)
        self.assert_clean(seen)

    def test_log_lines_stand_above_the_view(self):
        store = self.sandbox("--customers", "1")
        self.write_customers(100)
        seen = OnTerminal(self, "sync", "customers.csv", "--rate-max-requests-per-second", "30", store=store)
        seen.wait_for(r"warning: row 3: not_found(.|\n)*\nrows ")
        self.assertEqual(seen.end(), 1)
        self.assert_clean(seen)
        for row in range(3, 23):
            self.assertEqual(seen.screen.text().count(f"warning: row {row}: not_found"), 1, seen.screen.text())

    def test_a_small_terminal_is_never_overflown(self):
        store = self.sandbox()
        self.write_customers(100)
        for rows, columns in ((4, 200), (40, 20)):
            with self.subTest(rows=rows, columns=columns):
                seen = OnTerminal(self, "sync", "customers.csv", "--rate-max-requests-per-second", "40",
                                  "--log-level", "error", rows=rows, columns=columns, store=store)
                seen.wait_for(r"rows ")
                if rows < 6:
                    self.assertNotIn("problems  none", seen.screen.text())
                for line in seen.screen.lines:
                    self.assertLess(len(line), columns)
                self.assertEqual(seen.end(), 0)
                self.assert_clean(seen)
                self.forget_ledger()

    def test_the_terminal_is_left_clean_by_signals(self):
        for sent, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(code=code):
                store = self.sandbox()
                self.write_customers(400)
                seen = OnTerminal(self, "sync", "customers.csv", "--rate-max-requests-per-second", "50", store=store)
                seen.wait_for(r"problems  none")
                seen.process.send_signal(sent)
                self.assertEqual(seen.end(), code)
                self.assert_clean(seen)
                self.forget_ledger()

    def test_the_terminal_is_left_clean_by_a_signal_while_reading(self):
        fifo = self.directory / "endless.csv"
        os.mkfifo(fifo)
        seen = OnTerminal(self, "sync", "endless.csv")
        with open(fifo, "wb", buffering=0) as feed:
            feed.write(b"customer_id,allow,deny\n")
            for start in range(0, 60000, 1000):
                feed.write(b"".join(b"%d,essential,analytics\n" % (start + n + 1) for n in range(1000)))
            seen.wait_for(r"reading   [\d,]+ rows")
            seen.process.send_signal(signal.SIGINT)
            self.assertEqual(seen.end(), 130)
        self.assert_clean(seen)
        self.assertNotIn("reading", seen.screen.text())
        self.assertIn("consent-sync: interrupted", seen.screen.text())

    def test_the_terminal_is_left_clean_when_the_store_refuses(self):
        store = self.sandbox("--fault", "401@20")
        self.write_customers(200)
        seen = OnTerminal(self, "sync", "customers.csv", "--rate-max-requests-per-second", "20", store=store)
        seen.wait_for(r"problems  none")
        self.assertEqual(seen.end(), 4)
        self.assert_clean(seen)

    def test_even_killed_it_leaves_the_cursor_on_an_empty_line(self):
        store = self.sandbox()
        self.write_customers(400)
        seen = OnTerminal(self, "sync", "customers.csv", "--rate-max-requests-per-second", "50", store=store)
        seen.wait_for(r"problems  none")
        seen.process.kill()
        seen.end()
        self.assertEqual((seen.screen.column, seen.screen.lines[seen.screen.row]), (0, ""))
        self.assertEqual(termios.tcgetattr(seen.terminal), seen.settings)

    def test_quiet_is_silent_on_a_terminal(self):
        store = self.sandbox()
        self.write_customers(60)
        seen = OnTerminal(self, "sync", "customers.csv", "--quiet", "--rate-max-requests-per-second", "50", store=store)
        self.assertEqual(seen.end(), 0)
        self.assertEqual(seen.raw, "")

    def test_a_dumb_terminal_gets_lines_only(self):
        store = self.sandbox()
        self.write_customers(60)
        seen = OnTerminal(self, "sync", "customers.csv", "--rate-max-requests-per-second", "50", store=store, TERM="dumb")
        self.assertEqual(seen.end(), 0)
        self.assertIn("sending 60 changes", seen.raw)
        self.assertNotIn("\x1b", seen.raw)


class Piped(EndToEnd):
    def test_a_pipe_gets_plain_lines(self):
        store = self.sandbox()
        self.write_customers(240)
        result = self.expect(0, "sync", "customers.csv", "--rate-max-requests-per-second", "20", store=store,
                             TERM="xterm")
        self.assertNotIn("\x1b", result.err)
        self.assertNotIn("\r", result.err)
        self.assertRegex(result.err, r"info: \d+ of 240 changes, [\d.]+ of 20\.0 requests/s.*left")

    def test_quiet_is_silent_when_all_is_well(self):
        store = self.sandbox()
        self.write_customers(3)
        result = self.expect(0, "sync", "customers.csv", "--quiet", store=store)
        self.assertEqual((result.out, result.err), ("", ""))

    def test_quiet_still_tells_what_went_wrong(self):
        store = self.sandbox("--customers", "2")
        self.write_customers(3)
        result = self.expect(1, "sync", "customers.csv", "--quiet", store=store)
        self.assertEqual(result.out, "")
        self.assertIn("row 4: not_found", result.err)


if __name__ == "__main__":
    unittest.main()

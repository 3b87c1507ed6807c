"""At a terminal the first run for a store that changes much asks first."""
import signal

from harness import EndToEnd
from terminal import OnTerminal

LIMIT = ("--safety-confirm-above", "5")
QUESTION = r"Go on\? Only yes goes on: "


class Confirmation(EndToEnd):
    def setUp(self):
        super().setUp()
        self.store = self.sandbox()
        self.write_customers(6)

    def sync(self, *flags):
        return OnTerminal(self, "sync", "customers.csv", *LIMIT, *flags, store=self.store, attended=True)

    def test_answers_are_not_said_to_be_used_where_nothing_was_asked(self):
        for check, is_said in (("all", True), ("never", False)):
            with self.subTest(check=check):
                self.forget_ledger()
                seen = self.sync("--policy-check-store", check)
                seen.wait_for(QUESTION)
                seen.process.kill()
                said = self.expect(0, "sync", "customers.csv", "--policy-check-store", check, store=self.store).err
                self.assertEqual("its answers are used" in said, is_said, said)

    def refused(self, answer):
        seen = self.sync()
        seen.wait_for(QUESTION)
        answer(seen)
        self.assertEqual(seen.end(), 3, seen.raw)
        self.assertIn("was not confirmed", seen.raw)
        self.assertEqual(seen.screen.text().count("Nothing was sent"), 1, seen.screen.text())
        self.assertEqual(self.summary()["exit_code"], 3)
        self.assertIn("safety.confirm_above", self.summary()["stop_reason"])
        self.assertIn("refused", self.expect(0, "runs").out)

    def test_yes_goes_on_and_the_next_run_is_not_the_first(self):
        seen = self.sync()
        seen.wait_for(QUESTION)
        self.assertRegex(seen.screen.text(), r"This is the first run for store sandbox \(https://[^)]*\)\.\n"
                                             r"  changes +6  of 6 rows\n"
                                             r"  withdrawals +6  take a consent away\n"
                                             r"  grants +6  grant one \(some may do both\)\n"
                                             r"  requests +6, about 1 s at 0\.9 of 150 requests in 30 s\n")
        seen.type("yes\n")
        self.assertEqual(seen.end(), 0, seen.raw)
        self.assertEqual(self.counts(), {"applied": 6})
        self.write_customers(6, allow="essential")
        seen = self.sync()
        self.assertEqual(seen.end(), 0, seen.raw)
        self.assertNotIn("Go on?", seen.raw)

    def test_anything_else_sends_nothing_and_is_asked_again(self):
        for text in ("no\n", "y\n", "\n", "YES\n", "yes please\n", "\x04", "ye\x04\x04"):
            with self.subTest(text=text):
                self.refused(lambda seen, typed=text: seen.type(typed))
        self.assertEqual(self.store.stop()["requests"], 0)

    def test_ctrl_c_is_a_no(self):
        self.refused(lambda seen: seen.process.send_signal(signal.SIGINT))
        self.assertEqual(self.store.stop()["requests"], 0)

    def test_sigterm_ends_it_as_ever(self):
        seen = self.sync()
        seen.wait_for(QUESTION)
        seen.process.send_signal(signal.SIGTERM)
        self.assertEqual(seen.end(), 143)
        self.assertEqual(self.store.stop()["requests"], 0)

    def test_the_deadline_does_not_wait_for_an_answer(self):
        seen = self.sync("--max-duration", "3s")
        seen.wait_for(QUESTION)
        self.assertEqual(seen.end(), 8, seen.raw)
        self.assertEqual(self.store.stop()["requests"], 0)

    def test_yes_on_the_command_line_answers(self):
        seen = self.sync("--yes")
        self.assertEqual(seen.end(), 0, seen.raw)
        self.assertNotIn("Go on?", seen.raw)

    def test_what_is_within_the_limit_is_not_asked(self):
        self.write_customers(5)
        self.assertEqual(self.sync().end(), 0)

    def test_without_a_person_nobody_is_asked(self):
        seen = OnTerminal(self, "sync", "customers.csv", *LIMIT, store=self.store)
        self.assertEqual(seen.end(), 0, seen.raw)
        self.forget_ledger()
        self.expect(0, "sync", "customers.csv", *LIMIT, store=self.store)

    def test_a_dry_run_and_an_approved_plan_are_not_asked(self):
        dry = self.sync("--dry-run")
        self.assertEqual(dry.end(), 0, dry.raw)
        plan = self.report_directories()[-1].name
        seen = OnTerminal(self, "apply", plan, *LIMIT, store=self.store, attended=True)
        self.assertEqual(seen.end(), 0, seen.raw)
        self.assertEqual(self.store.stop()["put"], 6)

    def test_the_limits_come_first(self):
        seen = self.sync("--safety-max-changes", "1")
        self.assertEqual(seen.end(), 3)
        self.assertNotIn("Go on?", seen.raw)

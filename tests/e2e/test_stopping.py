"""Runs that end before the store has answered: a question that outlives its time, a person who does not wait for it."""
import signal
import socket
import subprocess
import unittest

from harness import EndToEnd, PATIENCE, PROGRAM, wait_for_line

MAPPING = "{customer: {email: Email}, categories: {analytics: a}}"
BY_ADDRESS = ("sync", "in.csv", "--input-mapping", MAPPING)
PREFLIGHT = ("sync", "customers.csv", "--policy-preflight")
# What asks the store before the plan is made, and the words that announce it.
QUESTIONS = ((BY_ADDRESS, "whose 3 e-mail addresses"), (PREFLIGHT, "which of 3 customers exist"))


class Stopping(EndToEnd):
    def setUp(self):
        super().setUp()
        self.write("in.csv", "Email,a\n" + "".join(f"customer{i}@example.com,yes\n" for i in range(1, 4)))
        self.write_customers(3)

    def start_and_interrupt_twice(self, arguments, announcement, **more):
        """Each signal only once what it is to interrupt is under way."""
        process = self.start(*arguments, CONSENT_SYNC_HTTP_TIMEOUT="10m", **more)
        wait_for_line(process.stderr, announcement)
        self.interrupt_twice(process)


class Questions(Stopping):
    def finish(self, question, store):
        """The first request is never answered: it may not have left before."""
        self.expect(0, *question, store=store, CONSENT_SYNC_HTTP_TIMEOUT="2s")
        self.assertEqual(self.counts(), {"applied": 3})
        self.forget_ledger()

    def test_one_that_outlives_its_time_is_asked_again(self):
        for question, _ in QUESTIONS:
            with self.subTest(question=question):
                store = self.sandbox("--fault", "stall:600s@1")
                self.expect(0, *question, store=store, CONSENT_SYNC_HTTP_TIMEOUT="1s")
                self.assertEqual(self.counts(), {"applied": 3})
                self.assertEqual(self.summary()["requests"]["get"], 2)
                self.forget_ledger()

    def test_a_store_that_answers_none_in_time_is_unavailable_and_the_run_is_taken_up_again(self):
        for question, _ in QUESTIONS:
            with self.subTest(question=question):
                store = self.sandbox("--fault", "stall:600s@1-2")
                result = self.expect(5, *question, "--retry-attempts", "2", store=store, CONSENT_SYNC_HTTP_TIMEOUT="1s")
                self.assertIn("no answer within 1000 ms", result.err)
                self.expect(0, *question, store=store)
                self.assertEqual(self.counts(), {"applied": 3})
                self.assertEqual(store.stop()["put"], 3)
                self.forget_ledger()

    def test_a_first_signal_lets_one_finish_and_asks_no_other(self):
        for question, announcement in QUESTIONS:
            with self.subTest(question=question):
                store = self.sandbox("--fault", "stall:600s@1")
                process = self.start(*question, store=store, CONSENT_SYNC_HTTP_TIMEOUT="2s",
                                     CONSENT_SYNC_RETRY_BASE_DELAY="10m", CONSENT_SYNC_RETRY_MAX_DELAY="10m")
                wait_for_line(process.stderr, announcement)
                process.send_signal(signal.SIGTERM)
                process.communicate(timeout=30)
                self.assertEqual(process.returncode, 143)
                self.finish(question, store)

    def test_a_second_signal_does_not_wait_for_one(self):
        for question, announcement in QUESTIONS:
            with self.subTest(question=question):
                store = self.sandbox("--fault", "stall:600s@1")
                self.start_and_interrupt_twice(question, announcement, store=store)
                self.finish(question, store)


class Connecting(Stopping):
    def setUp(self):
        super().setUp()
        # Once its queue is full, the system answers no further connection.
        self.server = socket.create_server(("127.0.0.1", 0), backlog=0)
        self.addCleanup(self.server.close)
        for _ in range(4):
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(self.server.getsockname())
            self.addCleanup(waiting.close)
        self.url = "https://127.0.0.1:%d" % self.server.getsockname()[1]

    def test_a_second_signal_does_not_wait_for_a_connection(self):
        self.start_and_interrupt_twice(("sync", "customers.csv"), "sending", CONSENT_SYNC_STORE_API_URL=self.url)
        self.assertEqual(self.counts(), {"pending": 3})

    def test_connections_that_nobody_takes_were_no_requests(self):
        result = self.expect(5, "sync", "customers.csv", "--retry-attempts", "2", "--retry-give-up-after", "3s",
                             CONSENT_SYNC_STORE_API_URL=self.url, CONSENT_SYNC_HTTP_TIMEOUT="1s")
        self.assertEqual(self.counts(), {"pending": 3})
        self.assertEqual(self.summary()["requests"]["put"], 0)
        self.assertIn("no answer within 1000 ms", result.err)


class WithoutReader(EndToEnd):
    def test_a_run_whose_log_nobody_reads_any_more_goes_on(self):
        """As when a signal from the keyboard ends what the log is piped into."""
        store = self.sandbox("--fault", "stall:600s@1")
        self.write_customers(3)
        process = self.start("sync", "customers.csv", store=store, CONSENT_SYNC_HTTP_TIMEOUT="2s")
        wait_for_line(process.stderr, "sending")
        process.stderr.close()
        process.send_signal(signal.SIGUSR1)  # answered with a line
        process.stdout.read()
        process.stdout.close()
        self.assertEqual(process.wait(timeout=PATIENCE), 0)
        self.assertEqual(self.counts(), {"applied": 3})


class HangUps(EndToEnd):
    """A terminal that goes away, as at the end of an ssh session."""
    PACED = ("sync", "customers.csv", "--rate-max-requests-per-second", "20")

    def stop_reason(self, process, *signals):
        wait_for_line(process.stderr, "sending")
        for each in signals:
            process.send_signal(each)
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 143)
        return self.summary()["stop_reason"]

    def test_while_it_sends_one_is_as_good_as_sigterm(self):
        store = self.sandbox()
        self.write_customers(300)
        process = self.start(*self.PACED, store=store)
        # The kernel may tell of it, and then the shell.
        self.assertEqual(self.stop_reason(process, signal.SIGHUP, signal.SIGHUP), "interrupted by SIGHUP")
        self.assertIn("resuming", self.expect(0, "sync", "customers.csv", store=store).err)

    def test_under_nohup_it_goes_on(self):
        store = self.sandbox()
        self.write_customers(300)
        process = subprocess.Popen(["sh", "-c", "trap '' HUP; exec \"$@\"", "sh", PROGRAM, *self.PACED], cwd=self.directory,
                                   env=self.environment(store), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.assertEqual(self.stop_reason(process, signal.SIGHUP, signal.SIGTERM), "interrupted by SIGTERM")


if __name__ == "__main__":
    unittest.main()

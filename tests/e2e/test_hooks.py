"""Web hooks, for a dead man's switch and for who is called."""
import json
import os
import queue
import socket
import unittest

from harness import IS_SANITIZED, PATIENCE, TOKEN, wait_for_line
from receiver import WithReceiver


def memory_of(pid):
    """All that a process can write to."""
    with open(f"/proc/{pid}/maps", encoding="ascii") as maps:
        spans = [line.split()[0].split("-") for line in maps if line.split()[1].startswith("rw")]
    parts = []
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for first, last in ((int(first, 16), int(last, 16)) for first, last in spans):
            for page in range(first, last, 4096):
                try:
                    memory.seek(page)
                    parts.append(memory.read(4096))
                except OSError:
                    pass  # the system keeps it from everybody
    return b"".join(parts)


class WebHooks(WithReceiver):
    def test_success_is_told_with_the_summary(self):
        store = self.sandbox()
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", store=store, **self.hooks())
        self.assertEqual(self.receiver.events(), ["start", "success"])
        start, success = self.receiver.posts
        self.assertEqual(success[0], f"/{self.SECRET}/success?key={self.SECRET}")
        self.assertEqual(success[2], (self.report_directories()[0] / "summary.json").read_bytes())
        self.assertEqual(success[3]["Content-Type"], "application/json")
        began = json.loads(start[2])
        self.assertEqual((began["event"], began["mode"], began["store"], began["input"]["path"]),
                         ("start", "sync", "sandbox", "customers.csv"))

    @staticmethod
    def look(event, pids, holds):
        pid = pids.get(timeout=PATIENCE)
        pids.put(pid)
        holds[event] = TOKEN.encode() in memory_of(pid)

    @unittest.skipIf(IS_SANITIZED, "a sanitizer keeps what was let go of")
    @unittest.skipUnless(os.geteuid() == 0, "looking into a process takes root")
    def test_the_token_is_wiped_once_all_is_sent(self):
        store = self.sandbox()
        self.write_customers(200)
        self.write("token", TOKEN).chmod(0o600)
        for source in ({"BIGCOMMERCE_ACCESS_TOKEN": TOKEN}, {"CONSENT_SYNC_STORE_TOKEN_FILE": "token"},
                       {"CONSENT_SYNC_STORE_TOKEN_COMMAND": "cat token"}):
            with self.subTest(source=list(source)):
                self.forget_ledger()
                holds, pids = {}, queue.Queue()
                self.receiver.on_post = lambda event: self.look(event, pids, holds)
                environment = {"BIGCOMMERCE_ACCESS_TOKEN": None, **source, **self.hooks()}
                process = self.start("sync", "customers.csv", store=store, **environment)
                pids.put(process.pid)
                process.communicate(timeout=PATIENCE)
                self.assertEqual(process.returncode, 0)
                self.assertEqual(holds, {"start": True, "success": False})

    def test_problems_and_failures_have_their_own_hooks(self):
        store = self.sandbox("--customers", "1")
        self.write_customers(2)
        self.expect(1, "sync", "customers.csv", store=store, **self.hooks())
        self.expect(4, "sync", "customers.csv", store=store, BIGCOMMERCE_ACCESS_TOKEN="wrong", **self.hooks())
        self.assertEqual(self.receiver.events(), ["start", "problem", "start", "failure"])
        self.assertEqual(json.loads(self.receiver.posts[-1][2])["exit_code"], 4)

    def test_a_run_that_does_not_begin_is_a_failure(self):
        self.write_customers(1)
        self.expect(2, "sync", "nowhere.csv", "--ledger", "sqlite:other.db", **self.hooks())
        self.expect(2, "sync", "customers.csv", BIGCOMMERCE_ACCESS_TOKEN=None, **self.hooks())
        self.expect(2, "sync", **self.hooks())
        told = [json.loads(body) for _, event, body, _ in self.receiver.posts if event == "failure"]
        self.assertEqual([body["exit_code"] for body in told], [2, 2, 2])
        self.assertIn("nowhere.csv", told[0]["stop_reason"])

    def test_a_store_that_is_held_is_a_failure_and_no_start(self):
        store = self.sandbox("--fault", "stall:60s@1")
        self.write_customers(3)
        first = self.start("sync", "customers.csv", store=store)
        wait_for_line(first.stderr, "sending")
        self.expect(7, "sync", "customers.csv", store=store, **self.hooks())
        self.assertEqual(self.receiver.events(), ["failure"])
        first.kill()
        first.communicate()

    def test_a_dry_run_feeds_no_dead_mans_switch(self):
        store = self.sandbox()
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", "--dry-run", store=store, **self.hooks())
        self.assertEqual(self.receiver.posts, [])

    def test_a_hook_is_tried_again(self):
        store = self.sandbox()
        self.write_customers(2)
        self.receiver.answers = [200, 503, 429, 200]
        result = self.expect(0, "sync", "customers.csv", store=store, **self.hooks())
        self.assertEqual(self.receiver.events(), ["start", "success", "success", "success"])
        self.assertNotIn("could not be told", result.err)

    def test_a_hook_that_says_no_is_not_asked_again_and_stops_no_run(self):
        store = self.sandbox()
        self.write_customers(2)
        self.receiver.answers = [404, 410]
        result = self.expect(0, "sync", "customers.csv", store=store, **self.hooks())
        self.assertEqual(self.receiver.events(), ["start", "success"])
        self.assertRegex(result.err, r"hooks\.on_success could not be told: 127\.0\.0\.1:\d+ answered 410")

    def test_a_hook_that_is_not_there_or_not_trusted_stops_no_run(self):
        store = self.sandbox()
        self.write_customers(2)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))  # kept while the program runs, so that nobody else listens there
            nobody = f"https://127.0.0.1:{free.getsockname()[1]}/{self.SECRET}"
            hooks = {**self.hooks(), "CONSENT_SYNC_HOOKS_CA_FILE": None, "CONSENT_SYNC_HOOKS_ON_START": nobody}
            result = self.expect(0, "sync", "customers.csv", store=store, **hooks)
        self.assertIn("hooks.on_start could not be told: Connecting to", result.err)
        self.assertRegex(result.err, r"hooks\.on_success could not be told: TLS handshake .* Check hooks\.ca_file if it has a private "
                                     r"certificate authority\. The run does not suffer from it")
        self.assertNotIn("store.ca_file", result.err)
        self.assertEqual(self.receiver.posts, [])

    def test_a_file_without_certificates_is_refused_before_anything_is_sent(self):
        store = self.sandbox()
        self.write_customers(1)
        result = self.expect(2, "sync", "customers.csv", store=store, **{**self.hooks(), "CONSENT_SYNC_HOOKS_CA_FILE": "nowhere.pem"})
        self.assertRegex(result.err, r'hooks\.ca_file: ".*nowhere\.pem" cannot be read')
        self.assertEqual(store.stop()["requests"], 0)

    def test_the_address_of_a_hook_is_a_secret(self):
        store = self.sandbox()
        self.write_customers(2)
        self.receiver.answers = [404, 404]
        result = self.expect(0, "sync", "customers.csv", "--log-level", "trace", store=store, **self.hooks())
        texts = [result.out, result.err] + [path.read_text() for path in self.report_directories()[0].iterdir()]
        for text in texts:
            self.assertNotIn(self.SECRET, text)
            self.assertNotIn(TOKEN, text)
        self.assertNotIn(self.SECRET.encode(), (self.directory / "consent-sync.db").read_bytes())
        for _, _, body, headers in self.receiver.posts:
            self.assertNotIn(TOKEN, body.decode() + str(headers))

    def test_an_address_that_cannot_be_used_is_refused_and_not_repeated(self):
        self.write_customers(1)
        for address in (f"http://example.com/{self.SECRET}", f"https://user:{self.SECRET}@example.com/", self.SECRET):
            result = self.expect(2, "sync", "customers.csv", CONSENT_SYNC_HOOKS_ON_START=address)
            self.assertIn("hooks.on_start", result.err)
            self.assertNotIn(self.SECRET, result.err)


if __name__ == "__main__":
    unittest.main()

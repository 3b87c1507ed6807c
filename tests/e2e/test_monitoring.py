"""What those see who are not there: logs for programs, metrics for Prometheus, web hooks for a dead man's switch."""
import http.server
import json
import os
import queue
import re
import shutil
import socket
import ssl
import subprocess
import threading
import time
import unittest
import urllib.request

from harness import IS_SANITIZED, PATIENCE, PROGRAM, TOKEN, EndToEnd, wait_for_line

FIELDS = {"time", "level", "message", "run", "row", "customer", "outcome", "exit_code"}


class JsonLogs(EndToEnd):
    def lines(self, result):
        lines = [json.loads(line) for line in result.err.splitlines()]
        for line in lines:
            self.assertLessEqual({"time", "level", "message"}, set(line), line)
            self.assertLessEqual(set(line), FIELDS, line)
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        return lines

    def test_problem_rows_have_fields_of_their_own(self):
        store = self.sandbox("--customers", "2")
        self.write("in.csv", "customer_id,allow,deny\n1,essential,analytics\n9,essential,analytics\nno,essential,\n")
        result = self.expect(1, "sync", "in.csv", "--log-format", "json", store=store)
        problems = {line["row"]: line for line in self.lines(result) if "row" in line}
        self.assertEqual({row: line["outcome"] for row, line in problems.items()}, {3: "not_found", 4: "invalid"})
        for line in problems.values():
            self.assertEqual((line["run"], line["level"]), (self.summary()["run_id"], "warning"))
        for row, line in problems.items():
            self.assertIn(self.outcomes()[row]["reason"], line["message"])

    def test_customers_are_named_as_it_is_wished(self):
        store = self.sandbox("--customers", "2")
        self.write("in.csv", "customer_id,allow,deny\n90001,essential,analytics\n")

        def named(*flags):
            result = self.expect(1, "sync", "in.csv", "--log-format", "json", *flags, store=store)
            (problem,) = [line for line in self.lines(result) if "row" in line]
            return problem.get("customer"), result.err

        name, log = named()
        self.assertIsNone(name)
        self.assertNotIn("90001", log)
        name, log = named("--log-customers", "id")
        self.assertEqual(name, "90001")
        self.assertIn("row 2, customer 90001: not_found", log)
        name, log = named("--log-customers", "hash")
        self.assertRegex(name, "^[0-9a-f]{16}$")
        self.assertIn(f"customer {name}", log)
        self.assertNotIn("90001", log)
        self.assertEqual(named("--log-customers", "hash")[0], name)
        self.assertIn(f"In logs: {name}\n", self.expect(0, "history", "90001", "--log-customers", "hash").out)
        self.assertNotIn("In logs", self.expect(0, "history", "90001").out)
        # With another key it is another name: nobody finds an id by trying all of them.
        self.assertNotEqual(named("--log-customers", "hash", "--ledger", "sqlite:other.db")[0], name)

    def test_problem_rows_do_not_flood_the_log(self):
        self.write("in.csv", "customer_id,allow,deny\n" + "no,essential,\n" * 500)
        result = self.expect(1, "sync", "in.csv", "--dry-run", "--log-format", "json")
        lines = self.lines(result)
        self.assertEqual(sum(1 for line in lines if "row" in line), 20)
        self.assertTrue(any("the report has them all" in line["message"] for line in lines))
        result = self.expect(1, "sync", "in.csv", "--dry-run", "--log-format", "json", "--log-level", "debug")
        self.assertEqual(sum(1 for line in self.lines(result) if "row" in line), 500)

    def test_fatal_errors_are_json_too(self):
        self.write_customers(1)
        self.write("bad.yaml", "rate:\n  shere: 1\n")
        cases = ((2, ("sync", "nowhere.csv"), {}),
                 (2, ("sync", "customers.csv", "--rate-shere", "1"), {}),
                 (2, ("sync", "customers.csv", "--config", "bad.yaml"), {}),
                 (2, ("sync", "customers.csv"), {"BIGCOMMERCE_ACCESS_TOKEN": None}),
                 (2, ("sync", "customers.csv"), {"CONSENT_SYNC_HTTP_CONNECTIONS": "none"}),
                 (2, ("report", "no-such-run"), {}))
        for code, arguments, more in cases:
            with self.subTest(arguments=arguments, **more):
                result = self.expect(code, *arguments, CONSENT_SYNC_LOG_FORMAT="json", **more)
                last = self.lines(result)[-1]
                self.assertEqual((last["level"], last["exit_code"]), ("critical", code))

    def test_a_flag_is_enough_to_have_errors_in_json(self):
        result = self.expect(2, "sync", "nowhere.csv", "--log-format", "json", "--log-level", "off")
        self.assertIn("nowhere.csv", self.lines(result)[-1]["message"])

    def test_the_configuration_file_is_enough_to_have_errors_in_json(self):
        self.write("consent-sync.yaml", "log:\n  format: json\n")
        self.assertIn("nowhere.csv", self.lines(self.expect(2, "sync", "nowhere.csv"))[-1]["message"])

    def test_an_interruption_while_reading_is_json_too(self):
        process = subprocess.Popen([PROGRAM, "sync", "-", "--log-format", "json"], cwd=self.directory, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        # More than a pipe holds: once it is written, the program is reading.
        process.stdin.write("customer_id,allow,deny\n" + "1,essential,analytics\n" * 20000)
        process.stdin.flush()
        process.terminate()
        process.wait(timeout=PATIENCE)
        lines = [json.loads(line) for line in process.stderr]
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
        self.assertEqual(process.returncode, 143)
        self.assertIn("interrupted", lines[-1]["message"])
        self.assertRegex(lines[-1]["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


def samples(text):
    """Name with labels to value, of the text exposition format."""
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
            for line in text.splitlines() if line and not line.startswith("#")}


class Metrics(EndToEnd):
    LABELS = 'mode="sync",store="sandbox"}'

    def value(self, name, **labels):
        text = (self.directory / "run.prom").read_text()
        parts = ",".join([f'{key}="{value}"' for key, value in labels.items()] + [self.LABELS])
        return samples(text).get(f"consent_sync_{name}{{{parts}")

    def test_the_file_tells_how_the_last_run_ended(self):
        store = self.sandbox("--customers", "4", quota=100)
        self.write_customers(5)
        self.expect(1, "sync", "customers.csv", "--metrics-file", "run.prom", store=store)
        self.assertEqual(self.value("run_exit_code"), 1)
        self.assertEqual(self.value("running"), 0)
        self.assertEqual(self.value("run_rows", outcome="applied"), 4)
        self.assertEqual(self.value("run_rows", outcome="not_found"), 1)
        self.assertEqual(self.value("run_requests", method="put"), 5)
        self.assertEqual(self.value("quota_requests"), 100)
        self.assertIsNone(self.value("last_success_timestamp_seconds"))
        self.assertEqual((self.directory / "run.prom").stat().st_mode & 0o777, 0o644)
        self.assertEqual(list(self.directory.glob("run.prom.*")), [])

    def test_the_last_success_outlives_later_failures(self):
        store = self.sandbox()
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", "--metrics-file", "run.prom", store=store)
        success = self.value("last_success_timestamp_seconds")
        self.assertAlmostEqual(success, self.value("run_end_timestamp_seconds"), delta=0.001)
        self.expect(3, "sync", "customers.csv", "--metrics-file", "run.prom", "--safety-min-rows", "100", store=store)
        self.assertEqual(self.value("run_exit_code"), 3)
        self.assertEqual(self.value("last_success_timestamp_seconds"), success)

    def test_a_dry_run_does_not_take_the_place_of_the_last_run(self):
        store = self.sandbox()
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", "--metrics-file", "run.prom", store=store)
        before = (self.directory / "run.prom").read_bytes()
        self.expect(0, "sync", "customers.csv", "--metrics-file", "run.prom", "--dry-run", store=store)
        self.assertEqual((self.directory / "run.prom").read_bytes(), before)

    @unittest.skipUnless(shutil.which("promtool"), "promtool is not here (Debian package prometheus)")
    def test_promtool_has_nothing_to_complain_of(self):
        store = self.sandbox(quota=1000)
        self.write_customers(5)
        self.expect(0, "sync", "customers.csv", "--metrics-file", "run.prom", store=store)
        with open(self.directory / "run.prom", encoding="utf-8") as metrics:
            check = subprocess.run(["promtool", "check", "metrics"], stdin=metrics, capture_output=True, text=True,
                                   timeout=PATIENCE)
        self.assertEqual((check.returncode, check.stdout, check.stderr), (0, "", ""))

    def test_metrics_are_served_while_it_runs(self):
        store = self.sandbox()
        self.write_customers(2000)
        process = self.start("sync", "customers.csv", "--metrics-listen", "127.0.0.1:0",
                             "--rate-max-requests-per-second", "20", store=store)
        seen = wait_for_line(process.stderr, "metrics are served")
        url = re.search(r"http://127\.0\.0\.1:\d+/metrics", seen).group(0)
        wait_for_line(process.stderr, "sending")
        applied = f'consent_sync_run_rows{{outcome="applied",{self.LABELS}'
        deadline = time.monotonic() + PATIENCE
        found = {}
        while found.get(applied, 0) == 0 and time.monotonic() < deadline:
            with urllib.request.urlopen(url, timeout=PATIENCE) as reply:
                found = samples(reply.read().decode())
        self.assertGreater(found[applied], 0)
        self.assertEqual(found["consent_sync_running{" + self.LABELS], 1)
        self.assertEqual(found["consent_sync_store_available{" + self.LABELS], 1)
        pending = found[f'consent_sync_run_rows{{outcome="pending",{self.LABELS}']
        self.assertEqual(found[applied] + pending, 2000)
        process.terminate()
        process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 143)

    def test_metrics_that_cannot_be_offered_stop_no_run(self):
        store = self.sandbox()
        self.write_customers(2)
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            result = self.expect(0, "sync", "customers.csv", "--metrics-file", "no/such/directory/run.prom",
                                 "--metrics-listen", f"127.0.0.1:{taken.getsockname()[1]}", store=store)
        self.assertIn("metrics.file: ", result.err)
        self.assertIn("metrics.listen: ", result.err)

    def test_what_cannot_work_is_refused_at_once(self):
        self.write_customers(1)
        self.assertIn(".prom", self.expect(2, "sync", "customers.csv", "--metrics-file", "run.txt").err)
        self.assertIn("ADDRESS:PORT", self.expect(2, "sync", "customers.csv", "--metrics-listen", "9464").err)


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


class Receiver:
    """An HTTPS server that notes what is posted to it, and answers as told."""

    def __init__(self, directory):
        self.ca_file = directory / "hooks-ca.pem"
        key = directory / "hooks-key.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-keyout", key, "-out", self.ca_file, "-days", "2", "-subj", "/CN=127.0.0.1",
                        "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
        self.posts = []
        self.answers = []  # statuses of the next replies; then 200
        self.on_post = lambda event: None  # while whoever posts waits for an answer
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.posts.append((self.path, self.headers["X-Consent-Sync-Event"], body, dict(self.headers)))
                receiver.on_post(self.headers["X-Consent-Sync-Event"])
                self.send_response(receiver.answers.pop(0) if receiver.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.url = f"https://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def events(self):
        return [event for _, event, _, _ in self.posts]


@unittest.skipUnless(shutil.which("openssl"), "openssl makes the receiver's certificate")
class WebHooks(EndToEnd):
    SECRET = "secret-of-the-hook"

    def setUp(self):
        super().setUp()
        self.receiver = Receiver(self.directory)
        self.addCleanup(self.receiver.close)

    def hooks(self):
        settings = {f"CONSENT_SYNC_HOOKS_ON_{event.upper()}": f"{self.receiver.url}/{self.SECRET}/{event}?key={self.SECRET}"
                    for event in ("start", "success", "problem", "failure")}
        return {**settings, "CONSENT_SYNC_HOOKS_CA_FILE": str(self.receiver.ca_file)}

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
        self.assertIn("hooks.on_success could not be told: TLS handshake", result.err)
        self.assertEqual(self.receiver.posts, [])

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

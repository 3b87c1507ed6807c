"""Runs the real program against its real sandbox store, over TLS, each test in a directory of its own."""
import csv
import importlib.util
import json
import os
import pathlib
import random
import re
import shutil
import signal
import ssl
import subprocess
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

PROGRAM = os.environ["CONSENT_SYNC"]
# A sanitizer keeps what was freed, and comes before all other libraries.
IS_SANITIZED = subprocess.run(["grep", "-qE", "__[at]san_init", PROGRAM], check=False).returncode == 0
TOKEN = "secret-token-of-the-tests"
# Generous: sanitizers and a busy machine are slow. A test that needs it has failed already.
PATIENCE = 120


def needs(*tools, modules=()):
    """Skips a test where programs or Python's modules are not here, unless TESTS_NO_SKIPS is set: then it is an error."""
    missing = [tool for tool in tools if not shutil.which(tool)] + [name for name in modules if not importlib.util.find_spec(name)]
    reason = f"{', '.join(missing)} is not here"
    if missing and os.environ.get("TESTS_NO_SKIPS"):
        raise RuntimeError(f"{reason}, and TESTS_NO_SKIPS is set")
    return unittest.skipIf(missing, reason)


def seeded_random():
    """Chance that can be repeated: CONSENT_SYNC_SEED says how."""
    seed = int(os.environ.get("CONSENT_SYNC_SEED", random.SystemRandom().randrange(2**32)))
    print(f"CONSENT_SYNC_SEED={seed}", end=" ", flush=True)
    return random.Random(seed)


class Result:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"exit {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class Sandbox:
    """A store in a process of its own; `counters` is its own account once it has been stopped."""

    def __init__(self, directory, *flags):
        self.ca_file = directory / "ca.pem"
        command = [PROGRAM, "sandbox", "--token", TOKEN, "--ca-file", str(self.ca_file), *flags]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        first = self.process.stdout.readline()
        found = re.match(r"Sandbox store at ([^;]*);", first)
        if not found:
            raise AssertionError("the sandbox did not start: " + first + self.process.stdout.read())
        self.url = found.group(1)
        self.counters = None

    def stop(self):
        if self.counters is None:
            self.process.send_signal(signal.SIGTERM)
            rest = self.process.communicate(timeout=PATIENCE)[0]
            self.counters = json.loads(rest.strip().splitlines()[-1])
        return self.counters

    def request(self, method, customer, body=None, path="stores/sandbox/v3/customers"):
        request = urllib.request.Request(f"{self.url}/{path}/{customer}/consent", method=method,
                                         data=json.dumps(body).encode() if body else None)
        request.add_header("X-Auth-Token", TOKEN)
        request.add_header("Content-Type", "application/json")
        trust = ssl.create_default_context(cafile=str(self.ca_file))
        with urllib.request.urlopen(request, context=trust, timeout=PATIENCE) as reply:
            return json.load(reply)

    def consent_of(self, customer):
        """What the store holds; the question is counted nowhere."""
        reply = self.request("GET", customer, path="shopper")
        return set(reply["allow"]), set(reply["deny"])

    def shopper_chooses(self, customer, allow, deny):
        self.request("PUT", customer, {"allow": sorted(allow), "deny": sorted(deny)}, path="shopper")


class EndToEnd(unittest.TestCase):
    def setUp(self):
        self._directory = tempfile.TemporaryDirectory()
        self.directory = pathlib.Path(self._directory.name)
        self.addCleanup(self._directory.cleanup)

    # --- the store
    def sandbox(self, *flags, quota=0):
        store = Sandbox(self.directory, "--quota", str(quota), *flags)
        self.addCleanup(store.process.stdout.close)
        self.addCleanup(store.stop)
        return store

    # --- the program
    def environment(self, store=None, **more):
        environment = {"PATH": os.environ["PATH"], "BIGCOMMERCE_ACCESS_TOKEN": TOKEN, "CONSENT_SYNC_STORE_HASH": "sandbox",
                       "CONSENT_SYNC_RETRY_BASE_DELAY": "20ms", "CONSENT_SYNC_HTTP_TIMEOUT": "20s"}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS", "LLVM_PROFILE_FILE"):
            if name in os.environ:
                environment[name] = os.environ[name]
        if store:
            environment.update(CONSENT_SYNC_STORE_API_URL=store.url, CONSENT_SYNC_STORE_CA_FILE=str(store.ca_file))
        environment.update(more)
        return {name: value for name, value in environment.items() if value is not None}

    def start(self, *arguments, store=None, **more):
        return subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=self.directory, text=True,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                env=self.environment(store, **more))

    def run_program(self, *arguments, store=None, stdin=None, **more):
        done = subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.directory, input=stdin, capture_output=True,
                              env=self.environment(store, **more), timeout=PATIENCE)
        return Result(done.returncode, done.stdout.decode(errors="replace"),
                      done.stderr.decode(errors="replace"))

    def expect(self, code, *arguments, **more):
        result = self.run_program(*arguments, **more)
        self.assertEqual(result.code, code, result)
        return result

    def interrupt(self, process, at=1):
        """Ctrl-C once so many requests are under way."""
        in_flight = 0
        while in_flight < at:
            process.send_signal(signal.SIGUSR1)  # answered with a line about the progress
            in_flight = int(re.search(r"(\d+) in flight", wait_for_line(process.stderr, "in flight")).group(1))
        process.send_signal(signal.SIGINT)

    def interrupt_twice(self, process, at=1):
        """And again: it stops at once."""
        self.interrupt(process, at)
        wait_for_line(process.stderr, "interrupted")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        self.assertEqual(process.returncode, 130)

    # --- files
    def write(self, name, content):
        path = self.directory / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def write_customers(self, count, name="customers.csv", allow="essential|analytics"):
        deny = "|".join(sorted({"essential", "functional", "analytics", "targeting"} - set(allow.split("|"))))
        lines = "".join(f"{customer},{allow},{deny}\n" for customer in range(1, count + 1))
        return self.write(name, "customer_id,allow,deny\n" + lines)

    def forget_ledger(self):
        for path in self.directory.glob("consent-sync.db*"):
            path.unlink()

    def report_directories(self):
        """Oldest run first."""
        def started_at(directory):
            return json.loads((directory / "summary.json").read_text())["started_at"]
        whole = [path.parent for path in (self.directory / "reports").glob("*/summary.json")]
        return sorted(whole, key=started_at)

    def summary(self, directory=None):
        directory = directory or self.report_directories()[-1]
        return json.loads((directory / "summary.json").read_text())

    def counts(self, directory=None):
        return {word: count for word, count in self.summary(directory)["outcomes"].items() if count}

    def outcomes(self, directory=None):
        """Line number to row of outcomes.csv."""
        directory = directory or self.report_directories()[-1]
        with open(directory / "outcomes.csv", newline="", encoding="utf-8") as file:
            return {int(row["line"]): row for row in csv.DictReader(file)}


def wait_for_line(stream, pattern, patience=PATIENCE):
    """Reads lines until one matches; what was read before it is kept in the answer."""
    seen = []
    timer = threading.Timer(patience, stream.close)
    timer.start()
    try:
        for line in stream:
            seen.append(line)
            if re.search(pattern, line):
                return "".join(seen)
    finally:
        timer.cancel()
    raise AssertionError(f"no line matched {pattern!r} in: {''.join(seen)}")

"""A store, or whoever stands in its way, that answers nonsense: bounded memory and time, no claim that is not true, a reason."""
import gzip
import pathlib
import subprocess
import threading
import time
import unittest

from harness import IS_SANITIZED, PROGRAM, TOKEN, EndToEnd
from raw_store import Authority, RawStore, reply, server_context

MIB = 1024 * 1024


def drip(request):
    """A good reply, a byte a second."""
    for byte in reply(request.body):
        yield bytes([byte])
        time.sleep(1)


def endless_chunks(_):
    yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    while True:
        yield b"10000\r\n" + b" " * 65536 + b"\r\n"


def endless_header(_):
    yield b"HTTP/1.1 200 OK\r\n"
    for number in range(10**9):
        yield f"X-Header-{number}: {'x' * 1000}\r\n".encode()


def endless_interim(_):
    while True:
        yield b"HTTP/1.1 102 Processing\r\n\r\n"


def peak_memory_of(pid):
    """In bytes, of the program alone; what the kernel tells of a process that has ended includes what it was forked from."""
    try:
        with open(f"/proc/{pid}/status", encoding="ascii") as status:
            for line in status:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) * 1024
    except OSError:
        pass
    return 0


class Hostile(EndToEnd):
    def setUp(self):
        super().setUp()
        self.authority = Authority(self.directory / "ca")
        self.context = server_context(*self.authority.make("leaf", names="IP:127.0.0.1"))
        self.write_customers(2)

    def sync(self, answer, *flags):
        """The program's exit code."""
        store = RawStore(self.context, answer)
        self.addCleanup(store.close)
        environment = self.environment(CONSENT_SYNC_STORE_API_URL=f"https://127.0.0.1:{store.port}",
                                       CONSENT_SYNC_STORE_CA_FILE=str(self.authority.certificate), CONSENT_SYNC_HTTP_TIMEOUT="2s",
                                       CONSENT_SYNC_RETRY_ATTEMPTS="2", CONSENT_SYNC_RETRY_GIVE_UP_AFTER="5s")
        process = subprocess.Popen([PROGRAM, "sync", "customers.csv", "--http-connections", "1", *flags], cwd=self.directory,
                                   env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        peak = 0
        said = []
        listener = threading.Thread(target=lambda: said.append(process.stderr.read()))
        listener.start()
        while process.poll() is None:
            peak = max(peak, peak_memory_of(process.pid))
            time.sleep(0.01)
        listener.join()
        process.stderr.close()
        self.err = said[0]
        self.assertGreater(peak, 0)
        self.assertLess(peak, (600 if IS_SANITIZED else 100) * MIB)
        return process.returncode

    def nothing_claimed(self, answer, words):
        """No row is said to be applied, none to be certainly not, and the report gives a reason."""
        code = self.sync(answer)
        self.assertIn(code, (1, 5), self.err)
        self.assertLessEqual(set(self.counts()), {"unknown", "pending"}, self.err)
        reasons = self.err + "".join(row["reason"] for row in self.outcomes().values())
        self.assertRegex(reasons, words)
        self.forget_ledger()

    def test_headers_without_end(self):
        self.nothing_claimed(endless_header, "header limit exceeded")
        self.nothing_claimed(lambda request: reply(request.body, headers=["X-Bomb: " + "x" * MIB]), "header limit exceeded")

    def test_bodies_that_are_too_large(self):
        for body in (b" " * 10 * MIB, b'{"allow":["' + b"a" * 10 * MIB + b'"]}', b"[" * 10 * MIB):
            self.nothing_claimed(lambda request: reply(body), "too long or was cut off")
        self.nothing_claimed(endless_chunks, "too long or was cut off")

    def test_a_reply_at_a_byte_a_second_ends_with_the_time_limit(self):
        self.nothing_claimed(drip, "no answer within 2000 ms")

    def test_interim_replies_without_end_end_with_the_time_limit(self):
        self.nothing_claimed(endless_interim, "no answer within 2000 ms")

    def test_interim_replies_before_the_reply_are_passed_over(self):
        def answer(request):
            return b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + reply(request.body)
        self.assertEqual(self.sync(answer), 0, self.err)

    def test_framing_that_could_be_read_in_two_ways(self):
        for headers in (["Transfer-Encoding: chunked"], ["Content-Length: 5"], ["Content-Length: 0"], ["Content-Length: -1"],
                        ["Content-Length : 5"], ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"]):
            with self.subTest(headers=headers):
                self.nothing_claimed(lambda request: reply(request.body, headers=headers), "reply")

    def test_what_follows_a_reply_unasked_is_not_taken_for_the_next_one(self):
        requests = []

        def answer(request):
            requests.append(request)
            # The reply, and one that would confirm the next request before it was made.
            return reply(request.body) * 2
        self.assertEqual(self.sync(answer), 0, self.err)
        self.assertEqual(len(requests), 2)
        self.assertEqual(self.counts(), {"applied": 2})

    def test_a_compressed_reply_that_nobody_asked_for_is_no_confirmation(self):
        self.nothing_claimed(lambda request: reply(gzip.compress(request.body), headers=["Content-Encoding: gzip"]),
                             "a body that is no consent")

    def test_a_reply_that_is_no_http(self):
        for answer in (b"SSH-2.0-OpenSSH_9.2\r\n", b"\x00" * 100, b"HTTP/9.9 200 OK\r\n\r\n", b"HTTP/1.1 2000 OK\r\n\r\n",
                       b"HTTP/1.1 200 OK\r\nno header\r\n\r\n", b"HTTP/1.1 200 OK\nContent-Length: 0\n\n"):
            with self.subTest(answer=answer):
                self.nothing_claimed(lambda request: answer + b"\r\n" * 10, "reply")

    def test_reasons_of_others_are_shown_without_control_characters(self):
        title = "käse \u202e \x1b[31mred\x07 <script>"
        body = ('{"title": "%s", "status": 422}' % title.replace("\x1b", "\\u001b").replace("\x07", "\\u0007")).encode()
        status = "422 K\xe4se"

        def answer(request):
            head, _, rest = reply(body).partition(b"\r\n")
            return f"HTTP/1.1 {status}".encode("latin-1") + b"\r\n" + rest
        self.assertEqual(self.sync(answer), 1, self.err)
        self.assertEqual(self.counts(), {"rejected": 2})
        reason = self.outcomes()[2]["reason"]
        self.assertIn("käse", reason)
        for text in (reason, self.err):
            self.assertNotRegex(text, "[\x00-\x08\x0b-\x1f\x7f]")
        page = (self.report_directories()[-1] / "report.html").read_text()
        self.assertNotIn("<script>", page.split("</head>")[1].replace("<script>\n", ""))

    def test_a_store_that_repeats_the_token_has_it_repeated_nowhere(self):
        bodies = {401: b'{"title": "Bad token %s"}', 422: b'{"title": "%s", "errors": {"%s": ["no %s"]}}', 404: b'{"%s": 1}',
                  500: b"%s", 503: b"<p>for %s</p>", 307: b"", 418: b'["%s"]'}
        for status, body in bodies.items():
            echo = reply(body.replace(b"%s", TOKEN.encode()), f"{status} {TOKEN}",
                         [f"Location: https://elsewhere/?to={TOKEN}", f"X-Auth-Token: {TOKEN}", f"X-Rate-Limit-Requests-Left: {TOKEN}"])
            with self.subTest(status=status):
                self.assertNotEqual(self.sync(lambda request: echo, "--log-level", "trace"), 0)
                said = "".join(row["reason"] for row in self.outcomes().values()) + str(self.summary()["stop_reason"])
                self.assertIn("no such customer" if status == 404 else "[token]", said)
                self.assertNotIn(TOKEN, self.err)
                for path in filter(pathlib.Path.is_file, self.directory.rglob("*")):
                    self.assertNotIn(TOKEN.encode(), path.read_bytes(), path)
                self.forget_ledger()


if __name__ == "__main__":
    unittest.main()

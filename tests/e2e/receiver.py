"""Who is told by web hooks."""
import http.server
import ssl
import subprocess
import threading

from harness import EndToEnd, needs


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


@needs("openssl")  # makes the receiver's certificate
class WithReceiver(EndToEnd):
    SECRET = "secret-of-the-hook"

    def setUp(self):
        super().setUp()
        self.receiver = Receiver(self.directory)
        self.addCleanup(self.receiver.close)

    def hooks(self):
        settings = {f"CONSENT_SYNC_HOOKS_ON_{event.upper()}": f"{self.receiver.url}/{self.SECRET}/{event}?key={self.SECRET}"
                    for event in ("start", "success", "problem", "failure")}
        return {**settings, "CONSENT_SYNC_HOOKS_CA_FILE": str(self.receiver.ca_file)}

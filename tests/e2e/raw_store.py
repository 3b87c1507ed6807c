"""A store that says exactly what a test wants it to, over TLS with certificates made for the test, and a proxy to it."""
import base64
import contextlib
import datetime
import pathlib
import socket
import ssl
import subprocess
import threading

HOST = "store.test"


def openssl(*arguments, cwd):
    subprocess.run(["openssl", *arguments], cwd=cwd, check=True, capture_output=True)


class Authority:
    """A certificate authority in a directory of its own."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.serial = 0
        self.certificate = self.make("root", key="rsa", issuer=None, ca=True)[0]

    def make(self, name, key="ec", issuer="root", ca=False, names="DNS:" + HOST, days=(-1, 30)):
        """A certificate and its key, signed by `issuer` (None: by itself), valid from day to day."""
        kind = ["rsa", "-pkeyopt", "rsa_keygen_bits:2048"] if key == "rsa" else ["EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        openssl("genpkey", "-algorithm", *kind, "-out", f"{name}.key", cwd=self.directory)
        openssl("req", "-new", "-key", f"{name}.key", "-subj", f"/CN={name}", "-out", f"{name}.csr", cwd=self.directory)
        usage = "basicConstraints=critical,CA:TRUE\nkeyUsage=keyCertSign\n" if ca else f"subjectAltName={names}\n"
        (self.directory / f"{name}.ext").write_text(usage)
        self.serial += 1
        (self.directory / "serial").write_text(f"{self.serial:02x}\n")
        (self.directory / "index").write_text("")
        (self.directory / "ca.conf").write_text(
            "[ca]\ndefault_ca=own\n[own]\nnew_certs_dir=.\ndatabase=index\nserial=serial\ndefault_md=sha256\n"
            "policy=any\n[any]\ncommonName=supplied\n")
        signer = ["-selfsign", "-keyfile", f"{name}.key"] if issuer is None else ["-cert", f"{issuer}.pem", "-keyfile",
                                                                                  f"{issuer}.key"]
        now = datetime.datetime.now(datetime.timezone.utc)
        start, end = ((now + datetime.timedelta(days=day)).strftime("%Y%m%d%H%M%SZ") for day in days)
        openssl("ca", "-batch", "-notext", "-config", "ca.conf", *signer, "-in", f"{name}.csr", "-out", f"{name}.pem",
                "-extfile", f"{name}.ext", "-startdate", start, "-enddate", end, cwd=self.directory)
        return self.directory / f"{name}.pem", self.directory / f"{name}.key"

    def chain(self, *names):
        path = self.directory / ("chain-" + "-".join(names) + ".pem")
        path.write_text("".join((self.directory / f"{name}.pem").read_text() for name in names))
        return path


def server_context(certificate, key):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context


class Listener:
    """Serves each connection in a thread, until it is closed."""

    def __init__(self, serve):
        self.serve = serve
        self.connections = 0
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.port = self.socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection):
        with connection:
            try:
                self.serve(connection)
            except (OSError, ValueError):
                pass  # the program hung up, or did not like what it was shown

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)  # accept() would take one more
        self.socket.close()


class Request:
    def __init__(self, head, body):
        lines = head.decode("latin-1").split("\r\n")
        self.method, self.target, _ = lines[0].split(" ")
        self.headers = dict(line.lower().split(": ", 1) for line in lines[1:] if line)
        self.body = body


def read_request(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return None
        head += line
    request = Request(head, b"")
    request.body = stream.read(int(request.headers.get("content-length", "0")))
    return request


def reply(body, status="200 OK", headers=()):
    lines = [f"HTTP/1.1 {status}", "Content-Type: application/json", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


def echo(request):
    """As the store answers a PUT: what was asked."""
    return reply(request.body)


class RawStore(Listener):
    """Answers each request with what `answer(request)` returns: bytes, or a list of bytes and pauses are up to it."""

    def __init__(self, context, answer=echo):
        super().__init__(self._serve_tls)
        self.context, self.answer = context, answer
        self.requests, self.resumed = [], 0
        self.handshakes = []

    def _serve_tls(self, connection):
        stream = connection
        if self.context:
            stream = self.context.wrap_socket(connection, server_side=True)
            self.handshakes.append((stream.version(), stream.session_reused))
        with stream, stream.makefile("rb") as incoming:
            while request := read_request(incoming):
                self.requests.append(request)
                answer = self.answer(request)
                for piece in [answer] if isinstance(answer, bytes) else answer:
                    stream.sendall(piece)
                if b"connection: close" in (answer.lower() if isinstance(answer, bytes) else b""):
                    return


class Proxy(Listener):
    """Opens tunnels to one store, whatever name it is asked for."""

    def __init__(self, store, credentials=None, refusal=None):
        super().__init__(self._serve_tunnel)
        self.store, self.credentials, self.refusal = store, credentials, refusal
        self.asked = []

    def _serve_tunnel(self, connection):
        with connection.makefile("rb", buffering=0) as incoming:
            request = read_request(incoming)
        self.asked.append(request)
        wanted = self.credentials and "basic " + base64.b64encode(self.credentials.encode()).decode().lower()
        if self.refusal or (wanted and request.headers.get("proxy-authorization", "").lower() != wanted):
            connection.sendall(f"HTTP/1.1 {self.refusal or '407 Proxy Authentication Required'}\r\nContent-Length: 0\r\n\r\n".encode())
            return
        with socket.create_connection(("127.0.0.1", self.store.port)) as onward:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=pump, args=(onward, connection), daemon=True)
            back.start()
            pump(connection, onward)
            back.join()


def pump(source, sink):
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass

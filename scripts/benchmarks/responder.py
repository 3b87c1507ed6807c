"""A static store: nginx with one worker, which answers every request with the same consent over TLS, as fast as it can."""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import time

from benchmarks import stage

# What a store without a quota answers to a PUT of write_input()'s choice.
CONFIGURATION = """
daemon off;
master_process on;
worker_processes 1;
error_log stderr warn;
pid {directory}/nginx.pid;
events {{ worker_connections 1024; }}
http {{
  access_log off;
  client_body_temp_path {directory}/nginx-body;
  proxy_temp_path {directory}/nginx-proxy;
  fastcgi_temp_path {directory}/nginx-fastcgi;
  uwsgi_temp_path {directory}/nginx-uwsgi;
  scgi_temp_path {directory}/nginx-scgi;
  keepalive_requests 1000000000;
  keepalive_timeout 600s;
  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {directory}/responder.pem;
    ssl_certificate_key {directory}/responder.key;
    ssl_protocols TLSv1.3;
    default_type application/json;
    location / {{
      add_header X-Request-Id 0f7f4a5e6b6d4a2f9b1a7d4f0c3e2d1b always;
      return 200 '{{"allow":["essential","analytics"],"deny":["functional","targeting"]}}';
    }}
  }}
}}
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Responder:
    """Listens at `url` until it is left; `ca_file` vouches for it."""

    def __init__(self, directory, core):
        self.directory = pathlib.Path(directory)
        self.ca_file = self.directory / "responder.pem"
        self.port = free_port()
        self.url = f"https://127.0.0.1:{self.port}"
        self._make_certificate()
        configuration = self.directory / "nginx.conf"
        configuration.write_text(CONFIGURATION.format(directory=self.directory, port=self.port))
        nginx = shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin")
        self.process = subprocess.Popen(stage.pinned(core, [nginx, "-p", self.directory, "-c", configuration]))

    def _make_certificate(self):
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "1",
                        "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
                        "-keyout", self.directory / "responder.key", "-out", self.ca_file], check=True, capture_output=True)

    def __enter__(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.01)
        self.process.kill()
        sys.exit("nginx does not listen")

    def worker(self):
        """The id of the process that answers."""
        return int(pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()[0])

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()

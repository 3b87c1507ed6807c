"""A PostgreSQL server of its own, in a temporary directory, as a user without rights. As a program it runs a command
beside one: `postgresql.py unit_ledger ...`; the command finds the server's URL in CONSENT_SYNC_TEST_POSTGRESQL."""
import contextlib
import glob
import os
import pathlib
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

PASSWORD = "not-for-anybodys-eyes"  # tests look for it where it must not be
PATIENCE = 120


def programs():
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin"), key=lambda path: int(path.split("/")[-2]))
    if not found:
        raise RuntimeError("PostgreSQL is not installed: scripts/setup test")
    return pathlib.Path(found[-1])


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class PostgresServer:
    """`settings` are the server's, in place of those for tests, which lose no machine's power."""

    def __init__(self, **settings):
        self.settings = {"fsync": "off", "full_page_writes": "off", "max_connections": "200", "autovacuum_naptime": "10s", **settings}
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="consent-sync-postgresql-"))
        self.data = self.directory / "data"
        self.port = free_port()
        self.process = None
        # It refuses to run as root.
        self.as_user = {}
        if os.geteuid() == 0:
            user = pwd.getpwnam("postgres")
            self.as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
            os.chown(self.directory, user.pw_uid, user.pw_gid)
        word = self.directory / "password"
        word.write_text(PASSWORD + "\n")
        word.chmod(0o644)
        self._run("initdb", "-D", self.data, "-U", "consent", "--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={word}",
                  "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        # Also from the networks that tests make.
        with open(self.data / "pg_hba.conf", "a", encoding="utf-8") as rules:
            rules.write("host all all 10.0.0.0/8 scram-sha-256\n")
        self.start()
        self._run("createdb", "-h", self.directory, "-p", str(self.port), "-U", "consent", "ledger")

    def _run(self, program, *arguments):
        done = subprocess.run([programs() / program, *arguments], cwd=self.directory, capture_output=True, text=True, timeout=PATIENCE,
                              env={**os.environ, "LC_ALL": "C"}, check=False, **self.as_user)
        if done.returncode != 0:
            raise RuntimeError(f"{program}: {done.stdout}{done.stderr}")
        return done.stdout

    def start(self):
        settings = [word for name, value in self.settings.items() for word in ("-c", f"{name}={value}")]
        with open(self.directory / "log", "ab") as log:
            self.process = subprocess.Popen(
                [programs() / "postgres", "-D", self.data, "-p", str(self.port), "-k", self.directory, "-c", "listen_addresses=*",
                 *settings],
                cwd=self.directory, stdout=subprocess.DEVNULL, stderr=log, start_new_session=True, **self.as_user)
        while subprocess.run([programs() / "pg_isready", "-h", self.directory, "-p", str(self.port), "-t", "30"], capture_output=True,
                             check=False).returncode != 0:
            if self.process.poll() is not None:
                raise RuntimeError((self.directory / "log").read_text())
            time.sleep(0.05)

    def kill(self):
        """As the kernel would: nobody says good-bye."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        for segment in self.data.glob("postmaster.pid"):
            segment.unlink()

    def freeze(self):
        """It is there, and says nothing."""
        self._signal_all(signal.SIGSTOP)

    def thaw(self):
        self._signal_all(signal.SIGCONT)

    def _signal_all(self, number):
        for process in self._processes():
            try:
                os.kill(process, number)
            except ProcessLookupError:
                pass  # whom it served has gone

    def _processes(self):
        return [self.process.pid, *map(int, pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split())]

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # connections are closed, then it ends
            self.process.wait(timeout=PATIENCE)

    def remove(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    def url(self, host="127.0.0.1", **options):
        """Over TCP, with a password."""
        words = "&".join(f"{name}={value}" for name, value in options.items())
        return f"postgresql://consent:{PASSWORD}@{host}:{self.port}/ledger" + (f"?{words}" if words else "")

    def sql(self, statement):
        """What it answers, a line a row."""
        return self._run("psql", "-h", self.directory, "-p", str(self.port), "-U", "consent", "-d", "ledger", "-qAt", "-c", statement)

    @contextlib.contextmanager
    def transaction(self, statement):
        """What the statement locked stays so for as long as this lasts."""
        with subprocess.Popen([programs() / "psql", "-h", self.directory, "-p", str(self.port), "-U", "consent", "-d", "ledger", "-qAt",
                               "-v", "ON_ERROR_STOP=1"],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, **self.as_user) as session:
            session.stdin.write(f"BEGIN; {statement}; SELECT 'begun';\n")
            session.stdin.flush()
            while (line := session.stdout.readline()) != "begun\n":
                if not line:
                    raise RuntimeError(f"PostgreSQL did not do: {statement}")
            yield
            session.stdin.close()


if __name__ == "__main__":
    server = PostgresServer()
    try:
        sys.exit(subprocess.run(sys.argv[1:], env={**os.environ, "CONSENT_SYNC_TEST_POSTGRESQL": server.url()}, check=False).returncode)
    finally:
        server.remove()

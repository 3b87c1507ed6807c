"""One job over many stores, each a sandbox of its own."""
import json
import pathlib
import re
import subprocess

from harness import PROGRAM, EndToEnd, Sandbox

try:
    import jsonschema
except ImportError:
    jsonschema = None

SCHEMA = pathlib.Path(__file__).resolve().parents[2] / "docs" / "stores.schema.json"


class ManyStores(EndToEnd):
    entries = ""

    def store(self, name, *flags, quota=0, rows=20, own=""):
        """A sandbox, its input, and its entry in the job."""
        directory = self.directory / "stores" / name
        directory.mkdir(parents=True)
        store = Sandbox(directory, "--store-hash", name, "--quota", str(quota), *flags)
        self.addCleanup(store.process.stdout.close)
        self.addCleanup(store.stop)
        self.entry(name, store.url, rows, f"ca_file: {store.ca_file}\n{own}")
        return store

    def entry(self, name, url, rows=20, own=""):
        (self.directory / "in").mkdir(exist_ok=True)
        self.write_customers(rows, name=f"in/{name}.csv")
        self.entries += f"  - hash: {name}\n    api_url: {url}\n" + "".join(f"    {line}\n" for line in own.splitlines())

    def write_job(self, common=""):
        self.write("job.yaml", "command: sync\ninput:\n  path: in/{store}.csv\nledger: sqlite:{store}.db\n"
                               f"{common}\nstores:\n{self.entries}")

    def environment(self, store=None, **more):
        # The environment wins over the entries of stores.
        return super().environment(store, **{"CONSENT_SYNC_STORE_HASH": None, "CONSENT_SYNC_HTTP_TIMEOUT": None, **more})

    def run_job(self, code, *flags, **more):
        return self.expect(code, "run", "job.yaml", *flags, **more)

    def whole(self):
        """stores.json of the newest whole."""
        found = [json.loads(path.read_text()) for path in (self.directory / "reports").glob("*/stores.json")]
        whole = max(found, key=lambda whole: whole["started_at"])
        if jsonschema:
            jsonschema.validate(whole, json.loads(SCHEMA.read_text()),
                                format_checker=jsonschema.FormatChecker())
        return whole

    def by_store(self):
        return {entry["store"]: entry for entry in self.whole()["stores"]}

    def statuses(self):
        return {name: entry["status"] for name, entry in self.by_store().items()}

    def children_of(self, process):
        children = pathlib.Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        return {re.search(r"--store\0(\w+)", pathlib.Path(f"/proc/{child}/cmdline").read_text()).group(1): int(child)
                for child in children}

    def start_job(self, *flags, popen=None):
        process = subprocess.Popen([PROGRAM, "run", "job.yaml", *flags], cwd=self.directory, text=True,
                                   env=self.environment(), **{"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE,
                                                              "stderr": subprocess.PIPE, **(popen or {})})
        self.addCleanup(process.stderr.close)
        self.addCleanup(process.stdout.close)
        self.addCleanup(process.kill)
        return process

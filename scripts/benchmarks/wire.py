"""The whole job (read, plan, send, verify, record, report) over ROWS changes against a static store, nginx with one worker,
beside others that send the same requests: wrk, which fires them and looks at nothing, and the same job as a program around
libcurl, a Node script around undici and a Python script around aiohttp. The store has one core, the client the other.
Prints requests a second, the client's CPU a request, and ratios to wrk; medians of ROUNDS."""
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

from benchmarks import stage
from benchmarks.responder import Responder

CONNECTIONS = 10
PEERS = pathlib.Path(__file__).resolve().parent / "peers"

WRK_SCRIPT = """
local customer = 0
local body = '{"allow":["essential","analytics"],"deny":["functional","targeting"]}'
local headers = {["X-Auth-Token"] = "sandbox-token", ["Content-Type"] = "application/json", ["Accept"] = "application/json",
                 ["User-Agent"] = "consent-sync/bench", ["X-Correlation-Id"] = "00000000-0000-0000-0000-000000000000"}
request = function()
  customer = customer %% %d + 1
  return wrk.format("PUT", "/stores/sandbox/v3/customers/" .. customer .. "/consent", headers, body)
end
"""


def add_arguments(parser):
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", default="", metavar="NAMES", help="of the peers, those named: wrk,curl,undici,aiohttp")


def timed(command, environment=None):
    """Runs a command on the client's core: its output, seconds on the clock, and of the processor."""
    started = time.monotonic()
    process = subprocess.Popen(stage.pinned(1, command), stdout=subprocess.PIPE, text=True, env=environment)
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"{pathlib.Path(command[0]).name} failed")
    return output, time.monotonic() - started, usage.ru_utime + usage.ru_stime


def run_wrk(directory, store, rows):
    script = directory / "put.lua"
    script.write_text(WRK_SCRIPT % rows)
    output, _, cpu = timed(["wrk", "-t1", f"-c{CONNECTIONS}", "-d5s", "-s", script, store.url])
    if "Non-2xx" in output:
        sys.exit("wrk got other replies than 200:\n" + output)
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    return {"rate": float(re.search(r"Requests/sec:\s+([\d.]+)", output).group(1)), "cpu_us": cpu * 1e6 / requests}


def run_job_of_peer(command, directory, store, rows, environment=None):
    outcomes = directory / "outcomes.csv"
    _, wall, cpu = timed([*command, directory / "in.csv", outcomes, store.url, store.ca_file, CONNECTIONS], environment)
    with open(outcomes, encoding="utf-8") as file:
        applied = sum(line.rstrip().endswith(",applied") for line in file)
    if applied != rows:
        sys.exit(f"{command[-1]}: {applied} of {rows} changes were applied")
    return {"rate": rows / wall, "cpu_us": cpu * 1e6 / rows}


def with_debian_modules():
    return {**os.environ, "NODE_PATH": "/usr/share/nodejs"}


RUN = {
    "wrk": run_wrk,
    "curl": lambda *run: run_job_of_peer([stage.ROOT / "build/release/benchmarks/put_curl"], *run),
    "undici": lambda *run: run_job_of_peer(["node", PEERS / "put_undici.js"], *run, with_debian_modules()),
    "aiohttp": lambda *run: run_job_of_peer(["/usr/bin/python3", PEERS / "put_aiohttp.py"], *run),
}
NAMES = {"wrk": "wrk -t1 (fires only)", "curl": "libcurl multi", "undici": "Node, undici", "aiohttp": "Python, aiohttp"}


def run_ours(directory, store):
    job = stage.run_job(directory, store, "--http-connections", CONNECTIONS, core=1)
    put = job["requests"]["put"]
    return {"rate": put / job["wall_s"], "sending": put / job["requests"]["sending_s"], "cpu_us": job["cpu_s"] * 1e6 / put,
            "rss_mb": job["rss_mb"]}


def median_of(rounds):
    return {key: statistics.median(each[key] for each in rounds) for key in rounds[0]}


def show(name, rate, cpu_us, wrk):
    of_wrk = f"{rate / wrk['rate']:6.2f}" if wrk else ""
    cpu = f"{cpu_us:10.1f}" if cpu_us else " " * 10
    print(f"  {name:<28} {rate:10.0f} {of_wrk:>6} {cpu}")


def run(arguments):
    stage.prepare(benchmarks=True)
    chosen = [name for name in RUN if not arguments.only or name in arguments.only.split(",")]
    peers = {name: [] for name in chosen}
    ours = []
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        stage.write_input(directory / "in.csv", arguments.rows)
        with Responder(directory, core=0) as store:
            for _ in range(arguments.rounds):
                for peer in chosen:
                    peers[peer].append(RUN[peer](directory, store, arguments.rows))
                ours.append(run_ours(directory, store))
    medians = {name: median_of(rounds) for name, rounds in peers.items()}
    wrk = medians.get("wrk")
    job = median_of(ours)
    print(f"{arguments.rows} changes, {CONNECTIONS} connections, medians of {arguments.rounds} rounds")
    print(f"  {'':<28} {'requests/s':>10} {'of wrk':>6} {'CPU us each':>10}")
    show("consent-sync, sending", job["sending"], None, wrk)
    show("consent-sync, whole job", job["rate"], job["cpu_us"], wrk)
    for name, median in medians.items():
        show(NAMES[name], median["rate"], median["cpu_us"], wrk)
    print(f"  peak memory of consent-sync: {job['rss_mb']:.1f} MB")

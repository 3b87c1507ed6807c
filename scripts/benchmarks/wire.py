"""The whole job over ROWS changes against an unlimited sandbox, and `wrk -t1 -c10` firing the same PUTs at the same
sandbox. The store has one core, the client the other. Prints requests a second, the ratio to wrk, and peak memory."""
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile

from benchmarks import stage

CONNECTIONS = 10

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
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)


def run_wrk(url, script, seconds):
    done = subprocess.run(stage.pinned(1, ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", script, url]),
                          capture_output=True, text=True, check=True)
    if "Non-2xx" in done.stdout:
        sys.exit("wrk got other replies than 200:\n" + done.stdout)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", done.stdout).group(1))


def measure(directory, store):
    job = stage.run_job(directory, store, "--http-connections", CONNECTIONS, core=1)
    put = job["requests"]["put"]
    return {"sending": put / job["requests"]["sending_s"], "whole": put / job["wall_s"], "rss_mb": job["rss_mb"],
            "cpu_us": job["cpu_s"] * 1e6 / put}


def run(arguments):
    stage.prepare()
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        stage.write_input(directory / "in.csv", arguments.rows)
        script = directory / "put.lua"
        script.write_text(WRK_SCRIPT % arguments.rows)
        ours, peers = [], []
        with stage.Sandbox(directory, "--quota", 0, "--customers", arguments.rows, core=0) as store:
            for _ in range(arguments.rounds):
                peers.append(run_wrk(store.url, script, 5))
                ours.append(measure(directory, store))
    peer = statistics.median(peers)
    median = {key: statistics.median(round_[key] for round_ in ours) for key in ours[0]}
    print(f"{arguments.rows} changes, {CONNECTIONS} connections, medians of {arguments.rounds} rounds")
    print(f"  wrk -t1                   {peer:9.0f} requests/s")
    print(f"  consent-sync, sending     {median['sending']:9.0f} requests/s  {median['sending'] / peer:.2f} of wrk")
    print(f"  consent-sync, whole job   {median['whole']:9.0f} requests/s  {median['whole'] / peer:.2f} of wrk")
    print(f"  CPU of the whole job      {median['cpu_us']:9.1f} us a request")
    print(f"  peak memory               {median['rss_mb']:9.1f} MB")

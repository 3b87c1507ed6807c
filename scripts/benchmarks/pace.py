"""The job for WINDOWS real windows of 30 s against the sandbox, with real sockets: alone at quota 150 and 450 with the
default share and the whole quota, and two jobs beside each other at quota 450. All runs go on at the same time: they are
idle mostly. Prints the use of each window by the store's own account, what the report says of it, and the number of 429s."""
import concurrent.futures
import pathlib
import tempfile

from benchmarks import stage

WINDOW_S = 30
ALONE = [(quota, share) for quota in (150, 450) for share in (0.9, 1.0)]


def add_arguments(parser):
    parser.add_argument("--windows", type=int, default=3)
    parser.add_argument("--latency", default="20ms", help="of the store, before each reply (default 20ms)")


def one_run(quota, share, windows, latency):
    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        rows = round(quota * share) * windows
        stage.write_input(directory / "in.csv", rows)
        flags = ["--quota", quota, "--window", f"{WINDOW_S}s", "--customers", rows, "--latency", latency]
        with stage.Sandbox(directory, *flags) as store:
            job = stage.run_job(directory, store, "--rate-share", share)
        return job, store.counters


def two_runs(quota, windows, latency):
    """Each gives way to the other: what both want is more than there is."""
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        directories = [pathlib.Path(one), pathlib.Path(other)]
        for directory in directories:
            stage.write_input(directory / "in.csv", round(quota * 0.45) * windows)
        flags = ["--quota", quota, "--window", f"{WINDOW_S}s", "--customers", quota * windows, "--latency", latency]
        with stage.Sandbox(directories[0], *flags) as store, concurrent.futures.ThreadPoolExecutor(2) as pool:
            jobs = list(pool.map(lambda directory: stage.run_job(directory, store), directories))
        return jobs, store.counters


def describe_two(quota, jobs, counters):
    print(f"quota {quota}, two jobs of share 0.9: {' and '.join(str(job['requests']['put']) for job in jobs)} changes, "
          f"429s: {counters['throttled']}")
    for use in counters["windows"]:
        print(f"  window {use['window']}: {use['requests']:4d} of {quota} ({100 * use['requests'] / quota:5.1f} %)")
    for job in jobs:
        whole = job["quota"]["whole"]
        print(f"  one job: {whole['used']} in {whole['windows']} whole windows, beside others' {whole['others']} at least")


def describe(quota, share, job, counters):
    budget = round(quota * share)
    print(f"quota {quota}, share {share}: {job['requests']['put']} changes in {job['requests']['sending_s']:.1f} s, "
          f"429s: {counters['throttled']}")
    for use in counters["windows"]:
        print(f"  window {use['window']}: {use['requests']:4d} of {budget} ({100 * use['requests'] / budget:5.1f} %)")
    whole = job["quota"]["whole"]
    print(f"  the report: {whole['used']} of {whole['budget']} in {whole['windows']} whole windows")


def run(arguments):
    stage.prepare()
    with concurrent.futures.ThreadPoolExecutor(len(ALONE) + 1) as pool:
        pair = pool.submit(two_runs, 450, arguments.windows, arguments.latency)
        runs = [pool.submit(one_run, quota, share, arguments.windows, arguments.latency) for quota, share in ALONE]
        for (quota, share), done in zip(ALONE, runs):
            describe(quota, share, *done.result())
        describe_two(450, *pair.result())

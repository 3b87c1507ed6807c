"""Reading CSV and NDJSON, wide and long, plain and gzip, beside the bare parse of the same file by libcsv or simdjson in the
same run: rows and MB a second, and the ratio."""
import gzip
import json
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile

from benchmarks import stage

BENCH = stage.ROOT / "build" / "release" / "benchmarks" / "bench_input"
CATEGORIES = ["essential", "functional", "analytics", "targeting"]
LONG = ("{customer: {id: customer_id}, decided_at: decided_at, decisions: {rows: {category: category, value: value}}, "
        "categories: {essential: necessary, functional: preferences, analytics: statistics, targeting: marketing}}")
THEIRS = ["necessary", "preferences", "statistics", "marketing"]


def time_of(row):
    return f"2026-{row % 12 + 1:02}-{row % 28 + 1:02}T{row % 24:02}:{row % 60:02}:{row % 59:02}Z"


def wide_rows(rows):
    draw = random.Random(20261124)
    for row in range(rows):
        yield 1_000_000 + row, [draw.random() < 0.5 for _ in CATEGORIES], time_of(row)


def long_rows(rows):
    draw = random.Random(20261124)
    for row in range(rows):
        yield 1_000_000 + row // 4, THEIRS[row % 4], draw.random() < 0.5, time_of(row)


def write_csv_wide(file, rows):
    file.write("customer_id," + ",".join(CATEGORIES) + ",decided_at\n")
    for customer, choice, time in wide_rows(rows):
        file.write(f"{customer},{','.join('yes' if allowed else 'no' for allowed in choice)},{time}\n")


def write_csv_long(file, rows):
    file.write("customer_id,category,value,decided_at\n")
    for customer, category, value, time in long_rows(rows):
        file.write(f"{customer},{category},{'yes' if value else 'no'},{time}\n")


def write_ndjson_wide(file, rows):
    for customer, choice, time in wide_rows(rows):
        file.write(json.dumps({"customer_id": customer, "consent": dict(zip(CATEGORIES, choice)), "decided_at": time},
                              separators=(",", ":")) + "\n")


def write_ndjson_long(file, rows):
    for customer, category, value, time in long_rows(rows):
        file.write(json.dumps({"customer_id": customer, "category": category, "value": value, "decided_at": time},
                              separators=(",", ":")) + "\n")


CASES = [("CSV wide", "csv", write_csv_wide, None), ("CSV long", "csv", write_csv_long, LONG),
         ("NDJSON wide", "ndjson", write_ndjson_wide, None), ("NDJSON long", "ndjson", write_ndjson_long, LONG)]


def measure(path, form, rounds, mapping):
    done = subprocess.run([BENCH, path, form, str(rounds), *([mapping] if mapping else [])], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"bench_input failed on {path}: {done.stderr}")
    return map(float, done.stdout.split())


def add_arguments(parser):
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)


def run(arguments):
    rows, rounds = arguments.rows, arguments.rounds
    stage.prepare(benchmarks=True)
    print(f"{rows} rows; the best of {rounds} rounds, the program's and the bare parse in turn")
    print(f"{'':<20} {'rows/s':>12} {'MB/s':>8} {'bare MB/s':>10} {'ratio':>6} {'of CPU':>7}")
    ratios = []
    with tempfile.TemporaryDirectory() as name:
        for title, form, write, mapping in CASES:
            plain = pathlib.Path(name) / f"in.{form}"
            with open(plain, "w", encoding="utf-8") as file:
                write(file, rows)
            packed = plain.with_suffix(f".{form}.gz")
            packed.write_bytes(gzip.compress(plain.read_bytes(), 6))
            for path, packing in ((plain, ""), (packed, ", gzip")):
                ours, bare, cpu, bare_cpu, count, size = measure(path, form, rounds, mapping)
                ratios.append(bare / ours)
                print(f"{title + packing:<20} {count / ours:12.0f} {size / ours / 1e6:8.1f} {size / bare / 1e6:10.1f} "
                      f"{bare / ours:6.2f} {bare_cpu / cpu:7.2f}")
    print(f"the least ratio is {min(ratios):.2f}, their median {statistics.median(ratios):.2f}")

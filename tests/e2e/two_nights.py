"""Two nights in a shop's life, for tests and pictures of the report: an import, and then a night in which every outcome of
a sync but `pending` and `held_back` occurs, with every kind of fault on the way and cells that mean harm."""
import random

CUSTOMERS = 1200
HEADER = "customer_id,allow,deny,decided_at,note\n"
ALL = ("essential", "functional", "analytics", "targeting")
HOSTILE_CUSTOMER = '"<script>alert(1)</script>"'
HOSTILE_CATEGORY = "\"=HYPERLINK(\"\"http://x\"\")\""

FAULTS = ("422#801", "wrong-echo#802", "409#803", "500#804", "502@0.02", "reset-after-apply@0.01", "429-bare@1200",
          "503@1300-1301", "idle-close@0.02", "bad-json@0.005")
QUOTA = 900


def sandbox(latency="4ms"):
    """Flags of the store."""
    flags = ["--customers", str(CUSTOMERS), "--seed", "7", "--window", "2s", "--latency", latency]
    return flags + [word for fault in FAULTS for word in ("--fault", fault)]


def row(customer, allowed, day, note=""):
    allow = [name for name in ALL if name in allowed or name == "essential"]
    deny = [name for name in ALL if name not in allow]
    return f"{customer},{'|'.join(allow)},{'|'.join(deny)},2026-11-{day:02}T20:00:00Z,{note}\n"


def choices(seed):
    chance = random.Random(seed)
    return {customer: {name for name in ALL[1:] if chance.random() < 0.6} for customer in range(1, CUSTOMERS + 1)}


def first_night():
    held = choices(1)
    rows = [row(customer, held[customer], 22) for customer in range(1, 1001)]
    rows += [row(9001, held[1], 22), row(9002, held[2], 22)]  # nobody knows them; the second is not in the next export
    rows += [row(1001, held[1], 22), row(1001, {"analytics"} if held[1] != {"analytics"} else set(), 22)]
    return HEADER + "".join(rows)


def second_night():
    held, chosen = choices(1), choices(2)
    rows = []
    for customer in range(1, 1001):
        changed = customer <= 420 or 801 <= customer <= 804
        rows.append(row(customer, chosen[customer] ^ {"targeting"} if changed else held[customer], 23 if changed else 22))
    rows.append(row(1001, held[1], 23))
    rows.append(row(5, {"analytics"}, 10, "older than the row above"))
    rows += [row(1002, {"analytics"}, 23), row(1002, {"targeting"}, 23)]
    rows += [row(customer, {"functional"}, 23, "-2+3+cmd|' /C calc'!A0") for customer in range(9001, 9121) if customer != 9002]
    rows += [f"{HOSTILE_CUSTOMER},essential,,2026-11-23T20:00:00Z,<b>bold</b>\n",
             f"1003,{HOSTILE_CATEGORY},,2026-11-23T20:00:00Z,@SUM(A1)\n",
             "1.2E+07,essential,analytics,2026-11-23T20:00:00Z,a spreadsheet was here\n"]
    return HEADER + "".join(rows)

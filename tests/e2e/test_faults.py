"""Every fault of the sandbox in every phase of a run, and mixtures of them by chance: what is claimed is what the store holds.

CONSENT_SYNC_SEED repeats a run of chance, CONSENT_SYNC_MIXTURES says how many mixtures are tried (default: 12)."""
import os
import signal
import unittest

from harness import PATIENCE, TOKEN, EndToEnd, seeded_random, wait_for_line

ROWS = 8
ASKED = ({"essential"}, {"functional", "analytics", "targeting"})
FAULTS = ("500", "502", "503", "504", "409", "423", "401", "403", "404", "422", "429", "429-bare", "html-502", "reset",
          "reset-after-apply", "fin-after-apply", "stall:1s", "stall-after-apply:1s", "truncate", "bad-json", "wrong-echo",
          "close", "idle-close", "slow:50ms", "drain:5", "revoke")
CONNECTIONS, ATTEMPTS = 2, 3
FLAGS = ("--http-connections", str(CONNECTIONS), "--http-timeout", "500ms", "--retry-attempts", str(ATTEMPTS), "--retry-give-up-after", "2s",
         "--retry-max-delay", "50ms", "--retry-budget", "10")
ENDS = (0, 1, 4, 5)


class Faults(EndToEnd):
    def begin(self, *flags):
        self.forget_ledger()
        self.write_customers(ROWS, allow="essential")
        store = self.sandbox("--customers", str(ROWS), "--window", "300ms", *flags, quota=30)
        self.before, self.processes = self.held_by(store), 0
        self.earlier_reports = len(self.report_directories())
        return store

    def held_by(self, store):
        return {customer: store.consent_of(customer) for customer in range(1, ROWS + 1)}

    def sync(self, store):
        before, ended = self.held_by(store), self.report_directories()
        result = self.run_program("sync", "customers.csv", *FLAGS, store=store)
        if self.report_directories() != ended:  # a new run, and not the last one resumed
            self.before = before
        self.processes += 1
        self.assertIn(result.code, ENDS, result)
        self.assertNotIn(TOKEN, result.err + result.out)
        return result

    def check_claims(self, store, result=None):
        rows = self.outcomes()
        self.assertEqual(len(rows), ROWS)
        for row in rows.values():
            held = store.consent_of(row["customer_id"])
            before = self.before[int(row["customer_id"])]
            if row["outcome"] in ("applied", "unchanged"):
                self.assertEqual(held, ASKED, (row, result))
            elif row["outcome"] == "not_found" and "asked again" in row["reason"]:
                self.assertEqual(row["http_status"], "404", (row, result))  # a store that said twice what is not so
            elif row["outcome"] in ("failed", "rejected", "not_found", "conflict"):
                self.assertEqual(held, before, (row, result))
            elif row["outcome"] == "mismatch":
                self.assertNotEqual(held, ASKED, (row, result))
            else:
                self.assertIn(row["outcome"], ("unknown", "pending"), (row, result))
            self.assertLessEqual(int(row["attempts"]), ATTEMPTS)
        for path in self.report_directories()[-1].iterdir():
            self.assertNotIn(TOKEN, path.read_text(errors="replace"), path)

    def check_witness(self, store, faults):
        """The store's own record of what its client did."""
        seen = store.stop()
        # What the client gave up on the store may still be busy with.
        if not any("stall" in fault for fault in faults):
            self.assertLessEqual(seen["max_in_flight"], CONNECTIONS)
            self.assertLessEqual(seen["max_in_flight_per_customer"], 1)
        # Once the token is refused, nothing leaves but what was in flight.
        refused = seen["status"].get("401", 0) + seen["status"].get("403", 0)
        self.assertLessEqual(refused, CONNECTIONS * self.processes)
        # Being told to wait costs a row no try, nor does a connection that the store had closed.
        told_to_wait = seen["status"].get("429", 0) + seen["status"].get("503", 0)
        reopened = sum(self.summary(report)["requests"]["reopened"] for report in self.report_directories()[self.earlier_reports:])
        self.assertLessEqual(seen["put"], ROWS * ATTEMPTS * self.processes + told_to_wait + reopened)

    def completed(self, store):
        """Once the faults are over the same command ends all rows well, unless a person has to look at one."""
        for _ in range(6):
            result = self.sync(store)
            self.check_claims(store, result)
            if result.code == 0:
                break
        return result

    def test_each_fault_at_the_first_request_in_the_middle_and_at_the_last(self):
        for fault in FAULTS:
            for phase in (1, ROWS // 2, ROWS):
                with self.subTest(fault=fault, phase=phase):
                    store = self.begin("--fault", f"{fault}@{phase}")
                    self.check_claims(store, self.sync(store))
                    if fault == "revoke":
                        self.assertEqual(self.sync(store).code, 4)
                    else:
                        self.assertEqual(self.completed(store).code, 0)
                        self.assertLessEqual(store.stop()["put"], ROWS * 4)
                    self.check_witness(store, [fault])

    def test_each_fault_while_a_run_shuts_down_and_while_it_is_resumed(self):
        for fault in FAULTS:
            with self.subTest(fault=fault):
                store = self.begin("--latency", "20ms", "--fault", f"{fault}@2-4", "--fault", f"{fault}@7")
                process = self.start("sync", "customers.csv", *FLAGS, store=store)
                wait_for_line(process.stderr, "sending")
                process.send_signal(signal.SIGINT)
                process.communicate(timeout=PATIENCE)
                self.processes += 1
                self.assertIn(process.returncode, (130, *ENDS))
                if fault == "revoke":
                    self.assertEqual(self.sync(store).code, 4)
                else:
                    self.assertEqual(self.completed(store).code, 0)
                self.check_claims(store)
                self.check_witness(store, [fault])

    def test_mixtures(self):
        chance = seeded_random()
        for _ in range(int(os.environ.get("CONSENT_SYNC_MIXTURES", "12"))):
            faults = [f"{fault}@{chance.uniform(0.02, 0.3):.3f}" for fault in chance.sample(FAULTS[:-1], chance.randint(2, 6))]
            with self.subTest(faults=faults):
                store = self.begin("--seed", str(chance.randrange(10**6)), *(word for fault in faults for word in ("--fault", fault)))
                for _ in range(6):
                    result = self.sync(store)
                    self.check_claims(store, result)
                    if result.code == 0:
                        break
                self.assertNotIn("NOT", self.run_program("history", "--verify", store=store).out)
                self.check_witness(store, faults)


if __name__ == "__main__":
    unittest.main()

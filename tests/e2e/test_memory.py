"""The program where memory runs out: a sentence, an exit code that says that it can go on, and then it does go on. And that
it takes no more of it for more rows."""
import os
import subprocess
import unittest

from harness import IS_SANITIZED, PATIENCE, PROGRAM, EndToEnd

MIB = 1024 * 1024
ROWS = 400


@unittest.skipIf(IS_SANITIZED, "a sanitizer's shadow needs more address space than there is memory")
class Memory(EndToEnd):
    def sync_within(self, store, limit):
        done = subprocess.run(["prlimit", f"--as={limit}", PROGRAM, "sync", "customers.csv", "--quiet"], cwd=self.directory,
                              capture_output=True, text=True, env=self.environment(store), timeout=PATIENCE)
        return done.returncode, done.stderr

    def test_a_run_without_memory_ends_with_a_sentence_and_goes_on_with_more(self):
        store = self.sandbox()
        self.write_customers(ROWS)
        codes = set()
        for limit in range(18 * MIB, 400 * MIB, MIB):
            with self.subTest(limit=limit):
                code, err = self.sync_within(store, limit)
                if "Error in GnuTLS initialization" in err:
                    continue  # a library of libpq's could not begin, before main: nothing of ours can say so
                codes.add(code)
                # 127: the system could not even load the program.
                self.assertIn(code, (0, 6, 127), err)
                if code == 6:
                    self.assertRegex(err, "memory")
            if code == 0:
                break
        self.assertIn(6, codes)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts_of_all_runs(), ROWS)

    def peak_of_dry_run(self, rows):
        """In KiB."""
        with open(self.directory / "customers.csv", "w", encoding="utf-8") as file:
            file.write("customer_id,allow,deny\n")
            for first in range(1, rows + 1, 1000):
                file.writelines(f"{customer},essential,analytics\n" for customer in range(first, first + 1000))
        process = self.start("sync", "customers.csv", "--dry-run", "--quiet", "--report-outcomes", "csv.zst")
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said = "".join(process.communicate())
        self.assertEqual(process.returncode, 0, said)
        self.assertEqual(self.counts(), {"would_apply": rows})
        return used.ru_maxrss

    def test_three_times_the_rows_take_about_the_same_memory(self):
        few, many = self.peak_of_dry_run(1_000_000), self.peak_of_dry_run(3_000_000)
        self.assertLess(many, 1.4 * few, "peak memory in KiB of one and three million rows")

    def counts_of_all_runs(self):
        """The rows of which the store holds what was asked, by the last report's account."""
        counts = self.counts()
        return counts.get("applied", 0) + counts.get("unchanged", 0)


if __name__ == "__main__":
    unittest.main()

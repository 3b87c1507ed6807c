"""The history of confirmed changes: told for a customer, verified by the program and by others, and erased on request."""
import csv
import hashlib
import hmac
import io
import json
import sqlite3
import stat
import unittest

from harness import EndToEnd

FIELDS = ["kind", "store", "sequence", "customer_id", "before", "after", "decided_at", "confirmed_at", "run", "line",
          "input_sha256", "correlation_id", "erases"]


def head_of(entries, store="sandbox"):
    """Verifies an export by the documented rule, with nothing of the program; the head it arrives at."""
    link = hashlib.sha256(f"consent-sync evidence of {store}".encode()).digest()
    for count, entry in enumerate(entries, 1):
        assert int(entry["sequence"]) == count, entry
        if entry.get("digest"):
            digest = bytes.fromhex(entry["digest"])
        else:
            text = "".join(f"{name}: {entry.get(name, '')}\n" for name in FIELDS)
            digest = hmac.new(bytes.fromhex(entry["secret"]), text.encode(), "sha256").digest()
        link = hashlib.sha256(link + count.to_bytes(8, "big") + digest).digest()
        assert link.hex() == entry["link"], entry
    return f"{len(entries)}:{link.hex()}"


class Evidence(EndToEnd):
    def two_runs(self):
        """Customers 1 to 3, twice; the first run did not know what the store held."""
        store = self.sandbox("--customers", "3")
        self.write("in.csv", "customer_id,allow,deny,decided_at\n"
                             "1,essential,functional|analytics|targeting,2026-01-02T03:04:05Z\n"
                             "2,essential|analytics,functional|targeting,2026-01-03T00:00:00Z\n"
                             "3,essential,functional|analytics|targeting,2026-01-04T00:00:00Z\n"
                             "77,essential,analytics,\nnobody,essential,,\n")
        self.expect(1, "sync", "in.csv", "--http-connections", "1", store=store)
        self.first = self.summary()
        self.write("in.csv", "customer_id,allow,deny\n1,essential|targeting,functional|analytics\n"
                             "2,essential|analytics,functional|targeting\n")
        self.expect(0, "sync", "in.csv", "--http-connections", "1", store=store)
        self.second = self.summary()
        return store

    def history(self, *arguments, code=0):
        return self.expect(code, "history", *arguments).out

    def export(self, *arguments):
        return list(csv.DictReader(io.StringIO(self.history("--format", "csv", *arguments))))

    def tamper(self, *statements):
        with sqlite3.connect(self.directory / "consent-sync.db") as database:
            database.executescript("DROP TRIGGER evidence_is_not_rewritten; DROP TRIGGER evidence_is_not_removed;" +
                                   ";".join(statements))
        database.close()

    def test_a_customer_s_history_tells_all_that_was_done_and_why(self):
        self.two_runs()
        text = self.history("1")
        self.assertIn("Customer 1 of store sandbox", text)
        self.assertIn("Last confirmed by the store: essential=allow functional=deny analytics=deny targeting=allow", text)
        self.assertIn("2 changes that the store confirmed", text)
        self.assertIn(f"run {self.first['run_id']}, line 2, entry 1, decided 2026-01-02T03:04:05Z", text)
        self.assertIn("  -> essential=allow functional=deny analytics=deny targeting=allow", text)
        self.assertIn(f"{self.second['run_id']}  line 2: applied", text)
        text = self.history("77")
        self.assertIn(f"{self.first['run_id']}  line 5: not_found", text)
        self.assertIn("1 row was unchanged", self.history("2"))
        self.assertIn("nothing about customer 4", self.history("4"))

    def test_the_export_can_be_verified_by_anybody(self):
        self.two_runs()
        entries = self.export()
        self.assertEqual([entry["customer_id"] for entry in entries].count("1"), 2)
        self.assertEqual(entries[0]["input_sha256"], self.first["input"]["sha256"])
        self.assertEqual(entries[0]["correlation_id"], self.first["correlation_id"])
        head = head_of(entries)
        self.assertEqual(head, self.second["evidence_head"])
        self.assertIn(f"Head: {head}", self.history("--verify"))
        documents = [json.loads(line) for line in self.history("--format", "ndjson").splitlines()]
        self.assertEqual(head_of(documents), head)
        self.assertEqual(documents[0]["customer_id"], 1)

    def test_an_export_goes_into_a_new_file_of_its_owner_s_only(self):
        self.two_runs()
        self.expect(0, "history", "--format", "csv", "--output", "history.csv")
        path = self.directory / "history.csv"
        self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
        self.assertEqual(path.read_text(), self.history("--format", "csv"))
        before = path.read_text()
        self.expect(2, "history", "--output", "history.csv")
        self.assertEqual(path.read_text(), before)

    def test_tampering_shows(self):
        self.two_runs()
        with sqlite3.connect(self.directory / "consent-sync.db") as database:
            entries = bytearray(database.execute("SELECT entries FROM evidence_block WHERE first_sequence = 1").fetchone()[0])
        database.close()
        after = 3  # behind a byte each of the kind, the customer and what was there before
        self.assertNotEqual(entries[after], 0xF0)
        entries[after] = 0xF0
        self.tamper(f"UPDATE evidence_block SET entries = x'{entries.hex()}' WHERE first_sequence = 1")
        text = self.history("--verify", code=1)
        self.assertIn("entry 1 is not what was recorded", text)
        self.assertNotIn("entry 2 is not", text)

    def test_a_history_cut_at_its_end_shows_by_the_runs_that_saw_more_and_by_a_head_noted_elsewhere(self):
        self.two_runs()
        head = self.second["evidence_head"]
        self.assertIn("is whole", self.history("--verify", "--head", head))
        self.tamper("DELETE FROM evidence_block WHERE first_sequence > 3")
        self.assertIn(f"run {self.second['run_id']} saw 4 entries", self.history("--verify", code=1))
        with sqlite3.connect(self.directory / "consent-sync.db") as database:
            database.execute("UPDATE run SET evidence_head = ''")
        database.close()
        self.history("--verify")
        self.assertIn("whoever noted --head saw 4", self.history("--verify", "--head", head, code=1))

    def test_an_erased_customer_is_gone_and_the_chain_still_holds(self):
        self.two_runs()
        result = self.expect(2, "forget", "1")
        self.assertIn("nothing was erased yet", result.err)
        self.assertIn("2 changes that the store confirmed", result.out)
        result = self.expect(0, "forget", "1", "--yes")
        self.assertIn("2 entries of history", result.out)
        self.assertIn("nothing about customer 1 ", self.history("1"))
        self.assertIn("is whole: 4 changes, 2 erased on request", self.history("--verify"))
        self.assertIn("is whole", self.history("--verify", "--head", self.second["evidence_head"]))
        entries = self.export()
        head_of(entries)
        self.assertEqual([entry["kind"] for entry in entries], ["change"] * 4 + ["erasure"])
        self.assertEqual(entries[-1]["erases"], "1 4")
        self.assertEqual(entries[0]["secret"] + entries[0]["customer_id"] + entries[0]["confirmed_at"], "")

    def test_reports_are_written_again_without_an_erased_customer_and_still_add_up(self):
        self.two_runs()
        before = self.first["outcomes"]
        self.expect(0, "forget", "77", "--yes")
        first = next(path for path in self.report_directories() if path.name == self.first["run_id"])
        self.assertNotIn("77", (first / "outcomes.csv").read_text().replace(self.first["run_id"], ""))
        self.assertEqual((first / "rejected.csv").read_text().splitlines()[0].split(",")[0], "customer_id")
        self.assertNotIn("\n77,", (first / "rejected.csv").read_text())
        self.assertEqual(json.loads((first / "summary.json").read_text())["outcomes"], before)
        self.assertEqual(self.outcomes(first)[5]["outcome"], "not_found")
        self.assertEqual(self.outcomes(first)[5]["customer_id"], "")

    def test_an_erased_customer_comes_back_only_as_a_new_one(self):
        store = self.two_runs()
        self.expect(0, "forget", "1", "--yes")
        self.expect(0, "sync", "in.csv", store=store)
        self.assertEqual(self.outcomes()[2]["before"], "")
        self.assertIn("is whole: 5 changes, 2 erased", self.history("--verify"))

    def test_what_cannot_be_meant_is_refused(self):
        self.expect(2, "history")
        self.two_runs()
        for arguments in (["history", "nobody@example.com"], ["forget", "0", "--yes"], ["history", "--head", "1:00"],
                          ["history", "--verify", "--head", "x"], ["history", "--store-hash", "other"]):
            with self.subTest(arguments=arguments):
                result = self.expect(2, *arguments)
                self.assertNotIn("example.com", result.err)


if __name__ == "__main__":
    unittest.main()

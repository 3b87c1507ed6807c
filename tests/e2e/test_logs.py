"""What is logged for programs: an object a line, the last error too."""
import json
import os
import re
import subprocess
import unittest

from harness import PATIENCE, PROGRAM, EndToEnd

FIELDS = {"time", "level", "message", "run", "row", "customer", "outcome", "exit_code"}


class JsonLogs(EndToEnd):
    def lines(self, result):
        lines = [json.loads(line) for line in result.err.splitlines()]
        for line in lines:
            self.assertLessEqual({"time", "level", "message"}, set(line), line)
            self.assertLessEqual(set(line), FIELDS, line)
            self.assertRegex(line["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        return lines

    def test_problem_rows_have_fields_of_their_own(self):
        store = self.sandbox("--customers", "2")
        self.write("in.csv", "customer_id,allow,deny\n1,essential,analytics\n9,essential,analytics\nno,essential,\n")
        result = self.expect(1, "sync", "in.csv", "--log-format", "json", store=store)
        problems = {line["row"]: line for line in self.lines(result) if "row" in line}
        self.assertEqual({row: line["outcome"] for row, line in problems.items()}, {3: "not_found", 4: "invalid"})
        for line in problems.values():
            self.assertEqual((line["run"], line["level"]), (self.summary()["run_id"], "warning"))
        for row, line in problems.items():
            self.assertIn(self.outcomes()[row]["reason"].replace('"no"', '"…"'), line["message"])

    def test_customers_are_named_as_it_is_wished(self):
        store = self.sandbox("--customers", "2")
        self.write("in.csv", "customer_id,allow,deny\n90001,essential,analytics\n")

        def named(*flags):
            result = self.expect(1, "sync", "in.csv", "--log-format", "json", *flags, store=store)
            (problem,) = [line for line in self.lines(result) if "row" in line]
            return problem.get("customer"), result.err

        name, log = named()
        self.assertIsNone(name)
        self.assertNotIn("90001", log)
        name, log = named("--log-customers", "id")
        self.assertEqual(name, "90001")
        self.assertIn("row 2, customer 90001: not_found", log)
        name, log = named("--log-customers", "hash")
        self.assertRegex(name, "^[0-9a-f]{16}$")
        self.assertIn(f"customer {name}", log)
        self.assertNotIn("90001", log)
        self.assertEqual(named("--log-customers", "hash")[0], name)
        self.assertIn(f"In logs: {name}\n", self.expect(0, "history", "90001", "--log-customers", "hash").out)
        self.assertNotIn("In logs", self.expect(0, "history", "90001").out)
        # With another key it is another name: nobody finds an id by trying all of them.
        self.assertNotEqual(named("--log-customers", "hash", "--ledger", "sqlite:other.db")[0], name)

    def test_what_the_input_wrote_is_in_no_log_unless_customers_are_named(self):
        self.write("in.csv", "customer_id,allow,deny\nJohn Smith,essential,\n")
        for customers, value in (("none", '"…"'), ("hash", '"…"'), ("id", '"John Smith"')):
            log = self.expect(1, "sync", "in.csv", "--dry-run", "--log-customers", customers).err
            self.assertIn(f"invalid: customer_id is {value}: it is not a whole number", log)

    def test_what_is_said_of_a_row_in_words_of_our_own_is_whole_in_every_log(self):
        self.write("in.ndjson", '{"customer_id":1,"allow":"analytics"}\n{"customer_id":2,"consent":[]}\n'
                                '{"customer_id":3,"allow":["analytics"],"decided_at":5}\n{"customer_id":4,"analytics":true}\n')
        log = self.expect(1, "sync", "in.ndjson", "--dry-run").err
        for words in ("allow is not a list of category names, such as analytics",
                      "consent is not an object of category names with true or false",
                      "decided_at is not a string, like 2026-11-24T05:00:00Z in quotation marks",
                      "stands alone; write it within the object consent"):
            self.assertIn(words, log)
        self.assertEqual(log.count('"…"'), 1, "the key that the input wrote")

    def test_what_the_store_wrote_is_in_no_log_unless_customers_are_named(self):
        self.write("in.csv", "customer_id,allow,deny\n7,essential,analytics\n")
        for fault, code, message in (("422#7", 1, "row 2{}: rejected: The store answered 422: {}"),
                                     ("409#7", 1, "row 2{}: failed: 2 of 2 tries spent; the last: The store answered 409: {}"),
                                     ("503", 5, "the last try: The store answered 503: {1}"),
                                     ("401", 4, "The store answered 401: {1}. Check the access token")):
            store = self.sandbox("--fault", fault)
            for customers in ("none", "hash", "id"):
                with self.subTest(fault=fault, customers=customers):
                    self.forget_ledger()
                    log = self.expect(code, "sync", "in.csv", "--log-customers", customers, "--retry-attempts", "2",
                                      "--retry-give-up-after", "1ms", store=store).err
                    told = (self.outcomes()[2]["reason"] if code == 1 else self.summary()["stop_reason"])
                    words = re.search(r'"(.*)"', told).group(1)
                    self.assertGreater(len(words), 10)
                    if customers == "id":
                        self.assertIn(message.format(", customer 7", f'"{words}"'), log)
                    else:
                        self.assertNotIn(words, log)
                        self.assertRegex(log, message.format(".*", '"…"'))
                    if code == 1:
                        self.assertIn(words, self.summary()["problem_reasons"][0]["reason"])

    def test_problem_rows_do_not_flood_the_log(self):
        self.write("in.csv", "customer_id,allow,deny\n" + "no,essential,\n" * 500)
        result = self.expect(1, "sync", "in.csv", "--dry-run", "--log-format", "json")
        lines = self.lines(result)
        self.assertEqual(sum(1 for line in lines if "row" in line), 20)
        self.assertTrue(any("the report has them all" in line["message"] for line in lines))
        result = self.expect(1, "sync", "in.csv", "--dry-run", "--log-format", "json", "--log-level", "debug")
        self.assertEqual(sum(1 for line in self.lines(result) if "row" in line), 500)

    def test_fatal_errors_are_json_too(self):
        self.write_customers(1)
        self.write("bad.yaml", "rate:\n  shere: 1\n")
        cases = ((2, ("sync", "nowhere.csv"), {}),
                 (2, ("sync", "customers.csv", "--rate-shere", "1"), {}),
                 (2, ("sync", "customers.csv", "--config", "bad.yaml"), {}),
                 (2, ("sync", "customers.csv"), {"BIGCOMMERCE_ACCESS_TOKEN": None}),
                 (2, ("sync", "customers.csv"), {"CONSENT_SYNC_HTTP_CONNECTIONS": "none"}),
                 (2, ("report", "no-such-run"), {}))
        for code, arguments, more in cases:
            with self.subTest(arguments=arguments, **more):
                result = self.expect(code, *arguments, CONSENT_SYNC_LOG_FORMAT="json", **more)
                last = self.lines(result)[-1]
                self.assertEqual((last["level"], last["exit_code"]), ("critical", code))

    def test_a_flag_is_enough_to_have_errors_in_json(self):
        result = self.expect(2, "sync", "nowhere.csv", "--log-format", "json", "--log-level", "off")
        self.assertIn("nowhere.csv", self.lines(result)[-1]["message"])

    def test_a_flag_is_heeded_also_beside_one_that_is_none(self):
        result = self.expect(2, "sync", "in.csv", "--log-format", "json", "--nope")
        self.assertIn("--nope is no flag of sync", self.lines(result)[-1]["message"])

    def test_that_there_is_nothing_to_resume_is_logged_like_anything_else(self):
        store = self.sandbox()
        self.write_customers(1)
        self.expect(0, "sync", "customers.csv", store=store)
        result = self.expect(0, "resume", "--log-format", "json", store=store)
        self.assertIn("nothing to resume", self.lines(result)[-1]["message"])
        self.assertEqual(self.expect(0, "resume", "--quiet", store=store).err, "")

    def test_the_configuration_file_is_enough_to_have_errors_in_json(self):
        self.write("consent-sync.yaml", "log:\n  format: json\n")
        self.assertIn("nowhere.csv", self.lines(self.expect(2, "sync", "nowhere.csv"))[-1]["message"])

    def test_an_interruption_while_reading_is_json_too(self):
        process = subprocess.Popen([PROGRAM, "sync", "-", "--log-format", "json"], cwd=self.directory, text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   env=self.environment())
        # More than a pipe holds: once it is written, the program is reading.
        process.stdin.write("customer_id,allow,deny\n" + "1,essential,analytics\n" * 20000)
        process.stdin.flush()
        process.terminate()
        process.wait(timeout=PATIENCE)
        lines = [json.loads(line) for line in process.stderr]
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()
        self.assertEqual(process.returncode, 143)
        self.assertIn("interrupted", lines[-1]["message"])
        self.assertRegex(lines[-1]["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")


class WithoutStandardError(EndToEnd):
    def test_no_file_takes_its_place(self):
        self.write_customers(1)
        for closed in ((2,), (1, 2), (0, 1, 2)):
            with self.subTest(closed=closed):
                process = subprocess.Popen([PROGRAM, "sync", "customers.csv", "--dry-run"], cwd=self.directory, env=self.environment(),
                                           stdout=subprocess.DEVNULL, preexec_fn=lambda: [os.close(stream) for stream in closed])
                self.assertEqual(process.wait(timeout=PATIENCE), 6 if 1 in closed else 0)
                for path in self.directory.glob("consent-sync.db*"):
                    self.assertNotIn(b"info:", path.read_bytes(), path.name)
                    self.assertNotIn(b"Report:", path.read_bytes(), path.name)


if __name__ == "__main__":
    unittest.main()

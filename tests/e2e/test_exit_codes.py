"""Each exit code, and the sentence that a person reads with it."""
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import unittest

from harness import IS_SANITIZED, PATIENCE, PROGRAM, TOKEN, EndToEnd, wait_for_line

SOURCE = pathlib.Path(__file__).resolve().parents[2]


def table_of_readme(first_column):
    """Words of the first column to those of the second."""
    table = (SOURCE / "README.md").read_text().partition(f"| {first_column} | meaning |\n|---|---|\n")[2].partition("\n\n")[0]
    return dict(row.strip("| ").replace("`", "").split(" | ") for row in table.splitlines())


class Documented(EndToEnd):
    def test_the_readme_has_the_exit_codes_of_help_and_their_order(self):
        *codes, order = self.expect(0, "--help").out.partition("Exit codes:\n")[2].strip().splitlines()
        self.assertEqual(table_of_readme("exit code"), dict(re.split("  +", line.strip()) for line in codes))
        self.assertIn(order, (SOURCE / "README.md").read_text())
        self.assertIn(order.partition("in the order ")[2], (SOURCE / "docs" / "operating.md").read_text())

    def test_the_readme_has_the_outcomes_of_the_schema(self):
        schema = json.loads((SOURCE / "docs" / "summary.schema.json").read_text())
        in_readme = [word for words in table_of_readme("outcome") for word in words.split(", ")]
        self.assertEqual(sorted(in_readme), sorted(schema["properties"]["outcomes"]["propertyNames"]["enum"]))


class Usage(EndToEnd):
    def sentence(self, *arguments, **more):
        result = self.expect(2, *arguments, **more)
        self.assertEqual(result.out, "")
        return result.err

    def test_a_missing_token_names_the_variable(self):
        self.write_customers(1)
        self.assertIn("BIGCOMMERCE_ACCESS_TOKEN", self.sentence("sync", "customers.csv", BIGCOMMERCE_ACCESS_TOKEN=None))

    def test_a_command_may_give_the_token_and_what_goes_wrong_with_it_is_said_without_it(self):
        store = self.sandbox()
        self.write_customers(2)
        self.expect(0, "sync", "customers.csv", store=store, BIGCOMMERCE_ACCESS_TOKEN=None,
                    CONSENT_SYNC_STORE_TOKEN_COMMAND=f"printf '%s\\n' {TOKEN}")
        settings = (self.report_directories()[-1] / "report.html").read_text()
        self.assertNotIn(TOKEN, settings)
        for command, words in ((f"echo {TOKEN}; exit 3", "ended with exit code 3"), ("kill -9 $$", "ended by a signal"),
                               (f"echo {TOKEN} and more", "holds no access token"), ("true", "holds no access token")):
            sentence = self.sentence("sync", "customers.csv", store=store, CONSENT_SYNC_STORE_TOKEN_COMMAND=command)
            self.assertIn("store.token_command", sentence)
            self.assertIn(words, sentence)
            self.assertNotIn(TOKEN, sentence)

    @unittest.skipIf(IS_SANITIZED, "the sanitizer looks into the process itself")
    @unittest.skipUnless(os.geteuid() == 0, "becoming somebody else takes root")
    def test_a_process_that_holds_the_token_cannot_be_looked_into(self):
        self.directory.chmod(0o777)
        process = subprocess.Popen([PROGRAM, "sync", "-"], cwd=self.directory, env=self.environment(), text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                   user=65534, group=65534, extra_groups=[])
        # More than a pipe holds: once it is written, the program is reading.
        process.stdin.write("customer_id,allow,deny\n" + "1,essential,analytics\n" * 20000)
        process.stdin.flush()
        # What may not be dumped belongs to root, whoever runs it.
        self.assertEqual(os.stat(f"/proc/{process.pid}/environ").st_uid, 0)
        process.kill()
        process.communicate()

    def test_a_token_file_that_others_can_read_is_refused(self):
        self.write_customers(1)
        self.write("token", TOKEN).chmod(0o644)
        error = self.sentence("sync", "customers.csv", "--store-token-file", "token")
        self.assertIn("chmod 600 token", error)
        self.assertNotIn(TOKEN, error)

    def test_a_secret_in_the_wrong_place_is_not_repeated(self):
        for arguments in (("sync", "in.csv", f"--token={TOKEN}"), ("sync", "in.csv", "--store-token-env", TOKEN),
                          ("sync", "in.csv", "--ledger", f"mysql://user:{TOKEN}@host/db")):
            self.assertNotIn(TOKEN, self.sentence(*arguments))

    def test_a_missing_file_is_named(self):
        self.assertIn("nowhere.csv", self.sentence("sync", "nowhere.csv"))

    def test_an_empty_file_is_no_input(self):
        self.write("empty.csv", "")
        self.assertIn("empty.csv", self.sentence("sync", "empty.csv"))

    def test_without_a_command_there_are_all_to_choose_from(self):
        self.assertRegex(self.sentence(), r"^consent-sync: name a command: sync, audit, .*, manual \(--help lists")

    def test_a_typing_error_gets_a_suggestion(self):
        self.assertIn("--rate-share", self.sentence("sync", "in.csv", "--rate-shar", "0.5"))
        self.assertIn("did you mean sync?", self.sentence("sink", "in.csv"))
        self.assertIn("is no flag of runs; did you mean --limit?", self.sentence("runs", "--limt", "3"))
        # Of the sandbox it is one, and only stands there twice.
        self.assertNotIn("is no flag", self.sentence("sandbox", "--token", "one", "--token", "two"))

    def test_what_would_do_nothing_is_refused(self):
        self.write_customers(1)
        self.expect(0, "sync", "customers.csv", "--dry-run")
        run = self.summary()["run_id"]
        for words, *arguments in (("--verify excludes", "history", "--verify", "--output", "ev.csv"),
                                  ("--verify excludes", "history", "3", "--verify"),
                                  ("--verify excludes", "history", "--verify", "--format", "csv"),
                                  ("no flag of runs", "runs", "--report-dir", "x"), ("--limit", "runs", "--limit", "-1"),
                                  ("--limit", "runs", "--limit", "0"), ("no flag of history", "history", "--report-dir", "x"),
                                  ("no flag of prune", "prune", "--report-outcomes", "csv"),
                                  ("safety.min_rows finds", "undo", run, "--safety-min-rows", "9"),
                                  ("ratio finds", "sync", "--only-problems-of", run, "--safety-max-change-ratio", "1")):
            with self.subTest(arguments=arguments):
                self.assertIn(words, self.sentence(*arguments))

    def test_an_impossible_value_names_the_flag(self):
        self.assertIn("--rate-share: rate.share is \"1.5\"", self.sentence("sync", "in.csv", "--rate-share", "1.5"))

    def test_every_share_can_be_a_percentage_and_help_says_so(self):
        self.write_customers(1)
        flags = ("--rate-share", "--retry-budget", "--safety-max-change-ratio", "--safety-max-invalid-ratio")
        for flag in flags:
            self.expect(0, "sync", "customers.csv", "--dry-run", flag, "100%")
        help_of = " ".join(self.expect(0, "sync", "--help").out.split())
        self.assertEqual(re.findall(r"(--\S+) SHARE", help_of), list(flags))
        for described in re.findall(r"SHARE (.*?) --", help_of):
            self.assertRegex(described, r"\b0\.\d+ or \d+%")

    def test_a_flag_that_its_command_would_not_heed_is_refused(self):
        self.write_customers(1)
        self.assertIn("sample is for audits (to try a few changes first: safety.canary)",
                      self.sentence("sync", "customers.csv", "--sample", "5"))
        self.assertIn("seed is for audits", self.sentence("resume", "--seed", "5"))
        self.assertIn("safety.min_rows is for changes", self.sentence("audit", "customers.csv", "--safety-min-rows", "5"))

    def test_an_unknown_variable_is_no_silent_typing_error(self):
        self.assertIn("CONSENT_SYNC_RATE_SHARE", self.sentence("sync", "in.csv", CONSENT_SYNC_RATE_SHARES="0.5"))

    def test_a_flag_takes_true_or_false_and_nothing_else(self):
        store = self.sandbox()
        self.write_customers(1)
        for flag in ("--dry-run=maybe", "--quiet=-1", "--policy-preflight=2"):
            self.assertIn("true or false", self.expect(2, "sync", "customers.csv", flag, store=store).err)
        self.assertEqual(self.expect(0, "sync", "customers.csv", "--dry-run=true", store=store).code, 0)
        self.expect(0, "sync", "customers.csv", "--dry-run=false", store=store)
        self.assertEqual(store.stop()["put"], 1)

    def test_a_second_document_in_a_configuration_file_is_an_error(self):
        self.write_customers(1)
        self.write("two.yaml", "log:\n  level: info\n---\nsafety:\n  max_changes: 1\n")
        error = self.expect(2, "sync", "customers.csv", "--dry-run", "-c", "two.yaml").err
        self.assertIn("two.yaml:3: here a second YAML document begins", error)
        self.write("one.yaml", "# settings\n---\nlog:\n  level: info\n")
        self.expect(0, "sync", "customers.csv", "--dry-run", "-c", "one.yaml")

    def test_what_to_do_next_names_the_configuration_file_of_the_run(self):
        store = self.sandbox("--fault", "422#1", "--customers", "2")
        self.write_customers(2)
        self.write("other.yaml", "retry:\n  attempts: 2\n")
        self.expect(1, "sync", "customers.csv", "-c", "other.yaml", store=store)
        page = (self.report_directories()[-1] / "report.html").read_text()
        self.assertRegex(page, r"consent-sync sync \S+/rejected.csv -c other.yaml")
        out = self.expect(0, "sync", "customers.csv", "--dry-run", "-c", "other.yaml", store=store).out
        self.assertRegex(out, r"consent-sync apply \S+ -c other.yaml")

    def test_a_configuration_error_names_file_line_and_key(self):
        self.write("c.yaml", "store:\n  hash: abc\nrate:\n  shere: 0.5\n")
        error = self.sentence("sync", "in.csv", "-c", "c.yaml")
        self.assertIn("c.yaml:4: rate.shere", error)
        self.assertIn("rate.share", error)
        self.write("c.yaml", "rate:\n  share: [1, 2]\n")
        self.assertIn("c.yaml:2", self.sentence("sync", "in.csv", "-c", "c.yaml"))
        self.write("c.yaml", "rate:\n  share: 0.5\n  share: 0.6\n")
        self.assertIn("twice", self.sentence("sync", "in.csv", "-c", "c.yaml"))
        self.write("c.yaml", "rate: {\n")
        self.assertIn("not valid YAML", self.sentence("sync", "in.csv", "-c", "c.yaml"))
        self.assertIn("customers.csv:1: this is no job or configuration file", self.sentence("run", self.write_customers(1).name))

    def test_a_missing_store_hash_says_where_to_put_it(self):
        self.write_customers(1)
        self.assertIn("store.hash", self.sentence("sync", "customers.csv", CONSENT_SYNC_STORE_HASH=None))

    def test_plain_http_is_refused(self):
        self.write_customers(1)
        self.assertIn("https", self.sentence("sync", "customers.csv", CONSENT_SYNC_STORE_API_URL="http://127.0.0.1:1"))

    def test_how_the_store_is_reached_is_checked_before_a_run_begins_and_by_a_dry_run(self):
        self.write_customers(1)
        for flags in (("--store-api-url", "ftp://x"), ("--store-ca-file", "nowhere.pem"), ("--store-hash", "a/../../x")):
            for rehearsal in ((), ("--dry-run",)):
                with self.subTest(flags=flags, rehearsal=rehearsal):
                    key = flags[0].replace("--store-", "store.").replace("-", "_")
                    self.assertIn(key, self.sentence("sync", "customers.csv", *flags, *rehearsal))
                    self.assertEqual(list(self.directory.iterdir()), [self.directory / "customers.csv"])

    def test_what_is_wrong_with_a_store_names_where_it_stands(self):
        self.write_customers(1)
        without = {"CONSENT_SYNC_STORE_HASH": None}
        hash_refused = 'store.hash is "a/b": expected letters, digits, "-" and "_" only'
        self.write("c.yaml", "store:\n  hash: a/b\n")
        self.assertIn(f"c.yaml:2: {hash_refused}", self.sentence("sync", "customers.csv", "-c", "c.yaml", **without))
        self.assertIn(f"CONSENT_SYNC_STORE_HASH: {hash_refused}", self.sentence("sync", "customers.csv", CONSENT_SYNC_STORE_HASH="a/b"))
        self.assertIn(f"--store-hash: {hash_refused}", self.sentence("sync", "customers.csv", "--store-hash", "a/b"))
        for url in ("ftp://x", "http://shop.example", "https://x:0", "here"):
            self.write("c.yaml", f"# no more\nstore:\n  api_url: {url}\n")
            address_refused = f"store.api_url: {url} "
            self.assertIn(f"c.yaml:3: {address_refused}", self.sentence("sync", "customers.csv", "-c", "c.yaml"))
            self.assertIn(f"c.yaml:3: {address_refused}", self.run_program("doctor", "-c", "c.yaml").out)
            self.assertIn(f"CONSENT_SYNC_STORE_API_URL: {address_refused}",
                          self.sentence("sync", "customers.csv", CONSENT_SYNC_STORE_API_URL=url))
            self.assertIn(f"--store-api-url: {address_refused}", self.sentence("sync", "customers.csv", "--store-api-url", url))
        self.write("c.yaml", "stores:\n  - hash: abc\n    token_env: A\n    api_url: ftp://x\n")
        self.assertIn("c.yaml:4: store.api_url: ftp://x ",
                      self.sentence("sync", "customers.csv", "--store", "abc", "-c", "c.yaml", A=TOKEN, **without))

    def test_an_unknown_run_points_to_the_list(self):
        self.write_customers(1)
        self.expect(0, "sync", "customers.csv", "--dry-run")
        self.assertIn("consent-sync runs", self.sentence("report", "no-such-run"))

    def test_a_certificate_of_an_unknown_authority_sends_nothing(self):
        store = self.sandbox()
        self.write_customers(3)
        result = self.expect(2, "sync", "customers.csv", store=store, CONSENT_SYNC_STORE_CA_FILE=None)
        self.assertIn("certificate", result.err)
        self.assertEqual(store.stop()["requests"], 0)

    def test_help_and_version_are_no_errors(self):
        self.assertIn("--rate-share", self.expect(0, "sync", "--help").out)
        self.assertIn("130, 143", self.expect(0, "--help").out)
        self.assertIn("reset-after-apply", self.expect(0, "sandbox", "--help").out)
        self.assertRegex(self.expect(0, "--version").out, r"^consent-sync \d")
        for typed, meant in ((("help",), ("--help",)), (("help", "sync"), ("sync", "--help")), (("version",), ("--version",)),
                             (("-V",), ("--version",))):
            self.assertEqual(self.expect(0, *typed).out, self.expect(0, *meant).out)


class FullOutput(EndToEnd):
    def test_what_cannot_be_printed_is_told_and_no_defect(self):
        store = self.sandbox()
        self.write_customers(200)
        self.expect(0, "sync", "customers.csv", store=store)
        for command in (("manual",), ("completion", "bash"), ("runs",), ("history",), ("history", "--format", "csv"),
                        ("forget", "1", "--yes")):
            with self.subTest(command=command), open("/dev/full", "wb") as full:
                process = subprocess.run([PROGRAM, *command], cwd=self.directory, env=self.environment(store), stdout=full,
                                         stderr=subprocess.PIPE, text=True, check=False)
                self.assertEqual(process.returncode, 6, process.stderr)
                self.assertRegex(process.stderr, "^consent-sync: standard output could not be written")
        self.assertEqual(self.outcomes()[2]["customer_id"], "")  # it was forgotten all the same


class Ends(EndToEnd):
    def test_0_only_when_every_row_ended_ok_and_1_otherwise(self):
        store = self.sandbox("--customers", "5")
        self.write_customers(5)
        self.expect(0, "sync", "customers.csv", store=store)
        self.write_customers(6)
        self.expect(1, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"unchanged": 5, "not_found": 1})

    def test_3_when_a_safety_limit_is_exceeded_and_nothing_is_sent(self):
        store = self.sandbox()
        self.write_customers(10)
        for limit in (("--safety-max-changes", "9"), ("--safety-min-rows", "11"), ("--safety-max-grants", "3"),
                      ("--safety-max-change-ratio", "50%")):
            result = self.expect(3, "sync", "customers.csv", *limit, store=store)
            self.assertIn(limit[0].removeprefix("--").replace("-", ".", 1).replace("-", "_"), result.err)
        self.assertEqual(self.summary()["exit_code"], 3)
        # The refused run is no run to resume: the same command meets the same limit.
        self.expect(3, "sync", "customers.csv", "--safety-max-changes", "9", store=store)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(store.stop()["put"], 10)

    def test_4_when_the_store_refuses_the_token_or_its_scope(self):
        store = self.sandbox("--read-only-token", "reader")
        self.write_customers(50)
        result = self.expect(4, "sync", "customers.csv", store=store, BIGCOMMERCE_ACCESS_TOKEN="wrong-one")
        self.assertNotIn("wrong-one", result.err + result.out)
        self.assertIn("401", result.err)
        self.assertIn("store.hash", result.err)
        self.assertIn("403", self.expect(4, "sync", "customers.csv", store=store, BIGCOMMERCE_ACCESS_TOKEN="reader").err)
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(len(self.report_directories()), 1, "one run, taken up twice")

    def test_4_in_mid_run_sends_nothing_more_than_was_in_flight(self):
        store = self.sandbox("--fault", "revoke@20")
        self.write_customers(200)
        self.expect(4, "sync", "customers.csv", store=store)
        self.assertLessEqual(store.stop()["put"], 20 + 10)
        self.assertEqual(self.counts()["applied"], 19)

    def test_2_is_how_what_was_only_shown_ends_and_the_help_says_so(self):
        for command in ("forget", "prune"):
            self.assertIn("and ends with 2", " ".join(self.expect(0, command, "--help").out.split()))

    def test_5_when_the_store_stays_down_and_the_run_can_be_resumed(self):
        store = self.sandbox("--fault", "503@1-3")
        self.write_customers(20)
        result = self.expect(5, "sync", "customers.csv", "--retry-give-up-after", "1ms", store=store)
        self.assertIn("give_up_after", result.err)
        self.assertEqual(self.counts(), {"pending": 20})
        self.expect(0, "sync", "customers.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 20})

    def test_5_when_errors_or_silence_answer_all_that_the_few_changes_of_a_night_ask(self):
        for fault in ("500", "html-502", "504", "reset", "stall:60s"):
            with self.subTest(fault=fault):
                self.forget_ledger()
                store = self.sandbox("--fault", fault)
                self.write("in.csv", "customer_id,allow,deny\n7,essential,analytics\n")
                result = self.expect(5, "sync", "in.csv", "--retry-attempts", "2", "--retry-give-up-after", "1ms", store=store,
                                     CONSENT_SYNC_HTTP_TIMEOUT="300ms")
                self.assertIn("give_up_after", result.err)
                self.assertEqual(self.counts(), {"pending": 1})
                self.assertIn("may have been applied", self.outcomes()[2]["reason"])
                store.stop()
                store = self.sandbox("--port", store.url.rsplit(":", 1)[1])
                self.expect(0, "resume", store=store)
                self.assertEqual(self.counts(), {"applied": 1})

    def test_a_ledger_that_knows_the_store_at_another_address_is_refused(self):
        store = self.sandbox()
        self.write_customers(3)
        self.expect(0, "sync", "customers.csv", store=store)
        other = self.sandbox()
        result = self.expect(2, "sync", "customers.csv", store=other)
        self.assertIn("--ledger", result.err)
        self.assertEqual(other.stop()["requests"], 0)

    def test_6_when_the_report_cannot_be_written_and_the_run_is_still_accounted_for(self):
        store = self.sandbox()
        self.write_customers(30)
        process = self.start("sync", "customers.csv", "--rate-max-requests-per-second", "30", store=store)
        wait_for_line(process.stderr, "sending")
        (self.directory / "reports").rmdir()
        self.write("reports", "a file where the directory was")
        out, error = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, 6)
        self.assertIn("30 changes were confirmed", out)
        self.assertIn("consent-sync report", error)
        (self.directory / "reports").unlink()
        run_id = self.expect(0, "runs").out.splitlines()[1].split()[0]
        self.expect(0, "report", run_id)
        self.assertEqual(self.counts(), {"applied": 30})
        self.assertEqual(self.summary()["exit_code"], 6)

    def test_2_when_the_report_directory_cannot_be_used_before_anything_is_sent(self):
        store = self.sandbox()
        self.write_customers(3)
        self.write("reports", "a file where the directory should be")
        self.assertIn("report.dir", self.expect(2, "sync", "customers.csv", store=store).err)
        self.assertEqual(store.stop()["requests"], 0)

    def test_commands_that_only_read_make_no_ledger(self):
        for arguments in (("runs",), ("report", "no-such-run")):
            self.assertIn("no ledger", self.expect(2, *arguments).err)
        self.assertEqual(list(self.directory.iterdir()), [])

    def test_a_busy_port_is_no_defect(self):
        store = self.sandbox()
        self.expect(2, "sandbox", "--port", store.url.rsplit(":", 1)[1])

    def test_5_when_nobody_listens(self):
        with socket.socket() as listener:
            listener.bind(("127.0.0.1", 0))
            port = listener.getsockname()[1]
        self.write_customers(20)
        self.expect(5, "sync", "customers.csv", "--retry-give-up-after", "1ms",
                    CONSENT_SYNC_STORE_API_URL=f"https://127.0.0.1:{port}")
        self.assertIn("refused", self.summary()["stop_reason"])
        self.assertEqual(self.summary()["requests"]["put"], 0)

    def test_6_when_the_ledger_cannot_be_opened(self):
        self.write_customers(1)
        self.write("ledger.db", "this is no database, whatever its name says")
        result = self.expect(6, "sync", "customers.csv", "--ledger", "sqlite:ledger.db")
        self.assertIn("ledger.db", result.err)

    def test_7_when_another_run_holds_the_store(self):
        store = self.sandbox("--fault", "stall:60s@1")
        self.write_customers(3)
        first = self.start("sync", "customers.csv", store=store)
        wait_for_line(first.stderr, "sending")
        result = self.expect(7, "sync", "customers.csv", store=store)
        self.assertIn(str(first.pid), result.err)
        first.kill()
        first.communicate()
        self.expect(0, "sync", "customers.csv", store=store)

    def test_10_when_the_accounts_do_not_add_up(self):
        store = self.sandbox()
        self.write("customers.csv", "customer_id,allow,deny\n1,essential,analytics\nnobody,essential,analytics\n")
        self.expect(4, "sync", "customers.csv", store=store, BIGCOMMERCE_ACCESS_TOKEN="wrong")
        # A row of the run gets lost behind the program's back.
        ledger = sqlite3.connect(self.directory / "consent-sync.db")
        ledger.execute("DELETE FROM row_block")
        ledger.commit()
        ledger.close()
        result = self.expect(10, "sync", "customers.csv", store=store)
        self.assertIn("do not add up", result.err)
        self.assertEqual(self.summary()["exit_code"], 10)

    def test_130_and_143_save_what_was_done_and_the_same_command_finishes_the_run(self):
        for sent, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            with self.subTest(code=code):
                store = self.sandbox()
                self.write_customers(400)
                process = self.start("sync", "customers.csv", "--rate-max-requests-per-second", "50", store=store)
                wait_for_line(process.stderr, "sending")
                process.send_signal(sent)
                process.communicate(timeout=PATIENCE)
                self.assertEqual(process.returncode, code)
                self.assertGreater(self.counts()["pending"], 0)
                self.expect(0, "sync", "customers.csv", store=store)
                self.assertEqual(self.counts(), {"applied": 400})
                self.assertEqual(store.stop()["put"], 400)
                self.forget_ledger()

    def test_interrupted_while_reading_it_ends_at_once_with_the_same_codes(self):
        for sent, code in ((signal.SIGINT, 130), (signal.SIGTERM, 143)):
            process = subprocess.Popen([PROGRAM, "sync", "-"], cwd=self.directory, stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())
            # More than a pipe holds: once it is written, the program is reading.
            process.stdin.write(b"customer_id,allow,deny\n" + b"1,essential,analytics\n" * 20000)
            process.stdin.flush()
            process.send_signal(sent)
            process.wait(timeout=PATIENCE)
            for pipe in (process.stdin, process.stdout, process.stderr):
                pipe.close()
            self.assertEqual(process.returncode, code)

    def test_a_second_signal_stops_at_once_also_with_a_request_that_never_returns(self):
        store = self.sandbox("--fault", "stall:600s@1-400")
        self.write_customers(40)
        process = self.start("sync", "customers.csv", store=store, CONSENT_SYNC_HTTP_TIMEOUT="10m")
        wait_for_line(process.stderr, "sending")
        self.interrupt_twice(process)
        self.assertEqual(self.counts(), {"pending": 40})

"""Dry runs, plans that are approved and carried out, policies, and what is asked before anything is sent."""
import re

from harness import EndToEnd

HEADER = "customer_id,allow,deny\n"
ALL_DENIED = ("essential", "functional|analytics|targeting")
ALL_ALLOWED = ("essential|functional|analytics|targeting", "")


class Plan(EndToEnd):
    def write_rows(self, name, rows):
        return self.write(name, HEADER + "".join(f"{customer},{allow},{deny}\n" for customer, (allow, deny) in rows))

    def shopper_denies_all(self, store, customer):
        store.shopper_chooses(customer, ["essential"], ["functional", "analytics", "targeting"])

    def shopper_allows_all(self, store, customer):
        store.shopper_chooses(customer, ["essential", "functional", "analytics", "targeting"], [])

    def requests(self):
        return self.summary()["requests"]


class DryRun(Plan):
    def test_it_tells_categories_requests_and_the_time_at_an_assumed_quota(self):
        self.write_rows("in.csv", [(1, ALL_DENIED), (2, ALL_ALLOWED)])
        result = self.expect(0, "sync", "in.csv", "--dry-run", "--policy-check-store", "changes",
                             "--assumed-quota", "60/30s", "--rate-share", "0.5", BIGCOMMERCE_ACCESS_TOKEN=None)
        summary = self.summary()
        analytics = summary["categories"]["analytics"]
        self.assertEqual(analytics.pop("from")["unspecified"], {"allow": 1, "deny": 1, "unspecified": 0})
        self.assertEqual(analytics, {"withdrawn": 0, "granted": 0, "first_denied": 1, "first_allowed": 1})
        self.assertEqual(summary["forecast"], {"requests": 4, "duration_s": 4, "quota": 60, "window_ms": 30000, "share": 0.5,
                                               "quota_is_the_stores": False, "late": None})
        self.assertIn("would send", result.out)
        self.write_rows("none.csv", [])
        self.assertRegex(self.expect(0, "sync", "none.csv", "--dry-run").out, r"would send +0\n")

    def test_online_it_asks_which_customers_exist_and_learns_the_quota(self):
        store = self.sandbox("--customers", "2", quota=600)
        self.write_rows("in.csv", [(1, ALL_DENIED), (3, ALL_DENIED)])
        self.expect(1, "sync", "in.csv", "--dry-run", "--online", store=store)
        self.assertEqual(self.counts(), {"would_apply": 1, "not_found": 1})
        self.assertEqual(self.summary()["forecast"]["quota"], 600)
        self.assertTrue(self.summary()["forecast"]["quota_is_the_stores"])
        self.assertEqual(store.stop()["status"], {"200": 1})

    def test_online_it_shows_what_shoppers_have_changed_since(self):
        store = self.sandbox()
        self.write_rows("first.csv", [(1, ALL_DENIED), (2, ALL_ALLOWED)])
        self.expect(0, "sync", "first.csv", store=store)
        self.shopper_denies_all(store, 2)
        self.write_rows("in.csv", [(1, ALL_ALLOWED), (2, ("essential|functional|analytics", "targeting"))])
        self.expect(0, "sync", "in.csv", "--dry-run", "--online", "--policy-check-store", "changes", store=store)
        self.assertEqual(self.counts(), {"would_apply": 1, "unchanged": 1})
        self.assertIn("as the shopper chose", self.outcomes()[3]["reason"])
        self.assertEqual(store.stop()["put"], 2)

    def test_online_without_dry_run_is_a_usage_error(self):
        self.write_rows("in.csv", [(1, ALL_DENIED)])
        self.assertIn("online is for dry runs", self.expect(2, "sync", "in.csv", "--online").err)


class Apply(Plan):
    def plan(self, *flags, name="in.csv", code=0):
        self.expect(code, "sync", name, "--dry-run", *flags)
        return self.summary()["run_id"]

    def test_it_carries_out_exactly_the_plan_and_only_once(self):
        store = self.sandbox()
        self.write_customers(50, "in.csv")
        plan = self.plan()
        self.expect(0, "apply", plan, store=store)
        self.assertEqual(self.counts(), {"applied": 50})
        self.assertEqual(self.summary()["plan"], plan)
        self.assertIn("carried out once", self.expect(2, "apply", plan, store=store).err)
        self.assertEqual(store.stop()["put"], 50)

    def test_it_refuses_another_input(self):
        store = self.sandbox()
        self.write_customers(5, "in.csv")
        plan = self.plan()
        self.write_customers(6, "in.csv")
        self.assertIn("it has changed since", self.expect(2, "apply", plan, store=store).err)
        self.write_customers(5, "moved.csv")
        self.expect(0, "apply", plan, "moved.csv", store=store)
        self.assertEqual(store.stop()["put"], 5)

    def test_it_refuses_other_rules_and_what_is_no_plan(self):
        store = self.sandbox()
        self.write_customers(5, "in.csv")
        plan = self.plan()
        self.assertIn("policy.drift", self.expect(2, "apply", plan, "--policy-drift", "input", store=store).err)
        self.assertIn("no run", self.expect(2, "apply", "20200101T000000Z-aaaaaa", store=store).err)
        self.expect(0, "sync", "in.csv", store=store)
        self.assertIn("no dry run", self.expect(2, "apply", self.summary()["run_id"], store=store).err)

    def test_a_plan_beyond_a_limit_is_none(self):
        store = self.sandbox()
        self.write_customers(5, "in.csv")
        plan = self.plan("--safety-max-changes", "4", code=3)
        self.assertIn("safety limit", self.expect(2, "apply", plan, store=store).err)

    def test_rows_under_which_the_ledger_has_moved_are_conflicts(self):
        store = self.sandbox()
        self.write_rows("in.csv", [(1, ALL_DENIED), (2, ALL_DENIED), (3, ALL_DENIED)])
        plan = self.plan()
        self.write_rows("other.csv", [(2, ALL_ALLOWED), (3, ALL_DENIED)])
        self.expect(0, "sync", "other.csv", store=store)
        self.expect(1, "apply", plan, store=store)
        self.assertEqual(self.counts(), {"applied": 1, "conflict": 2})
        self.assertIn("the ledger has moved", self.outcomes()[3]["reason"])
        self.assertEqual(store.consent_of(2)[0], {"essential", "functional", "analytics", "targeting"})

    def test_what_the_plan_saw_counts_for_nothing_where_a_run_has_sent_something_since(self):
        store = self.sandbox()
        everybody = ("--policy-check-store", "all")
        self.write_rows("denied.csv", [(1, ALL_DENIED), (2, ALL_DENIED)])
        self.write_rows("allowed.csv", [(1, ALL_ALLOWED)])
        self.expect(0, "sync", "denied.csv", store=store)
        self.expect(0, "sync", "denied.csv", "--dry-run", "--online", *everybody, store=store)
        plan = self.summary()["run_id"]
        self.expect(0, "sync", "allowed.csv", *everybody, store=store)
        self.expect(1, "apply", plan, store=store)
        self.assertEqual(self.counts(), {"conflict": 1, "unchanged": 1})
        self.assertIn("the ledger has moved", self.outcomes()[2]["reason"])
        self.expect(0, "sync", "denied.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 1, "unchanged": 1})
        self.assertEqual(store.consent_of(1), ({"essential"}, {"functional", "analytics", "targeting"}))

    def test_what_the_plan_saw_is_not_taken_for_what_the_store_holds_now(self):
        store = self.sandbox()
        everybody = ("--policy-check-store", "all", "--policy-drift", "store")
        self.write_rows("in.csv", [(1, ALL_ALLOWED)])
        self.expect(0, "sync", "in.csv", store=store)
        self.shopper_denies_all(store, 1)
        self.expect(0, "sync", "in.csv", "--dry-run", "--online", *everybody, store=store)
        plan = self.summary()["run_id"]
        self.shopper_allows_all(store, 1)
        self.expect(0, "sync", "in.csv", *everybody, store=store)  # and sees that all is as it was
        self.expect(0, "apply", plan, store=store)
        self.write_rows("withdrawn.csv", [(1, ALL_DENIED)])
        self.expect(0, "sync", "withdrawn.csv", store=store)
        self.assertEqual(self.counts(), {"applied": 1})

    def test_rows_under_which_the_store_has_moved_are_conflicts(self):
        store = self.sandbox()
        check = ("--policy-check-store", "changes")
        self.write_rows("first.csv", [(1, ALL_DENIED), (2, ALL_DENIED)])
        self.expect(0, "sync", "first.csv", store=store)
        self.write_rows("in.csv", [(1, ALL_ALLOWED), (2, ALL_ALLOWED)])
        plan = self.plan(*check)
        store.shopper_chooses(2, ["essential", "analytics"], ["functional", "targeting"])
        self.expect(1, "apply", plan, *check, store=store)
        self.assertEqual(self.counts(), {"applied": 1, "conflict": 1})
        self.assertIn("the store has moved", self.outcomes()[3]["reason"])
        self.assertEqual(store.consent_of(2)[0], {"essential", "analytics"})

    def test_interrupted_it_goes_on_as_the_plan_says(self):
        store = self.sandbox("--fault", "401@21")
        self.write_customers(50, "in.csv")
        plan = self.plan()
        self.expect(4, "apply", plan, "--http-connections", "1", store=store)
        self.assertEqual(self.counts(), {"applied": 20, "pending": 30})
        self.expect(0, "apply", plan, store=store)
        self.assertEqual(self.counts(), {"applied": 50})
        self.assertEqual(self.summary()["resumptions"], 1)


JOB = """
command: sync
input: {path: export.csv, mapping: {customer: {id: Who}, categories: {analytics: stats}}}
policy: {unspecified: keep, direction: withdraw_only}
safety: {canary: 2, min_rows: 3}
rate: {share: 0.5}
report: {dir: signed-off}
dry_run: true
"""


class PlanOfAJob(Plan):
    """What a job's plan was made with goes over to the run that carries it out."""

    def setUp(self):
        super().setUp()
        self.store = self.sandbox()
        self.write("export.csv", "Who,stats\n1,no\n2,no\n3,no\n")

    def report(self, pattern="signed-off/*"):
        return max(self.directory.glob(pattern + "/summary.json"), key=lambda path: path.stat().st_mtime_ns).parent

    def plan(self, job):
        self.write("job.yaml", job)
        said = self.expect(0, "run", "job.yaml", store=self.store).out
        plan = self.summary(self.report())["run_id"]
        command = f"consent-sync apply {plan} -c job.yaml"
        self.assertIn(command, said)
        self.assertIn(command, (self.report() / "report.html").read_text())
        return plan

    def carry_out(self, *arguments, code=0, **more):
        self.expect(code, *arguments, store=self.store, **more)
        summary = self.summary(self.report())
        for key, value in (("policy.direction", "withdraw_only"), ("safety.canary", "2"), ("rate.share", "0.5")):
            self.assertEqual(self.setting(key), value)
        return summary

    def setting(self, key, pattern="signed-off/*"):
        page = (self.report(pattern) / "report.html").read_text()
        return re.search(rf"<code>{re.escape(key)}</code></th><td><code>(.*?)</code>", page)[1]

    def test_apply_needs_its_id_only(self):
        plan = self.plan(JOB)
        summary = self.carry_out("apply", plan)
        self.assertEqual(summary["plan"], plan)
        self.assertEqual(summary["outcomes"]["applied"], 3)
        self.assertEqual(summary["requests"]["get"], 2)  # the canary is read back

    def test_a_job_named_by_config_stands_over_the_configuration_file(self):
        self.write("consent-sync.yaml", "store: {hash: sandbox}\nrate: {share: 0.1}\n")
        plan = self.plan(JOB + "ledger: sqlite:own.db\n")
        self.assertIn("no ledger", self.expect(2, "apply", plan, store=self.store).err)
        self.carry_out("apply", plan, "-c", "job.yaml", CONSENT_SYNC_STORE_HASH=None)
        self.assertIn(plan, self.expect(0, "runs", "-c", "job.yaml").out)

    def test_flags_stand_over_it_but_for_its_rules(self):
        plan = self.plan(JOB)
        error = self.expect(2, "apply", plan, "--policy-direction", "both", store=self.store).err
        self.assertIn("policy.direction: withdraw_only then, both now", error)
        error = self.expect(2, "apply", plan, "--input-mapping", "{customer: {id: Who}, categories: {targeting: stats}}",
                            store=self.store).err
        self.assertIn("input.mapping: ", error)
        self.expect(3, "apply", plan, "--safety-max-changes", "2", store=self.store)
        self.expect(0, "apply", plan, "--rate-share", "0.25", "--report-dir", "elsewhere", store=self.store)
        self.assertEqual(self.setting("rate.share", "elsewhere/*"), "0.25")

    def test_an_interrupted_run_is_resumed_with_its_own_settings(self):
        self.store = self.sandbox("--fault", "401@5")
        self.write("job.yaml", JOB.replace("dry_run: true", ""))
        summary = self.carry_out("run", "job.yaml", code=4)
        self.assertIn("consent-sync resume -c job.yaml", (self.report() / "report.html").read_text())
        self.assertEqual(summary["outcomes"]["pending"], 1)
        self.assertEqual(self.carry_out("resume")["outcomes"]["applied"], 3)


class Policies(Plan):
    def test_a_direction_holds_back_grants_and_cuts_mixed_changes_down(self):
        store = self.sandbox()
        self.write_rows("first.csv", [(1, ALL_DENIED), (2, ("essential|functional", "analytics|targeting"))])
        self.expect(0, "sync", "first.csv", store=store)
        self.write_rows("in.csv", [(1, ALL_ALLOWED), (2, ("essential|analytics", "functional|targeting"))])
        self.expect(0, "sync", "in.csv", "--policy-direction", "withdraw_only", store=store)
        self.assertEqual(self.counts(), {"applied": 1, "held_back": 1})
        self.assertIn("analytics=allow", self.outcomes()[3]["reason"])
        self.assertEqual(store.consent_of(2)[0], {"essential"})
        self.expect(0, "sync", "in.csv", store=store)
        self.assertEqual(store.consent_of(2)[0], {"essential", "analytics"})
        self.assertEqual(store.consent_of(1)[0], {"essential", "functional", "analytics", "targeting"})

    def test_a_row_that_denies_essential_is_rejected_or_sent(self):
        store = self.sandbox()
        self.write_rows("in.csv", [(1, ("", "essential|functional|analytics|targeting"))])
        self.expect(1, "sync", "in.csv", store=store)
        self.assertEqual(self.counts(), {"invalid": 1})
        self.expect(0, "sync", "in.csv", "--policy-essential-deny", "send", store=store)
        self.assertEqual(store.consent_of(1)[0], set())

    def test_withdrawals_have_a_limit_of_their_own(self):
        store = self.sandbox()
        self.write_rows("in.csv", [(1, ALL_DENIED), (2, ALL_DENIED)])
        self.assertIn("safety.max_withdrawals is 1",
                      self.expect(3, "sync", "in.csv", "--safety-max-withdrawals", "1", store=store).err)
        self.assertEqual(store.stop()["put"], 0)

    def test_the_first_import_asks_and_a_denial_in_the_store_stands(self):
        store = self.sandbox()
        self.shopper_denies_all(store, 1)
        self.write_rows("in.csv", [(1, ALL_ALLOWED)])
        self.expect(0, "sync", "in.csv", "--policy-check-store", "changes", store=store)
        self.assertEqual(store.consent_of(1)[0], {"essential"})
        self.forget_ledger()
        self.expect(0, "sync", "in.csv", "--policy-check-store", "changes", "--policy-first-run", "input", store=store)
        self.assertEqual(store.consent_of(1)[0], {"essential", "functional", "analytics", "targeting"})

    def test_a_conflict_is_left_to_a_person(self):
        store = self.sandbox()
        flags = ("--policy-check-store", "changes", "--policy-drift", "conflict", "--policy-unspecified", "omit")
        self.write_rows("first.csv", [(1, ("essential", ""))])
        self.expect(0, "sync", "first.csv", *flags, store=store)
        store.shopper_chooses(1, ["essential"], ["analytics"])
        self.write_rows("in.csv", [(1, ("essential|analytics", ""))])
        self.expect(1, "sync", "in.csv", *flags, store=store)
        self.assertEqual(self.counts(), {"conflict": 1})
        self.assertEqual(store.consent_of(1), ({"essential"}, {"analytics"}))


class OlderChoices(Plan):
    """What was decided earlier than what has been carried over, and comes later all the same."""
    HEADER = "customer_id,essential,functional,analytics,targeting,decided_at\n"
    MONDAY, TUESDAY = "2026-11-20T10:00:00Z", "2026-11-25T10:00:00Z"

    def sync(self, name, words, decided_at, *flags, store, code=0):
        self.write(name, self.HEADER + f"1,{words},{decided_at}\n")
        return self.expect(code, "sync", name, *flags, store=store)

    def test_a_row_that_is_mended_late_does_not_take_a_withdrawal_back(self):
        store = self.sandbox()
        self.sync("monday.csv", "yes,no,yess,yes", self.MONDAY, store=store, code=1)
        self.sync("tuesday.csv", "yes,no,no,no", self.TUESDAY, store=store)
        self.sync("mended.csv", "yes,no,yes,yes", self.MONDAY, store=store)
        self.assertEqual(self.counts(), {"superseded": 1})
        self.assertIn(self.TUESDAY, self.outcomes()[2]["reason"])
        self.sync("again.csv", "yes,no,yes,yes", self.MONDAY, "--policy-check-store", "all", store=store)
        self.assertEqual(self.counts(), {"superseded": 1})
        self.assertEqual(store.consent_of(1)[0], {"essential"})
        # What is newer counts.
        self.sync("friday.csv", "yes,no,yes,no", "2026-11-27T10:00:00Z", store=store)
        self.assertEqual(store.consent_of(1)[0], {"essential", "analytics"})

    def test_what_an_older_row_withdraws_is_withdrawn_and_only_that(self):
        store = self.sandbox()
        self.sync("tuesday.csv", "yes,yes,no,no", self.TUESDAY, store=store)
        self.sync("monday.csv", "yes,no,yes,yes", self.MONDAY, "--policy-check-store", "changes", store=store)
        self.assertEqual(self.counts(), {"applied": 1})
        self.assertEqual(store.consent_of(1), ({"essential"}, {"functional", "analytics", "targeting"}))

    def test_a_choice_that_was_found_to_be_so_is_remembered_with_its_time(self):
        store = self.sandbox()
        self.sync("monday.csv", "yes,no,no,no", self.MONDAY, store=store)
        self.sync("tuesday.csv", "yes,no,no,no", self.TUESDAY, store=store)
        self.assertEqual(self.counts(), {"unchanged": 1})
        self.sync("between.csv", "yes,yes,yes,yes", "2026-11-22T10:00:00Z", store=store)
        self.assertEqual(self.counts(), {"superseded": 1})

    def test_a_choice_of_the_future_is_none(self):
        store = self.sandbox()
        self.write("in.csv", self.HEADER + f"1,yes,yes,yes,yes,2099-01-01T00:00:00Z\n1,yes,no,no,no,{self.TUESDAY}\n")
        self.expect(1, "sync", "in.csv", store=store)
        self.assertEqual(self.counts(), {"invalid": 1, "conflict": 1})
        self.assertIn("no one has chosen then yet", self.outcomes()[2]["reason"])
        self.assertEqual(store.stop()["put"], 0)

    def test_a_row_whose_customer_a_delimiter_has_moved_holds_them_back(self):
        store = self.sandbox()
        self.write("in.csv", "note,customer_id,allow,deny\na,7,analytics,\nb, c,7,,analytics\n")
        self.expect(1, "sync", "in.csv", store=store)
        self.assertEqual(self.counts(), {"invalid": 1, "conflict": 1})
        self.assertEqual(store.stop()["put"], 0)

    def test_a_json_line_that_cannot_be_read_holds_its_customer_back(self):
        store = self.sandbox()
        lines = [b'{"customer_id":7,"allow":["analytics"]}', b'{"customer_id":7,"deny":["analytics"],"note":"caf\xe9"}']
        self.write("in.ndjson", b"\n".join(lines))
        self.expect(1, "sync", "in.ndjson", store=store)
        self.assertEqual(self.counts(), {"invalid": 1, "conflict": 1})
        self.assertEqual(store.stop()["put"], 0)

    def test_a_withdrawal_is_not_lost_for_a_letter(self):
        store = self.sandbox()
        self.write("in.csv", "customer_id,essential,analitics,note\n1,yes,no,x\n")
        refused = self.expect(2, "sync", "in.csv", store=store)
        self.assertIn("did you mean analytics?", refused.err)
        self.write("in.ndjson", '{"customer_id":1,"allow":["essential"],"denny":["analytics"]}\n')
        self.expect(1, "sync", "in.ndjson", store=store)
        self.assertIn("did you mean deny?", self.outcomes()[1]["reason"])
        self.write("in.ndjson", '{"customer_id":1,"allow":["essential"],"Deny":["analytics"]}\n')
        self.expect(0, "sync", "in.ndjson", store=store)
        self.assertIn("analytics", store.consent_of(1)[1])
        self.write("in.csv", "customer_id,essential,note\n1,yes,x\n")
        told = self.expect(0, "sync", "in.csv", store=store)
        self.assertEqual(told.err.count('columns passed over: "note"'), 1)

    def test_what_was_undone_stands_in_nobodys_way(self):
        store = self.sandbox()
        self.sync("monday.csv", "yes,no,yes,no", self.MONDAY, store=store)
        self.sync("mistake.csv", "yes,no,no,no", self.TUESDAY, store=store)
        self.expect(0, "undo", self.summary()["run_id"], store=store)
        self.assertEqual(store.consent_of(1)[0], {"essential", "analytics"})
        self.sync("right.csv", "yes,no,yes,yes", "2026-11-22T10:00:00Z", store=store)
        self.assertEqual(store.consent_of(1)[0], {"essential", "analytics", "targeting"})


class AskingFirst(Plan):
    def test_a_preflight_saves_the_put_of_an_unknown_customer(self):
        store = self.sandbox("--customers", "300")
        self.write_rows("in.csv", [(customer, ALL_DENIED) for customer in range(1, 341)])
        self.expect(1, "sync", "in.csv", "--policy-preflight", store=store)
        self.assertEqual(self.counts(), {"applied": 300, "not_found": 40})
        self.assertEqual(self.requests()["get"], 2)
        self.assertEqual(store.stop()["status"], {"200": 302})

    def test_limits_see_what_the_store_holds_when_everybody_is_asked_about(self):
        store = self.sandbox()
        for customer in (1, 2, 3):
            self.shopper_denies_all(store, customer)
        self.write_rows("in.csv", [(customer, ALL_DENIED) for customer in (1, 2, 3, 4)])
        self.expect(0, "sync", "in.csv", "--policy-check-store", "all", "--safety-max-changes", "1", store=store)
        self.assertEqual(self.counts(), {"applied": 1, "unchanged": 3})

    def test_a_survey_that_was_interrupted_asks_only_about_the_rest(self):
        store = self.sandbox("--fault", "401@31")
        self.write_customers(60, "in.csv")
        flags = ("--policy-check-store", "all", "--http-connections", "1")
        self.expect(4, "sync", "in.csv", *flags, store=store)
        self.assertEqual(self.requests()["put"], 0)
        self.expect(0, "sync", "in.csv", *flags, store=store)
        self.assertEqual(self.counts(), {"applied": 60})
        # 30 answers, the refusal, the other 30; then a check and a PUT for each change.
        self.assertEqual(store.stop()["requests"], 31 + 30 + 120)


class Canary(Plan):
    def test_when_all_is_as_asked_the_rest_follows(self):
        store = self.sandbox()
        self.write_customers(40, "in.csv")
        self.expect(0, "sync", "in.csv", "--safety-canary", "5", store=store)
        self.assertEqual(self.counts(), {"applied": 40})
        counters = store.stop()
        self.assertEqual((counters["put"], counters["get"]), (40, 5))

    def test_when_something_is_not_the_run_is_closed(self):
        store = self.sandbox("--fault", "wrong-echo#3")
        self.write_customers(40, "in.csv")
        result = self.expect(3, "sync", "in.csv", "--safety-canary", "5", store=store)
        self.assertIn("safety.canary", result.err)
        self.assertEqual(self.counts(), {"applied": 4, "mismatch": 1, "pending": 35})
        self.assertEqual(self.summary()["state"], "abandoned")
        # A plan of its own, and a canary of its own.
        self.expect(3, "sync", "in.csv", "--safety-canary", "5", store=store)
        self.assertEqual(self.counts()["unchanged"], 4)


class Audit(Plan):
    def test_it_says_what_has_drifted_and_changes_nothing(self):
        store = self.sandbox("--customers", "4")
        self.write_rows("in.csv", [(1, ALL_DENIED), (2, ALL_ALLOWED), (3, ALL_DENIED), (5, ALL_DENIED)])
        self.expect(1, "sync", "in.csv", store=store)
        self.expect(1, "audit", "in.csv", store=store)
        self.assertEqual(self.counts(), {"in_sync": 3, "not_found": 1})
        self.shopper_allows_all(store, 3)
        self.expect(1, "audit", "in.csv", store=store)
        self.assertEqual(self.counts(), {"in_sync": 2, "drifted": 1, "not_found": 1})
        row = self.outcomes()[4]
        self.assertIn("analytics=allow", row["before"])
        self.assertIn("analytics=deny", row["after"])
        summary = self.summary()
        self.assertEqual(summary["mode"], "audit")
        self.assertEqual(summary["categories"]["analytics"],
                         {"compared": 3, "drifted": 1, "store_allows_input_denies": 1, "store_denies_input_allows": 0,
                          "store_holds_nothing": 0})
        self.assertEqual(summary["categories"]["essential"]["drifted"], 0)
        self.assertEqual(store.consent_of(3)[0], {"essential", "functional", "analytics", "targeting"})
        # What an audit saw is nothing that the next sync builds on.
        self.expect(1, "sync", "in.csv", store=store)
        self.assertEqual(self.counts()["unchanged"], 3)

    def test_its_advice_works_and_a_sync_that_asks_nobody_claims_nothing_of_the_store(self):
        store = self.sandbox("--customers", "4")
        self.write_rows("in.csv", [(1, ALL_DENIED), (2, ALL_ALLOWED)])
        self.expect(0, "sync", "in.csv", store=store)
        self.shopper_allows_all(store, 1)
        self.expect(1, "audit", "in.csv", store=store)
        page = (self.report_directories()[-1] / "report.html").read_text()
        for flags, words in (([], "by the ledger the store is up to date"),
                             (["--policy-check-store", "all"], "the store was asked, and nothing had to be sent")):
            self.assertIn(words, self.expect(0, "sync", "in.csv", *flags, store=store).out)
        self.assertEqual(store.consent_of(1)[1], set())
        flags = "--ledger sqlite:once.db --policy-check-store all"
        self.assertIn(flags, page)
        self.expect(0, "sync", "in.csv", *flags.split(), store=store)
        self.assertEqual(self.counts(), {"applied": 1, "unchanged": 1})
        self.expect(0, "audit", "in.csv", store=store)

    def test_everything_in_sync_ends_with_0(self):
        store = self.sandbox()
        self.write_customers(20, "in.csv")
        self.expect(0, "sync", "in.csv", store=store)
        result = self.expect(0, "audit", "in.csv", store=store)
        self.assertIn("the store agrees with the input on all 20 customers", result.out)
        page = (self.report_directories()[-1] / "report.html").read_text()
        self.assertIn("Audit report", page)
        self.assertEqual(store.stop()["put"], 20)

    def test_whom_the_store_does_not_answer_about_could_not_be_compared(self):
        store = self.sandbox("--fault", "422#2")
        self.write_customers(3, "in.csv")
        self.expect(1, "sync", "in.csv", store=store)
        self.expect(1, "audit", "in.csv", store=store)
        self.assertEqual(self.counts(), {"in_sync": 2, "failed": 1})
        self.assertIn("422", self.outcomes()[3]["reason"])

    def test_a_sample_asks_about_part_and_estimates_the_whole(self):
        store = self.sandbox()
        self.write_customers(500, "in.csv")
        self.expect(0, "sync", "in.csv", store=store)
        for customer in range(1, 101):
            self.shopper_denies_all(store, customer)
        self.expect(1, "audit", "in.csv", "--sample", "100", "--seed", "7", store=store)
        counts, drift = self.counts(), self.summary()["drift"]
        self.assertEqual(counts["not_sampled"], 400)
        self.assertEqual((drift["customers"], drift["drawn"], drift["compared"], drift["seed"]), (500, 100, 100, 7))
        self.assertLess(drift["low"], drift["share"])
        self.assertLess(drift["share"], drift["high"])
        self.assertEqual(self.requests()["get"], 100)
        self.expect(1, "audit", "in.csv", "--sample", "100", "--seed", "7", store=store)
        self.assertEqual(self.counts(), counts)
        self.expect(1, "audit", "in.csv", "--sample", "10%", store=store)
        self.assertEqual(self.summary()["drift"]["drawn"], 50)

    def test_interrupted_it_goes_on(self):
        store = self.sandbox("--fault", "401@11")
        self.write_customers(30, "in.csv")
        self.expect(4, "audit", "in.csv", "--http-connections", "1", store=store)
        self.expect(1, "audit", "in.csv", store=store)
        self.assertEqual(self.counts(), {"drifted": 30})
        self.assertEqual(store.stop()["requests"], 31)

    def test_a_job_may_be_an_audit(self):
        store = self.sandbox()
        self.write_customers(3, "in.csv")
        self.write("job.yaml", "command: audit\ninput:\n  path: in.csv\n")
        self.expect(1, "run", "job.yaml", store=store)
        self.assertEqual(self.summary()["mode"], "audit")

"""Whoever asks for a dry run is sure that nothing leaves for the store, and that nobody is told."""
from harness import EndToEnd
from receiver import WithReceiver


class Rehearsals(EndToEnd):
    def plan(self):
        self.write_customers(3)
        self.expect(0, "sync", "customers.csv", "--dry-run")
        return self.summary()["run_id"]

    def test_what_has_no_dry_run_refuses_one(self):
        store = self.sandbox()
        plan = self.plan()
        job = self.write("audit.yaml", "command: audit\ninput:\n  path: customers.csv\n")
        for command in (("apply", plan), ("audit", "customers.csv"), ("run", job)):
            with self.subTest(command=command):
                self.assertIn("--dry-run: ", self.expect(2, *command, "--dry-run", store=store).err)
                self.expect(2, *command, store=store, CONSENT_SYNC_DRY_RUN="true")
        self.assertEqual(store.stop()["requests"], 0)

    def test_a_job_that_plans_is_also_the_one_to_apply(self):
        store = self.sandbox()
        plan = self.plan()
        config = self.write("import.yaml", "dry_run: true\n")
        self.assertIn("dry_run", self.expect(0, "apply", plan, "-c", config, store=store).err)
        self.assertEqual(store.stop()["put"], 3)


class WhoIsTold(WithReceiver):
    def test_a_rehearsal_tells_nobody_even_when_a_file_is_wrong(self):
        hooks = "".join(f"  on_{event}: {self.receiver.url}/{event}\n" for event in ("start", "failure"))
        config = self.write("bad.yaml", f"hooks:\n  ca_file: {self.receiver.ca_file}\n{hooks}no_such_key: 1\n")
        self.write_customers(1)
        self.expect(2, "sync", "customers.csv", "--dry-run", "-c", config)
        self.expect(2, "sync", "customers.csv", "-c", config, CONSENT_SYNC_DRY_RUN="true")
        self.assertEqual(self.receiver.posts, [])
        self.expect(2, "sync", "customers.csv", "-c", config)
        self.assertEqual(self.receiver.events(), ["failure"])

    def test_of_what_is_no_rehearsal_a_dry_run_in_a_file_hides_no_failure(self):
        config = self.write("import.yaml", "dry_run: true\n")
        self.expect(2, "audit", "nowhere.csv", "-c", config, **self.hooks())
        self.expect(2, "apply", "20200101T000000Z-aaaaaa", "-c", config, **self.hooks())
        self.assertEqual([event for event in self.receiver.events() if event != "start"], ["failure", "failure"])

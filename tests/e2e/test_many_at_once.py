"""More stores at once than a machine has room for, and a job that is edited while it runs."""
import resource
import unittest

from harness import IS_SANITIZED
from many_stores import ManyStores

STORES = 12
DESCRIPTORS = 40  # room for some processes of stores, and for what one of them opens


class ManyAtOnce(ManyStores):
    def setUp(self):
        super().setUp()
        for place in range(STORES):
            self.entry(f"s{place:02}", "https://127.0.0.1:1", rows=2)
        self.write_job(f"dry_run: true\nstores_at_once: {STORES}")

    def run_with(self, hard):
        limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS, hard))
        process = self.start_job(popen={"preexec_fn": limit})
        err = process.communicate()[1]
        self.assertEqual(process.returncode, 0, err)
        self.assertEqual(set(self.statuses().values()), {"ok"})
        return err

    def test_a_low_limit_that_may_be_raised_is(self):
        self.assertNotIn("room for", self.run_with(resource.getrlimit(resource.RLIMIT_NOFILE)[1]))

    @unittest.skipIf(IS_SANITIZED, "UBSan opens a pipe to look at an object, and takes it for none where there is no room for that")
    def test_what_there_is_no_room_for_waits_for_its_turn(self):
        self.assertIn("stores at once are all that there is room for", self.run_with(DESCRIPTORS))

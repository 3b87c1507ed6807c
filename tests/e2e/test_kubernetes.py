"""What jobs/kubernetes says, held against the program: its job file, arguments, variables and exit codes."""
import pathlib
import re
import unittest

import yaml

from harness import TOKEN
from shared_ledger import SharedLedger

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "jobs" / "kubernetes"


def objects():
    return {(found["kind"], found["metadata"]["name"]): found
            for path in sorted(FOLDER.glob("*.yaml")) for found in yaml.safe_load_all(path.read_text())}


class Manifests(unittest.TestCase):
    def setUp(self):
        self.objects = objects()
        self.job = self.objects["CronJob", "consent-sync"]["spec"]["jobTemplate"]["spec"]
        self.pod = self.job["template"]["spec"]
        self.container = self.pod["containers"][0]

    def test_each_file_has_an_object_of_a_version(self):
        for found in self.objects.values():
            self.assertTrue(found["apiVersion"] and found["metadata"]["labels"]["app.kubernetes.io/name"] == "consent-sync")

    def test_pods_work_until_the_batch_is_done_and_share_its_name(self):
        self.assertNotIn("completions", self.job)
        self.assertGreater(self.job["parallelism"], 1)
        self.assertEqual(self.pod["restartPolicy"], "Never")
        batch = next(variable for variable in self.container["env"] if variable["name"] == "BATCH")
        self.assertEqual(batch["valueFrom"]["fieldRef"]["fieldPath"], "metadata.labels['batch.kubernetes.io/job-name']")
        self.assertEqual(self.container["args"][-2:], ["--batch", "$(BATCH)"])

    def test_what_a_person_has_to_look_at_is_not_tried_again(self):
        first = self.job["podFailurePolicy"]["rules"][0]
        self.assertEqual(first["action"], "FailJob")
        codes = first["onExitCodes"]["values"]
        self.assertEqual(codes, sorted(set(codes)))
        self.assertEqual({1, 2, 3, 4, 8, 10} - set(codes), set())
        self.assertEqual({6, 137, 143} & set(codes), set())

    def test_a_pod_can_do_little_but_its_job(self):
        ours = self.container["securityContext"]
        self.assertTrue(self.pod["securityContext"]["runAsNonRoot"] and ours["readOnlyRootFilesystem"])
        self.assertFalse(ours["allowPrivilegeEscalation"] or self.pod["automountServiceAccountToken"])
        self.assertEqual(ours["capabilities"]["drop"], ["ALL"])
        writable = [mount["name"] for mount in self.container["volumeMounts"] if not mount.get("readOnly")]
        self.assertEqual(writable, ["reports", "temporary"])

    def test_every_volume_is_there_and_mounted(self):
        mounted = {mount["name"] for mount in self.container["volumeMounts"]}
        self.assertEqual(mounted, {volume["name"] for volume in self.pod["volumes"]})
        for volume in self.pod["volumes"]:
            if "persistentVolumeClaim" in volume:
                self.assertIn(("PersistentVolumeClaim", volume["persistentVolumeClaim"]["claimName"]), self.objects)

    def test_its_memory_fits_the_stores_at_once(self):
        job = yaml.safe_load(self.objects["ConfigMap", "consent-sync-job"]["data"]["job.yaml"])
        megabytes = int(re.fullmatch(r"(\d+)Mi", self.container["resources"]["limits"]["memory"]).group(1))
        self.assertGreaterEqual(megabytes, job["stores_at_once"] * 30)


class Batch(SharedLedger):
    def test_the_job_file_is_worked_through_as_a_pod_would(self):
        job = objects()["CronJob", "consent-sync"]["spec"]["jobTemplate"]["spec"]
        container = job["template"]["spec"]["containers"][0]
        text = objects()["ConfigMap", "consent-sync-job"]["data"]["job.yaml"]
        here = {mount["mountPath"]: self.directory / mount["name"] for mount in container["volumeMounts"]}
        for path in here.values():
            path.mkdir()
        ledger = re.search(r"^ledger: (.*)$", text, re.M).group(1)
        text = text.replace(ledger, self.ledger)
        for path in ("/exports", "/reports"):
            text = text.replace(path, str(here[path]))
        self.write("job/job.yaml", text)
        for store in ("abc123", "def456"):
            self.write_customers(3, name=f"exports/{store}.csv")
            token = self.write(f"tokens/{store}", TOKEN + "\n")
            token.chmod(0o440)  # as a volume with fsGroup has it
        store = self.sandbox("--store-hash", "abc123", "--customers", "3")
        variables = {variable["name"]: variable.get("value") for variable in container["env"]}
        arguments = [str(here["/etc/consent-sync"] / "job.yaml") if "/" in word else word for word in container["args"]]
        done = self.expect(0, *[word.replace("$(BATCH)", "consent-sync-29400137") for word in arguments], "--only-store", "abc123",
                           store=store, CONSENT_SYNC_LEDGER=None, CONSENT_SYNC_STORE_HASH=None, BIGCOMMERCE_ACCESS_TOKEN=None,
                           CREDENTIALS_DIRECTORY=str(here[variables["CREDENTIALS_DIRECTORY"]]), TMPDIR=str(here[variables["TMPDIR"]]))
        self.assertEqual(store.stop()["put"], 3, done)
        self.assertEqual(self.sql("SELECT batch, store, exit_code FROM work_item"), "consent-sync-29400137|abc123|0")


if __name__ == "__main__":
    unittest.main()

import pathlib
import re
import subprocess
import sys
import unittest

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent.parent / "scripts"


def help_of(script, *words):
    asked = subprocess.run([sys.executable, SCRIPTS / script, *words, "--help"], capture_output=True, text=True, check=False)
    return asked.stdout if asked.returncode == 0 else asked.stderr


class Help(unittest.TestCase):
    def test_what_takes_arguments_says_which(self):
        for script in ("bench", "check_alone", "coverage", "soak"):
            with self.subTest(script=script):
                self.assertTrue(help_of(script).startswith("usage: "), help_of(script))

    def test_each_benchmark_says_what_it_measures(self):
        names = re.findall(r"^    (\w+)  ", help_of("bench"), re.MULTILINE)
        self.assertIn("wire", names)
        for name in names:
            with self.subTest(benchmark=name):
                self.assertTrue(help_of("bench", name).startswith(f"usage: bench {name} "), help_of("bench", name))


if __name__ == "__main__":
    unittest.main()

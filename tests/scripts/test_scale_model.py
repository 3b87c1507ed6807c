import pathlib
import subprocess
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


class ScaleModel(unittest.TestCase):
    def test_the_page_shows_what_the_model_prints(self):
        page = (ROOT / "docs" / "scale.md").read_text()
        printed = subprocess.run([sys.executable, ROOT / "tests" / "simulation" / "scale_model.py"], capture_output=True, text=True, check=True)
        for line in filter(None, printed.stdout.splitlines()):
            self.assertIn(line, page)


if __name__ == "__main__":
    unittest.main()

"""report.html in a real browser, from a real run with every outcome: what it says, that it works, and that nothing in it can
come alive."""
import re
import shutil
import unittest

import two_nights
from harness import EndToEnd, needs

try:
    from selenium import webdriver
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
except ImportError:
    webdriver = None

# Told to the page before anything of it runs; what the page's policy blocks is written down.
NOTE_VIOLATIONS = """
window.blocked = [];
document.addEventListener("securitypolicyviolation", (e) => blocked.push(e.violatedDirective + " " + e.blockedURI));
"""

# Each text that is seen, with the contrast of its colour to what it stands on (WCAG 2.2, 1.4.3).
CONTRASTS = """
const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
const backdrop = (element) => {
  for (let e = element; e; e = e.parentElement) {
    const color = parse(getComputedStyle(e).backgroundColor);
    if (color.length === 3 || color[3] === 1) return color;
  }
  return [255, 255, 255];
};
const found = [];
const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const element = walker.currentNode.parentElement;
  if (!walker.currentNode.data.trim() || !element.checkVisibility() || element.closest("script")) continue;
  const style = getComputedStyle(element);
  const color = parse(element.closest("svg") ? style.fill : style.color);
  const [a, b] = [light(color), light(backdrop(element))];
  const size = parseFloat(style.fontSize), heavy = parseInt(style.fontWeight) >= 700;
  if (element.disabled) continue;
  found.push({text: walker.currentNode.data.trim().slice(0, 40), ratio: (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05),
              least: size >= 24 || heavy && size >= 18.66 ? 3 : 4.5});
}
return found;
"""

STRUCTURE = """
const problems = [];
const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
if (new Set(ids).size !== ids.length) problems.push("an id is there twice");
for (const table of document.querySelectorAll("table"))
  if (!table.caption || !table.caption.textContent.trim()) problems.push("a table has no caption");
for (const th of document.querySelectorAll("th"))
  if (!["row", "col"].includes(th.scope)) problems.push("a header has no scope: " + th.textContent);
for (const control of document.querySelectorAll("input, select"))
  if (!control.labels.length) problems.push("no label: " + control.id);
for (const name of ["aria-labelledby", "aria-controls"])
  for (const e of document.querySelectorAll(`[${name}]`))
    if (!document.getElementById(e.getAttribute(name))) problems.push("refers to nothing: " + e.getAttribute(name));
for (const section of document.querySelectorAll("section"))
  if (!section.getAttribute("aria-labelledby")) problems.push("a section has no name");
for (const svg of document.querySelectorAll("svg"))
  if (svg.getAttribute("aria-hidden") !== "true" && !(svg.getAttribute("role") === "img" && svg.getAttribute("aria-label")))
    problems.push("a drawing says nothing");
let level = 1;
for (const h of document.querySelectorAll("h1, h2, h3")) {
  const next = Number(h.tagName[1]);
  if (next > level + 1) problems.push("a heading skips a level: " + h.textContent);
  level = next;
}
for (const name of ["main", "header", "footer", "nav"])
  if (!document.querySelector(name)) problems.push("no landmark " + name);
if (document.querySelectorAll("h1").length !== 1) problems.push("not one h1");
if (!document.documentElement.lang) problems.push("no language");
return problems;
"""


def number(text):
    return int(re.sub(r"[^\d]", "", text))


@needs("chromium", "chromedriver", modules=["selenium"])
class Page(EndToEnd):
    @classmethod
    def setUpClass(cls):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for flag in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run",
                     "--disable-background-networking", "--window-size=1100,1000"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        service = webdriver.chrome.service.Service(shutil.which("chromedriver"))
        cls.browser = webdriver.Chrome(service=service, options=options)
        cls.addClassCleanup(cls.browser.quit)
        cls.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": NOTE_VIOLATIONS})

    def two_nights(self):
        store = self.sandbox(*two_nights.sandbox(), quota=two_nights.QUOTA)
        self.write("first.csv", two_nights.first_night())
        self.write("second.csv", two_nights.second_night())
        self.expect(1, "sync", "first.csv", "--retry-attempts", "3", "--rate-share", "1", store=store)
        self.expect(1, "sync", "second.csv", "--retry-attempts", "3", "--rate-share", "1", store=store)
        self.open(self.report_directories()[-1])
        return self.summary()

    def open(self, directory):
        self.browser.get_log("browser")
        self.browser.get((directory / "report.html").as_uri())

    def cdp(self, command, **parameters):
        self.browser.execute_cdp_cmd(command, parameters)

    def script(self, code, *arguments):
        return self.browser.execute_script(code, *arguments)

    def one(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def text(self, selector):
        return self.script("return document.querySelector(arguments[0]).textContent.trim()", selector)

    def cells(self, selector):
        """Of each row, the text of its cells."""
        return self.script("return [...document.querySelectorAll(arguments[0])].map("
                           "(row) => [...row.cells].map((cell) => cell.textContent.trim()))", selector)

    def figures(self, selector):
        return dict(self.script("return [...document.querySelectorAll(arguments[0] + ' > div')].map("
                                "(div) => [div.children[0].textContent, div.children[1].textContent])", selector))

    def shown_rows(self):
        return [row for row in self.cells("#problem-rows tbody tr:not([hidden])")]

    def assert_nothing_went_wrong(self):
        self.assertEqual(self.browser.get_log("browser"), [])
        self.assertEqual(self.script("return window.blocked"), [])

    def test_every_number_on_the_page_is_that_of_summary_json(self):
        summary = self.two_nights()
        self.assertEqual({word for word, count in summary["outcomes"].items() if count},
                         {"applied", "unchanged", "superseded", "invalid", "conflict", "not_found", "rejected", "mismatch",
                          "failed", "unknown"})
        self.assertEqual(self.text("h1"), summary["verdict"])

        terms = {}
        for term in self.script("return [...document.querySelectorAll('.sum:not(.small) .figure')].map(e => e.textContent)"):
            count, word = term.split(" ", 1)
            terms[word] = number(count)
        self.assertEqual(terms.pop("rows read"), summary["input"]["rows"])
        self.assertEqual(terms, {word: count for word, count in summary["outcomes"].items() if count})
        self.assertEqual(sum(terms.values()), summary["rows"])
        self.assertEqual([number(n) for n in re.findall(r"[\d,]+", self.text(".sum.small"))],
                         [summary["ok"], summary["problems"], summary["unfinished"], summary["rows"]])
        self.assertEqual({row[0]: number(row[1]) for row in self.cells(".outcomes tbody tr")}, summary["outcomes"])

        self.assert_changes(summary)
        self.assert_comparison(summary)
        self.assert_problems(summary)
        self.assert_requests(summary)
        facts = self.figures(".facts")
        for name, value in (("Run", summary["run_id"]), ("Its SHA-256", summary["input"]["sha256"]),
                            ("Store", summary["store"]), ("Exit code", str(summary["exit_code"])),
                            ("Correlation id", summary["correlation_id"]),
                            ("Written by", "consent-sync " + summary["tool_version"])):
            self.assertEqual(facts[name], value)
        self.assertIn(f"consent-sync undo {summary['run_id']}", self.text("main"))
        self.assertIn(f"consent-sync sync --only-problems-of {summary['run_id']}", self.text("main"))
        self.assert_nothing_went_wrong()

    def assert_changes(self, summary):
        names = {"allow": "allow", "deny": "deny", "not known": "unspecified"}
        for table in self.script("return [...document.querySelectorAll('.matrix')].map((table) => ({name: "
                                 "table.caption.textContent, rows: [...table.tBodies[0].rows].map((row) => [...row.cells].map("
                                 "(cell) => cell.firstChild.textContent))}))"):
            matrix = summary["categories"][table["name"]]["from"]
            for before, allow, deny in table["rows"]:
                self.assertEqual((number(allow), number(deny)),
                                 (matrix[names[before]]["allow"], matrix[names[before]]["deny"]), table)
        self.assertEqual([number(n) for n in self.script("return [...document.querySelectorAll("
                          "'[aria-labelledby=changes] > p:first-of-type b')].map(e => e.textContent)")],
                         [summary["changes"][name] for name in ("planned", "withdrawing", "granting")])

    def assert_comparison(self, summary):
        previous = summary["previous"]
        self.assertEqual(previous["run_id"], self.summary(self.report_directories()[0])["run_id"])
        tally = {}
        for item in self.script("return [...document.querySelectorAll('.tally li')].map(e => e.textContent.trim())"):
            count, word = item.split(" ", 1)
            tally[word] = number(count)
        self.assertEqual(tally, {"new": previous["new"], "a problem again": previous["again"], "mended": previous["mended"],
                                 "not in this input": previous["left_out"]})
        self.assertEqual(previous["new"] + previous["again"], summary["problems"])
        self.assertEqual(self.one("[aria-labelledby=since] a").get_attribute("href"),
                         (self.report_directories()[0] / "report.html").as_uri())

    def assert_problems(self, summary):
        shown = [(row[0], row[1].removesuffix(" new"), number(row[2]), number(row[3]), number(row[4]))
                 for row in self.cells("#problem-reasons tbody tr")]
        self.assertEqual(shown, [(group["outcome"], group["reason"], group["rows"], group["rows_before"], group["first_line"])
                                 for group in summary["problem_reasons"]])
        self.assertEqual(sum(group["rows"] for group in summary["problem_reasons"]), summary["problems"])

    def assert_requests(self, summary):
        figures = self.figures("[aria-labelledby=traffic] .figures")
        self.assertEqual(number(figures["PUT requests"]), summary["requests"]["put"])
        self.assertEqual(number(figures["GET requests"]), summary["requests"]["get"])
        faults = {row[0]: number(row[1]) for row in self.cells("[aria-label=Faults] tbody tr")}
        words = {"429 without": "overloaded", "503": "unavailable", "5xx": "server_error", "409": "locked",
                 "before the answer": "cut_off", "only a part": "unreadable", "something else": "differs"}
        told = {kind: count for name, count in faults.items() for word, kind in words.items() if word in name}
        self.assertEqual(told, {kind: count for kind, count in summary["faults"].items() if count})
        windows = self.cells("[aria-label='Quota by window'] tbody tr")
        self.assertEqual(sum(number(row[4]) for row in windows), summary["quota"]["all"]["used"])
        self.assertEqual(sum(number(row[2]) for row in windows), summary["quota"]["all"]["offered"])
        answers = sum(number(row[1]) for row in self.cells("[aria-label='Latency'] tbody tr"))
        self.assertGreater(answers, 0)
        self.assertLessEqual(answers, summary["requests"]["put"] + summary["requests"]["get"])
        self.assertEqual(self.script("return document.querySelectorAll('svg.chart').length"), 2)

    def test_search_filters_and_pages_also_by_keyboard(self):
        summary = self.two_nights()
        problems = summary["problems"]
        self.assertEqual(len(self.shown_rows()), 25)
        self.assertEqual(self.text("#row-page"), f"Page 1 of {-(-problems // 25)}")
        first_page = self.shown_rows()

        following = self.one("#row-next")
        following.send_keys(Keys.ENTER)
        self.assertEqual(self.text("#row-page"), f"Page 2 of {-(-problems // 25)}")
        self.assertFalse(set(map(tuple, first_page)) & set(map(tuple, self.shown_rows())))
        self.one("#row-previous").send_keys(Keys.SPACE)
        self.assertEqual(self.shown_rows(), first_page)
        self.assertFalse(self.one("#row-previous").is_enabled())

        # From the search on, a tab leads to the reasons and to the next control.
        search = self.one("#row-search")
        search.send_keys("no such CUSTOMER 9003")
        self.assertEqual([row[1] for row in self.shown_rows()], ["9003"])
        self.assertEqual(self.text("#row-count"), f"1 of {problems} rows match.")
        self.assertEqual(self.one("#row-count").get_attribute("aria-live"), "polite")
        self.assertFalse(self.one("#row-pager").is_displayed())
        search.clear()
        search.send_keys(Keys.BACKSPACE, Keys.TAB)
        reason = self.browser.switch_to.active_element
        self.assertEqual(reason.get_attribute("id"), "row-reason")
        reason.send_keys("conflict")
        self.assertEqual({row[2] for row in self.shown_rows()}, {"conflict"})
        self.assertEqual(len(self.shown_rows()), summary["outcomes"]["conflict"])
        reason.send_keys(Keys.HOME, Keys.TAB)
        only_new = self.browser.switch_to.active_element
        self.assertEqual(only_new.get_attribute("id"), "row-new")
        only_new.send_keys(Keys.SPACE)
        self.assertEqual(self.text("#row-count").split(" rows")[0], f"{summary['previous']['new']} of {problems}")
        only_new.send_keys(Keys.SPACE)

        button = self.one("#problem-reasons tbody tr:nth-child(1) button")
        button.send_keys(Keys.ENTER)
        group = summary["problem_reasons"][0]
        self.assertEqual(self.text("#row-count").split(" rows")[0], f"{group['rows']} of {problems}")
        self.assertEqual(self.browser.switch_to.active_element.get_attribute("id"), "rows-title")
        self.assert_nothing_went_wrong()

    def test_nothing_in_the_data_can_come_alive(self):
        self.two_nights()
        self.assertEqual(self.script("return document.scripts.length"), 1)
        self.assertEqual(self.script("return document.querySelectorAll('main :is(b.bold, script, img, iframe, object, link)')"
                                     ".length"), 0)
        self.one("#row-search").send_keys("<script>alert(1)")
        self.assertEqual([row[2] for row in self.shown_rows()], ["invalid"])
        self.one("#row-search").clear()
        self.one("#row-search").send_keys("=hyperlink")
        self.assertEqual([row[2] for row in self.shown_rows()], ["invalid"])
        self.assertEqual(self.script("""
            const script = document.createElement("script");
            script.textContent = "window.alive = true";
            document.body.append(script);
            const image = new Image();
            image.src = "http://127.0.0.1:9/x.png";
            document.body.append(image);
            return window.alive === true"""), False)
        self.assertEqual(self.browser.execute_async_script(
            "const done = arguments[0]; setTimeout(() => done(window.blocked.length), 100)"), 2)
        self.assertFalse([entry for entry in self.browser.get_log("browser") if "Content Security Policy" not in entry["message"]])

    def test_without_a_script_the_page_shows_its_rows_and_no_dead_control(self):
        summary = self.two_nights()
        self.cdp("Emulation.setScriptExecutionDisabled", value=True)
        try:
            self.browser.refresh()
            self.assertEqual(len(self.browser.find_elements(By.CSS_SELECTOR, "#problem-rows tbody tr")), summary["problems"])
            self.assertTrue(self.one("#problem-rows tbody tr:last-child").is_displayed())
            for name in ("row-tools", "row-pager", "row-count"):
                self.assertFalse(self.one("#" + name).is_displayed())
            self.assertEqual(self.browser.find_elements(By.CSS_SELECTOR, "main button:not(nav button)"), [])
        finally:
            self.cdp("Emulation.setScriptExecutionDisabled", value=False)

    def test_it_can_be_read_by_everybody(self):
        self.two_nights()
        self.assertEqual(self.script(STRUCTURE), [])
        for scheme in ("light", "dark"):
            self.cdp("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
            texts = self.script(CONTRASTS)
            self.assertGreater(len(texts), 200)
            self.assertEqual([entry for entry in texts if entry["ratio"] < entry["least"]], [], scheme)
        self.cdp("Emulation.setEmulatedMedia", features=[])
        for width in (390, 320):
            self.cdp("Emulation.setDeviceMetricsOverride", width=width, height=844, deviceScaleFactor=1, mobile=True)
            self.browser.refresh()
            self.assertLessEqual(self.script("return document.documentElement.scrollWidth"), width)
        self.cdp("Emulation.clearDeviceMetricsOverride")

    def test_a_phone_shows_all_there_is_of_many_stores(self):
        for store in ("abc", "def"):
            self.write_customers(1, f"{store}.csv")
        self.write("job.yaml", "command: sync\ninput: {path: '{store}.csv'}\nledger: sqlite:{store}.db\n"
                               "stores:\n  - hash: abc\n  - hash: def\n")
        self.expect(0, "run", "job.yaml", "--dry-run", CONSENT_SYNC_STORE_HASH=None)
        (page,) = (self.directory / "reports").glob("*/stores.html")
        self.cdp("Emulation.setDeviceMetricsOverride", width=390, height=844, deviceScaleFactor=1, mobile=True)
        self.browser.get(page.as_uri())
        edges = self.script("return [...document.querySelectorAll('.stores caption, .stores tr > *')].map("
                            "(cell) => cell.getBoundingClientRect().right)")
        self.cdp("Emulation.clearDeviceMetricsOverride")
        self.assertLessEqual(max(edges), 390)

    def test_a_page_of_every_kind_of_run_is_whole(self):
        store = self.sandbox("--fault", "401@60")
        self.write_customers(100)
        self.expect(0, "sync", "customers.csv", "--dry-run", store=store)
        self.expect(4, "sync", "customers.csv", "--rate-max-requests-per-second", "200", store=store)
        self.write("other.csv", "customer_id,allow,deny\n1,essential|analytics,functional|targeting\n")
        self.expect(0, "sync", "other.csv", "--unfinished", "abandon", store=store)
        self.expect(0, "audit", "other.csv", store=store)
        for directory in self.report_directories():
            with self.subTest(mode=self.summary(directory)["mode"]):
                self.open(directory)
                self.assertEqual(self.text("h1"), self.summary(directory)["verdict"])
                self.assertEqual(self.script(STRUCTURE), [])
                self.assert_nothing_went_wrong()


if __name__ == "__main__":
    unittest.main()

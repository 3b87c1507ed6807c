import importlib.util
import pathlib
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
spec = importlib.util.spec_from_file_location("check_await", ROOT / "scripts" / "check_await.py")
check_await = importlib.util.module_from_spec(spec)
spec.loader.exec_module(check_await)


def reasons(body):
    return [reason for _, reason in check_await.findings("awaitable<void> f() {\n" + body + "\n}\n")]


class CheckAwait(unittest.TestCase):
    def test_what_gcc_12_miscompiles_is_found(self):
        for body in ("co_await send(req{a, b});",
                     "if (auto r = co_await f({1, 2})) use(r);",
                     "pt p{co_await g(), co_await g()};",
                     "co_return pt{co_await g(), x};",
                     "auto x = c ? co_await g() : y;",
                     "co_await run([s] { return s.size(); });",
                     "co_await run([s = make()]() mutable { return s; });",
                     "co_await run([=] { return 1; });",
                     "while (more) { co_await send(req{a}); }",
                     "spawn(ex, [&]() -> awaitable<void> { co_await send(req{a}); });"):
            self.assertTrue(reasons(body), body)

    def test_what_it_compiles_rightly_passes(self):
        for body in ("auto r = req{a, b}; co_await send(std::move(r));",
                     "auto [ec, n] = co_await op(as_tuple(use_awaitable));",
                     "co_await run([&] { return 1; });",
                     "if (c) { co_await g(); } else { co_await h(); }",
                     "for (;;) { if (co_await g()) break; }",
                     "auto x = c ? a : b; co_await g();",
                     "std::vector<int> v{1, 2}; co_await g(v);",
                     "// co_await f({1})\n co_await g(\"{?\");",
                     "spawn(ex, [s]() -> awaitable<void> { co_await g(s); }, detached);",
                     "co_await g('{');"):
            self.assertEqual(reasons(body), [], body)

    def test_a_finding_names_the_line(self):
        self.assertEqual(check_await.findings("void f() {\n\n  co_await\n    g(r{a});\n}")[0][0], 3)

    def test_directives_before_a_namespace_hide_nothing(self):
        lines = "#include <a>\n#define LONG \\\n  {\n\nnamespace {\n%s\n}\n"
        self.assertEqual(check_await.findings(lines % "void f() { co_await g(r{a}); }")[0][0], 6)
        self.assertEqual(check_await.findings(lines % "constexpr r b{1};\nvoid f() { co_await g(b); }"), [])


if __name__ == "__main__":
    unittest.main()

#!/usr/bin/env python3
"""Finds statements that GCC 12.2 compiles into double frees.

A statement with co_await may hold names and plain calls only: no braced temporary or initialiser, no lambda that
captures by value, no conditional operator. GCC PR 98056 and relatives; Clang compiles them rightly.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("src", "include", "tests")

LITERALS_AND_COMMENTS = re.compile(
    r'R"(?P<tag>[^(\s]*)\(.*?\)(?P=tag)"|"(?:\\.|[^"\\\n])*"|(?<![0-9a-fA-F])\'(?:\\.|[^\'\\\n])+\'|//[^\n]*|/\*.*?\*/',
    re.S)
DIRECTIVES = re.compile(r"^[ \t]*#(?:[^\\\n]|\\.)*", re.S | re.M)
BLOCK_HEADS = re.compile(r"(^|\b(else|do|try|const|noexcept|override|final|mutable)|[)\]:]|->\s*[\w:<>,\s&*]+)\s*$")
TYPE_HEADS = re.compile(r"^\s*(template\b.*?>\s*)?(enum|class|struct|union|namespace|extern|export|inline namespace)\b", re.S)
CAPTURES = re.compile(r"\[([^\[\]]*)\]\s*(?:\(|\{|mutable|->)")


def blank(match):
    return re.sub(r"[^\n]", " ", match.group(0)) or " "


class Statement:
    def __init__(self):
        self.text = ""
        self.start = None
        self.braced = False

    def add(self, char, position):
        if self.start is None and not char.isspace():
            self.start = position
        self.text += char


def opens_block(statement, in_parentheses):
    head = statement.text
    if in_parentheses:
        return bool(re.search(r"\]\s*$|\)\s*(mutable\b|noexcept\b|->[^(){};]*)?\s*$", head)) and "[" in head
    return bool(BLOCK_HEADS.search(head)) or bool(TYPE_HEADS.match(head))


def captures_by_value(text):
    for captures in CAPTURES.findall(text):
        for capture in filter(None, (part.strip() for part in captures.split(","))):
            if not capture.startswith("&") and capture != "this":
                return True
    return False


def reasons(statement):
    if not re.search(r"\bco_await\b", statement.text):
        return
    if statement.braced:
        yield "a braced initialiser"
    if "?" in statement.text:
        yield "a conditional operator"
    if captures_by_value(statement.text):
        yield "a lambda that captures by value"


def findings(source):
    """Pairs of line and reason."""
    code = DIRECTIVES.sub(blank, LITERALS_AND_COMMENTS.sub(blank, source))
    found = []
    stack = []  # of (kind, statement): what an open bracket belongs to
    statement = Statement()

    def end():
        nonlocal statement
        for reason in reasons(statement):
            found.append((code.count("\n", 0, statement.start) + 1, reason))
        statement = Statement()

    for position, char in enumerate(code):
        nested = bool(stack) and stack[-1][0] != "block"
        if char == "(":
            statement.add(char, position)
            stack.append(("paren", None))
        elif char == ")":
            statement.add(char, position)
            if stack and stack[-1][0] == "paren":
                stack.pop()
        elif char == "{":
            if opens_block(statement, nested):
                if nested:
                    statement.add(char, position)
                    stack.append(("block", statement))
                    statement = Statement()
                else:
                    stack.append(("block", None))
                    end()
            else:
                statement.braced = True
                statement.add(char, position)
                stack.append(("brace", None))
        elif char == "}":
            if not stack:
                continue
            kind, outer = stack.pop()
            if kind == "block":
                end()
                if outer is not None:
                    statement = outer
            else:
                statement.add(char, position)
        elif char == ";" and not nested:
            end()
        else:
            statement.add(char, position)
    return found


def main():
    bad = False
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.?pp")):
            for line, reason in findings(path.read_text(encoding="utf-8")):
                print(f"{path.relative_to(ROOT)}:{line}: co_await in a statement with {reason}; name its parts first "
                      "(GCC 12 frees them twice)")
                bad = True
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

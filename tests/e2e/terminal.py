"""A terminal, as a person sees it, for tests."""
import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from harness import PATIENCE, PROGRAM


class Screen:
    """As much of a terminal as the program uses: lines, carriage returns, cursor up, erase."""

    def __init__(self, rows, columns):
        self.rows, self.columns = rows, columns
        self.lines, self.row, self.column = [""], 0, 0

    def feed(self, text):
        for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", text):
            if part == "\r":
                self.column = 0
            elif part == "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            elif part.startswith("\x1b"):
                self.control(part)
            else:
                for character in part:
                    self.put(character)

    def control(self, sequence):
        number, kind = sequence[2:-1], sequence[-1]
        if kind == "A":
            self.row = max(0, self.row - int(number or 1))
        elif kind == "J":
            self.lines = self.lines[:self.row] + [self.lines[self.row][:self.column]]
        elif kind == "K":
            self.lines[self.row] = "" if number == "2" else self.lines[self.row][:self.column]
        else:
            raise AssertionError(f"the program sent {sequence!r}")

    def put(self, character):
        if self.column == self.columns:
            self.column = 0
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        line = self.lines[self.row].ljust(self.column)
        self.lines[self.row] = line[:self.column] + character + line[self.column + 1:]
        self.column += 1

    def text(self):
        return "\n".join(self.lines)


class OnTerminal:
    """The program with a pseudo-terminal of its own as standard error; standard output goes there too, as for a person, and
    with `attended` it reads what is typed there."""

    def __init__(self, test, *arguments, rows=40, columns=120, store=None, attended=False, **more):
        self.controller, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.settings = termios.tcgetattr(terminal)
        self.terminal = terminal
        self.screen = Screen(rows, columns)
        self.raw = ""
        environment = test.environment(store, **{"TERM": "xterm", **more})
        self.process = subprocess.Popen([PROGRAM, *map(str, arguments)], cwd=test.directory,
                                        stdin=terminal if attended else subprocess.DEVNULL, stdout=terminal, stderr=terminal,
                                        env=environment)
        test.addCleanup(self.close)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for descriptor in (self.controller, self.terminal):
            os.close(descriptor)

    def read(self, seconds):
        ready, _, _ = select.select([self.controller], [], [], seconds)
        if not ready:
            return False
        text = os.read(self.controller, 65536).decode(errors="replace")
        self.raw += text
        self.screen.feed(text)
        return True

    def type(self, text):
        os.write(self.controller, text.encode())

    def wait_for(self, pattern):
        deadline = time.monotonic() + PATIENCE
        while not re.search(pattern, self.screen.text()):
            code = self.process.poll()
            if time.monotonic() > deadline or code is not None and not self.read(0):
                raise AssertionError(f"{pattern!r} was never on the screen; exit code {code}:\n{self.screen.text()}\n"
                                     f"{self.raw!r}")
            self.read(1)

    def end(self):
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None and time.monotonic() < deadline:
            self.read(0.1)
        while self.read(0):
            pass
        return self.process.wait(timeout=1)

"""Runs modules of CPython's own tests and writes one line for each test: its name and how it ended.

Usage: cpython.py FILE MODULE..
"""

import sys
import test.support
import unittest


class Result(unittest.TestResult):
    """Notes the outcome of each test; a test with failing parts has failed."""

    def __init__(self, report):
        super().__init__()
        self.report = report
        self.outcome = None

    def startTest(self, test):
        super().startTest(test)
        self.outcome = None

    def stopTest(self, test):
        super().stopTest(test)
        print(test.id(), self.outcome or "ok", file=self.report, flush=True)

    def note(self, test, outcome, error=None):
        self.outcome = outcome
        if error is not None:
            print(test.id(), self._exc_info_to_string(error, test), file=sys.stderr, sep="\n")
        if not isinstance(test, unittest.TestCase) or not hasattr(test, "_testMethodName"):
            print(test.id(), outcome, file=self.report, flush=True)

    def addError(self, test, err):
        self.note(test, "failed", err)

    def addFailure(self, test, err):
        self.note(test, "failed", err)

    def addSubTest(self, test, subtest, err):
        if err is not None:
            self.note(test, "failed", err)

    def addSkip(self, test, reason):
        self.note(test, "skipped")

    def addExpectedFailure(self, test, err):
        self.outcome = "failed as expected"

    def addUnexpectedSuccess(self, test):
        self.outcome = "passed unexpectedly"


def main():
    test.support.verbose = False
    with open(sys.argv[1], "w", encoding="utf-8") as report:
        for name in sys.argv[2:]:
            suite = unittest.defaultTestLoader.loadTestsFromName("test." + name)
            suite.run(Result(report))


if __name__ == "__main__":
    main()

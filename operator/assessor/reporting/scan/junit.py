"""A scan as JUnit XML, as CI systems show it: a suite for each file with objects.

A finding is a failed case, a clean file a passed one, and what could not be read an error.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from xml.sax.saxutils import escape, quoteattr

from assessor.reporting.bounds import bounded
from assessor.reporting.scan.report import FileFindings, Located, Remark, Report

LONGEST = 4000


def chunks(report: Report) -> Iterator[str]:
    """The document's text suite by suite."""
    found = sum(report.counts.findings.values())
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f'<testsuites name="kube-assessor" failures="{found}" errors="{len(report.faults)}">\n'
    failing: set[str] = set()
    for file in report.findings:
        failing.add(file.file)
        yield from _suite(file)
    for name in report.files:
        if name not in failing:
            yield from _clean(name)
    for file_name, faults in groupby(report.faults, key=lambda fault: fault.file):
        yield from _unreadable(file_name, list(faults))
    yield "</testsuites>\n"


def _suite(file: FileFindings) -> Iterator[str]:
    count = len(file.findings)
    name = _attribute(file.file)
    yield f'<testsuite name={name} tests="{count}" failures="{count}" errors="0">\n'
    yield from (_case(file.file, each) for each in file.findings)
    yield "</testsuite>\n"


def _case(file: str, located: Located) -> str:
    finding = located.finding
    container = f" {finding.container}" if finding.container else ""
    name = f"{finding.control} {finding.check} {finding.object}{container}"
    where = f"{file}:{located.line}:{located.column}"
    told = f"{bounded(where, LONGEST)}\n{bounded(finding.path, LONGEST)}\n{finding.remediation}"
    return (
        f"<testcase classname={_attribute(file)} name={_attribute(name)}"
        f' file={_attribute(file)} line="{located.line}">'
        f"<failure type={_attribute(finding.severity.label)}"
        f" message={_attribute(finding.message)}>{escape(_clipped(told))}</failure></testcase>\n"
    )


def _clean(file: str) -> Iterator[str]:
    name = _attribute(file)
    yield f'<testsuite name={name} tests="1" failures="0" errors="0">\n'
    yield f'<testcase classname={name} name="no findings"/>\n</testsuite>\n'


def _unreadable(file: str, faults: Iterable[Remark]) -> Iterator[str]:
    faults = list(faults)
    name = _attribute(file)
    yield f'<testsuite name={name} tests="{len(faults)}" failures="0" errors="{len(faults)}">\n'
    for fault in faults:
        where = f"line {fault.line}" if fault.line else "file"
        yield (
            f"<testcase classname={name} name={_attribute(f'readable: {where}')}>"
            f"<error message={_attribute(fault.text)}/></testcase>\n"
        )
    yield "</testsuite>\n"


def _attribute(text: str) -> str:
    return quoteattr(_clipped(text))


def _clipped(text: str) -> str:
    """XML 1.0 knows no way to write control characters."""
    return bounded(text, LONGEST, lines=True)

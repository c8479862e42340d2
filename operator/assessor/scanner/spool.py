"""Findings kept out of memory until they are written: a scan may find more than fits into it."""

from collections import defaultdict
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile
from types import TracebackType
from typing import Self

import msgspec

from assessor.reporting.scan.report import FileFindings, Located, in_order

IN_MEMORY = 16 * 1024 * 1024
"""Bytes that are held before a temporary file is used."""


class Spool:
    """Findings by file, written once and read as often as it takes."""

    def __init__(self) -> None:
        """Start empty."""
        # Closed by close(): a with block would be as long as the scan.
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115
        self._parts: dict[str, list[tuple[int, int]]] = defaultdict(list)
        self._order: list[str] = []
        self._decoder = msgspec.msgpack.Decoder(list[Located])

    def __enter__(self) -> Self:
        """Be closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Forget everything."""
        self._file.close()

    def begin(self, file: str) -> None:
        """Give a file its place in the order."""
        self._order.append(file)

    def add(self, file: str, findings: bytes) -> None:
        """Keep a list of findings, as ``encoded`` makes it."""
        offset = self._file.seek(0, 2)
        self._file.write(findings)
        self._parts[file].append((offset, len(findings)))

    def __iter__(self) -> Iterator[FileFindings]:
        """Each file with its findings in order; files without any are left out."""
        for file in self._order:
            if file in self._parts:
                found = [each for part in self._parts[file] for each in self._read(part)]
                yield FileFindings(file, sorted(found, key=in_order))

    def _read(self, part: tuple[int, int]) -> list[Located]:
        offset, length = part
        self._file.seek(offset)
        return self._decoder.decode(self._file.read(length))


def encoded(findings: list[Located]) -> bytes:
    """Findings as they are kept, and as one process sends them to another."""
    return msgspec.msgpack.encode(findings)

"""From the API server's JSON to records: pure decoding, straight into small structs.

One file per family of kinds holds its wire structs, which name only the fields that a check
reads, and their projection into the views of ``inventory``. Everything else is skipped while
parsing and never becomes a Python object.
"""

from assessor.inventory.decoding.events import (
    EventHead,
    EventType,
    WatchEvent,
    decode_event,
    decode_head,
)
from assessor.inventory.decoding.interning import Interner
from assessor.inventory.decoding.pages import ListPage, decode_list, decode_object
from assessor.inventory.decoding.results import MalformedRecord, Record

__all__ = [
    "EventHead",
    "EventType",
    "Interner",
    "ListPage",
    "MalformedRecord",
    "Record",
    "WatchEvent",
    "decode_event",
    "decode_head",
    "decode_list",
    "decode_object",
]

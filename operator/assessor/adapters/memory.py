"""How the process holds memory: freed pages go back, and what lasts is not looked at again.

The lists of a large cluster pass through once, in bodies of megabytes, beside tens of thousands of
small records that stay. Measured on 4,000 pods in 400 namespaces: 111 MiB resident without this,
96 MiB with it (`make bench`).
"""

import ctypes
import gc

M_TRIM_THRESHOLD = -1
M_MMAP_THRESHOLD = -3
M_ARENA_MAX = -8
"""Parameters of mallopt(3), as glibc's malloc.h numbers them."""

LARGE = 128 * 1024
"""Bytes of a block that gets pages of its own, which go back when it is freed.

It is glibc's default, but set: otherwise it grows with each block that is freed, up to 32 MiB."""


def tune() -> None:
    """Set up the C library's allocator and the garbage collector, once the imports are done."""
    libc = ctypes.CDLL(None)
    if mallopt := getattr(libc, "mallopt", None):
        mallopt(M_MMAP_THRESHOLD, LARGE)
        mallopt(M_TRIM_THRESHOLD, 2 * LARGE)
        mallopt(M_ARENA_MAX, 1)
    gc.collect()
    # Modules and classes live as long as the process: they are not searched for garbage.
    gc.freeze()

"""The pure layers import what is on this list and nothing else: a deny-list always forgets one."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "operator" / "assessor"
PURE = ("kernel", "inventory", "analysis", "catalogue", "checks", "engine", "api", "reporting")
ROOMS = {*PURE, "adapters", "controller", "scanner", "cli"}

# Modules without I/O, without a clock of their own and without global state.
ALLOWED = {
    "assessor",
    "bisect",
    "collections",
    "collections.abc",
    "contextlib",
    "base64",
    "copy",
    "dataclasses",
    "difflib",
    "enum",
    "fnmatch",
    "functools",
    "hashlib",
    "heapq",
    "inspect",
    "ipaddress",
    "itertools",
    "json",
    "math",
    "operator",
    "re",
    "string",
    "textwrap",
    "types",
    "typing",
    "msgspec",
    "msgspec.structs",
    "pydantic",
    "pydantic.alias_generators",
    "pydantic_core",
}
# Beyond the list, each with its reason.
EXCEPTIONS = {
    # Values that a clock gave, and differences between them; ruff bans datetime.now.
    ("*", "datetime"),
    # checks.load() walks its own package.
    ("checks", "importlib"),
    ("checks", "pkgutil"),
    ("checks", "pathlib"),
    # Detectors of credentials: only their patterns are used, and a test shows it.
    ("inventory", "importlib"),
    # Paths within an image and a build's folder are text.
    ("inventory", "posixpath"),
    ("analysis", "posixpath"),
    # Statuses are packed: bytes in, bytes out.
    ("inventory", "zlib"),
    # Tables are rendered into strings.
    ("reporting", "io"),
    # Text is escaped for XML.
    ("reporting", "xml"),
    ("reporting", "rich"),
}


def modules() -> list[Path]:
    """Every module of a pure layer."""
    return [path for layer in PURE for path in sorted((PACKAGE / layer).rglob("*.py"))]


def imports(path: Path) -> Iterator[str]:
    """The modules that ``path`` imports, wherever in it the import stands."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide the layer"
            yield node.module or ""


def is_allowed(layer: str, module: str) -> bool:
    """Whether ``layer`` may import ``module``."""
    root = module.partition(".")[0]
    if root == "assessor" or module in ALLOWED:
        return True
    return bool({("*", root), (layer, root)} & EXCEPTIONS)


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_pure_module_imports_only_what_is_allowed(path: Path) -> None:
    """No I/O, no clock, no environment: shown by what is not imported."""
    layer = path.relative_to(PACKAGE).parts[0]
    assert [module for module in imports(path) if not is_allowed(layer, module)] == []


def test_every_room_is_on_the_drawing() -> None:
    """A new top-level room is a decision: it belongs into the import contracts and up here."""
    assert {path.parent.name for path in PACKAGE.glob("*/__init__.py")} == ROOMS


def test_the_source_root_is_not_a_package() -> None:
    """An __init__.py there would shadow the standard library's `operator`."""
    assert not (PACKAGE.parent / "__init__.py").exists()


def test_the_list_refuses_what_does_io() -> None:
    """The test above can fail."""
    for module in ("os", "socket", "kopf", "asyncio", "time", "urllib.request", "importlib"):
        assert not is_allowed("engine", module)


def test_modules_say_what_they_hold_and_stay_short() -> None:
    """Each module starts with a docstring and has fewer than 300 lines."""
    for path in sorted(PACKAGE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert ast.get_docstring(ast.parse(text)), f"{path} does not say what it holds"
        assert len(text.splitlines()) < 300, f"{path} holds more than one subject"

"""Random YAML: mostly plain, with what is ambiguous or broken strewn in."""

from hypothesis import strategies as st

_WORDS = """
a web app nginx kind metadata y Yes no ON off true False null NULL ~ n N y1 o0 0 1 -1 010 08
0o17 0x1F 0b11 1_000 1e3 1.5 1.0 .5 5. +1 -0 1.2.3 10.0.0.0/8 100m 64Mi 1h 2001-01-01 12:30
190:20:30 .inf -.inf .nan --flag=a -x /bin/sh a:b a/b=c a@b,c $(X) %a << é 1__0 0_7 ==
12345678901234567890 123456789012345678 99999999999999999999999 0x 0b 1e 1e400 -.5e1 0b-11
"""
WORDS = tuple(_WORDS.split())
QUOTED = ('"a b"', "'a b'", '""', "''", '"a: b # c"', "'it''s'", '"a\\tb"', '"yes"', "'010'")
FLOW = (
    "[]",
    "{}",
    "[a, b]",
    "[a,b]",
    "[ a ]",
    "[a, ]",
    "{a: b}",
    "{a: b, a: c}",
    "{yes: 1}",
    "[1, 010, yes, '2']",
    "{a: 100m, b: 64Mi}",
    "[a: b]",
    "[[a], b]",
    "{a}",
    '["a, b", c]',
)
ODD = ("|", ">-", "&x a", "*x", "!!str 1", "!a b", "? a", "- a", "a: b", "a #b", "a # b", "#", "@a")
TAILS = ("", "", "", " ", "  # note", " #", "\t", "\r")

values = st.sampled_from((*WORDS, *WORDS, *QUOTED, *FLOW, *ODD))
keys = st.sampled_from((*WORDS, "a", "b", "c", "d.e/f", '"a"', "'b c'", "a b", "<<", "? a", "-a"))
lines = st.one_of(
    st.builds("{}: {}".format, keys, values),
    st.builds("{}: {}".format, keys, values),
    st.builds("{}:".format, keys),
    st.builds("- {}: {}".format, keys, values),
    st.builds("- {}:".format, keys),
    st.builds("- {}".format, values),
    st.sampled_from(["", "# note", "-", "- - a", "---", "...", "a", "text of\n  two lines"]),
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """Lines whose indentation mostly makes sense."""
    made: list[str] = []
    indent = 0
    for _ in range(draw(st.integers(1, 10))):
        line = draw(lines)
        made.append(" " * indent + line + draw(st.sampled_from(TAILS)))
        deeper = 2 if line.endswith(":") or line.startswith("- ") else 0
        indent = max(0, indent + draw(st.sampled_from([0, deeper, deeper, -2, -2, 1, -4])))
    return "\n".join(made) + draw(st.sampled_from(["\n", ""]))

"""The control reference: a page for each control, with what its checks say and show."""

from assessor.catalogue.checklist import CONTROLS
from assessor.checks.loading import load
from assessor.cli.reference import reference_files
from assessor.reporting.reference import pages

PAGES = {path.name: text for path, text in reference_files().items()}
CHECKS = load()


def test_every_control_has_a_page() -> None:
    """And the list links each of them."""
    assert len(CONTROLS) == 64
    assert PAGES.keys() == {"README.md", *(f"{control.id}.md" for control in CONTROLS)}
    assert all(f"]({control.id}.md)" in PAGES["README.md"] for control in CONTROLS)


def test_every_check_is_on_its_control_s_page_with_before_and_after() -> None:
    """Two blocks of the language that it judges."""
    for check in CHECKS:
        page = (
            PAGES[f"{check.control}.md"].partition(f"\n## `{check.id}`\n")[2].partition("\n## ")[0]
        )
        language = "dockerfile" if check.at_build else "yaml"
        assert page.count(f"```{language}\n") == 2, check.id
        assert "\nBefore:\n" in page
        assert "\nAfter:\n" in page
        assert check.remediation.strip() in page


def test_the_list_counts_what_is_automated() -> None:
    """By the checks that there are, and no page claims one that is not there."""
    automated = {check.control for check in CHECKS}
    told = f"{len(automated)} of 64 are automated, by {len(CHECKS)} checks."
    assert told in PAGES["README.md"]
    bare = {name for name, text in PAGES.items() if "No check automates it yet" in text}
    assert bare == {f"{control.id}.md" for control in CONTROLS if control.id not in automated}
    assert "0 of 64 are automated" in pages(CONTROLS, ())["README.md"]

"""The bill of materials of the image's Python packages, as CycloneDX JSON: `make image` writes it.

What is shipped is what requirements.lock pins; licences and dependencies are those that the
packages tell that are installed here, of the same versions. Two runs write the same bytes: it has
no serial number and no time.
"""

import json
import re
import sys
from importlib.metadata import metadata, requires, version
from pathlib import Path

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import License, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from assessor import __version__
from licences import SHIPPED, licences_of

ROOT = Path(__file__).parents[1]
PRODUCT = "kube-assessor"
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)==(\S+) \\$", re.MULTILINE)


def main() -> None:
    """Write the document into the file that is named; SystemExit where versions differ."""
    (target,) = map(Path, sys.argv[1:])
    target.parent.mkdir(parents=True, exist_ok=True)
    bom = bill_of_materials((ROOT / SHIPPED).read_text(encoding="utf-8"))
    target.write_text(rendered(bom), encoding="utf-8")
    print(f"sbom: {len(bom.components)} packages in {target}")


def bill_of_materials(lock: str) -> Bom:
    """One component for each pin, the product as what they are parts of."""
    packages = {name: _component(name, pinned) for name, pinned in PIN.findall(lock)}
    product = _component(PRODUCT, __version__, ComponentType.APPLICATION)
    bom = Bom(components=packages.values())
    bom.metadata.component = product
    for component in (product, *packages.values()):
        bom.register_dependency(
            component, [packages[name] for name in _needs(component.name) if name in packages]
        )
    return bom


def rendered(bom: Bom) -> str:
    """CycloneDX 1.6 as JSON, without what is another at each run."""
    document = json.loads(JsonV1Dot6(bom).output_as_string())
    del document["serialNumber"], document["metadata"]["timestamp"]
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _component(name: str, pinned: str, kind: ComponentType = ComponentType.LIBRARY) -> Component:
    if version(name) != pinned:
        sys.exit(f"sbom: {name} {version(name)} is installed, {pinned} is shipped: make lint")
    purl = PackageURL("pypi", name=name, version=pinned)
    return Component(
        type=kind,
        name=name,
        version=pinned,
        purl=purl,
        bom_ref=str(purl),
        description=metadata(name).get("Summary"),
        licenses=_licences(name),
    )


def _licences(name: str) -> list[License]:
    """What the package tells; an expression stands alone, as CycloneDX wants it."""
    made = [LicenseFactory().make_from_string(told) for told in licences_of(name)]
    return [each for each in made if isinstance(each, LicenseExpression)][:1] or made


def _needs(name: str) -> list[str]:
    """What the package requires on this platform without extras, by canonical name."""
    needed = map(Requirement, requires(name) or ())
    return sorted(
        canonicalize_name(each.name)
        for each in needed
        if each.marker is None or each.marker.evaluate({"extra": ""})
    )


if __name__ == "__main__":
    main()

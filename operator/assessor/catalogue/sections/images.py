"""Image build: what goes into an image, and how one knows."""

from assessor.catalogue.controls import Control, Section
from assessor.catalogue.sections.scopes import N_B, B
from assessor.kernel.severity import Severity

IMAGES = (
    Control(
        "IMAGE-01",
        "No sudo in RUN",
        Section.IMAGES,
        B,
        Severity.MEDIUM,
        "A build runs as root already; sudo in it hides who runs what and leaves the tool in "
        "the image.",
    ),
    Control(
        "IMAGE-02",
        "COPY instead of ADD",
        Section.IMAGES,
        B,
        Severity.LOW,
        "ADD also downloads and unpacks, so one line may bring in content that nobody has "
        "verified.",
    ),
    Control(
        "IMAGE-03",
        "No blanket package upgrades",
        Section.IMAGES,
        B,
        Severity.MEDIUM,
        "An upgrade of everything makes each build different, so that nobody can say what was "
        "tested.",
    ),
    Control(
        "IMAGE-04",
        "Pinned package versions and an SBOM",
        Section.IMAGES,
        B,
        Severity.MEDIUM,
        "Only known versions can be compared with known weaknesses, and only they build twice "
        "the same.",
    ),
    Control(
        "IMAGE-05",
        "No secrets in the Dockerfile",
        Section.IMAGES,
        B,
        Severity.CRITICAL,
        "Layers and build arguments are part of the image. Everyone who can pull it can read "
        "them, even when a later layer deletes the file.",
    ),
    Control(
        "IMAGE-06",
        "Minimal packages",
        Section.IMAGES,
        B,
        Severity.LOW,
        "Each package that is not needed is one more to patch, and one more tool for an intruder.",
    ),
    Control(
        "IMAGE-07",
        "Minimal ports",
        Section.IMAGES,
        N_B,
        Severity.LOW,
        "Each open port is a way in. Only those that the application serves should be declared.",
    ),
    Control(
        "IMAGE-08",
        "No wget, curl or netcat in the final image",
        Section.IMAGES,
        B,
        Severity.MEDIUM,
        "Download and tunnel tools are what an intruder would have to bring along. Do not "
        "provide them.",
    ),
    Control(
        "IMAGE-09",
        "A .dockerignore",
        Section.IMAGES,
        B,
        Severity.LOW,
        "Without it the build context takes along version history, keys and environment files.",
    ),
    Control(
        "IMAGE-10",
        "Multi-stage builds with few layers",
        Section.IMAGES,
        B,
        Severity.LOW,
        "A last stage that holds only the result leaves compilers and sources behind.",
    ),
    Control(
        "IMAGE-11",
        "Absolute WORKDIR, no cd",
        Section.IMAGES,
        B,
        Severity.LOW,
        "With an absolute WORKDIR each instruction's folder is plain to see. A cd lasts only "
        "as long as its RUN.",
    ),
    Control(
        "IMAGE-12",
        "No recursive COPY of the context",
        Section.IMAGES,
        B,
        Severity.MEDIUM,
        "Copying everything copies what nobody meant to ship.",
    ),
    Control(
        "IMAGE-13",
        "No latest tag",
        Section.IMAGES,
        N_B,
        Severity.HIGH,
        "A tag that moves means that nobody knows what runs, and that a restart may run "
        "something else.",
    ),
    Control(
        "IMAGE-14",
        "No remote-control tools",
        Section.IMAGES,
        B,
        Severity.HIGH,
        "A remote shell or desktop in a container is a second door with its own credentials "
        "and no audit.",
    ),
    Control(
        "IMAGE-15",
        "Images are signed and verified before deployment",
        Section.IMAGES,
        N_B,
        Severity.HIGH,
        "A signature that is verified at admission keeps out images that the build system did "
        "not make.",
    ),
    Control(
        "IMAGE-16",
        "Dockerfiles are scanned",
        Section.IMAGES,
        B,
        Severity.LOW,
        "A scanner reads each Dockerfile with the same care, on each change.",
    ),
    Control(
        "IMAGE-17",
        "Images are scanned",
        Section.IMAGES,
        B,
        Severity.HIGH,
        "Weaknesses become known after an image is built. Only repeated scans of what runs "
        "find them.",
    ),
    Control(
        "IMAGE-18",
        "Secure CI/CD",
        Section.IMAGES,
        B,
        Severity.MEDIUM,
        "Whoever controls the build controls everything that it ships. Provenance shows which "
        "build, from which source.",
    ),
)

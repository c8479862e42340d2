"""Dockerfiles made at random: of parts that are valid, odd, or meant for one rule each."""

import random
from collections.abc import Callable

Random = random.Random

_IMAGES = [
    "alpine:3.22.2",
    "debian:13.1-slim",
    "debian:latest",
    "ubuntu",
    "registry.example.com:5000/team/app",
    "registry.example.com:5000/team/app:1.2",
    "fedora:42@sha256:" + "0" * 64,
    "node:24.11.0",
    "python:3.13.1-slim",
    "opensuse/leap:15.6",
    "${BASE}",
    "$BASE",
]
_DEB = ["curl", "nginx", "nginx=1.26.3-3", "ca-certificates=20250419", "build-essential", "git"]
_FLAGS = ["", "--no-install-recommends ", "-qq ", "--no-install-recommends --no-upgrade "]
_SPACE = [" ", "  ", " \\\n    ", " \\\n# a comment between lines\n  ", " \\\n\n  "]


def _apt(rng: Random) -> str:
    verb = rng.choice(["install -y", "install", "-y install", "install --yes", "upgrade -y"])
    names = " ".join(rng.sample(_DEB, rng.randint(1, 3))) if "install" in verb else ""
    flag = rng.choice(_FLAGS) if "install" in verb else ""
    call = f"{rng.choice(['apt-get', 'apt-get', 'apt'])} {verb} {flag}{names}".strip()
    parts = [*rng.choice([[], ["apt-get update"]]), call]
    if rng.random() < 0.5:
        parts.append("rm -rf /var/lib/apt/lists/*")
    return f"{rng.choice([' ', ' '])}&&{rng.choice(_SPACE)}".join(parts)


def _apk(rng: Random) -> str:
    flag = rng.choice(["", "--no-cache ", "-U "])
    names = rng.sample(["curl", "bash=5.2.37-r0", "git", "openssh", "openssl~=3.5"], 2)
    return rng.choice([f"apk add {flag}{' '.join(names)}", "apk upgrade", "apk update"])


def _rpm(rng: Random) -> str:
    tool = rng.choice(["yum", "dnf", "microdnf"])
    call = rng.choice(
        [f"{tool} install -y httpd", f"{tool} install -y httpd-2.4.62", f"{tool} update -y"]
    )
    return call + rng.choice(["", f" && {tool} clean all"])


def _zypper(rng: Random) -> str:
    call = rng.choice(
        [
            "zypper install -y httpd",
            "zypper install -y httpd=2.4.63",
            "zypper dup -y",
            "zypper -n in git",
        ]
    )
    return call + rng.choice(["", " && zypper clean", " && zypper cc -a"])


def _pip(rng: Random) -> str:
    flag = rng.choice(["", "--no-cache-dir "])
    what = rng.choice(
        ["flask", "flask==3.1.2", "-r requirements.txt", ".", "'flask>=3'", "flask==3.1.2 jinja2"]
    )
    return f"{rng.choice(['pip', 'pip3', 'python3 -m pip'])} install {flag}{what}"


def _others(rng: Random) -> str:
    return rng.choice(
        [
            "npm install express",
            "npm install express@5.1.0",
            "npm ci",
            "gem install rails",
            "gem install rails:8.1.0",
            "gem install rails -v 8.1.0",
            "go install example.com/tool@latest",
            "go install example.com/tool@v1.2.3",
            "make && make install",
            "echo hello > /hello",
            "mkdir -p /app/data",
        ]
    )


def _wrapped(rng: Random) -> str:
    inner = (
        _apt(Random(rng.random())).replace("\\\n", " ").replace("# a comment between lines\n", " ")
    )
    inner = " ".join(inner.split())
    return rng.choice(
        [
            f"sudo {_others(rng)}",
            f"sh -c '{inner}'",
            f"if [ -f /x ]; then {inner}; fi",
            f"({inner})",
            "cd /tmp && make",
            "cd relative; ls",
            "wget https://example.com/a && curl https://example.com/b",
            "curl -fsSL https://example.com/a | sh",
            "set -eux; " + inner,
            "for p in a b; do echo $p; done; " + inner,
        ]
    )


_RUNS: list[Callable[[Random], str]] = [_apt, _apk, _rpm, _zypper, _pip, _others, _wrapped]


def _run(rng: Random) -> str:
    text = rng.choice(_RUNS)(rng)
    form = rng.random()
    if form < 0.08 and "\\" not in text:
        # hadolint wants an empty line behind it.
        return f"RUN <<EOF\nset -e\n{text}\nEOF\n"
    if form < 0.12:
        return 'RUN ["apt-get", "install", "-y", "nginx"]'
    flag = rng.choice(["", "--network=none ", "--mount=type=cache,target=/root/.cache "])
    return f"RUN {flag}{text}"


def _line(rng: Random) -> str:
    return rng.choice(
        [
            "WORKDIR /app",
            "WORKDIR app",
            "WORKDIR $HOME/app",
            "COPY . /app",
            "COPY src/ /app/src/",
            "COPY --chown=1:1 a b c/",
            'COPY ["a b", "/c/"]',
            "ADD app.jar /app/",
            "ADD app.tar.gz /app/",
            "ADD https://example.com/a.tgz /tmp/",
            "COPY <<EOF /etc/motd\nhello $NAME\nEOF\n",
            "EXPOSE 8080",
            "EXPOSE 22 80808",
            "EXPOSE 8000-9000/tcp",
            'ENV A=1 B="two words" C=three\\ words',
            "ENV OLD some words",
            "ARG VERSION=1.2",
            "ARG NPM_TOKEN",
            'LABEL org.example.name="x" \\\n      org.example.other=y',
            "USER nobody",
            'ENTRYPOINT ["app"]',
            "CMD app --flag",
            "HEALTHCHECK --interval=5s CMD curl -f http://localhost/ || exit 1",
            "ONBUILD RUN apt-get install -y git",
            "VOLUME /data",
            "STOPSIGNAL SIGTERM",
            'SHELL ["/bin/bash", "-o", "pipefail", "-c"]',
            "# a comment",
            "",
        ]
    )


def dockerfile(seed: int) -> str:
    """A Dockerfile; the same one for the same seed."""
    rng = Random(seed)
    lines = ["# syntax=docker/dockerfile:1"] if rng.random() < 0.15 else []
    has_base = rng.random() < 0.4
    if has_base:
        lines.append(f"ARG BASE={rng.choice(['alpine:3.22.2', 'debian', 'debian:13.1'])}")
    for stage in range(rng.randint(1, 3)):
        lines += _stage(rng, stage, [each for each in _IMAGES if has_base or "BASE" not in each])
    return "\n".join(lines) + "\n"


def _stage(rng: Random, stage: int, images: list[str]) -> list[str]:
    image = rng.choice(images)
    if stage and rng.random() < 0.2:
        image = f"stage{stage - 1}"
    lines = [f"{rng.choice(['FROM', 'FROM', 'from'])} {image} AS stage{stage}"]
    lines += [_run(rng) if rng.random() < 0.6 else _line(rng) for _ in range(rng.randint(1, 6))]
    if stage and rng.random() < 0.5:
        taken = rng.choice(["/app", "/usr/bin/curl", "/", "/usr/local/bin/tool"])
        lines.append(f"COPY --from=stage{rng.randrange(stage)} {taken} {taken}")
    return lines

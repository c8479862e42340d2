"""What packages bring, by their names: tools to build, to download, to control a machine."""

import re
from collections.abc import Mapping

_BUILD_TOOLS: Mapping[str, str] = {
    "build-essential": "gcc",
    "build-base": "gcc",
    "base-devel": "gcc",
    "gcc": "gcc",
    "gcc-c++": "g++",
    "g++": "g++",
    "clang": "clang",
    "llvm": "clang",
    "gfortran": "gfortran",
    "make": "make",
    "cmake": "cmake",
    "automake": "automake",
    "autoconf": "autoconf",
    "libtool": "libtool",
    "ninja-build": "ninja",
    "meson": "meson",
    "bison": "bison",
    "flex": "flex",
    "golang": "go",
    "golang-go": "go",
    "rust": "rustc",
    "rustc": "rustc",
    "cargo": "cargo",
    "maven": "mvn",
    "gradle": "gradle",
    "default-jdk": "javac",
    "default-jdk-headless": "javac",
    "git": "git",
    "subversion": "svn",
    "mercurial": "hg",
    "patch": "patch",
    "linux-headers": "headers",
    "musl-dev": "headers",
    "kernel-headers": "headers",
    "python3-dev": "headers",
}
_DEVELOPMENT = re.compile(r".+-(?:dev|devel)$")
_COMPILERS = re.compile(
    r"(?:gcc|g\+\+|clang|llvm|golang|gcc-toolset|openjdk)-[0-9][0-9.]*(?:-go|-jdk(?:-headless)?)?$"
    r"|java-[0-9.]+-openjdk-devel$|openjdk[0-9]+(?:-jdk)?$"
)

DOWNLOADERS: Mapping[str, str] = {
    "curl": "curl",
    "curl-minimal": "curl",
    "wget": "wget",
    "wget2": "wget2",
    "netcat": "nc",
    "netcat-openbsd": "nc",
    "netcat-traditional": "nc",
    "gnu-netcat": "nc",
    "openbsd-netcat": "nc",
    "nc": "nc",
    "ncat": "ncat",
    "nmap-ncat": "ncat",
    "nmap": "nmap",
    "socat": "socat",
    "aria2": "aria2c",
    "lynx": "lynx",
    "httpie": "http",
    "telnet": "telnet",
    "inetutils-telnet": "telnet",
    "ftp": "ftp",
    "lftp": "lftp",
    "tftp": "tftp",
}
"""Packages that download or tunnel, and their programs."""

DOWNLOAD_PROGRAMS = frozenset({"curl", "wget", "wget2", "nc", "ncat", "netcat", "socat", "aria2c"})
"""Programs that a build step may call where the base image brings them."""

REMOTE_CONTROL: Mapping[str, str] = {
    "openssh-server": "sshd",
    "openssh": "sshd",
    "ssh": "sshd",
    "sshd": "sshd",
    "dropbear": "dropbear",
    "tinyssh": "tinysshd",
    "telnetd": "telnetd",
    "inetutils-telnetd": "telnetd",
    "telnet-server": "telnetd",
    "krb5-telnet": "telnetd",
    "busybox-extras": "telnetd",
    "rsh-server": "in.rshd",
    "rsh-redone-server": "in.rshd",
    "tightvncserver": "vncserver",
    "tigervnc": "vncserver",
    "tigervnc-server": "vncserver",
    "tigervnc-standalone-server": "vncserver",
    "vnc4server": "vncserver",
    "vnc-server": "vncserver",
    "x11vnc": "x11vnc",
    "novnc": "novnc",
    "xrdp": "xrdp",
    "teamviewer": "teamviewer",
    "anydesk": "anydesk",
    "rustdesk": "rustdesk",
    "webmin": "webmin",
    "cockpit": "cockpit-ws",
    "shellinabox": "shellinaboxd",
    "ttyd": "ttyd",
    "gotty": "gotty",
    "wetty": "wetty",
    "tmate": "tmate",
    "xpra": "xpra",
    "nomachine": "nxserver",
}
"""Packages by which a machine is controlled from afar, and their programs."""

REMOTE_PROGRAMS = frozenset(
    {*REMOTE_CONTROL.values(), "Xvnc", "Xtightvnc", "x0vncserver", "teamviewerd", "in.telnetd"}
) - {"novnc"}
"""Programs that open such a door when they are run."""


def build_tool(package: str) -> str | None:
    """The program of a package that compiles or builds; None where it is no such package."""
    if package in _BUILD_TOOLS:
        return _BUILD_TOOLS[package]
    if _DEVELOPMENT.match(package):
        return "headers"
    found = _COMPILERS.match(package)
    return package.partition("-")[0] if found else None


def builds(program: str, arguments: tuple[str, ...]) -> bool:
    """Whether a command compiles something."""
    if program in ("make", "cmake", "ninja", "gcc", "g++", "cc", "c++", "clang", "rustc", "javac"):
        return not set(arguments) & {"--version", "-v", "--help"}
    wanted = _SUBCOMMANDS.get(program)
    return wanted is not None and any(text in wanted for text in arguments)


_SUBCOMMANDS: Mapping[str, frozenset[str]] = {
    "go": frozenset({"build", "install"}),
    "cargo": frozenset({"build", "install"}),
    "mvn": frozenset({"package", "install", "verify"}),
    "mvnw": frozenset({"package", "install", "verify"}),
    "gradle": frozenset({"build", "assemble", "bootJar", "shadowJar", "installDist"}),
    "gradlew": frozenset({"build", "assemble", "bootJar", "shadowJar", "installDist"}),
    "dotnet": frozenset({"build", "publish"}),
    "npm": frozenset({"build"}),
    "yarn": frozenset({"build"}),
    "pnpm": frozenset({"build"}),
    "swift": frozenset({"build"}),
    "sbt": frozenset({"package", "assembly", "stage", "dist"}),
}
"""By program, the words with which it compiles."""

"""Certificates and keys of one control plane, made anew at each start and worth nothing after."""

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from msgspec import Struct

LIFETIME = dt.timedelta(days=7)
LOOPBACK = ipaddress.ip_address("127.0.0.1")


class Certificates(Struct, frozen=True):
    """Paths of PEM files."""

    ca: Path
    server_certificate: Path
    server_key: Path
    service_account_key: Path


def make(folder: Path) -> Certificates:
    """Write a certificate authority, the API server's certificate and the tokens' key."""
    authority_key = ec.generate_private_key(ec.SECP256R1())
    server_key = ec.generate_private_key(ec.SECP256R1())
    authority = _signed(
        _certificate("kube-assessor playground", authority_key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_certificate_signing(), critical=True),
        authority_key,
    )
    server = _signed(
        _certificate("kube-apiserver", server_key.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(LOOPBACK)]),
            critical=False,
        ),
        authority_key,
    )
    token_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return Certificates(
        ca=_write(folder / "ca.crt", authority.public_bytes(serialization.Encoding.PEM)),
        server_certificate=_write(
            folder / "kube-apiserver.crt", server.public_bytes(serialization.Encoding.PEM)
        ),
        server_key=_write(folder / "kube-apiserver.key", _pem(server_key)),
        service_account_key=_write(folder / "service-accounts.key", _pem(token_key)),
    )


def _certificate(name: str, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)  # noqa: TID251 - the validity is of this very moment
    issuer = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "kube-assessor playground")])
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(minutes=5))
        .not_valid_after(now + LIFETIME)
    )


def _certificate_signing() -> x509.KeyUsage:
    """RFC 5280, 4.2.1.3; a CA without it is refused by OpenSSL's strict checks."""
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _signed(builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    return builder.sign(key, hashes.SHA256())


def _pem(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def _write(path: Path, content: bytes) -> Path:
    path.touch(mode=0o600)
    path.write_bytes(content)
    return path

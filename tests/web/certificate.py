"""Certificates of the test web, made anew at each start: an authority and what it signed.

hosts of the web    a good certificate
tls-expired.test    one that ended a year ago
tls-future.test     one that begins in a year
tls-name.test       one for another name
tls-self.test       one that signed itself
tls-worse.test      one that signed itself, for another name, and ended
tls-old.test        TLS 1.0 only, through the proxy (see doors.py); asked directly, no handshake
tls-older.test      the same
tls-cipher.test     no cipher that encrypts, through the proxy
tls-plain.test      http where https is expected, through the proxy
tls-closed.test     an end without a word, through the proxy
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from tempfile import TemporaryDirectory
from warnings import catch_warnings, simplefilter

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

EXPIRED, OTHER_NAME, OLD = "tls-expired.test", "tls-name.test", "tls-old.test"
FUTURE, SELF, WORSE = "tls-future.test", "tls-self.test", "tls-worse.test"
OLDER, CIPHER, PLAIN, CLOSED = (
    "tls-older.test",
    "tls-cipher.test",
    "tls-plain.test",
    "tls-closed.test",
)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Authority:
    """A key and the certificate it signed itself."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


def authority() -> Authority:
    """A new authority; a client that trusts its `pem` can verify the web."""
    key = ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(True, False, False, False, False, True, True, False, False)
    unsigned = (
        _blank("test web authority", "test web authority", key, _now() - DAY, _now() + 30 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False)
    )
    return Authority(key, unsigned.sign(key, hashes.SHA256()))


def server_context(signer: Authority, hosts: Iterable[str]) -> ssl.SSLContext:
    """The TLS context of the web: which certificate depends on the name the client asks for."""
    good = _context(signer, [*hosts, "localhost"], _now() - DAY, _now() + 30 * DAY)
    special = {
        EXPIRED: _context(signer, [EXPIRED], _now() - 730 * DAY, _now() - 365 * DAY),
        FUTURE: _context(signer, [FUTURE], _now() + 365 * DAY, _now() + 730 * DAY),
        OTHER_NAME: _context(signer, ["www.another.test"], _now() - DAY, _now() + 30 * DAY),
        SELF: _context(None, [SELF], _now() - DAY, _now() + 30 * DAY),
        WORSE: _context(None, ["www.another.test"], _now() - 730 * DAY, _now() - 365 * DAY),
    }
    good.sni_callback = _chooser(special)
    return good


def old_contexts(signer: Authority) -> dict[str, ssl.SSLContext]:
    """The TLS contexts of servers that cannot do better, by host."""
    old = _context(signer, [OLD, OLDER], _now() - DAY, _now() + 30 * DAY)
    with catch_warnings():
        simplefilter("ignore", DeprecationWarning)
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1
    old.set_ciphers("ALL:@SECLEVEL=0")
    blank = _context(signer, [CIPHER], _now() - DAY, _now() + 30 * DAY)
    blank.maximum_version = ssl.TLSVersion.TLSv1_2
    blank.set_ciphers("ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0")
    return {OLD: old, OLDER: old, CIPHER: blank}


def _chooser(
    special: dict[str, ssl.SSLContext],
) -> Callable[[ssl.SSLObject, str, ssl.SSLContext], int | None]:
    def choose(connection: ssl.SSLObject, name: str | None, _: ssl.SSLContext) -> int | None:
        if name == OLD:
            return int(ssl.ALERT_DESCRIPTION_PROTOCOL_VERSION)
        if name in special:
            connection.context = special[name]
        return None

    return choose


def _context(
    signer: Authority | None, names: list[str], begin: datetime, end: datetime
) -> ssl.SSLContext:
    """A server context with one certificate for the names and 127.0.0.1; it signs itself where
    there is no signer."""
    key = ec.generate_private_key(ec.SECP256R1())
    signing = signer.key if signer else key
    alternatives: list[x509.GeneralName] = [x509.DNSName(name) for name in names]
    alternatives.append(x509.IPAddress(ip_address("127.0.0.1")))
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    issuer = "test web authority" if signer else "test web"
    certificate = (
        _blank("test web", issuer, key, begin, end)
        .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        .add_extension(identifier, critical=False)
        .sign(signing, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with TemporaryDirectory() as folder:  # load_cert_chain reads files only
        path = Path(folder) / "server.pem"
        path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
        context.load_cert_chain(path)
    return context


def _blank(
    subject: str, issuer: str, key: ec.EllipticCurvePrivateKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    """A certificate before its extensions and signature."""
    return (
        x509.CertificateBuilder()
        .subject_name(_name(subject))
        .issuer_name(_name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
    )


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _now() -> datetime:
    """The only clock of the test web that is real: clients check certificates against it."""
    return datetime.now(UTC)

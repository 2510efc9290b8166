"""TLS with servers as they are: a certificate is judged and noted, never a reason not to fetch.

Government sites serve certificates that ended, bear another name, or come without the certificates
that lead to a known authority. What such a server sends is archived, with the verdict beside it:
`ok`, or every problem OpenSSL and the check of the name (RFC 6125) found. The authorities are those
of the machine: OpenSSL's default paths, which `SSL_CERT_FILE` and `SSL_CERT_DIR` replace; certifi's
list is not used. Where the machine has none, everything is `unknown-issuer`.

A handshake needs TLS 1.2 and OpenSSL's default ciphers and renegotiation, unless a site definition
says `legacy_tls`: then the hosts in that site's scope, and no others, may use TLS 1.0 and 1.1, every
cipher of OpenSSL's security level 0, and servers without RFC 5746. A handshake that fails is a
failure with the class `failure` finds. Nothing goes over http because https failed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import VerificationError
from service_identity.exceptions import CertificateError
from service_identity.hazmat import DNS_ID, IPAddress_ID, verify_service_identity
from service_identity.pyopenssl import extract_patterns
from twisted.internet.abstract import isIPAddress, isIPv6Address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer

from archive.sites import spans

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

TLSError = SSL.Error
OK = "ok"
# X509_V_ERR_… of OpenSSL's x509_vfy.h. `unknown-issuer`: no way to an authority of the machine,
# whether the server left certificates out or an authority nobody knows signed them. What is not
# here is `error-` and its number.
_PROBLEMS = {
    2: "unknown-issuer",  # UNABLE_TO_GET_ISSUER_CERT
    7: "bad-signature",
    9: "not-yet-valid",
    10: "expired",
    18: "self-signed",  # DEPTH_ZERO_SELF_SIGNED_CERT
    19: "unknown-issuer",  # SELF_SIGNED_CERT_IN_CHAIN
    20: "unknown-issuer",  # UNABLE_TO_GET_ISSUER_CERT_LOCALLY
    21: "unknown-issuer",  # UNABLE_TO_VERIFY_LEAF_SIGNATURE: beside 20, the leaf came alone
    24: "not-an-authority",
    26: "wrong-purpose",
    66: "weak-key",  # EE_KEY_TOO_SMALL
    67: "weak-key",  # CA_KEY_TOO_SMALL
    68: "weak-signature",  # CA_MD_TOO_WEAK
    79: "not-an-authority",
}
_OF_ISSUER = {"expired", "not-yet-valid"}  # said of the server's own certificate or of a signer's
# What OpenSSL says when a handshake fails (ssl_err.c; alerts of RFC 8446, 6.2), by its class; the
# first that fits.
_FAILURES = (
    ("unsupported protocol", "tls-protocol"),
    ("protocol version", "tls-protocol"),
    ("version too low", "tls-protocol"),
    ("inappropriate fallback", "tls-protocol"),
    ("legacy renegotiation", "tls-renegotiation"),
    ("no renegotiation", "tls-renegotiation"),
    ("unrecognized name", "tls-name"),
    ("handshake failure", "tls-cipher"),
    ("insufficient security", "tls-cipher"),
    ("cipher", "tls-cipher"),
    ("dh key too small", "tls-cipher"),
    ("legacy sigalg", "tls-cipher"),
    ("wrong signature type", "tls-cipher"),
    ("wrong curve", "tls-cipher"),
    ("certificate", "tls-certificate"),  # broken, missing, or the server wants one of ours
    ("unknown ca", "tls-certificate"),
    ("wrong version number", "tls-not-spoken"),  # something else answers there, http as a rule
    ("http request", "tls-not-spoken"),
    ("packet length too long", "tls-not-spoken"),
    ("unexpected eof", "tls-closed"),
)


class HandshakeCut(Exception):
    """A connection ended without a word before its handshake did."""


class JudgedConnection(SSL.Connection):
    """A connection that remembers what is wrong with the certificates it was shown."""

    def __init__(self, context: SSL.Context, host: str) -> None:
        super().__init__(context)
        self.host, self.problems = host, dict[str, None]()
        self.set_connect_state()

    @property
    def is_open(self) -> bool:
        """Whether this side has finished the handshake: what is written from now on is sent."""
        return self.get_finished() is not None

    @property
    def verdict(self) -> str:
        """`ok`, or every problem, as `expired, host-mismatch`."""
        return ", ".join(self.problems) or OK

    def note(self, certificate: X509, error: int, depth: int) -> None:
        """Note what OpenSSL says of one certificate of the chain; the server's own has depth 0."""
        if error:
            problem = _PROBLEMS.get(error, f"error-{error}")
            self.problems[f"issuer-{problem}" if depth and problem in _OF_ISSUER else problem] = (
                None
            )
        if depth == 0 and not _names(certificate, self.host):
            self.problems["host-mismatch"] = None


def _names(certificate: X509, host: str) -> bool:
    """Whether a certificate is for a host. The common name alone is not read, as in browsers."""
    try:
        address = isIPAddress(host) or isIPv6Address(host)
        wanted = IPAddress_ID(host) if address else DNS_ID(host)
        verify_service_identity(extract_patterns(certificate), [wanted], [])
    except (VerificationError, CertificateError, ValueError):  # ValueError: it cannot be read
        return False
    return True


def _accept(connection: SSL.Connection, certificate: X509, error: int, depth: int, _: int) -> bool:
    assert isinstance(connection, JudgedConnection)
    connection.note(certificate, error, depth)
    return True


@implementer(IPolicyForHTTPS)
class Policy:
    """How each host is spoken to; `is_legacy` says which hosts may use old TLS."""

    def __init__(self, is_legacy: Callable[[str], bool]) -> None:
        self._is_legacy = is_legacy
        self._contexts: dict[bool, SSL.Context] = {}

    def creatorForNetloc(self, hostname: bytes, port: int) -> Creator:
        host = hostname.decode("ascii").strip("[]")
        legacy = self._is_legacy(host)
        if legacy not in self._contexts:
            self._contexts[legacy] = _context(legacy)
        return Creator(self._contexts[legacy], host)


@implementer(IOpenSSLClientConnectionCreator)
class Creator:
    """Makes the TLS connections to one host."""

    def __init__(self, context: SSL.Context, host: str) -> None:
        self._context, self._host = context, host

    def clientConnectionForTLS(self, tlsProtocol: Any) -> JudgedConnection:
        connection = JudgedConnection(self._context, self._host)
        if not (isIPAddress(self._host) or isIPv6Address(self._host)):
            connection.set_tlsext_host_name(self._host.encode("ascii"))
        return connection


def policy_for(crawler: Crawler) -> Any:
    """The policy of a crawl: old TLS for the hosts of sites whose definition allows it."""
    sites = getattr(crawler.spider, "sites", {}).values()
    allowing = [site for site in sites if site.politeness.legacy_tls]
    return Policy(lambda host: any(spans(site, host) for site in allowing))


def _context(legacy: bool) -> SSL.Context:
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_options(SSL.OP_ALL | SSL.OP_NO_COMPRESSION | SSL.OP_NO_TICKET)
    context.set_mode(SSL.MODE_RELEASE_BUFFERS)
    context.set_min_proto_version(SSL.TLS1_VERSION if legacy else SSL.TLS1_2_VERSION)
    context.set_cipher_list(b"ALL:!aNULL:!eNULL:@SECLEVEL=0" if legacy else b"DEFAULT")
    if legacy:
        context.set_options(SSL.OP_LEGACY_SERVER_CONNECT)
    context.set_default_verify_paths()
    context.set_verify(SSL.VERIFY_PEER, _accept)
    return context


def failure(error: BaseException | None) -> str | None:
    """The class of a failed handshake: `tls-protocol`, `tls-cipher`, …; None for other failures.

    >>> failure(SSL.Error([("SSL routines", "", "unsupported protocol")]))
    'tls-protocol'
    """
    for each in _causes(error):
        if isinstance(each, HandshakeCut):
            return "tls-closed"
        if isinstance(each, TLSError):
            told = "; ".join(str(part[-1]) for part in each.args[0]) if each.args else ""
            return next((name for sign, name in _FAILURES if sign in told), "tls-other")
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    """An error, what it was raised from, and the failures Twisted gathered in it."""
    waiting, seen = [error], set[int]()
    while waiting:
        each = waiting.pop()
        if each is not None and id(each) not in seen:  # an error can be its own cause
            seen.add(id(each))
            yield each
            reasons = getattr(each, "reasons", None) or ()
            waiting += [each.__cause__, *(getattr(reason, "value", None) for reason in reasons)]

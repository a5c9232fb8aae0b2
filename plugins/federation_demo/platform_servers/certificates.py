"""A certificate authority for one run, and a certificate that it signs for the loopback address."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.x509 import CertificateBuilder

_VALID = timedelta(days=30)


def make_certificates(folder: Path, host: str = "127.0.0.1") -> tuple[Path, Path]:
    """Write an authority's certificate, and the certificate of `host` with its key.

    Return both files (PEM).
    """
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    authority_key = ec.generate_private_key(ec.SECP256R1())
    authority = _authority(authority_key).sign(authority_key, hashes.SHA256())
    ca_file = folder / "ca.pem"
    ca_file.write_bytes(authority.public_bytes(Encoding.PEM))
    host_key = ec.generate_private_key(ec.SECP256R1())
    certificate = _of_host(host, host_key, authority_key).sign(authority_key, hashes.SHA256())
    private = host_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    server_file = folder / "server.pem"
    server_file.touch(0o600)
    server_file.write_bytes(certificate.public_bytes(Encoding.PEM) + private)
    return ca_file, server_file


def _authority(key: "EllipticCurvePrivateKey") -> "CertificateBuilder":
    from cryptography import x509

    usage = x509.KeyUsage(
        key_cert_sign=True,
        crl_sign=True,
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        _certificate("City platforms' authority", key, key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
    )


def _of_host(
    host: str, key: "EllipticCurvePrivateKey", authority: "EllipticCurvePrivateKey"
) -> "CertificateBuilder":
    from cryptography import x509
    from cryptography.x509.oid import ExtendedKeyUsageOID

    names = x509.SubjectAlternativeName(
        [x509.IPAddress(ip_address(host)), x509.DNSName("localhost")]
    )
    return (
        _certificate("City platform", key, authority)
        .add_extension(names, critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    )


def _certificate(
    name: str, key: "EllipticCurvePrivateKey", authority: "EllipticCurvePrivateKey"
) -> "CertificateBuilder":
    from cryptography import x509
    from cryptography.x509.oid import NameOID

    def called(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    return (
        x509.CertificateBuilder()
        .subject_name(called(name))
        .issuer_name(called("City platforms' authority"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(issuer, critical=False)
    )

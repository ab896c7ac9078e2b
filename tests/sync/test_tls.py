"""TLS to central with a certificate authority of the school's own."""

from __future__ import annotations

import ssl
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kiosk.services.ports import CentralUnreachable
from kiosk.sync.client import CentralClient
from kiosk.sync.line import CentralAddressError, CentralLine
from tests.sync.fake_central import FakeCentral, until


@pytest.fixture(scope="module")
def certificate_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate for 127.0.0.1 in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "canteen")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "central.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def server_context(certificate_file: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate_file)
    return context


def test_the_schools_own_authority_is_trusted_when_named(
    server_context: ssl.SSLContext, certificate_file: Path
) -> None:
    with FakeCentral(server_context) as central:
        address = replace(central.address(), ca_file=certificate_file)
        client = CentralClient(address, central.terminal())
        with closing(client.line):
            assert client.feed("", 0, 10, 0).epoch == "epoch-1"


def test_and_only_then(server_context: ssl.SSLContext) -> None:
    with FakeCentral(server_context) as central:
        client = CentralClient(central.address(), central.terminal())
        with closing(client.line), pytest.raises(CentralUnreachable):
            client.feed("", 0, 10, 0)


def test_a_long_poll_over_tls_is_broken_off_too(server_context: ssl.SSLContext, certificate_file: Path) -> None:
    with FakeCentral(server_context) as central:
        client = CentralClient(replace(central.address(), ca_file=certificate_file), central.terminal())
        client.feed("", 0, 10, 0)
        ended: list[Exception] = []

        def poll() -> None:
            try:
                client.feed("epoch-1", 0, 10, 20)
            except CentralUnreachable as error:
                ended.append(error)

        thread = Thread(target=poll)
        thread.start()
        until(lambda: len(central.requests_to("/v1/feed")) == 2)
        client.line.break_off()
        thread.join(10)
        client.line.close()
        assert ended


@pytest.mark.parametrize("content", [None, b"no certificate"])
def test_an_authority_file_that_cannot_be_used(content: bytes | None, tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    if content is not None:
        ca_file.write_bytes(content)
    with FakeCentral() as central, pytest.raises(CentralAddressError, match=r"ca\.pem"):
        CentralLine(replace(central.address(), url="https://central.example", ca_file=ca_file))

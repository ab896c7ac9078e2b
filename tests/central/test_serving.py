"""How the server serves: over TLS, through a fault of its database, and what it writes into its log."""

from __future__ import annotations

import datetime
import ipaddress
import json
import ssl
from pathlib import Path

import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import text

from kiosk.sync import wire
from tests.central.sales import new_id, pushed_event, yuan
from tests.central.support import Central, running_central


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that signs itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "central")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(hours=1))
        .add_extension(address, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    paths = folder / "tls.crt", folder / "tls.key"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return paths


def test_it_speaks_tls(tmp_path: Path) -> None:
    certificate, key = make_certificate(tmp_path)
    more = f'tls_certificate = "{certificate}"\ntls_key = "{key}"'
    trust = ssl.create_default_context(cafile=certificate)
    with running_central(tmp_path, more=more, verify=trust) as central:
        assert central.url.startswith("https://")
        assert central.enrol().grant(central.add_member("5.00"), "1.00").free_after == yuan("4.00")


def test_a_database_that_fails_is_a_503_and_nothing_has_happened(own_central: Central) -> None:
    terminal, member, request_id = own_central.enrol(), own_central.add_member("5.00"), new_id()
    request = wire.encode(wire.GrantRequest(request_id, member.card_uid, yuan("1.00")))

    def run_sql(statement: str) -> None:
        with own_central.parts.database.write() as connection:
            connection.execute(text(statement))

    with structlog.testing.capture_logs() as logs:
        run_sql("ALTER TABLE money_grant RENAME TO elsewhere")
        failed = terminal.send("POST", "/v1/grants", request)
        run_sql("ALTER TABLE elsewhere RENAME TO money_grant")
    assert (failed.status_code, failed.headers["Retry-After"]) == (503, "2")
    assert failed.json()["detail"] == "the database does not answer; try again"
    assert [entry["event"] for entry in logs] == ["database_unavailable"]
    assert member.card_uid not in repr(logs)
    assert terminal.grant(member, "1.00", request_id).free_after == yuan("4.00")


def test_the_log_names_no_person_no_card_and_no_code(own_central: Central) -> None:
    with structlog.testing.capture_logs() as logs:
        terminal, member = own_central.enrol(), own_central.add_member("5.00")
        code = own_central.parts.transactions.write(own_central.parts.desk.make_code)
        terminal.push(terminal.bought(member, "1.00"), pushed_event({"type": member.card_uid}))
        terminal.send("POST", "/v1/grants", f'{{"card_uid":"{member.card_uid}"}}'.encode())
        own_central.http.get("/v1/feed", headers={"Authorization": f"Kiosk {code}", wire.PROTOCOL_HEADER: "1"})
    assert {entry["event"] for entry in logs} == {"terminal_enrolled", "events_quarantined", "request_refused"}
    said = json.dumps(logs)
    for secret in (member.card_uid, member.id, code, code.replace("-", ""), own_central.parts.api_token, "王"):
        assert secret not in said

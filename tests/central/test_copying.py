"""From the embedded SQLite file to PostgreSQL: the same central afterwards, and terminals go on as if nothing was."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from central import cli
from kiosk.sync import wire
from tests.central.sales import counter_order, new_id, sale, yuan
from tests.central.support import running_central, write_settings
from tests.prove.sync.books import dump

pytestmark = [pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]


def test_everything_is_there_and_goes_on(
    tmp_path: Path, postgresql_url: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgresql_url()
    with running_central(tmp_path) as central:
        terminal, member, request_id = central.enrol(), central.add_member("50.00"), new_id()
        terminal.push(terminal.bought(member, "5.00"), {"type": "unheard_of"}, counter_order(terminal, "1.00"))
        open_grant = terminal.grant(member, "10.00", request_id)
        cursor = terminal.newest()
        config, before = central.config, dump(central.parts)
    assert cli.main(["copy-to", url, "--config", str(config)]) == 0
    assert f"copied {sum(map(len, before.values()))} rows" in capsys.readouterr().out
    with running_central(tmp_path, url) as central:
        assert dump(central.parts) == before
        terminal.http = central.http
        assert terminal.feed(*cursor).rows == ()
        late = sale(terminal, request_id, open_grant, "10.00"), {"type": "unheard_of"}, counter_order(terminal, "2.00")
        assert terminal.push(*late).last_seq == 6
        account = central.account(member)
        assert (account.booked, account.held) == (yuan("35.00"), yuan("0"))
        assert [q["seq"] for q in central.quarantine(terminal)] == [5, 2]
        assert isinstance(terminal.feed(*cursor), wire.FeedPage)
        assert {row.key for row in terminal.feed(*cursor).rows} >= {member.id}


def test_only_into_an_empty_postgresql(
    tmp_path: Path, postgresql_url: Callable[[], str], capsys: pytest.CaptureFixture[str]
) -> None:
    url = postgresql_url()
    config = write_settings(tmp_path)
    assert cli.main(["init", "--config", str(config)]) == 0
    copy = ["copy-to", url, "--config", str(config)]
    assert cli.main(copy) == 0
    assert cli.main(copy) == 1
    assert "nothing was copied" in capsys.readouterr().err
    for wrong in ("sqlite:///x", "::", "postgresql://secret:word@127.0.0.1:1/x"):
        assert cli.main(["copy-to", wrong, "--config", str(config)]) == 1
    assert "secret" not in capsys.readouterr().err.replace("secret:***", "")
    config = write_settings(tmp_path, url)
    assert cli.main(["copy-to", url, "--config", str(config)]) == 1
    assert "its own tools" in capsys.readouterr().err

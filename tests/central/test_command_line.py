"""`python -m central`: what it says, what it does, and its exit status."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central import cli
from tests.central.refunding import counter_payment_of, portions
from tests.central.sales import counter_order, yuan
from tests.central.support import Central, Terminal, write_settings

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "config" / "demo"


@dataclass(frozen=True)
class Result:
    status: int
    out: str
    err: str


@dataclass(frozen=True)
class CommandLine:
    """Runs commands in this process, on one settings file."""

    config: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: object) -> Result:
        self.capsys.readouterr()
        try:
            status = cli.main([*map(str, arguments), "--config", str(self.config)])
        except SystemExit as stopped:  # so argparse says that a command is wrong
            status = int(stopped.code or 0)
        said = self.capsys.readouterr()
        return Result(status, said.out, said.err)


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """On a server in `tmp_path` that `init` has not made yet."""
    more = f'[first_content]\nmenu = "{DEMO / "menu.toml"}"\nmembers = "{DEMO / "members.csv"}"'
    return CommandLine(write_settings(tmp_path, more=more), capsys)


@pytest.fixture
def run_on(central: Central, capsys: pytest.CaptureFixture[str]) -> CommandLine:
    """Beside the running server."""
    return CommandLine(central.config, capsys)


def test_init_makes_everything_once(run: CommandLine) -> None:
    first = run("init")
    assert first.status == 0
    assert re.search(r"imported the menu: \d+ dishes, \d+ combos\nimported \d+ members", first.out)
    before = {path.name: path.read_bytes() for path in (run.config.parent / "state").glob("*[ny]")}
    assert run("init").out == "the database is there already and up to date\n"
    assert {path.name: path.read_bytes() for path in (run.config.parent / "state").glob("*[ny]")} == before
    assert set(before) == {"api-token", "central.key", "seal.key", "audit.key"}


def test_a_first_menu_that_cannot_be_read_leaves_the_database_new(run: CommandLine, tmp_path: Path) -> None:
    good = run.config.read_text(encoding="utf-8")
    broken = tmp_path / "menu.toml"
    broken.write_text((DEMO / "menu.toml").read_text(encoding="utf-8").replace('price = "', 'price = "-', 1))
    run.config.write_text(good.replace(str(DEMO / "menu.toml"), str(broken)), encoding="utf-8")
    failed = run("init")
    assert failed.status == 2
    assert f"{broken}:" in failed.err
    assert "no content yet" in run("orders").err
    run.config.write_text(good, encoding="utf-8")
    assert "imported the menu" in run("init").out


def test_before_init_every_command_says_so(run: CommandLine) -> None:
    for command in (["serve"], ["orders"], ["enrol-code"], ["top-up", "x", "1"], ["import-menu", "x"]):
        result = run(*command)
        assert result.status == 1
        assert "run `python -m central init` first" in result.err


def test_orders_as_table_and_as_json(run_on: CommandLine, central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    paid, due = terminal.bought(member, "12.50"), counter_order(terminal, "8.00")
    terminal.push(paid, due)
    newest = json.loads(run_on("orders", "--limit", 2, "--json").out)
    assert [(o["number"], o["total"]["minor"], o["state"]) for o in newest] == [
        (due.order.number, 800, "awaiting_payment"),
        (paid.order.number, 1250, "paid"),
    ]
    assert newest == central.staff_get("/v1/orders?limit=2")
    lines = run_on("orders", "--limit", 2).out.splitlines()
    assert lines[0].split() == ["NUMBER", "TIME", "TOTAL", "REFUNDED", "STATE", "MODE", "MEMBER"]
    assert lines[1].startswith(due.order.number)
    assert lines[2].split()[-1] == member.id


def test_a_refund_for_a_terminal_that_is_no_more(run_on: CommandLine, central: Central, terminal: Terminal) -> None:
    member, refund_id = central.add_member("50.00"), uuid4()
    paid, due = portions(terminal.bought(member, "12.00"), 3), counter_order(terminal, "8.00")
    terminal.push(paid, due, counter_payment_of(due))
    who_and_why = ("--by", "Wang", "--reason", "burnt down")
    result = run_on("refund", paid.order.id, *who_and_why)
    assert (result.status, "may refund it itself" in result.err) == (1, True)
    run_on("revoke-terminal", terminal.enrolled.letter)
    twice_one = ("--line", "1", "--line", "1=1")
    for _ in range(2):
        result = run_on("refund", paid.order.id, *who_and_why, *twice_one, "--restock", "--id", refund_id)
        assert result.out == f"refund {refund_id}: 8.00 CNY\n"
    assert central.free(member) == yuan("46.00")
    row = next(x for x in run_on("orders").out.splitlines() if x.startswith(paid.order.number))
    assert row.split()[3:5] == ["12.00", "8.00"]
    assert "8.00 CNY of it was paid in cash: give it out here" in run_on("refund", due.order.id, *who_and_why).out
    assert run_on("refund", paid.order.id, *who_and_why, "--line", "x").status == 2
    assert run_on("refund", paid.order.id, *who_and_why, "--line", "1=9").status == 1


def test_a_code_from_the_command_line_enrols(run_on: CommandLine, central: Central) -> None:
    result = run_on("enrol-code")
    assert re.fullmatch(r"[0-9A-Z]{4}-[0-9A-Z]{4}\n", result.out)
    assert "15 minutes" in result.err
    assert central.post_enrol(result.out.strip(), Ed25519PrivateKey.generate()).status_code == 200
    assert run_on("enrol-code", "--replaces", "QQQ").err == "central: there is no terminal QQQ\n"


def test_terminals_are_listed_and_revoked(run_on: CommandLine, terminal: Terminal) -> None:
    letter = terminal.enrolled.letter
    assert run_on("revoke-terminal", letter).status == 0
    line = next(x for x in run_on("terminals").out.splitlines() if x.split()[0] == letter)
    assert "revoked" in line
    assert terminal.send("GET", "/v1/feed").status_code == 403
    assert run_on("revoke-terminal", "QQQ").status == 1


def test_a_top_up_is_booked_once_for_its_id(run_on: CommandLine, central: Central) -> None:
    member, top_up_id = central.add_member("10.00"), uuid4()
    for said in ("booked", "was booked before"):
        result = run_on("top-up", member.id, "12.50", "--id", top_up_id)
        assert (result.status, f"{top_up_id} {said}" in result.out) == (0, True)
        assert "free balance 22.50 CNY" in result.out
    assert run_on("top-up", member.id, "5", "--id", top_up_id).status == 1
    run_on("top-up", member.id, "1")
    run_on("top-up", member.id, "1")
    assert central.free(member) == yuan("24.50")
    assert run_on("top-up", member.id, "10000000000").err == "central: amount out of bounds\n"
    assert central.free(member) == yuan("24.50")


def test_two_write_off_a_lost_grant(run_on: CommandLine, central: Central, terminal: Terminal) -> None:
    member = central.add_member("20.00")
    grant_id = terminal.grant(member, "12.50").grant_id
    result = run_on("grants", "--terminal", terminal.enrolled.letter)
    assert result.status == 0, result.err
    listed = result.out
    assert [line.split()[0] for line in listed.splitlines()[1:]] == [str(grant_id)]
    assert "12.50" in listed
    run_on("write-off", grant_id, "--by", "Li Na")
    assert "two people" in run_on("write-off", grant_id, "--by", "Li Na", "--confirm").err
    run_on("write-off", grant_id, "--by", "Wang Wei", "--confirm")
    assert central.free(member) == yuan("20.00")
    assert run_on("grants", "--terminal", terminal.enrolled.letter).out.count("\n") == 1


@pytest.mark.parametrize("amount", ["0", "-5", "1.234", "abc", "1e3", "", "10000000000.01"])
def test_amounts_that_are_no_top_up(run_on: CommandLine, central: Central, amount: str) -> None:
    member = central.add_member("10.00")
    result = (
        run_on("top-up", "--", member.id, amount) if amount.startswith("-") else run_on("top-up", member.id, amount)
    )
    assert result.status != 0
    assert central.free(member) == yuan("10.00")


def test_members_are_imported_all_or_none(run_on: CommandLine, central: Central, tmp_path: Path) -> None:
    member = central.add_member("10.00", credit_line="5.00")
    file = tmp_path / "members.csv"
    header = "member_id,name,unit,card_uids,balance,credit_line\n"
    newcomer = uuid4().hex[:12]
    good = f"{newcomer},新人,乙班,,7.00,\n{member.id},改名,甲班,,99.00,5.00\n"
    file.write_text(header + good + "x,,,,,\n", encoding="utf-8")
    failed = run_on("import-members", file)
    assert failed.status == 2
    assert f"{file}:4: name" in failed.err
    assert run_on("top-up", newcomer, "1").err == f"central: there is no member {newcomer}\n"

    file.write_text(header + good, encoding="utf-8")
    assert run_on("import-members", file).out == "1 new members, 1 changed\n"
    assert run_on("import-members", file).out == "0 new members, 0 changed\n"
    assert "free balance 8.00" in run_on("top-up", newcomer, "1").out
    assert central.free(member) == yuan("15.00")  # an opening balance is for those who are new


def test_a_group_of_members_has_a_credit_line(run: CommandLine, tmp_path: Path) -> None:
    settings = run.config.read_text(encoding="utf-8")
    run.config.write_text(settings + "\n[credit_lines]\nstaff = 2_000\n", encoding="utf-8")
    assert run("init").status == 0
    file = tmp_path / "members.csv"
    file.write_text("member_id,name,unit,card_uids,balance,group\nx1,新人,乙班,,7.00,staff\n", encoding="utf-8")
    assert run("import-members", file).out == "1 new members, 0 changed\n"
    assert "free balance 28.00" in run("top-up", "x1", "1").out

    run.config.write_text(settings + "\n[credit_lines]\nstaff = 1_000\n", encoding="utf-8")
    assert run("import-members", file).out == "0 new members, 1 changed\n"
    assert "free balance 19.00" in run("top-up", "x1", "1").out


def test_a_credit_line_in_use_cannot_be_taken_away(
    run_on: CommandLine, central: Central, terminal: Terminal, tmp_path: Path
) -> None:
    member = central.add_member("1.00", credit_line="5.00")
    terminal.grant(member, "4.00")
    file = tmp_path / "members.csv"
    file.write_text(f"member_id,name,unit,card_uids,balance,credit_line\n{member.id},王,,,0,2.00\n", encoding="utf-8")
    failed = run_on("import-members", file)
    assert failed.status == 2
    assert "credit_line" in failed.err
    assert central.free(member) == yuan("2.00")


def test_a_member_is_blocked_and_unblocked(run_on: CommandLine, central: Central, terminal: Terminal) -> None:
    member = central.add_member()
    assert run_on("block-member", member.id).status == 0
    assert terminal.grant(member, "1.00").refusal == "member_blocked"
    assert run_on("unblock-member", member.id).status == 0
    assert terminal.grant(member, "1.00").refusal is None
    assert run_on("block-member", "nobody").status == 1


def test_a_menu_that_cannot_be_used_changes_nothing(run_on: CommandLine, tmp_path: Path) -> None:
    assert run_on("import-menu", DEMO / "menu.toml").status == 0
    file = tmp_path / "menu.toml"
    file.write_text((DEMO / "menu.toml").read_text(encoding="utf-8").replace('price = "', 'price = "-', 1))
    failed = run_on("import-menu", file)
    assert failed.status == 2
    assert re.search(rf"{file}:\d+: \w+\[\d+\]\.price", failed.err)
    version = int(re.findall(r"version (\d+)", run_on("import-menu", DEMO / "menu.toml").out)[0])
    assert int(re.findall(r"version (\d+)", run_on("import-menu", DEMO / "menu.toml").out)[0]) == version + 1


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("name = ", "nmae = ", "canteen.nmae"),
        ("[server]", 'timezone = "Mars/Base"\n[server]', "canteen.timezone: unknown time zone"),
        ("[server]", 'currency = "yuan"\n[server]', "canteen.currency"),
        ("port = 0", 'host = "0.0.0.0"', "listen.host: 0.0.0.0 is reachable by others"),
        ("port = 0", 'host = "example.org"', "listen.host"),
        ("port = 0", 'tls_key = "nowhere.pem"', "listen.tls_certificate: is missing"),
        ("port = 0", 'tls_key = "nowhere"\ntls_certificate = "nowhere"', "listen.tls_certificate: there is no file"),
        ("port = 0", "port = 70000", "listen.port"),
        ("[listen]", '[database]\nurl = "mysql://secret@x/y"\n[listen]', "database.url: must begin with postgresql://"),
        ("[listen]", "[listen", "is not TOML"),
    ],
)
def test_wrong_settings_are_named(run: CommandLine, old: str, new: str, said: str) -> None:
    text = run.config.read_text(encoding="utf-8")
    run.config.write_text(text.replace(old, new, 1), encoding="utf-8")
    result = run("init")
    assert result.status == 2
    assert re.match(rf"central: {run.config}:\d+: ", result.err)
    assert said in result.err
    assert "secret" not in result.err


def test_no_settings_and_no_command(run: CommandLine, tmp_path: Path) -> None:
    missing = CommandLine(tmp_path / "nothing.toml", run.capsys)("orders")
    assert (missing.status, "cannot be read" in missing.err) == (2, True)
    assert run("nonsense").status == 2
    assert run("orders", "--limit", "0").status == 2


def test_damaged_secrets_are_named(run: CommandLine) -> None:
    run("init")
    state = run.config.parent / "state"
    key, token = state / "central.key", state / "api-token"
    right_key = key.read_text()

    key.write_text("0" * 64)
    assert "cannot be read with its key" in run("orders").err
    key.unlink()
    assert "put the key back" in run("init").err
    key.write_text(right_key)
    key.chmod(0o644)
    assert "chmod 600" in run("orders").err
    key.chmod(0o600)
    token.write_text("short")
    assert "is damaged" in run("orders").err
    token.unlink()
    assert run("init").status == 0
    assert run("orders").status == 0


def test_another_currency_is_refused(run: CommandLine) -> None:
    run("init")
    text = run.config.read_text(encoding="utf-8")
    run.config.write_text(text.replace("[canteen]", '[canteen]\ncurrency = "EUR"'), encoding="utf-8")
    assert "the amounts in the database are in CNY" in run("orders").err


def test_a_postgresql_that_is_not_there_is_named_without_its_password(run: CommandLine) -> None:
    text = run.config.read_text(encoding="utf-8")
    url = "postgresql://someone:hunter2@127.0.0.1:1/canteen"
    run.config.write_text(f'{text}\n[database]\nurl = "{url}"\n', encoding="utf-8")
    result = run("init")
    assert result.status == 1
    assert "does not let us in" in result.err
    assert "hunter2" not in result.err


def test_a_member_is_deleted_after_it_was_shown_what_goes(run_on: CommandLine, central: Central) -> None:
    member = central.add_member("3.20")
    delete = ("delete-member", member.id, "--by", "李老师", "--reason", "left the school")
    shown = run_on(*delete)
    assert shown.status == 0
    assert re.search(r"Would be deleted of m\d+: 王小\d+, 甲班; cards: 1", shown.out)
    assert "In the way: 3.20 are on the balance: have them spent, or `pay-out`." in shown.out
    refused = run_on(*delete, "--yes")
    assert (refused.status, refused.out) == (1, "")
    assert "- 3.20 are on the balance" in refused.err
    assert "3.20 CNY; somebody else" in run_on("pay-out", member.id, "--by", "李老师").out
    assert run_on("pay-out", member.id, "--by", "陈老师", "--confirm").out == "3.20 CNY: give it out here\n"
    assert "Nothing is in the way" in run_on(*delete).out
    done = run_on(*delete, "--yes")
    assert done.status == 0
    assert f"{member.id} is deleted here" in done.out
    assert "was deleted on" in run_on(*delete, "--yes").err
    logged = run_on("audit").out
    assert re.search(rf"member_deleted +{member.id}", logged)
    assert "李老师" not in logged


def test_what_is_in_quarantine_is_listed_without_what_stands_in_it(
    run_on: CommandLine, central: Central, terminal: Terminal
) -> None:
    member = central.add_member()
    sale = terminal.bought(member, "12.50")
    terminal.push(msgspec.structs.replace(sale, points=-1))
    said = run_on("quarantine", "--limit", 1)
    assert said.status == cli.DONE
    (line,) = said.out.splitlines()
    (kept,) = central.quarantine(terminal)
    assert line.endswith(f"terminal {kept['terminal_letter']} (1), event 1 {kept['event_id']}: {kept['reason']}")
    assert member.card_uid not in line
    assert run_on("quarantine", "--limit", "0").status == cli.WRONG_USAGE

"""Random edits, deletions, truncations, swaps, insertions and forgeries of an audit log in a real SQLite file: each of
them is found, and a log that nobody touched is never accused."""

from __future__ import annotations

import os
import random
import shutil
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.domain.audit import CountersignedHead, StoredEntry, parse_entry
from kiosk.domain.audit_check import LogCheck
from tests.prove.audit.attacks import ATTACKS, TOLD_BY_CENTRAL, Attacker
from tests.prove.audit.files import overwrite
from tests.prove.audit.mutants import MUTANTS
from tests.prove.audit.site import Log, Site
from tests.prove.in_memory import folder_in_memory

ENTRIES = 40
ALL = (*ATTACKS, *TOLD_BY_CENTRAL)


def seeded() -> random.Random:
    seed = int(os.environ.get("SEED", random.SystemRandom().randrange(10**6)))
    sys.stdout.write(f"seed {seed}\n")
    return random.Random(seed)


@pytest.mark.parametrize("trials", [pytest.param(38, id="38"), pytest.param(1000, id="1000", marks=pytest.mark.prove)])
def test_every_attack_is_found_in_the_file(trials: int) -> None:
    chance = seeded()
    with folder_in_memory() as folder:
        made = _attacked(Site(folder, chance), chance, trials)
    assert len(made) == len(ALL)
    sys.stdout.write(f"{made.total()} attacks of {len(made)} kinds, all found\n")


def _attacked(site: Site, chance: random.Random, trials: int) -> Counter[str]:
    """How often in which way, each time a copy of the log's file."""
    log = site.write(ENTRIES)
    newest = max(log.heads, key=lambda head: head.seq)
    assert site.accuses(site.copy()) == ""
    assert site.accuses(site.copy(), newest) == ""
    made: Counter[str] = Counter()
    for i in range(trials):
        attack = ALL[i % len(ALL)]
        there = attack(Attacker(chance), log)
        assert there != log, f"{attack.__name__} changed nothing"
        folder = site.copy()
        overwrite(site.open_raw(folder), there)
        found = site.accuses(folder, newest if attack in TOLD_BY_CENTRAL else None)
        assert "BROKEN" in found, f"{attack.__name__} was not found: {there}"
        made[attack.__name__] += 1
        shutil.rmtree(folder)
    return made


def test_untouched_logs_are_never_accused(tmp_path: Path) -> None:
    chance = seeded()
    for _ in range(5):
        folder = tmp_path / str(chance.random())
        folder.mkdir()
        site = Site(folder, chance)
        site.write(chance.randint(1, 60))
        assert site.accuses(site.copy()) == ""


def test_a_finding_names_the_first_entry_that_is_not_to_be_believed(tmp_path: Path) -> None:
    """Exactly, where the chain breaks; where it was made to fit, no later than the edit and behind the last head
    before it."""
    chance = seeded()
    log = Site(tmp_path, chance).write(ENTRIES)
    check = LogCheck(log.log_id, lambda _: True)
    for i in range(max(head.seq for head in log.heads)):
        changed = replace(log.entries[i], body=log.entries[i].body.replace(b"staff", b"stuff"))
        if changed != log.entries[i]:
            (finding,) = check.check((*log.entries[:i], changed, *log.entries[i + 1 :]), log.heads).findings
            assert finding.seq == i + 1
        entries = [parse_entry(stored.body) for stored in log.entries]
        entries[i] = replace(entries[i], actor="staff:77")
        (finding,) = check.check(Attacker(chance).rechained(log, entries), log.heads).findings
        before = max((h.seq for h in log.heads if h.seq <= i), default=0)
        assert finding.seq == before + 1 <= i + 1


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_planted_bugs_are_found(tmp_path: Path, mutant: type[LogCheck]) -> None:
    with pytest.raises(AssertionError, match=r"was not found|have the same hash"):
        _every_attack_is_found(tmp_path, mutant)


def test_without_a_planted_bug_the_same_holds(tmp_path: Path) -> None:
    _every_attack_is_found(tmp_path, LogCheck)


def _every_attack_is_found(folder: Path, check_type: type[LogCheck]) -> None:
    """In memory, with a check that hashes as it likes: the log is hashed that way first."""
    chance = random.Random(1)
    site = Site(folder, chance)
    written = site.write(ENTRIES)
    check = check_type(written.log_id, site.central.is_mine)
    attacker = Attacker(chance, check.hash_of)
    log = _as_hashed_by(attacker, written, site)
    assert not check.check(log.entries, log.heads).findings, "an untouched log was accused"
    _every_field_counts(check, log.entries[3])
    for attack in ATTACKS:
        for _ in range(20):
            there = attack(attacker, log)
            assert check.check(there.entries, there.heads).findings, f"{attack.__name__} was not found"


def _as_hashed_by(attacker: Attacker, log: Log, site: Site) -> Log:
    entries = attacker.rechained(log, [parse_entry(stored.body) for stored in log.entries])

    def signed(head: CountersignedHead) -> CountersignedHead:
        return site.central.sign(replace(head, head=entries[head.seq - 1].hash))

    return replace(log, entries=entries, heads=tuple(map(signed, log.heads)))


def _every_field_counts(check: LogCheck, stored: StoredEntry) -> None:
    """No two entries that differ have one hash."""
    entry = parse_entry(stored.body)
    others = (
        replace(entry, seq=entry.seq + 1),
        replace(entry, at=entry.at.replace(year=2020)),
        replace(entry, actor=entry.actor + "x", action="x" + entry.action),
        replace(entry, actor=entry.actor + entry.action[0], action=entry.action[1:]),
        replace(entry, subject="x"),
        replace(entry, details=(*entry.details, ("z", "1"))),
        replace(entry, details=entry.details[:1]),
        replace(entry, previous=bytes(32)),
    )
    hashes = {check.hash_of(other) for other in (entry, *others)}
    assert len(hashes) == 1 + len(others), "two different entries have the same hash"

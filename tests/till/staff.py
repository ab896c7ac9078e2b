"""Who works at the tills of the tests."""

from __future__ import annotations

from kiosk.domain.ids import StaffId
from kiosk.domain.staff import Role, Staff

COUNTER = Staff(StaffId("s-7"), "李", frozenset({Role.COUNTER}))
RESTOCKER = Staff(StaffId("s-8"), "王", frozenset({Role.RESTOCK}))
TECHNICIAN = Staff(StaffId("s-9"), "赵", frozenset({Role.TECHNICIAN}))
MANAGER = Staff(StaffId("s-10"), "陈", frozenset({Role.MANAGER}))
SECOND = Staff(StaffId("s-11"), "周", frozenset({Role.MANAGER}))

"""What the services need from the outside: Protocols that store, devices and sync fill, and tests fake. All of them are
imported from here (of the camera and the desk: kiosk.services.face_ports).
"""

from kiosk.services.ports.central import (
    Central,
    CentralRefused,
    CentralUnreachable,
    EventEncoder,
    GrantIssued,
    GrantOutdated,
    GrantRefused,
    OutboxSignal,
    Refusal,
    TerminalIdentity,
)
from kiosk.services.ports.counter import Cash, Refunds
from kiosk.services.ports.faces import EnrolledFace, Faces, SealedFace
from kiosk.services.ports.printing import Catalogue, Printer, PrintJob
from kiosk.services.ports.slips import Collections, DueOrders, SiteTerminal, Slips
from kiosk.services.ports.store import (
    AuditLog,
    Grants,
    Members,
    Menus,
    Orders,
    Outbox,
    Payments,
    PrintJobs,
    Stock,
    StorageFailed,
    StorageFull,
    Store,
    Transaction,
)

__all__ = [
    "AuditLog",
    "Cash",
    "Catalogue",
    "Central",
    "CentralRefused",
    "CentralUnreachable",
    "Collections",
    "DueOrders",
    "EnrolledFace",
    "EventEncoder",
    "Faces",
    "GrantIssued",
    "GrantOutdated",
    "GrantRefused",
    "Grants",
    "Members",
    "Menus",
    "Orders",
    "Outbox",
    "OutboxSignal",
    "Payments",
    "PrintJob",
    "PrintJobs",
    "Printer",
    "Refunds",
    "Refusal",
    "SealedFace",
    "SiteTerminal",
    "Slips",
    "Stock",
    "StorageFailed",
    "StorageFull",
    "Store",
    "TerminalIdentity",
    "Transaction",
]

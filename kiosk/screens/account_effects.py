"""Runs what the screens of My account want done: services that block, on the runner's thread for them."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Protocol
from uuid import uuid4

from kiosk.domain.clock import Clock
from kiosk.screens.consent_files import read_consent_text
from kiosk.screens.flow import account_events as acc
from kiosk.services.accounts import Accounts
from kiosk.services.enrol_face import FaceEnrolled, FaceEnrolment, FaceRefused
from kiosk.services.forget_face import FaceForgetting
from kiosk.services.ports import StorageFailed
from kiosk.services.staff_acts import NotKnown

log = logging.getLogger(__name__)

Outcome = FaceEnrolled | FaceRefused | NotKnown

Answer = acc.AccountLoaded | acc.FaceForgettingFinished | acc.ConsentTextRead | acc.ConsentTaken | acc.EnrolmentFinished


class AccountServices(Protocol):
    """A face can be seen and forgotten at every terminal, also where none is enrolled."""

    @property
    def accounts(self) -> Accounts: ...
    @property
    def enrolment(self) -> FaceEnrolment: ...
    @property
    def forgetting(self) -> FaceForgetting: ...
    @property
    def clock(self) -> Clock: ...


def answer_to(effect: acc.AccountEffect, services: Callable[[], AccountServices]) -> Answer:
    """Do it; blocks. One at a time: an effect is done when the one before it is."""
    match effect:
        case acc.LoadConsentText(session_id):
            return acc.ConsentTextRead(session_id, read_consent_text())
        case acc.LoadAccount():
            return _account(effect, services())
        case acc.ForgetFace(session_id, member_id, act_id):
            outcome = services().forgetting.forget(act_id or uuid4(), member_id)
            return acc.FaceForgettingFinished(session_id, outcome)
        case acc.TakeConsent():
            return _consent(effect, services())
        case acc.EnrolFace() | acc.RenewFace():
            return _keep(effect, services())


def _keep(effect: acc.EnrolFace | acc.RenewFace, services: AccountServices) -> acc.EnrolmentFinished:
    if isinstance(effect, acc.RenewFace):
        outcome = services.enrolment.renew(effect.consent)
    else:
        outcome = services.enrolment.enrol(effect.consent, effect.poses.template, effect.poses.too_near)
    return acc.EnrolmentFinished(effect.session_id, _told(outcome, services))


def _told(outcome: Outcome, services: AccountServices) -> Outcome:
    """In the canteen's time, as it is shown."""
    if isinstance(outcome, FaceEnrolled):
        return FaceEnrolled(services.accounts.in_local_time(outcome.consent))
    return outcome


def _account(effect: acc.LoadAccount, services: AccountServices) -> acc.AccountLoaded:
    try:
        return acc.AccountLoaded(effect.session_id, services.accounts.of(effect.member_id))
    except StorageFailed:
        log.exception("account_not_loaded")
        return acc.AccountLoaded(effect.session_id, None)


def _consent(effect: acc.TakeConsent, services: AccountServices) -> acc.ConsentTaken:
    form = effect.yes.form(services.clock.now())
    try:
        return acc.ConsentTaken(effect.session_id, services.enrolment.take_consent(effect.member_id, form))
    except StorageFailed:
        log.exception("consent_not_taken")
        return acc.ConsentTaken(effect.session_id, None)

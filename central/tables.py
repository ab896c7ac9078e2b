"""Every table of central, for the migrations and the test that compares both."""

from __future__ import annotations

from central.audit.repository import audit_dispute, audit_entry, audit_head, audit_log
from central.coupons.repository import coupon, coupon_offer
from central.database import metadata
from central.faces.repository import face_consent, face_deletion
from central.faces.sharing_repository import face_box, face_copy, face_letter, shared_face
from central.feed.repository import feed_position, feed_row
from central.ingredients.act_repository import ingredient_act
from central.ingredients.repository import ingredient, ingredient_movement, recipe_book, recipe_line
from central.installation import installation
from central.kitchen.repository import kitchen_ticket
from central.members.act_repository import member_act
from central.members.repository import card, member
from central.menu.change_repository import menu_act
from central.menu.repository import menu
from central.orders.collection_repository import collection, order_claim, order_hold, paid_twice
from central.orders.refund_repository import counter_payment, refund
from central.orders.repository import customer_order, payment
from central.push.repository import push_position, quarantined_event, received_event, waiting_batch
from central.restoring.repository import giving_up
from central.shifts.repository import cash_movement, z_correction, z_report
from central.staff.repository import staff_card, staff_member
from central.stock.act_repository import stock_act
from central.stock.allotments import allotment
from central.stock.repository import stock_count, stock_item, stock_movement
from central.terminals.repository import enrolment_code, terminal
from central.wallet.cash_top_ups import cash_top_up
from central.wallet.ledger import ledger_entry, ledger_posting, points_entry
from central.wallet.pay_outs import pay_out
from central.wallet.repository import grant_request, money_grant, spend, write_off

TABLES = (
    installation, feed_position, feed_row, menu, member, card, terminal, enrolment_code, push_position, received_event,
    quarantined_event, waiting_batch, ledger_entry, ledger_posting, points_entry, customer_order, payment, stock_item,
    stock_movement, grant_request, money_grant, spend, write_off, giving_up, audit_log, audit_entry, audit_head,
    audit_dispute, refund, counter_payment, cash_top_up, coupon_offer, coupon,
    face_consent, face_deletion, face_box, shared_face, face_copy, face_letter,
    allotment, stock_act, stock_count, collection, paid_twice, order_claim, order_hold, pay_out,
    staff_member, staff_card, menu_act, kitchen_ticket, z_report, z_correction, cash_movement,
    ingredient, recipe_book, recipe_line, ingredient_act, ingredient_movement, member_act,
)  # fmt: skip

__all__ = ["TABLES", "metadata"]

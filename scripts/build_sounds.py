"""Make assets/sounds/*.wav: one short, soft sound each for success, failure and warning, and the
pickup board's chime, from sine tones.

Run by hand after changing a sound: `.venv/bin/python scripts/build_sounds.py`. The same source gives the same bytes.
They differ in melody and rhythm, not only in pitch, so that they are told apart in a noisy hall: up and bright,
down and low, twice the same.
"""

import math
import struct
import sys
import wave
from dataclasses import dataclass
from pathlib import Path

SOUNDS = Path(__file__).resolve().parent.parent / "assets" / "sounds"
RATE_HZ = 22_050
LOUDEST = 0.55  # of full scale
ATTACK_S = 0.008  # no click at the start
OVERTONES = ((1, 1.0), (2, 0.32), (3, 0.10))  # a little like a marimba


@dataclass(frozen=True)
class Tone:
    """A struck tone that dies away; `starts_s` from the beginning of the sound."""

    frequency_hz: float
    starts_s: float
    lasts_s: float
    loudness: float = 1.0


G5, C6 = 783.99, 1046.50
E5, C5 = 659.26, 523.25
G4, E4, C4, A4 = 392.00, 329.63, 261.63, 440.00

MELODIES = {
    "success": (Tone(G5, 0.0, 0.35), Tone(C6, 0.12, 0.60)),
    "failure": (Tone(G4, 0.0, 0.35), Tone(E4, 0.16, 0.35), Tone(C4, 0.32, 0.60)),
    "chime": (Tone(E5, 0.0, 0.7), Tone(C5, 0.38, 0.9)),
    "warning": (Tone(A4, 0.0, 0.22, 0.8), Tone(A4, 0.26, 0.40, 0.8)),
}


def samples(tones: tuple[Tone, ...]) -> list[float]:
    """The melody, -1 to 1, scaled so that its loudest moment is LOUDEST."""
    length = int(RATE_HZ * max(tone.starts_s + tone.lasts_s for tone in tones))
    mixed = [0.0] * length
    for tone in tones:
        first = int(RATE_HZ * tone.starts_s)
        for i in range(min(int(RATE_HZ * tone.lasts_s), length - first)):
            mixed[first + i] += _sample(tone, i / RATE_HZ)
    loudest = max(map(abs, mixed))
    return [LOUDEST * value / loudest for value in mixed]


def _sample(tone: Tone, at_s: float) -> float:
    """Of one tone, `at_s` after it was struck: quick attack, exponential decay that has ended at `lasts_s`."""
    envelope = min(1.0, at_s / ATTACK_S) * math.exp(-5.0 * at_s / tone.lasts_s) * (1 - at_s / tone.lasts_s)
    wave_sum = sum(part * math.sin(2 * math.pi * tone.frequency_hz * n * at_s) for n, part in OVERTONES)
    return tone.loudness * envelope * wave_sum


def write(path: Path, values: list[float]) -> None:
    """As mono 16-bit WAV."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(struct.pack(f"<{len(values)}h", *(round(32_767 * v) for v in values)))


def main() -> int:
    SOUNDS.mkdir(parents=True, exist_ok=True)
    for name, tones in MELODIES.items():
        path = SOUNDS / f"{name}.wav"
        write(path, samples(tones))
        print(f"{path.name}: {path.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

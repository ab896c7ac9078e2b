"""Makes the syllables with which a pickup board calls numbers out: assets/voice/*.wav, by espeak-ng.

    python scripts/build_voice.py            (needs the Debian package espeak-ng; the terminal itself does not)

22,050 Hz, one channel, 16 bit, silence cut off at both ends.
"""

from __future__ import annotations

import argparse
import array
import io
import subprocess
import wave
from pathlib import Path
from string import ascii_uppercase

FOLDER = Path(__file__).resolve().parents[1] / "assets" / "voice"
RATE_HZ = 22_050  # of the chime too, with which they are joined
_QUIET = 300
_ZH, _EN = "cmn-latn-pinyin", "en-us"
_KEPT_S = 0.02
# In pinyin: this voice has no dictionary of characters.
_ZH_DIGITS = ("ling2", "yi1", "er4", "san1", "si4", "wu3", "liu4", "qi1", "ba1", "jiu3")
_EN_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WORDS = {
    "zh-before": (_ZH, "qing3"),
    "zh-after": (_ZH, "hao4 qu3 can1"),
    "en-before": (_EN, "order"),
    "en-after": (_EN, "is ready"),
}
_WORDS_A_MINUTE = 150


def clips() -> dict[str, tuple[str, str]]:
    """Voice and text, by the clip's name."""
    zh = {f"zh-{i}": (_ZH, word) for i, word in enumerate(_ZH_DIGITS)}
    en = {f"en-{i}": (_EN, word) for i, word in enumerate(_EN_DIGITS)}
    return _WORDS | zh | en | {letter: (_EN, f"{letter}.") for letter in ascii_uppercase}


def spoken(command: list[str], voice: str, text: str) -> array.array[int]:
    """Samples at RATE_HZ."""
    made = subprocess.run(
        [*command, "-v", voice, "-s", str(_WORDS_A_MINUTE), "-a", "180", "--stdout", text],
        check=True,
        capture_output=True,
        timeout=20,
    )
    with wave.open(io.BytesIO(made.stdout)) as read:
        if read.getframerate() != RATE_HZ:
            raise SystemExit(f"this voice speaks at {read.getframerate()} Hz")
        return _trimmed(array.array("h", read.readframes(2**24)))


def _trimmed(samples: array.array[int]) -> array.array[int]:
    loud = [i for i, sample in enumerate(samples) if abs(sample) > _QUIET]
    kept = int(_KEPT_S * RATE_HZ)
    return samples[max(0, loud[0] - kept) : loud[-1] + kept]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--espeak", nargs="+", default=["espeak-ng"], help="the command")
    command = parser.parse_args().espeak
    FOLDER.mkdir(exist_ok=True)
    for name, (voice, text) in clips().items():
        with wave.open(str(FOLDER / f"{name}.wav"), "wb") as written:
            written.setparams((1, 2, RATE_HZ, 0, "NONE", ""))
            written.writeframes(spoken(command, voice, text).tobytes())


if __name__ == "__main__":
    main()

"""The terminal. `python main.py` runs it; see `python main.py --help`."""

import sys

from kiosk.command_line import main

if __name__ == "__main__":
    sys.exit(main())

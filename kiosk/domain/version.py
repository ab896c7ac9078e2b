"""The version of the program, terminal and central alike."""

VERSION = "0.1.0"

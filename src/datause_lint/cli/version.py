"""The tool's version, in the code: asking the installed distribution for it costs more than the rest of the start."""

VERSION = "0.1.0"

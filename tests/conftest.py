"""For all tests: what Hypothesis is told."""

from hypothesis import settings

settings.register_profile("untimed", deadline=None)  # a busy machine is no defect of the tool
settings.load_profile("untimed")

"""Property tests have no deadline: how long an example takes hangs on who else uses the machine."""

from hypothesis import settings

settings.register_profile("tests", deadline=None)
settings.load_profile("tests")

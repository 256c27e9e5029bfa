"""The studio's settings with an app for tests in it."""

from ccbell_site.settings import *  # noqa: F403
from ccbell_site.settings import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "ccbell_test_handlers.TestHandlers"]

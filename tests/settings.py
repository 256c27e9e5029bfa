"""The studio's own settings, away from the data and the `.env` of the person who runs the tests."""

import os
from pathlib import Path

os.environ["ENV_FILE"] = os.devnull
os.environ["DATA_DIR"] = str(Path(__file__).resolve().parent.parent / "build" / "test-data")
os.environ["AUDIO_OUTPUT_DIR"] = os.environ["MODEL_CACHE_DIR"] = ""
os.environ.setdefault("LOG_LEVEL", "WARNING")

from ccbell_site.settings import *  # noqa: F403

# Of each run its own, so that two of them may go on at once.
DATABASES["default"]["TEST"] = {  # noqa: F405
    "NAME": f"test_{os.getpid()}" if IS_SHARED else BASE_DIR / "build" / f"test-{os.getpid()}.sqlite3"  # noqa: F405
}
# A test without the database would be refused to close a connection that got old.
DATABASES["default"]["CONN_MAX_AGE"] = None  # noqa: F405
# Pages that are tested without a server name their files as they are.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"  # noqa: F405
WHITENOISE_USE_FINDERS = True
# Nobody guesses at the passwords of tests: the real hash takes a quarter of a second for each.
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

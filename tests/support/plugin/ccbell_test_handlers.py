"""An app whose jobs only take time: ``test.wait`` for as many ``seconds`` as its payload says."""

import time

from django.apps import AppConfig

STEP_S = 0.05


class TestHandlers(AppConfig):
    name = "ccbell_test_handlers"
    label = "ccbell_test_handlers"

    def ready(self):
        from jobs.registry import handler

        handler("test.wait")(wait)


def wait(run):
    """Go on in small steps, as an upload would, and look at each whether to stop."""
    begun = time.monotonic()
    seconds = run.payload["seconds"]
    while (gone := time.monotonic() - begun) < seconds:
        run.progress(gone / seconds, "waiting")
        time.sleep(STEP_S)

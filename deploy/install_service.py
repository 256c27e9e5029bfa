"""Have this machine run the studio by itself: ``make install-service``, and ``make uninstall-service``.

systemd on Linux, launchd on a Mac. Doing it again brings what is installed up to date and starts it anew.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from deploy import linux, macos
from deploy.checkout import Checkout, Refused

SERVICES = {"linux": linux, "darwin": macos}


def main(arguments: list[str] | None = None, platform: str = sys.platform) -> int:
    parser = argparse.ArgumentParser(prog="make install-service", description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=Path, metavar="DIR", help="only write the files, below this folder")
    parser.add_argument("--user", default="", metavar="NAME", help="who the studio runs as, on Linux")
    parser.add_argument("--uninstall", action="store_true", help="stop it and take the files out again")
    options = parser.parse_args(arguments)
    try:
        if platform not in SERVICES:
            raise Refused("There are services for Linux with systemd and for macOS only; use: make run")
        service = SERVICES[platform]
        if platform == "darwin" and os.getuid() == 0 and not options.root:
            raise Refused("On a Mac the studio is a service of yours; do this without sudo.")
        if options.uninstall:
            service.uninstall(options.root)
        else:
            service.install(Checkout.here(), options.root, options.user)
    except Refused as reason:
        print(reason, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())

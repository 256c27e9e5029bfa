"""Settings of the profile `scale` with passwords of its own: ``python3 -m deploy.scale_env >> .env``."""

from __future__ import annotations

import re
import secrets
import sys
from pathlib import Path

LINES = """
# --- the profile `scale` of docker-compose.yml ------------------------------------------
COMPOSE_PROFILES=scale
# Every container has a disk of its own; what they share is in the services.
DATA_VOLUME=
AUDIO_DIR=/data/audio
SECRET_KEY={secret_key}
POSTGRES_PASSWORD={postgres}
DATABASE_URL=postgres://studio:{postgres}@postgres:5432/studio
REDIS_PASSWORD={redis}
REDIS_URL=redis://:{redis}@redis:6379/0
Q_BROKER=redis
AUDIO_STORE=s3
AWS_S3_ENDPOINT_URL=http://store:7070
AWS_S3_REGION_NAME=us-east-1
AWS_STORAGE_BUCKET_NAME=studio
AWS_ACCESS_KEY_ID=studio
AWS_SECRET_ACCESS_KEY={store}
"""
TAKEN = re.compile(
    r"^\s*(?:export\s+)?(POSTGRES_PASSWORD|DATABASE_URL|SECRET_KEY|AUDIO_STORE)=.", re.MULTILINE
)


def main() -> int:
    dotenv = Path(".env")
    if dotenv.is_file() and (found := TAKEN.search(dotenv.read_text())):
        print(f"{found[1]} is set in .env already, and stays; nothing was written.", file=sys.stderr)
        return 2
    drawn = {name: secrets.token_hex(24) for name in ("postgres", "redis", "store")}
    sys.stdout.write(LINES.format(secret_key=secrets.token_urlsafe(48), **drawn))
    return 0


if __name__ == "__main__":
    sys.exit(main())

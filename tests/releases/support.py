"""Builds to publish: real packs of two short tones, made without rendering anything."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from jobs.models import Job
from jobs.run import finish
from packs.content import PackContent
from packs.formats import manifest, pack_files
from packs.models import Build, Pack
from packs.models.build import zip_name
from packs.zipping import content_sha256, write_zip
from releases.models import Release
from sounds.models import Collection
from tests.packs.support import HOOKS, MOMENT, make_sound

FEW = tuple(row for row in HOOKS if row[0] in ("task_complete", "tool_error"))


def small_content(folder: Path) -> PackContent:
    """A pack of two sounds."""
    sounds = [make_sound(folder, row, number) for number, row in enumerate(FEW)]
    return PackContent(
        name="sci-fi", display_name="Sci-Fi", version="1.0.0", description="Two tones", author="A. Author",
        author_github="a-author", theme="sci-fi", tags=["sci-fi"], created_at="2026-01-15T10:00:00Z",
        generator_version="0.1.0", sounds=sounds,
    )  # fmt: skip


def make_build(content: PackContent, version: str = "1.0.0", *, slug: str = "sci-fi") -> Build:
    """The build of a pack, with its zip where the studio keeps it."""
    content = replace(content, name=slug, version=version)
    pack = Pack.objects.filter(slug=slug).first()
    if pack is None:
        collection = Collection.objects.create(title=content.display_name)
        pack = Pack.objects.create(collection=collection, slug=slug)
    files = pack_files(content)
    path = f"releases/{zip_name(slug, version)}"
    location = settings.AUDIO_OUTPUT_DIR / path
    location.parent.mkdir(parents=True, exist_ok=True)
    sha256, size = write_zip(location, files, timestamp=MOMENT)
    return Build.objects.create(
        pack=pack, version=version, content_sha256=content_sha256(files), formats=["wav", "mp3"],
        manifest=json.loads(manifest.write(content)[manifest.DOCUMENT]),
        report={"valid": True, "gate": "gold", "badge": True},
        zip_path=path, zip_sha256=sha256, zip_bytes=size,
    )  # fmt: skip


def do(release: Release) -> Job:
    """Do the job that a release waits for; how that ended."""
    assert release.job and release.job.batch
    finish(release.job.batch, tick=lambda: None)
    release.refresh_from_db()
    assert release.job
    return release.job


def published(build: Build, **options: object) -> Release:
    """A build's release, out."""
    release = submitted(build, **options)
    job = do(release)
    assert job.status == "succeeded", job.error
    return release


def download(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=10) as answer:
        data: bytes = answer.read()
    return data


def submitted(build: Build, **options: object) -> Release:
    return Release.objects.publish(build, by=None, wake=False, **options)  # type: ignore[arg-type]


def refused(build: Build, **options: object) -> str:
    """The sentence with which publishing fails; it has to be one."""
    job = do(submitted(build, **options))
    assert job.status == "failed", job.status
    assert job.error.endswith(".") and "\n" not in job.error and "Traceback" not in job.error
    return job.error

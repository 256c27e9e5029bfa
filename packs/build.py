"""Freezing a pack: its files, its manifests, its zip, and the verdict on them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

from jobs.models import Write
from jobs.run import JobRun
from packs.content import PackContent
from packs.errors import BuildError
from packs.formats import manifest, pack_files
from packs.gather import chosen_takes, content_of
from packs.models import Build, BuildItem, Pack
from packs.models.build import zip_name
from packs.report import Report
from packs.validate import validate
from packs.zipping import content_sha256, write_zip
from sounds.audio.file_report import FileReport
from sounds.hosts import host_of
from sounds.models import AudioFile


class Freezing:
    """One attempt at making a `Build` of what is chosen right now.

    Content that a build has already *is* that build: nothing is written but a zip that went missing.
    Raises `BuildError` when a slot has no take, or the wanted version holds other content.
    """

    def __init__(self, run: JobRun, pack: Pack, formats: Sequence[str]) -> None:
        self.run = run
        self.pack = pack
        self.formats = formats
        self.takes = chosen_takes(pack)

    def to_version(self, wanted: str = "") -> Write:
        """Do the slow part; what is returned writes the rows and puts the zip into its place."""
        renditions = self._add_renditions()
        sha256 = content_sha256(pack_files(self._content("0.0.0")))
        same = self._build_of(sha256, wanted)
        version = same.version if same else self._free_version(wanted)
        content = self._content(version)
        if same:  # its bytes came from the date it was made at, whenever its takes were rendered again
            content = replace(content, created_at=same.manifest["created_at"])
        self.run.progress(0.4, "writing the zip")
        zip_path = self._temporary(zip_name(self.pack.slug, version))
        try:
            zip_sha256, size = write_zip(zip_path, pack_files(content), timestamp=_moment(content))
            report = None if same else self._report(zip_path)
        except BaseException:
            zip_path.unlink(missing_ok=True)
            raise

        def write() -> dict[str, int]:
            AudioFile.objects.bulk_create(renditions)
            final = settings.AUDIO_OUTPUT_DIR / "releases" / zip_name(self.pack.slug, version)
            build = same
            if report:
                build = self._write_rows(content, report, sha256, zip_sha256, size, final)
            assert build
            final.parent.mkdir(parents=True, exist_ok=True)
            zip_path.replace(final)
            return {"build": build.pk}

        return write

    def _content(self, version: str) -> PackContent:
        return content_of(self.pack, self.takes, version, self.formats)

    def _build_of(self, sha256: str, version: str) -> Build | None:
        builds = self.pack.builds.filter(content_sha256=sha256)
        if version:
            builds = builds.filter(version=version)
        return max(builds, key=lambda build: build.number, default=None)

    def _free_version(self, wanted: str) -> str:
        suggested = self.pack.suggested_version()
        if wanted and self.pack.builds.filter(version=wanted).exists():
            raise BuildError(
                f"Version {wanted} of {self.pack} is taken by other content; build this as {suggested}."
            )
        return wanted or suggested

    def _temporary(self, name: str) -> Path:
        folder = settings.AUDIO_OUTPUT_DIR / "temp"
        folder.mkdir(parents=True, exist_ok=True)
        return folder / f"{self.run.job.attempt_uuid}-{name}"

    def _report(self, zip_path: Path) -> Report:
        self.run.progress(0.5, "validating")
        return validate(zip_path, inspect=self._inspect)

    def _inspect(self, path: Path) -> FileReport:
        (measured,) = self._call("inspect", paths=[str(path)])
        return FileReport(**measured)

    def _call(self, op: str, **arguments: Any) -> Any:
        return host_of().call(op, deadline=self.run.deadline, check=self.run.check, **arguments)

    def _add_renditions(self) -> list[AudioFile]:
        """Encode what is not there yet; the rows are for `write` to save."""
        added = []
        for take in self.takes:
            for format_ in (f for f in self.formats if f not in take.files):
                self.run.progress(0.1, f"encoding {format_}")
                made = self._call(
                    "transcode",
                    source=str(take.files["wav"].location),
                    target=str(take.sound.folder / f"sound.{format_}"),
                    seed=take.sound.seed,
                )
                take.files[format_] = AudioFile.of(take.sound, made)
                added.append(take.files[format_])
        return added

    def _write_rows(
        self, content: PackContent, report: Report, sha256: str, zip_sha256: str, size: int, final: Path
    ) -> Build:
        if self.pack.builds.filter(version=content.version).exists():
            raise BuildError(f"Version {content.version} of {self.pack} was built by another job meanwhile.")
        build = Build.objects.create(
            pack=self.pack,
            version=content.version,
            content_sha256=sha256,
            formats=list(self.formats),
            manifest=json.loads(manifest.write(content)[manifest.DOCUMENT]),
            report=report.as_dict(),
            zip_path=str(final.relative_to(settings.AUDIO_OUTPUT_DIR)),
            zip_sha256=zip_sha256,
            zip_bytes=size,
            job=self.run.job,
        )
        BuildItem.objects.bulk_create(
            BuildItem(build=build, hook=take.slot.key, sound=take.sound) for take in self.takes
        )
        return build


def _moment(content: PackContent) -> datetime:
    return datetime.fromisoformat(content.created_at)

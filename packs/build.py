"""Freezing a pack: its files, its manifests, its zip, and the verdict on them."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
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
from packs.report import Level, Report
from packs.validate import validate
from packs.zipping import content_sha256, write_zip
from sounds import store
from sounds.audio.file_report import FileReport
from sounds.hosts import host_of
from sounds.models import AudioFile


class Freezing:
    """One attempt at making a `Build` of what is chosen right now.

    Content that a build has already *is* that build: nothing is written but a zip that went missing.
    Raises `BuildError` when a slot has no take, or the wanted version holds other content.
    """

    def __init__(
        self, run: JobRun, pack: Pack, *, keys: Collection[str] = (), formats: Sequence[str]
    ) -> None:
        self.run = run
        self.pack = pack
        self.formats = formats
        self.takes = chosen_takes(pack, keys)

    def to_version(self, wanted: str = "") -> Write:
        """Do the slow part; what is returned writes the rows and puts the zip into its place."""
        renditions = self._add_renditions()
        sha256 = content_sha256(pack_files(self._content("0.0.0")))
        if same := self._build_of(sha256, wanted):
            return self._again(same, renditions)
        content = self._content(self._free_version(wanted))
        zip_path, zip_sha256, size = self._zip(content)
        report = self._report(zip_path)
        place = self._place_of(content.version)
        if store.is_shared():
            self.run.undo_with(lambda: store.let_go(place))
            store.keep_as(zip_path, place)

        def write() -> dict[str, int]:
            Pack.objects.select_for_update().get(pk=self.pack.pk)  # one at a time: versions only rise
            AudioFile.objects.bulk_create(renditions, ignore_conflicts=True)
            if twin := self._build_of(sha256, content.version):  # another job was a little faster
                zip_path.unlink(missing_ok=True)
                return {"build": twin.pk}
            build = self._write_rows(content, report, sha256, place, zip_sha256, size)
            _place(zip_path, build)
            return {"build": build.pk}

        return write

    def _again(self, build: Build, renditions: list[AudioFile]) -> Write:
        """The build that has this content already; its zip is written only where it is missing."""
        zip_path: Path | None = None
        if not build.bring().is_file():
            # Its bytes came from the date it was made at, whenever its takes were rendered again.
            content = replace(self._content(build.version), created_at=build.manifest["created_at"])
            zip_path, zip_sha256, _ = self._zip(content)
            if zip_sha256 != build.zip_sha256:
                raise BuildError(
                    f"The zip of {build} is gone, and this version of the studio cannot make its bytes "
                    f"again; build the pack as {self.pack.suggested_version(sounds_changed=False)}."
                )
            store.keep_as(zip_path, build.location)

        def write() -> dict[str, int]:
            AudioFile.objects.bulk_create(renditions, ignore_conflicts=True)
            if zip_path:
                _place(zip_path, build)
            return {"build": build.pk}

        return write

    def _zip(self, content: PackContent) -> tuple[Path, str, int]:
        """Write the zip under a temporary name: path, SHA-256 and size."""
        self.run.progress(0.4, "writing the zip")
        folder = settings.AUDIO_OUTPUT_DIR / "temp"
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.run.job.attempt_uuid}.zip"
        self.run.undo_with(lambda: path.unlink(missing_ok=True))
        sha256, size = write_zip(path, pack_files(content), timestamp=_moment(content))
        return path, sha256, size

    def _content(self, version: str) -> PackContent:
        return content_of(self.pack, self.takes, version, self.formats)

    def _build_of(self, sha256: str, version: str) -> Build | None:
        builds = self.pack.builds.filter(content_sha256=sha256)
        if version:
            builds = builds.filter(version=version)
        return max(builds, key=lambda build: build.number, default=None)

    def _free_version(self, wanted: str) -> str:
        suggested = self.pack.suggested_version(sounds_changed=self._has_new_sounds())
        if wanted and self.pack.builds.filter(version=wanted).exists():
            raise BuildError(
                f"Version {wanted} of {self.pack} is taken by other content; build this as {suggested}."
            )
        return wanted or suggested

    def _has_new_sounds(self) -> bool:
        """Whether any file of a sound is not just what it is in the latest build, or comes or goes."""
        latest = self.pack.latest_build()
        built = latest.manifest["files"] if latest else {}
        return {key: _digests(entry) for key, entry in built.items()} != {
            take.key: {format_: take.files[format_].sha256 for format_ in self.formats} for take in self.takes
        }

    def _report(self, zip_path: Path) -> Report:
        self.run.progress(0.5, "validating")
        report = validate(zip_path, inspect=self._inspect, temp=zip_path.parent)
        if errors := [finding.sentence for finding in report.findings if finding.level is Level.ERROR]:
            raise BuildError(f"No player would take the pack {self.pack} like this: {errors[0]}")
        return report

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
                store.keep(take.sound.folder / made["name"])
                take.files[format_] = AudioFile.of(take.sound, made)
                added.append(take.files[format_])
        return added

    def _place_of(self, version: str) -> Path:
        """Where the zip will lie; in a shared store it lies there before it is known who is first."""
        releases = settings.AUDIO_OUTPUT_DIR / "releases"
        folder = releases / str(self.run.job.attempt_uuid) if store.is_shared() else releases
        return folder / zip_name(self.pack.slug, version)

    def _write_rows(
        self, content: PackContent, report: Report, sha256: str, place: Path, zip_sha256: str, size: int
    ) -> Build:
        if self.pack.builds.filter(version=content.version).exists():
            raise BuildError(
                f"Version {content.version} of {self.pack} was taken by another job meanwhile; try again."
            )
        build = Build.objects.create(
            pack=self.pack,
            version=content.version,
            content_sha256=sha256,
            formats=list(self.formats),
            manifest=json.loads(manifest.write(content)[manifest.DOCUMENT]),
            report=report.as_dict(),
            zip_path=str(place.relative_to(settings.AUDIO_OUTPUT_DIR)),
            zip_sha256=zip_sha256,
            zip_bytes=size,
            job=self.run.job,
        )
        BuildItem.objects.bulk_create(
            BuildItem(build=build, hook=take.key, sound=take.sound) for take in self.takes
        )
        return build


def _digests(entry: dict[str, Any]) -> dict[str, str]:
    """Format to digest, for a sound of a manifest."""
    return {format_: file["sha256"] for format_, file in entry["formats"].items()}


def _place(zip_path: Path, build: Build) -> None:
    build.location.parent.mkdir(parents=True, exist_ok=True)
    zip_path.replace(build.location)


def _moment(content: PackContent) -> datetime:
    return datetime.fromisoformat(content.created_at)

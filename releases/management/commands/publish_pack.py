from __future__ import annotations

import json
from typing import Any

from ccbell_site.terminal import table
from jobs.models import ENDED, Batch, Job, Status
from packs.archive import shown
from packs.generate import submit_build
from packs.management.working import WorkingCommand, why
from packs.models import Build, Pack
from packs.versions import parse_version
from releases.errors import PublishError
from releases.kinds import PUBLISH, WITHDRAW
from releases.models import Release


class Command(WorkingCommand):
    help = "Publish a build of a pack as a GitHub release, withdraw one, or list what was published."
    stopped = "Stopped. The same command goes on from what is on GitHub by now."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("pack", nargs="?", default="", help="slug of a pack, such as sci-fi")
        parser.add_argument(
            "--version", dest="pack_version", default="", help="X.Y.Z of a build (default: the latest)"
        )
        parser.add_argument("--build", action="store_true", help="build what is chosen now, and publish that")
        parser.add_argument(
            "--tree", action="store_true", help="also as files in the repository, for CESP players"
        )
        parser.add_argument("--withdraw", metavar="VERSION", default="", help="delete a release from GitHub")
        parser.add_argument("--yes", action="store_true", help="withdraw without being asked")
        parser.add_argument("--list", action="store_true", help="list what was published, as GitHub has it")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def work(self, options: dict[str, Any]) -> None:
        _refuse_contradictions(options)
        if options["list"]:
            return self._list(options)
        pack = _pack(options["pack"])
        if options["withdraw"]:
            return self._withdraw(pack, options)
        build = self._built(pack) if options["build"] else _build(pack, options["pack_version"])
        release = _under_way(build, tree=options["tree"])
        release = release or Release.objects.publish(build, by=None, tree=options["tree"], wake=False)
        self._finish_release(release, f"Publishing {release.tag}")
        self.stdout.write(as_json(release) if options["json"] else as_text(release))

    def _built(self, pack: Pack) -> Build:
        latest = pack.latest_build()
        formats = latest.formats if latest else ["wav", "mp3"]
        job = self._finish(submit_build(pack, formats=formats, wake=False), f"Building {pack}")
        return Build.objects.select_related("pack").get(pk=job.result["build"])

    def _withdraw(self, pack: Pack, options: dict[str, Any]) -> None:
        version = options["withdraw"]
        parse_version(version)
        mine = Release.objects.here().select_related("job__batch", "build__pack")
        release = mine.filter(build__pack=pack, build__version=version).first()
        if release is None:
            raise PublishError(f"Version {version} of {pack} was not published from here.")
        if not options["yes"]:
            raise PublishError(f"This deletes {release.tag} from {release.repo}; say --yes if you want that.")
        if not (release.is_busy and release.job and release.job.kind == WITHDRAW):
            release.withdraw(by=None, wake=False)
        self._finish_release(release, f"Withdrawing {release.tag}")
        text = f"{release.tag} is withdrawn from {release.repo}; its version stays used."
        self.stdout.write(as_json(release) if options["json"] else text)

    def _list(self, options: dict[str, Any]) -> None:
        """Ask GitHub first: its word counts."""
        self._finish(Release.objects.refresh(by=None, wake=False), "Looking at GitHub")
        rows = Release.objects.here().select_related("build__pack", "job")
        if options["pack"]:
            rows = rows.filter(build__pack=_pack(options["pack"]))
        if options["json"]:
            self.stdout.write(json.dumps([told(row) for row in rows], indent=2, ensure_ascii=False))
        elif rows:
            self.stdout.write(_listing(list(rows)))
        else:
            self.stdout.write("Nothing was published yet.")

    def _finish_release(self, release: Release, label: str) -> None:
        assert release.job and release.job.batch
        self._finish(release.job.batch, label)
        release.refresh_from_db()

    def _finish(self, batch: Batch, label: str) -> Job:
        (job,) = self.finish(batch, label)
        if job.status != Status.SUCCEEDED:
            raise PublishError(why([job]))
        return job


def _refuse_contradictions(options: dict[str, Any]) -> None:
    if not (options["pack"] or options["list"]):
        raise PublishError("Name a pack, or say --list.")
    if options["build"] and options["pack_version"]:
        raise PublishError("Say either --build or --version: what is built now gets the next version.")
    if options["list"] and (options["withdraw"] or options["build"]):
        raise PublishError("Say --list alone: it changes nothing.")
    if options["withdraw"] and (options["build"] or options["pack_version"] or options["tree"]):
        raise PublishError("Say --withdraw VERSION alone, or with --yes: it publishes nothing.")


def _pack(slug: str) -> Pack:
    pack = Pack.objects.filter(slug=slug).first()
    if pack is None:
        known = ", ".join(Pack.objects.values_list("slug", flat=True)[:20])
        raise PublishError(f"There is no pack {shown(slug)}; there are: {known or 'none yet'}.")
    return pack


def _build(pack: Pack, version: str) -> Build:
    builds = {build.version: build for build in pack.builds.select_related("pack")}
    if not builds:
        raise PublishError(f"{pack} has no build yet; say --build to make one of what is chosen.")
    if not version:
        return max(builds.values(), key=lambda build: build.number)
    parse_version(version)
    if version not in builds:
        known = ", ".join(sorted(builds, key=parse_version))
        raise PublishError(f"{pack} has no build {version}; there are: {known}.")
    return builds[version]


def _under_way(build: Build, *, tree: bool) -> Release | None:
    """Its release, if just this was asked for and is not done: perhaps by a command that was killed."""
    asked = Release.objects.here().filter(build=build, tree=tree, job__kind=PUBLISH)
    return asked.exclude(job__status__in=ENDED).select_related("job__batch").first()


def told(release: Release) -> dict[str, Any]:
    """Everything a script may want to know of a release."""
    return {
        "pack": release.build.pack.slug,
        "version": release.build.version,
        "repo": release.repo,
        "tag": release.tag,
        "state": release.state,
        "url": release.url,
        "zip_url": release.zip_url,
        "sha256": release.build.zip_sha256,
        "downloads": release.downloads,
        "tree": release.tree,
        "commit": release.commit,
        "install": dict(release.install_lines),
        "registry_entry": release.registry_entry,
    }


def as_json(release: Release) -> str:
    return json.dumps(told(release), indent=2, ensure_ascii=False)


def as_text(release: Release) -> str:
    """Where it is, how people install it, and what to hand in to the registry."""
    lines = [f"{release.tag} is published: {release.url}", ""]
    lines += [f"{player:<12} {line}" for player, line in release.install_lines]
    if release.registry_entry:
        lines += ["", "Entry for the registry of CESP packs, for a pull request there:", ""]
        lines += [release.registry_entry_text]
        if "github" not in release.registry_entry["author"]:
            lines += [
                "",
                "The registry asks for the author's GitHub user; say it on the pack's page, below its rows.",
            ]
    return "\n".join(lines)


def _listing(rows: list[Release]) -> str:
    heads = ["tag", "state", "downloads", "published", "where"]
    cells = [
        [
            row.tag,
            "not published" if row.state == Release.State.PUBLISHING else row.state,
            str(row.downloads),
            f"{row.published_at:%Y-%m-%d}" if row.published_at else "",
            row.url or row.repo,
        ]
        for row in rows
    ]
    return table(heads, cells, right=["downloads"])

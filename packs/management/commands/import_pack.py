from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from accounts.models import User
from ccbell_site.terminal import table
from jobs.models import Job, Status
from packs.errors import BuildError
from packs.importing.bring import Brought, bring
from packs.management.working import WorkingCommand, why
from packs.standing import Standing
from sounds.models import Sound

NOT_ALL = 1


class Command(WorkingCommand):
    help = "Import a sound pack, ours or anybody's: a CESP pack, one for ccbell, zipped or as a folder."
    stopped = "Stopped. What was finished is kept in the new pack; import it again for the whole."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("path", type=Path, help="a pack, zipped or as a folder")
        parser.add_argument(
            "--remaster", action="store_true", help="master anew what is too late, uneven or over the ceiling"
        )
        parser.add_argument("--title", default="", help="instead of the pack's own")
        parser.add_argument("--slug", default="", help="name of the new pack (default: its own, if free)")
        parser.add_argument(
            "--licence", default="", help="SPDX, such as CC-BY-4.0: of the sounds that it states none for"
        )
        parser.add_argument("--owner", default="", help="user whom it is to belong to (default: nobody)")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def work(self, options: dict[str, Any]) -> None:
        owner = _user(options["owner"]) if options["owner"] else None
        brought = bring(
            options["path"],
            owner=owner,
            title=options["title"].strip(),
            slug=options["slug"],
            licence=options["licence"].strip(),
            remaster=options["remaster"],
            wake=False,
        )
        jobs = self.finish(brought.batch, f"Importing {brought.pack.slug}")
        failed = [job for job in jobs if job.status != Status.SUCCEEDED]
        standing = Standing.of(brought.pack)
        if options["json"]:
            self.stdout.write(_as_json(brought, standing, failed))
        else:
            self.stdout.write(_as_text(brought, standing, remastered=options["remaster"]))
            if failed:
                self.stderr.write(self.style.ERROR(f"Not all came in:\n{why(failed)}"))
        if failed:
            sys.exit(NOT_ALL)


def _user(name: str) -> User:
    user = User.objects.filter(username=name).first()
    if user is None:
        raise BuildError(f"There is no user {name}; the admin shows whom there is.")
    return user


def _as_json(brought: Brought, standing: Standing, failed: list[Job]) -> str:
    found = brought.found
    return json.dumps(
        {
            "pack": brought.pack.slug,
            "title": brought.pack.collection.title,
            "from": {
                "document": found.document,
                "name": found.name,
                "version": found.version,
                "licence": found.licence,
            },
            "licence": standing.licence,
            "badge": standing.earns_badge,
            "misses": [{"hook": key, "sentence": sentence} for key, sentence in standing.misses],
            "sounds": [_row(key, sound) for key, sound in _takes(brought)],
            "failed": [
                {"sound": job.label, "file": job.payload.get("name", ""), "sentence": job.error}
                for job in failed
            ],
        },
        indent=2,
        ensure_ascii=False,
    )


def _takes(brought: Brought) -> list[tuple[str, Sound]]:
    """Hook and take, in the order of the rows."""
    takes = Sound.objects.filter(slot__collection=brought.pack.collection).select_related("slot", "parent")
    ordered = takes.order_by("slot__position", "slot", "take_no")
    return [(take.slot.key, take) for take in ordered if take.slot]


def _row(key: str, sound: Sound) -> dict[str, Any]:
    return {
        "hook": key,
        "uuid": str(sound.uuid),
        "title": sound.title,
        "file": sound.provenance.get("file", ""),
        "remastered": sound.parent_id is not None,
        "chosen": sound.slot is not None and sound.slot.chosen_id == sound.pk,
        "duration_s": sound.duration_s,
        "loudness_lufs": sound.loudness_lufs,
        "intended_lufs": sound.intended_lufs,
        "true_peak_dbtp": sound.true_peak_dbtp,
        "quality": sound.quality,
        "licence": sound.licence,
        "attribution": sound.attribution,
    }


def _as_text(brought: Brought, standing: Standing, *, remastered: bool) -> str:
    heads = ["hook", "duration", "loudness", "meant", "true peak", "from"]
    rows = [
        [
            key,
            f"{sound.duration_s:.2f} s",
            f"{sound.loudness_lufs:.1f} LUFS",
            f"{sound.intended_lufs:.0f} LUFS",
            f"{sound.true_peak_dbtp:.1f} dBTP",
            f"{sound.provenance.get('file', '')}{' (remastered)' if sound.parent_id else ''}",
        ]
        for key, sound in _takes(brought)
    ]
    found, pack = brought.found, brought.pack
    what = " ".join(word for word in (found.display_name or found.name, found.version) if word)
    return "\n".join(
        [
            *([table(heads, rows, right=heads[1:5]), ""] if rows else []),
            f"{what or 'It'} is here as the pack {pack.slug}, licence {standing.licence or 'unknown'}.",
            *_judged(standing, remastered=remastered),
            f"Listen    make run, then /packs/{pack.slug}/",
        ]
    )


def _judged(standing: Standing, *, remastered: bool) -> list[str]:
    if standing.earns_badge:
        return ["It earns the badge: even, quick and clean."]
    rows = len({key for key, _ in standing.misses})
    hint = "" if remastered else "; --remaster masters such anew"
    return [f"Sounds that miss the badge: {rows} of {len(standing.filled)}{hint}."] if rows else []

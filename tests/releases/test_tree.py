"""A pack as files in the repository: one commit, the tag at it, an index, an entry for the registry."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from packs.formats.cesp import validate
from packs.models import Build
from releases.errors import PublishError
from releases.files import REGISTRY_KEYS
from releases.models import Release
from tests.packs.support import errors, opened, with_sound
from tests.releases.support import do, make_build, published, refused
from tests.support.github import FakeGithub
from tests.support.github.faults import CUT, LOST

pytestmark = pytest.mark.django_db(transaction=True)

HEAD = "heads/main"
FILES = {"openpeon.json", "LICENSE", "sounds/task_complete.wav", "sounds/tool_error.wav"}
COMMIT, TREE, BLOB = "POST .*/git/commits", "POST .*/git/trees", "POST .*/git/blobs"
MOVE, TAG = "PATCH .*/git/refs/heads/main", "POST .*/git/refs$"


def index(github: FakeGithub) -> dict[str, str]:
    """Pack to version, as the index at the head has it."""
    document = json.loads(github.repo.git.read(HEAD, "index.json"))
    return {entry["name"]: entry["version"] for entry in document["packs"]}


def paths_of(github: FakeGithub, slug: str = "sci-fi", ref: str = HEAD) -> set[str]:
    return {
        path.removeprefix(f"{slug}/") for path in github.repo.git.paths(ref) if path.startswith(f"{slug}/")
    }


def test_the_files_lie_in_the_repository_in_one_commit_with_the_tag_at_it(github, build: Build, tmp_path):
    release = published(build, tree=True)
    git = github.repo.git
    assert git.history(HEAD) == ["sci-fi 1.0.0", "first"]
    assert git.refs["tags/sci-fi-v1.0.0"] == git.refs[HEAD] == release.commit
    assert paths_of(github) == FILES and "README.md" in git.paths(HEAD)
    for path in FILES:
        target = tmp_path / "sci-fi" / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(git.read(HEAD, f"sci-fi/{path}"))
    assert not errors(validate(opened(tmp_path / "sci-fi")))
    (there,) = github.repo.releases.values()
    assert not there.draft and there.target == release.commit


def test_the_index_lists_the_pack_and_keeps_what_others_wrote(github, build: Build):
    theirs = {"packs": [{"name": "zen", "version": "3.0.0", "mood": "calm"}], "note": "by hand"}
    github.repo.git.push("main", {"index.json": json.dumps(theirs).encode()})
    release = published(build, tree=True)
    document = json.loads(github.repo.git.read(HEAD, "index.json"))
    ours, zen = document["packs"]
    assert document["note"] == "by hand" and zen == theirs["packs"][0]
    assert ours == {
        "name": "sci-fi", "display_name": "Sci-Fi", "version": "1.0.0", "description": "Two tones",
        "tag": "sci-fi-v1.0.0", "path": "sci-fi", "zip_url": release.zip_url, "sha256": build.zip_sha256,
        "licence": "CC0-1.0", "sound_count": 2,
    }  # fmt: skip


def test_the_registry_entry_has_every_key_and_fits_the_commit(github, build: Build):
    release = published(build, tree=True)
    entry = release.registry_entry
    manifest = github.repo.git.read(HEAD, "sci-fi/openpeon.json")
    assert set(entry) == {key.name for key in REGISTRY_KEYS}
    assert entry["manifest_sha256"] == hashlib.sha256(manifest).hexdigest()
    assert (entry["source_repo"], entry["source_ref"], entry["source_path"]) == (
        "somebody/packs", "sci-fi-v1.0.0", "sci-fi",
    )  # fmt: skip
    assert entry["author"] == {"name": "A. Author", "github": "a-author"}
    assert (entry["sound_count"], entry["trust_tier"]) == (2, "community")
    assert entry["categories"] == ["task.complete", "task.error"]
    assert entry["preview_sounds"] == ["task_complete.wav", "tool_error.wav"]
    assert json.loads(release.registry_entry_text) == entry


def test_a_next_version_takes_the_place_of_the_files_before(github, build: Build, content):
    published(build, tree=True)
    github.repo.git.push("main", {"sci-fi/old.txt": b"left over", "other/file": b"not ours"})
    fewer = replace(content, sounds=[one for one in content.sounds if one.hook == "task_complete"])
    published(make_build(fewer, "1.1.0"), tree=True)
    assert paths_of(github) == FILES - {"sounds/tool_error.wav"}
    assert github.repo.git.read(HEAD, "other/file") == b"not ours"
    assert paths_of(github, ref="tags/sci-fi-v1.0.0") == FILES
    assert index(github) == {"sci-fi": "1.1.0"}


def test_one_repository_holds_many_packs(github, content, db):
    published(make_build(content, slug="one"), tree=True)
    published(make_build(content, "2.0.0", slug="two"), tree=True)
    assert index(github) == {"one": "1.0.0", "two": "2.0.0"}
    assert paths_of(github, "one") == paths_of(github, "two") == FILES
    blobs = [one for one in github.writes() if one.endswith("/blobs")]
    assert len(blobs) == 2 * (len(FILES) + 1)


@pytest.mark.parametrize("on", [BLOB, TREE, COMMIT, MOVE, TAG])
@pytest.mark.parametrize("kind", [LOST, CUT, 502])
def test_whatever_answer_is_lost_there_is_one_commit(github, build: Build, kind, on):
    github.faults.add(kind, on, times=2)
    release = published(build, tree=True)
    assert github.repo.git.history(HEAD) == ["sci-fi 1.0.0", "first"]
    assert github.repo.git.refs["tags/sci-fi-v1.0.0"] == release.commit
    assert paths_of(github) == FILES and index(github) == {"sci-fi": "1.0.0"}
    assert len(github.repo.releases) == 1


def test_what_others_push_in_the_meantime_stays(github, build: Build):
    def push(request: str) -> None:
        if request.startswith("PATCH") and "heads/main" in request and len(pushed) < 3:
            pushed.append(github.repo.git.push("main", {f"theirs-{len(pushed)}": b"mine"}))

    pushed: list[str] = []
    github.faults.chance = push
    release = published(build, tree=True)
    assert len(pushed) == 3
    assert github.repo.git.history(HEAD) == ["sci-fi 1.0.0", "by hand", "by hand", "by hand", "first"]
    assert github.repo.git.refs["tags/sci-fi-v1.0.0"] == release.commit
    assert {"theirs-0", "theirs-2", "index.json"} <= github.repo.git.paths(HEAD)


def test_a_protected_branch_is_a_sentence_and_leaves_a_draft(github, build: Build):
    body = {"message": "Changes must be made through a pull request."}
    github.faults.add(422, MOVE, body=body)
    assert "GitHub refuses this (422: Changes must be made through a pull request)" in refused(
        build, tree=True
    )
    assert github.repo.git.history(HEAD) == ["first"] and len(github.repo.drafts()) == 1
    published(build, tree=True)
    assert len(github.repo.releases) == 1


@pytest.mark.parametrize(
    "on, said",
    [
        (TREE, "GitRPC::BadObjectState"),
        (TREE, "tree.sha 0123 is not a valid blob"),
        (TAG, "Object does not exist"),
        (MOVE, "Reference cannot be updated"),
    ],
)
def test_what_another_machine_of_github_does_not_have_yet_is_waited_for(github, build: Build, on, said):
    github.faults.add(422, on, body={"message": said}, times=2)
    published(build, tree=True)
    assert github.repo.git.history(HEAD) == ["sci-fi 1.0.0", "first"]
    assert len(github.repo.releases) == 1


def test_what_the_registry_would_not_take_is_refused_before_anything_is_made(github, content, db):
    build = make_build(replace(content, description="x" * 10, tags=["a"], author=""))
    assert "The registry of CESP packs would not take this" in refused(build, tree=True)
    assert not github.writes()


def test_a_tag_that_is_at_other_files_is_refused(github, build: Build):
    github.repo.git.make_ref("tags/sci-fi-v1.0.0", github.repo.git.refs[HEAD])
    assert "The tag sci-fi-v1.0.0 is in somebody/packs already" in refused(build, tree=True)
    assert not github.repo.published() and github.repo.git.history(HEAD) == ["first"]


def test_an_index_that_is_somebody_elses_is_left_alone(github, build: Build):
    for theirs in (b"<html>", b'{"pages": []}', b'{"packs": [1]}'):
        github.repo.git.push("main", {"index.json": theirs})
        assert "“index.json” in the repository is no" in refused(build, tree=True)
        assert github.repo.git.read(HEAD, "index.json") == theirs


def test_a_file_where_the_folder_should_be_is_left_alone(github, build: Build):
    github.repo.git.push("main", {"sci-fi": b"a file"})
    assert "“sci-fi” in the repository is no folder" in refused(build, tree=True)


def test_a_pack_that_no_cesp_player_could_play_is_published_without_files_only(github, content, db):
    bare = with_sound(with_sound(content, "task_complete", cesp_category=""), "tool_error", cesp_category="")
    build = make_build(bare)
    assert "has a CESP category" in refused(build, tree=True)
    assert not github.writes()
    published(build)


def test_what_is_out_without_its_files_is_not_given_them_later(github, build: Build):
    release = published(build)
    with pytest.raises(PublishError, match="is out without its files; withdraw it first"):
        Release.objects.publish(build, by=None, tree=True, wake=False)
    release.withdraw(by=None, wake=False)
    assert do(release).status == "succeeded"
    published(build, tree=True)
    assert paths_of(github) == FILES

"""SIGHUP: new rules are taken whole, or refused and the last good ones stay; every answer says which it used."""

from __future__ import annotations

import json
import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

from reload.conftest import TRIAGE, Rules, Served, by

Serve = Callable[..., Served]


def everyone(served: Served, times: int = 40) -> set[tuple[str, str]]:
    """By what many requests, each on a connection of its own, are answered: all workers get some."""
    return {served.triage() for _ in range(times)}


def test_new_rules_are_served_by_all_workers_and_named_in_every_answer(serve: Serve, rules: Rules) -> None:
    served = serve()
    ((first, _),) = everyone(served)
    workers = served.workers()
    assert first == "1.0.0"
    assert "lastReload" not in served.ready()
    version, digest = rules.write("1.1.0", "Another title")
    last = served.reload()
    assert last.pop("at").endswith("+00:00")
    assert last == {"state": "reloaded"}
    assert everyone(served) == {(version, digest)}
    assert served.workers() == workers
    assert served.ready()["ruleSets"] == [{"id": "limb-numbness", "version": version, "sha256": digest}]
    assert served.reloads()[-1]["rule_sets"] == [f"limb-numbness {version} {digest}"]


def test_what_is_made_of_the_rules_changes_with_them(serve: Serve, rules: Rules) -> None:
    served = serve(workers=1)
    kept = served.connect()

    def read(path: str) -> str:
        kept.request("GET", path)
        return kept.getresponse().read().decode()

    paths = ("/fhir/Questionnaire/limb-numbness", "/fhir/Questionnaire", "/rules", "/")
    assert all("Another title" not in read(path) for path in paths)
    rules.write("1.1.0", "Another title")
    served.reload()
    assert all("Another title" in read(path) for path in paths)
    assert json.loads(read(paths[0]))["version"] == "1.1.0"
    kept.close()


def test_broken_rules_are_refused_with_their_place_and_the_last_good_ones_stay(serve: Serve, rules: Rules) -> None:
    served = serve()
    before, workers = everyone(served), served.workers()
    mend = rules.break_them()
    assert served.reload()["state"] == "refused"
    assert everyone(served) == before
    assert served.workers() == workers
    refusal = served.reloads()[-1]
    assert (refusal["severity"], refusal["problem_count"]) == ("ERROR", 1)
    (problem,) = [line for line in served.logged() if line["event"] == "rule problem"]
    assert problem["rule_place"] == "limb_numbness/tests.yaml:6:1"
    assert problem["rule_problem"] == (
        "This is not YAML: while parsing a flow sequence: expected ',' or ']', but got '-'."
    )
    assert problem["rule_remedy"] == "Look at indentation, quotes and brackets here and in the lines above."
    mend()
    wanted = rules.write("1.1.0")
    assert served.reload()["state"] == "reloaded"
    assert everyone(served) == {wanted}


def test_a_reload_refuses_what_check_calls_an_error_though_a_start_would_take_it(serve: Serve, rules: Rules) -> None:
    (rules.folder / "cases.yaml").unlink()
    served = serve(workers=1)
    assert served.triage()[0] == "1.0.0"
    assert served.reload()["state"] == "refused"
    (problem,) = [line for line in served.logged() if line["event"] == "rule problem"]
    assert problem["rule_place"] == "limb_numbness/cases.yaml:1:1"
    assert problem["rule_problem"] == "The file is missing."
    assert problem["rule_remedy"] == "Add it, and fill it as docs/writing-rules.md says."


def test_rules_that_are_gone_are_refused(serve: Serve, rules: Rules) -> None:
    served = serve(workers=1)
    before = served.triage()
    rules.folder.rename(rules.folder.with_name("away"))
    assert served.reload()["state"] == "refused"
    (problem,) = [line for line in served.logged() if line["event"] == "rule problem"]
    assert (problem["rule_place"], problem["rule_problem"]) == ("limb_numbness:1:1", "There is no such folder.")
    assert served.triage() == before


def test_a_request_in_flight_ends_on_the_rules_that_it_began_with(serve: Serve, rules: Rules) -> None:
    served = serve(workers=1)
    began_with = served.triage()
    half = len(served.body) // 2
    head = f"POST {TRIAGE} HTTP/1.1\r\nHost: x\r\nContent-Type: application/fhir+json\r\nConnection: close\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as slow:
        slow.sendall(f"{head}Content-Length: {len(served.body)}\r\n\r\n".encode() + served.body[:half])
        time.sleep(0.5)
        wanted = rules.write("1.1.0")
        served.reload()
        assert served.triage() == wanted
        slow.sendall(served.body[half:])
        answer = b"".join(iter(lambda: slow.recv(65_536), b""))
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert by(json.loads(answer.partition(b"\r\n\r\n")[2])) == began_with


def test_hanging_up_many_times_at_once_ends_on_the_last_rules(serve: Serve, rules: Rules) -> None:
    served = serve()
    workers = served.workers()
    for number in range(1, 4):
        wanted = rules.write(f"1.{number}.0")
        for _ in range(3):
            served.hang_up()
    served.wait_until(lambda: served.triage() == wanted)
    assert served.workers() == workers
    assert everyone(served) == {wanted}


def test_hanging_up_again_and_again_does_not_keep_it_from_ending(serve: Serve) -> None:
    served = serve(workers=1)
    for _ in range(30):
        served.hang_up()
        time.sleep(0.01)
    served.wait_until(lambda: len(served.reloads()) > 0)
    assert served.stop() == 0
    assert len(served.reloads()) <= 3


def test_a_worker_that_is_started_later_has_the_rules_in_force(serve: Serve, rules: Rules) -> None:
    served = serve(workers=1)
    wanted = rules.write("1.1.0")
    served.reload()
    rules.break_them()
    assert served.reload()["state"] == "refused"
    (worker,) = served.workers()
    os.kill(worker, signal.SIGKILL)
    served.process.poll()
    served.wait_until(lambda: len(served.workers() - {worker}) == 1)
    assert everyone(served, 5) == {wanted}


def test_a_hang_up_that_reaches_the_workers_too_ends_none_of_them(serve: Serve) -> None:
    served = serve()
    workers = served.workers()
    for pid in workers:
        os.kill(pid, signal.SIGHUP)
    assert served.reload()["state"] == "reloaded"
    assert served.workers() == workers


def test_a_link_that_is_turned_to_another_folder_is_followed(serve: Serve, rules: Rules, tmp_path: Path) -> None:
    current = tmp_path / "current"
    current.symlink_to(rules.folder)
    served = serve(workers=1, path=current)
    newer = Rules(tmp_path / "newer")
    _copy(rules.folder, newer.folder)
    wanted = newer.write("2.0.0")
    (tmp_path / "next").symlink_to(newer.folder)
    (tmp_path / "next").replace(current)
    assert served.reload()["state"] == "reloaded"
    assert served.triage() == wanted


def test_files_that_kubernetes_mounts_are_read_and_its_swap_is_followed(
    serve: Serve, rules: Rules, tmp_path: Path
) -> None:
    mount = tmp_path / "mount"
    _copy(rules.folder, mount / "..2026_01")
    (mount / "..data").symlink_to("..2026_01")
    for name in [path.name for path in rules.folder.iterdir()]:
        (mount / name).symlink_to(f"..data/{name}")
    served = serve(workers=1, path=mount)
    newer = Rules(mount / "..2026_02")
    _copy(rules.folder, newer.folder)
    wanted = newer.write("2.0.0")
    (mount / "..data_tmp").symlink_to("..2026_02")
    (mount / "..data_tmp").replace(mount / "..data")
    assert served.reload()["state"] == "reloaded", served.logged()
    assert served.triage() == wanted


def _copy(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            copied = target / path.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(path.read_bytes())


def test_after_reloads_it_still_ends_cleanly_when_told_to(serve: Serve, rules: Rules) -> None:
    served = serve()
    rules.write("1.1.0")
    served.reload()
    kept = served.connect()
    served.triage(kept)
    assert served.stop() == 0
    kept.close()

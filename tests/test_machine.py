from __future__ import annotations

import os

import pytest

from vec2art_nb import machine


@pytest.mark.parametrize(
    ("files", "cores"),
    [
        ({"cpu.max": "150000 100000\n"}, 1.5),
        ({"cpu.max": "max 100000\n"}, None),
        ({"cpu.max": "50000 100000"}, 0.5),
        ({"cpu/cpu.cfs_quota_us": "200000\n", "cpu/cpu.cfs_period_us": "100000\n"}, 2.0),
        ({"cpu/cpu.cfs_quota_us": "-1\n", "cpu/cpu.cfs_period_us": "100000\n"}, None),
        ({}, None),
    ],
)
def test_the_cpu_quota_of_either_kind_of_control_group_is_read(tmp_path, files, cores) -> None:
    write(tmp_path, files)
    assert machine._cpu_quota(tmp_path) == cores


@pytest.mark.parametrize(
    ("files", "limit"),
    [
        ({"memory.max": "1073741824\n"}, 1 << 30),
        ({"memory.max": "max\n"}, None),
        ({"memory/memory.limit_in_bytes": "9223372036854771712\n"}, None),
        ({"memory/memory.limit_in_bytes": "2147483648\n"}, 2 << 30),
        ({}, None),
    ],
)
def test_the_memory_limit_of_either_kind_of_control_group_is_read(tmp_path, files, limit) -> None:
    write(tmp_path, files)
    assert machine._memory_limit(tmp_path) == limit


def test_the_quota_cuts_down_what_the_affinity_allows(tmp_path, monkeypatch) -> None:
    write(tmp_path, {"cpu.max": "50000 100000", "memory.max": "1048576"})
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    assert machine.cores.__wrapped__() == 1
    assert machine.memory_bytes.__wrapped__() == 1 << 20
    (tmp_path / "cpu.max").write_text("250000 100000")
    assert machine.cores.__wrapped__() == 3


def write(folder, files) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)

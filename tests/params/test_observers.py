"""Who listens to the parameters hears each change once, in order, from whatever thread it comes."""

from __future__ import annotations

import itertools
import logging
import sys
import threading

import pytest

from vec2art_nb.params import Change, Patch


def test_an_observer_hears_the_names_it_asked_for(model):
    heard = {"detail": [], "backend": [], "all": []}
    model.observe(heard["detail"].append, "detail", "blur_sigma")
    model.observe(heard["backend"].append, "backend")
    model.observe(heard["all"].append)
    first = model.set(detail=0.6, blur_sigma=2)
    second = model.set(page=False)
    third = model.set(backend="dots")
    assert heard == {"detail": [first, third], "backend": [third], "all": [first, second, third]}


def test_undo_and_redo_are_heard_too(model):
    model.detail = 0.6
    heard = []
    model.observe(lambda delta: heard.append(delta.changed["detail"]), "detail")
    model.undo()
    model.redo()
    assert heard == [Change(0.6, 0.4), Change(0.4, 0.6)]


def test_an_unsubscribed_observer_hears_nothing_more(model):
    heard = []
    stop = model.observe(heard.append)
    other = []
    model.observe(other.append)
    stop()
    stop()
    model.detail = 0.6
    assert (heard, len(other)) == ([], 1)


def test_one_callback_subscribed_twice_is_two_subscriptions(model):
    heard = []
    stop = model.observe(heard.append)
    model.observe(heard.append)
    stop()
    model.detail = 0.6
    assert len(heard) == 1


def test_an_observer_may_unsubscribe_another_while_being_told(model):
    heard = []
    model.observe(lambda _: stop())
    stop = model.observe(heard.append)
    model.detail = 0.6
    assert heard == []


def test_an_observer_that_fails_stops_no_other_and_is_logged(model, caplog):
    heard = []

    def fail(_):
        raise RuntimeError("broken observer")

    model.observe(fail)
    model.observe(heard.append)
    with caplog.at_level(logging.ERROR, "vec2art_nb"):
        model.detail = 0.6
    assert len(heard) == 1
    assert "broken observer" in caplog.text


def test_a_failure_goes_to_the_hook_when_there_is_one(model, caplog):
    errors, heard = [], []

    def fail(_):
        raise RuntimeError("broken observer")

    def broken_hook(_):
        raise RuntimeError("broken hook")

    model.on_observer_error = errors.append
    model.observe(fail)
    model.observe(heard.append)
    model.detail = 0.6
    assert [str(error) for error in errors] == ["broken observer"]
    assert caplog.text == ""
    model.on_observer_error = broken_hook
    model.detail = 0.7
    assert len(heard) == 2
    assert "broken hook" in caplog.text


def test_an_interrupted_observer_loses_nothing_for_the_others(model):
    heard = []

    def interrupt(_):
        stop()
        raise KeyboardInterrupt

    stop = model.observe(interrupt)
    model.observe(lambda delta: heard.append(delta.current.values.detail))
    with pytest.raises(KeyboardInterrupt):
        model.detail = 0.6
    assert model.detail == 0.6
    model.detail = 0.7
    assert heard == [0.6, 0.7]


def test_a_change_from_within_an_observer_is_heard_after_the_one_it_answers(model):
    heard = []

    def answer(delta):
        if "detail" in delta.changed:
            assert model.set(blur_sigma=delta.current.values.detail * 10).changed.keys() == {"blur_sigma"}

    model.observe(answer)
    model.observe(lambda delta: heard.append(sorted(delta.changed)))
    model.detail = 0.3
    assert model.blur_sigma == 3.0
    assert heard == [["detail"], ["blur_sigma"]]


def test_an_observer_may_undo(model):
    model.observe(lambda delta: model.undo() if delta.current.values.detail > 0.9 else None)
    model.detail = 0.6
    model.detail = 0.95
    assert model.detail == 0.6


def test_no_lock_is_held_while_an_observer_runs(model):
    def ask_another_thread(_):
        thread = threading.Thread(target=lambda: model.set(page=False))
        thread.start()
        thread.join(10)
        assert not thread.is_alive()

    errors = []
    model.on_observer_error = errors.append
    model.observe(ask_another_thread, "detail")
    for change in (
        lambda: model.set(detail=0.6),
        model.undo,
        model.redo,
        model.reset,
        lambda: model.preset({"detail": 0.3}),
        lambda: model.from_json('{"backend": "edge", "values": {"edge": {"detail": 0.9}}}'),
        lambda: model.apply(Patch.from_json('{"values": {"edge": {"detail": [0, 0.1]}}}')),
    ):
        change()
    assert errors == []


def test_a_change_made_meanwhile_in_another_thread_is_left_to_the_thread_that_is_telling(model):
    heard = []

    def listen(delta):
        heard.append(("begins", *delta.changed, threading.get_ident()))
        if "detail" in delta.changed:
            thread = threading.Thread(target=lambda: model.set(page=False))
            thread.start()
            thread.join(10)
        heard.append(("ends", *delta.changed, threading.get_ident()))

    model.observe(listen)
    model.detail = 0.6
    here = threading.get_ident()
    assert heard == [(when, name, here) for name in ("detail", "page") for when in ("begins", "ends")]


def test_many_threads_are_heard_in_the_order_of_their_changes(model):
    threads, edits = 4, 200
    heard: list = []
    inside = threading.Lock()

    def listen(delta):
        assert inside.acquire(blocking=False), "two callbacks at once"
        heard.append(delta)
        inside.release()

    errors = []
    model.on_observer_error = errors.append
    model.observe(listen)
    model.observe(listen)
    start = threading.Barrier(threads)

    def edit(number: int) -> None:
        start.wait()
        for step in range(edits):
            model.set(min_length_px=number * edits + step + 1000)

    switching = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        workers = [threading.Thread(target=edit, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    finally:
        sys.setswitchinterval(switching)
    assert errors == []
    assert len(heard) == 2 * threads * edits
    assert heard[0::2] == heard[1::2]
    told = heard[0::2]
    assert all(later.previous is earlier.current for earlier, later in itertools.pairwise(told))
    assert told[-1].current is model.state
    # The history holds the newest.
    assert [delta.current for delta in model.history] == [delta.current for delta in told[-300:]]


def test_changes_of_several_threads_to_several_fields_are_all_kept(model):
    def edit(name: str) -> None:
        for step in range(300):
            model.set(**{name: step / 300})

    names = ("detail", "blur_sigma", "simplify_px")
    workers = [threading.Thread(target=edit, args=(name,)) for name in names]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [getattr(model, name) for name in names] == [299 / 300] * 3

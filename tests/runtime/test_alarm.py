from __future__ import annotations

import threading

from vec2art_nb.runtime.alarm import Alarm


def test_timers_go_off_in_the_order_of_their_time() -> None:
    alarm, heard, done = Alarm(), [], threading.Event()
    alarm.after(0.5, done.set)
    alarm.after(0.4, lambda: heard.append("second"))
    alarm.after(0.2, lambda: heard.append("first"))
    assert done.wait(30)
    assert heard == ["first", "second"]


def test_a_cancelled_timer_calls_nothing() -> None:
    alarm, heard, done = Alarm(), [], threading.Event()
    timer = alarm.after(0.3, lambda: heard.append("cancelled"))
    timer.cancel()
    alarm.after(0.4, done.set)
    assert done.wait(30)
    assert heard == []


def test_a_callback_that_fails_stops_no_other(caplog) -> None:
    alarm, done = Alarm(), threading.Event()
    alarm.after(0.0, lambda: 1 / 0)
    alarm.after(0.01, done.set)
    assert done.wait(30)
    assert "a timer's callback failed" in caplog.text


def test_a_timer_may_set_the_next() -> None:
    alarm, done = Alarm(), threading.Event()
    alarm.after(0.0, lambda: alarm.after(0.0, done.set))
    assert done.wait(30)

"""The graph finds every disagreement when it is built, and its keys change exactly with what is read."""

from __future__ import annotations

import types

import pytest

from vec2art_nb.drawing import Drawing
from vec2art_nb.errors import GraphError
from vec2art_nb.graph import Graph
from vec2art_nb.image import Source
from vec2art_nb.params import Params, param


class Two(Params):
    first: float = param(1.0, "First.", group="G", ge=0, le=9)
    second: float = param(2.0, "Second.", group="G", ge=0, le=9)
    switch: bool = param(False, "Turns third on.", group="G")
    third: float = param(3.0, "Third.", group="G", ge=0, le=9, needs={"switch": True})


def grey(source: Source, *, first: float) -> int: ...


def lines(grey: int, *, second: float, switch: bool, third: float) -> str: ...


def drawing(lines: str, grey: int) -> Drawing: ...


STAGES = (grey, lines, drawing)


def changed(**values: float) -> set[str]:
    graph = Graph(Two, STAGES)
    before, after = graph.keys("digest", Two()), graph.keys("digest", Two(**values))
    return {name for name in before if before[name] != after[name]}


def test_a_change_alters_exactly_the_keys_downstream_of_its_readers() -> None:
    assert changed(first=5.0) == {"grey", "lines", "drawing"}
    assert changed(second=5.0) == {"lines", "drawing"}


def test_another_picture_alters_every_key() -> None:
    graph = Graph(Two, STAGES)
    before, after = graph.keys("one", Two()), graph.keys("two", Two())
    assert all(before[name] != after[name] for name in before)


def test_the_same_state_gives_equal_keys_with_equal_hashes() -> None:
    graph = Graph(Two, STAGES)
    before, after = graph.keys("digest", Two(first=4)), graph.keys("digest", Two(first=4))
    assert before == after
    assert [hash(key) for key in before.values()] == [hash(key) for key in after.values()]


def test_only_what_is_not_there_must_run_and_each_is_asked_for_once() -> None:
    graph, asked = Graph(Two, STAGES), []

    def missing(*there: str, target: str = "") -> list[str]:
        asked.clear()
        return [stage.name for stage in graph.missing(lambda name: asked.append(name) or name in there, target)]

    assert missing() == ["grey", "lines", "drawing"]
    assert sorted(asked) == ["drawing", "grey", "lines"]
    assert missing("lines") == ["grey", "drawing"]
    assert missing("grey") == ["lines", "drawing"]
    assert missing("drawing") == []
    assert asked == ["drawing"]
    assert missing(target="lines") == ["grey", "lines"]


def test_a_parameter_without_effect_alters_no_key() -> None:
    assert changed(third=8.0) == set()
    graph = Graph(Two, STAGES)
    on, off = graph.keys("d", Two(switch=True, third=8)), graph.keys("d", Two(switch=True, third=3))
    assert on["lines"] != off["lines"]


def test_two_functions_of_one_name_are_two_stages() -> None:
    def other() -> object:
        def grey(source: Source, *, first: float) -> int: ...

        return grey

    one, two = Graph(Two, STAGES), Graph(Two, (other(), lines, drawing))
    assert one.keys("d", Two())["grey"] != two.keys("d", Two())["grey"]


def as_lines(function: types.FunctionType) -> types.FunctionType:
    """The same function under the name that the stage after it reads."""
    copy = types.FunctionType(function.__code__, function.__globals__, "lines")
    copy.__kwdefaults__, copy.__annotations__ = function.__kwdefaults__, function.__annotations__
    return copy


def unknown_upstream(gray: int, *, second: float, switch: bool, third: float) -> str: ...


def unknown_parameter(grey: int, *, secnd: float) -> str: ...


def wrong_parameter_type(grey: int, *, second: int, switch: bool, third: float) -> str: ...


def wrong_upstream_type(grey: float, *, second: float, switch: bool, third: float) -> str: ...


def no_return(grey: int, *, second: float, switch: bool, third: float): ...


def many(*grey: int) -> str: ...


def not_a_drawing(lines: str) -> str: ...


def reads_lines(lines: str) -> int: ...


@pytest.mark.parametrize(
    ("stages", "message"),
    [
        ((), "at least one stage"),
        ((grey, grey, lines, drawing), "two stages are called grey"),
        ((lines, grey, drawing), "comes after it"),
        ((grey, as_lines(unknown_upstream), drawing), r"reads gray, which is no stage; did you mean grey"),
        ((grey, as_lines(unknown_parameter), drawing), r"reads parameter secnd.*did you mean second"),
        ((grey, lines, reads_lines, drawing), "nobody reads the result of stage reads_lines"),
        ((grey, as_lines(wrong_parameter_type), drawing), "annotated int, but it is float"),
        ((grey, as_lines(wrong_upstream_type), drawing), "annotated float, but it is int"),
        ((grey, as_lines(no_return), drawing), "does not say what it returns"),
        ((grey, as_lines(many), drawing), "cannot be resolved"),
        ((grey, lines, not_a_drawing), "must return a Drawing"),
    ],
)
def test_a_faulty_graph_says_what_to_mend(stages: tuple, message: str) -> None:
    with pytest.raises(GraphError, match=message):
        Graph(Two, stages)


def test_a_parameter_that_nobody_reads_is_refused() -> None:
    class Three(Two):
        idle: float = param(0.0, "Nothing.", group="G", ge=0, le=1)

    with pytest.raises(GraphError, match="no stage reads parameter idle"):
        Graph(Three, STAGES)

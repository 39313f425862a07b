"""Whatever is done to a model, it is where a naive one would be."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from vec2art_nb.errors import ParameterError
from vec2art_nb.params import ParamModel, Patch


def _machine(schemas, configurations) -> type[RuleBasedStateMachine]:
    defaults = {backend: schema().__dict__ for backend, schema in schemas.items()}
    names = st.sampled_from(list(schemas))

    class Machine(RuleBasedStateMachine):
        """The oracle is a plain dict, copied whole before each step, and lists of those copies."""

        def __init__(self) -> None:
            super().__init__()
            self.model = ParamModel(schemas, "edge")
            self.oracle: dict[str, Any] = {"backend": "edge", "values": copy.deepcopy(defaults)}
            self.done: list[Any] = []
            self.undone: list[Any] = []
            self.gesture: Any = None
            self.patches: list[tuple[Any, Patch, Any]] = []
            self.heard: list[Any] = []
            self.model.observe(self.heard.append)

        def expect(self, wanted: Any, delta: Any, gesture: Any = None) -> None:
            """The oracle goes to ``wanted``, and the model was there first."""
            previous = self.oracle
            if wanted == previous:
                assert delta is None
                return
            switches = wanted["backend"] != previous["backend"]
            if gesture is not None and gesture == self.gesture and not switches:
                previous_of_entry = self.done.pop()
            else:
                previous_of_entry = previous
            self.gesture = None
            if previous_of_entry != wanted:
                self.done.append(previous_of_entry)
                self.gesture = None if switches else gesture
            self.undone.clear()
            self.move(wanted, delta)

        def move(self, wanted: Any, delta: Any) -> None:
            assert self.heard.pop() is delta
            assert delta.current == self.model.state
            self.patches = [*self.patches[-4:], (self.oracle, delta.patch, wanted)]
            self.oracle = wanted

        def with_values(self, backend: str, values: dict[str, Any]) -> Any:
            wanted = copy.deepcopy(self.oracle)
            wanted["backend"] = backend
            wanted["values"][backend].update(values)
            return wanted

        @rule(data=st.data(), gesture=st.sampled_from([None, None, "drag", "wheel"]))
        def set_some(self, data: st.DataObject, gesture: Any) -> None:
            values = data.draw(configurations(schemas[self.oracle["backend"]]))
            delta = self.model.set(gesture=gesture, **values)
            self.expect(self.with_values(self.oracle["backend"], values), delta, gesture)

        @rule(detail=st.sampled_from([0.1, 0.4, 0.8]), gesture=st.sampled_from(["drag", "wheel"]))
        def drag(self, detail: float, gesture: str) -> None:
            delta = self.model.set(detail=detail, gesture=gesture)
            self.expect(self.with_values(self.oracle["backend"], {"detail": detail}), delta, gesture)

        @rule(backend=names, data=st.data(), gesture=st.sampled_from([None, "drag"]))
        def switch(self, backend: str, data: st.DataObject, gesture: Any) -> None:
            values = data.draw(st.one_of(st.just({}), configurations(schemas[backend])))
            delta = self.model.set(backend=backend, gesture=gesture, **values)
            self.expect(self.with_values(backend, values), delta, gesture)

        @rule(bad=st.sampled_from([{"detail": 2}, {"detail": float("nan")}, {"nothing": 1}, {"background": "inky"}]))
        def set_badly(self, bad: dict[str, Any]) -> None:
            for backend in (None, *schemas):
                with pytest.raises(ParameterError):
                    self.model.set(backend=backend, **{"detail": 0.123, **bad})
            with pytest.raises(ParameterError):
                self.model.preset(bad)
            with pytest.raises(ParameterError):
                self.model.set(backend="nowhere", detail=0.123)

        @rule()
        def undo(self) -> None:
            delta = self.model.undo()
            if not self.done:
                assert delta is None
                return
            self.undone.append(self.oracle)
            self.gesture = None
            self.move(self.done.pop(), delta)

        @rule()
        def redo(self) -> None:
            delta = self.model.redo()
            if not self.undone:
                assert delta is None
                return
            self.done.append(self.oracle)
            self.gesture = None
            self.move(self.undone.pop(), delta)

        @rule(data=st.data())
        def reset_some(self, data: st.DataObject) -> None:
            backend = self.oracle["backend"]
            chosen = data.draw(st.lists(st.sampled_from(list(defaults[backend])), max_size=3))
            delta = self.model.reset(*chosen)
            fresh = {name: defaults[backend][name] for name in chosen or defaults[backend]}
            self.expect(self.with_values(backend, fresh), delta)

        @rule(data=st.data())
        def take_preset(self, data: st.DataObject) -> None:
            backend = self.oracle["backend"]
            values = data.draw(configurations(schemas[backend]))
            delta = self.model.preset(values)
            self.expect(self.with_values(backend, {**defaults[backend], **values}), delta)

        @precondition(lambda self: self.patches)
        @rule(data=st.data(), invert=st.booleans())
        def apply_patch(self, data: st.DataObject, invert: bool) -> None:
            _, patch, _ = data.draw(st.sampled_from(self.patches))
            patch = Patch.from_json((patch.inverted() if invert else patch).to_json())
            wanted = copy.deepcopy(self.oracle)
            for backend, changes in patch.values.items():
                wanted["values"][backend].update({name: change.current for name, change in changes.items()})
            wanted["backend"] = patch.backend.current if patch.backend else wanted["backend"]
            self.expect(wanted, self.model.apply(patch))

        @precondition(lambda self: self.patches)
        @rule()
        def take_the_last_change_back(self) -> None:
            before, patch, after = self.patches[-1]
            if after == self.oracle:
                self.expect(before, self.model.apply(patch.inverted()))

        @rule()
        def survive_json(self) -> None:
            other = ParamModel(schemas, "dots", {"detail": 0.77})
            other.from_json(self.model.to_json())
            assert other.state == self.model.state
            assert self.model.from_json(self.model.to_json()) is None

        @invariant()
        def the_model_is_where_the_oracle_is(self) -> None:
            state = self.model.state
            assert state.backend == self.model.backend == self.oracle["backend"]
            assert set(state.kept) <= set(schemas) - {state.backend}
            for backend, values in self.oracle["values"].items():
                held = state.of(backend)
                assert (defaults[backend] if held is None else held.__dict__) == values
            assert self.heard == []

        @invariant()
        def the_history_is_the_oracles(self) -> None:
            assert len(self.model.history) == len(self.done)
            assert (self.model.can_undo, self.model.can_redo) == (bool(self.done), bool(self.undone))
            for entry, previous in zip(self.model.history, self.done, strict=True):
                assert entry.previous.backend == previous["backend"]
                assert entry.previous.values.__dict__ == previous["values"][previous["backend"]]

    return Machine


def test_any_sequence_of_edits_leads_where_a_naive_model_goes(schemas, configurations):
    run_state_machine_as_test(
        _machine(schemas, configurations),
        settings=settings(max_examples=60, stateful_step_count=30, deadline=None, derandomize=True),
    )

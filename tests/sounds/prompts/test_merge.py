"""Tables laid over tables."""

from sounds.prompts.merge import merged


def test_tables_are_merged_key_by_key_and_the_rest_is_replaced():
    base = {"echo": {"level": 0.2, "time_s": 0.1}, "chord": [0, 7], "tempo": 1.0}
    over = {"echo": {"level": 0.4}, "chord": [4]}
    assert merged(base, over) == {"echo": {"level": 0.4, "time_s": 0.1}, "chord": [4], "tempo": 1.0}


def test_neither_table_is_changed():
    base, over = {"echo": {"level": 0.2}}, {"echo": {"level": 0.4}}
    merged(base, over)
    assert (base, over) == ({"echo": {"level": 0.2}}, {"echo": {"level": 0.4}})


def test_a_layer_of_another_kind_is_replaced_whole():
    base = {"layers": {"body": {"kind": "fm", "index": 2.0}}}
    over = {"layers": {"body": {"kind": "pluck", "slope": 1.0}}}
    assert merged(base, over) == over


def test_a_layer_of_the_same_kind_is_merged():
    base = {"body": {"kind": "fm", "index": 2.0}}
    assert merged(base, {"body": {"kind": "fm", "ratio": 3.0}}) == {
        "body": {"kind": "fm", "index": 2.0, "ratio": 3.0}
    }

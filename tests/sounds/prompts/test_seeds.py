"""Seeds follow from names."""

from hypothesis import given
from hypothesis import strategies as st

from sounds.prompts.seeds import MAX_SEED, derive_seed

parts = st.lists(st.one_of(st.text(), st.integers(), st.none()), max_size=5)


def test_a_seed_is_the_same_on_every_machine():
    assert derive_seed("sci-fi", "hologram", "task_complete", 1) == 2192267562


def test_another_take_has_another_seed():
    assert derive_seed("sci-fi", "", "task_complete", 1) != derive_seed("sci-fi", "", "task_complete", 2)


def test_it_matters_where_one_part_ends_and_the_next_begins():
    assert derive_seed("a", "bc") != derive_seed("ab", "c")


@given(parts)
def test_every_seed_fits_32_bits(names):
    assert 0 <= derive_seed(*names) <= MAX_SEED

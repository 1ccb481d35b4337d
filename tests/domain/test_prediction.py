"""The table of predictions: what parts two rivals, and what it says in words."""

from crossblock.domain.prediction import Measurement, Predicted, Prediction, Predictions, part


def row(name, **bands):
    cells = {
        Measurement[m.upper()]: Predicted(value=(low + high) / 2, low=low, high=high)
        for m, (low, high) in bands.items()
    }
    return Prediction(
        mechanism=name, label=name.upper(), title="", claim="", cells=cells, error=0.0
    )


def test_the_widest_gap_parts_two_rivals():
    a = row("a", ratio=(0.1, 0.3), glx=(0.9, 1.0))
    b = row("b", ratio=(0.4, 0.9), glx=(0.1, 0.2))
    assert part(a, b) is Measurement.GLX
    assert part(b, a) is Measurement.GLX


def test_overlapping_or_touching_bands_part_nobody():
    a = row("a", ratio=(0.1, 0.5))
    assert part(a, row("b", ratio=(0.4, 0.9))) is None
    assert part(a, row("b", ratio=(0.52, 0.9))) is None


def test_alike_lists_the_pairs_without_a_measurement():
    table = Predictions(asked=(), rows=(), parted={("a", "b"): None, ("a", "c"): Measurement.GLX})
    assert table.alike() == (("a", "b"),)


def test_a_sentence_gives_value_and_band():
    (said,) = row("h9", ratio=(0.1, 0.3)).sentences()
    assert said.startswith("If H9 were true, with the blocker on board, 20 %")
    assert "10 to 30 %" in said


def test_a_certain_number_has_no_band():
    (said,) = row("h1", ratio=(1.0, 1.0)).sentences()
    assert "prior" not in said

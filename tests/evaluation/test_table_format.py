"""Tables for people."""

import numpy as np
import pandas as pd
import pytest

from ecg.evaluation.table_format import RIGHT, TEXT, as_markdown, formatted, sort_keys
from tests.builders import PROJECT

TABLE = pd.DataFrame(
    {
        "model": ["A", "B"],
        "seeds": [3, 1],
        "macro-F1": [0.93456, 0.9],
        "macro-F1 SD": [0.00123, np.nan],
        "macro-F1 low": [0.92, 0.89],
        "macro-F1 high": [0.94, 0.91],
        "parameters": [1234567, np.nan],
        "p": [0.04567, 1],
    }
)


def test_numbers_are_written_for_people() -> None:
    assert formatted(TABLE).to_dict("list") == {
        "model": ["A", "B"],
        "seeds": ["3", "1"],
        "macro-F1": ["0.9346 ± 0.0012", "0.9000"],
        "macro-F1, 95 % interval": ["0.9200 to 0.9400", "0.8900 to 0.9100"],
        "parameters": ["1,234,567", ""],
        "p": ["0.046", "1.000"],
    }


def test_a_table_in_markdown() -> None:
    assert as_markdown(TABLE[["model", "seeds"]]) == "| model | seeds |\n| --- | ---: |\n| A | 3 |\n| B | 1 |\n"
    table = pd.DataFrame({"patients": ["few"], "p": [3]})
    assert as_markdown(table, {"patients": TEXT, "p": RIGHT}) == "| patients | p |\n| --- | ---: |\n| few | 3 |\n"


def test_a_column_is_sorted_by_its_numbers() -> None:
    keys = sort_keys(TABLE)
    assert list(keys) == list(formatted(TABLE))
    assert keys["macro-F1, 95 % interval"].tolist() == [0.92, 0.89]


def test_a_column_without_a_format_is_an_error() -> None:
    with pytest.raises(KeyError, match="patients"):
        formatted(pd.DataFrame({"patients": [1]}))


@pytest.mark.parametrize("protocol", ["intra_patient", "inter_patient", "all_patients"])
def test_every_table_of_the_results_can_be_written(protocol: str) -> None:
    for file in (PROJECT / "results" / protocol).glob("*.csv"):
        assert len(formatted(pd.read_csv(file))) > 0

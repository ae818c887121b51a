"""The dataset repository: every beat once, in files from which both protocols take their splits."""

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
from huggingface_hub import DatasetCard, DatasetCardData

from ecg.atomic_files import write_atomically
from ecg.data.beat_table import BeatTable
from ecg.data.splits import DIVIDING_PROTOCOLS, SPLITS
from hub.repositories import DATASET

TEMPLATE = Path(__file__).parent / "dataset_card.md"
LEFT_OUT = "none"
"""Part of a file name for the beats that a protocol leaves out."""
HUB_SPLITS = {"train": "train", "val": "validation", "test": "test"}


def write_dataset(namespace: str, beat_table: BeatTable, folder: Path) -> None:
    """Write the files of the dataset repository."""
    intra, inter = (beat_table.splits[protocol] for protocol in DIVIDING_PROTOCOLS)
    for intra_split, inter_split in product(SPLITS, [*SPLITS, ""]):
        rows = (intra == intra_split) & (inter == inter_split)
        if rows.any():
            beat_table.rows(rows).write_parquet(folder / "data" / f"{intra_split}-{inter_split or LEFT_OUT}.parquet")
    write_atomically(folder / "README.md", _card(namespace, beat_table))


def _card(namespace: str, beat_table: BeatTable) -> str:
    data = DatasetCardData(
        language="en",
        license="odc-by",
        pretty_name="MIT-BIH heartbeats",
        task_categories=["tabular-classification"],
        size_categories="100K<n<1M",
        tags=["ecg", "heartbeat", "arrhythmia", "mit-bih", "time-series-classification"],
        configs=[_configuration(protocol) for protocol in DIVIDING_PROTOCOLS],
    )
    protocols = {
        protocol: {split: int(np.count_nonzero(splits == split)) for split in SPLITS}
        for protocol, splits in beat_table.splits.items()
    }
    return str(
        DatasetCard.from_template(
            data,
            template_path=str(TEMPLATE),
            repo_id=f"{namespace}/{DATASET}",
            beats=len(beat_table.labels),
            protocols=protocols,
        )
    )


def _configuration(protocol: str) -> dict[str, Any]:
    pattern = "data/{}-*.parquet" if protocol == "intra_patient" else "data/*-{}.parquet"
    return {
        "config_name": protocol,
        "default": protocol == "intra_patient",
        "data_files": [{"split": name, "path": pattern.format(split)} for split, name in HUB_SPLITS.items()],
    }

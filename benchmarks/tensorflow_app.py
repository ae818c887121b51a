"""The demo with TensorFlow instead of ONNX Runtime: what `benchmarks.startup` compares the demo with.

    python -m benchmarks.tensorflow_app --port 7860

Each model folder also holds the network in Keras's own format, with the same weights.
"""

import argparse
from pathlib import Path

import keras
import numpy as np

import app
from ecg.atomic_files import read_json
from ecg.inference.classifier import SHAPES, Model
from ecg.networks.registry import TITLES
from hub.pull import SERVED_PROTOCOLS, ModelSet


class KerasModel(Model):
    """A model that TensorFlow runs."""

    def classify(self, beat: np.ndarray, rhythm: np.ndarray | None = None) -> np.ndarray:
        """Return the probabilities of the classes, as `Model` does."""
        return np.asarray(self.session.predict(beat if rhythm is None else {"beat": beat, "rhythm": rhythm}, verbose=0))


def load_model(folder: Path) -> Model:
    """Load the Keras model of a model folder."""
    network = keras.saving.load_model(folder, compile=False)
    metrics = read_json(folder / "metrics.json")
    inputs = next(name for name, shapes in SHAPES.items() if len(shapes) == len(network.inputs))
    return KerasModel(metrics["title"], inputs, metrics, commit=None, session=network, threads=1)


def main() -> None:
    """Serve the demo."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    options = parser.parse_args()
    for_beats, for_recordings = (
        {name: load_model(app.MODELS / protocol / name) for name in TITLES} for protocol in SERVED_PROTOCOLS
    )
    served = ModelSet(for_beats, for_recordings, "those that came with this project, run by TensorFlow")
    app.serve(app.compose(served), "127.0.0.1", options.port)


if __name__ == "__main__":
    main()

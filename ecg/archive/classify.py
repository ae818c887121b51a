"""Classify the recordings of an archive that are not done yet, with a progress bar, and write the summary."""

from collections.abc import Iterator, Sequence

from tqdm import tqdm

from ecg.archive.discovery import FoundRecording, find_recordings
from ecg.archive.one_machine import classify_on_this_machine
from ecg.archive.store import Store
from ecg.archive.tables import write_summary
from ecg.archive.worker import Archive


def classify_archive(archive: Archive, workers: int, ray_address: str | None = None) -> tuple[int, int]:
    """Classify the recordings of an archive that are not done yet, and write its summary.

    Parameters
    ----------
    archive : Archive
        Recordings, models and options.
    workers : int
        Number of processes on this machine.
    ray_address : str, optional
        Address of the Ray cluster to use instead.

    Returns
    -------
    (int, int)
        Number of recordings, and how many of them failed.

    Raises
    ------
    InputError
        If there is no recording or no model, or the results are of other models or options.
    """
    found = find_recordings(archive.folder, archive.results)
    store = Store(archive.results)
    archive.load_models()  # so that a damaged model ends the run before it starts
    with store.locked(archive.choices()):
        todo = [each for each in found if not store.summary(each.name).is_file()]
        todo.sort(key=lambda each: -each.size)  # the longest first, so that the workers finish together
        if ray_address:
            from ecg.archive.ray_cluster import classify_on_ray

            classified = classify_on_ray(todo, archive, ray_address)
        else:
            classified = classify_on_this_machine(todo, archive, workers)
        _show_progress(classified, found, todo)
        return len(found), write_summary([each.name for each in found], store)


def _show_progress(
    classified: Iterator[tuple[FoundRecording, bool]], found: Sequence[FoundRecording], todo: Sequence[FoundRecording]
) -> None:
    """Show a progress bar in bytes, which predict the time left best, with the recordings and their rate."""
    done, failed = len(found) - len(todo), 0
    total = sum(each.size for each in found)
    ahead = total - sum(each.size for each in todo)
    with tqdm(total=total, initial=ahead, unit="B", unit_scale=True, dynamic_ncols=True) as bar:
        for recording, is_done in classified:
            done, failed = done + 1, failed + (not is_done)
            an_hour = 3600 * (done - len(found) + len(todo)) / max(bar.format_dict["elapsed"], 1e-9)
            bar.set_postfix_str(f"{done:,} of {len(found):,} recordings, {an_hour:,.0f} an hour, {failed:,} failed")
            bar.update(recording.size)

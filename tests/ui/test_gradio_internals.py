"""The parts of Gradio without a public interface that the demo relies on. An upgrade of Gradio that changes one fails here."""

import inspect
from importlib import import_module

import gradio as gr
import pytest
from gradio.routes import App

NAMES = [
    ("ui/no_stubs.py", "gradio.component_meta", "create_or_modify_pyi", "(component_class, class_name, events)"),
    ("ui/no_downloads.py", "safehttpx", "get", None),
    ("ui/no_downloads.py", "safehttpx", "async_validate_url", None),
    ("ui/batch_filter.py", "gradio.queueing", "Queue.get_events", "(self)"),
    ("ui/idle_queue.py", "gradio.queueing", "Queue.push", "(self, body, request, username)"),
    ("ui/exception_handlers.py", "gradio.route_utils", "FnIndexInferError", None),
    ("ui/exception_handlers.py", "gradio_client.utils", "construct_args", "(parameters_info, args, kwargs)"),
    ("ui/recording_api.py", "gradio.data_classes", "ListFiles", None),
    ("ui/downloads.py", "gradio.processing_utils", "save_bytes_to_cache", "(data, file_name, cache_dir)"),
    ("ui/downloads.py", "gradio.utils", "get_upload_folder", "()"),
]
"""What uses it, where it is, its name, and its parameters if they matter."""
SOURCE = [
    ("ui/no_stubs.py", "gradio.component_meta", "create_or_modify_pyi", "inspect.getfile("),
    ("ui/no_downloads.py", "gradio.processing_utils", "async_ssrf_protected_get", "sh.get("),
    ("ui/no_downloads.py", "gradio.route_utils", "", "safehttpx.async_validate_url("),
    ("ui/batch_filter.py", "gradio.queueing", "Queue.start_processing", "self.get_events()"),
    ("ui/idle_queue.py", "gradio.queueing", "Queue.start_processing", "await asyncio.sleep("),
    (
        "ui/idle_queue.py",
        "gradio.queueing",
        "Queue.start_progress_updates",
        "await asyncio.sleep(",
    ),
    ("ui/middleware/error_messages.py", "gradio.utils", "error_payload", '{"error": None}'),
    ("ui/exception_handlers.py", "gradio.routes", "", 'full_api_info["named_endpoints"]["/" + api_name]'),
]
"""What uses it, where it is, and what its source holds."""
ATTRIBUTES = {
    "demo._queue": ["event_queue_per_concurrency_id", "active_jobs"],
    "app.get_blocks()._queue": ["event_ids_to_events", "pending_event_ids_session", "pending_messages_per_session"],
    "app.state_holder": ["session_data", "time_last_used"],
}
"""Attributes that ui/batch_filter.py, ui/idle_queue.py and ui/middleware/forget_calls.py use."""


def find(module: str, name: str) -> object:
    """Return a part of a module by its dotted name."""
    thing: object = import_module(module)
    for part in filter(None, name.split(".")):
        thing = getattr(thing, part)
    return thing


@pytest.mark.parametrize(("used_by", "module", "name", "parameters"), NAMES)
def test_a_name_is_there(used_by: str, module: str, name: str, parameters: str | None) -> None:
    thing = find(module, name)
    if parameters is not None:
        assert callable(thing)
        assert f"({', '.join(inspect.signature(thing).parameters)})" == parameters, used_by


@pytest.mark.parametrize(("used_by", "module", "name", "text"), SOURCE)
def test_the_source_does_what_is_relied_on(used_by: str, module: str, name: str, text: str) -> None:
    thing = find(module, name)
    assert text in inspect.getsource(thing), used_by  # type: ignore[arg-type]


def test_the_attributes_are_there() -> None:
    with gr.Blocks() as demo:
        gr.api(lambda: 1, api_name="one")
    demo.queue()
    app = App.create_app(demo)
    owners = dict(zip(ATTRIBUTES, (demo._queue, app.get_blocks()._queue, app.state_holder), strict=True))
    missing = [(where, name) for where, names in ATTRIBUTES.items() for name in names if not hasattr(owners[where], name)]
    assert missing == []

"""Options of listeners that serve the page only. The endpoints for programs are in `ui.api` and `ui.recording_api`."""

from typing import Any

PRIVATE: dict[str, Any] = {"api_visibility": "private"}
PRIVATE_MINIMAL = PRIVATE | {"show_progress": "minimal"}
"""For answers that come at once."""

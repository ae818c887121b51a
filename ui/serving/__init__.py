"""What stands between the network and the app: logs, headers, limits, and what Gradio leaves undone."""

"""What stands between the network and the app: request log, headers, limits, and error messages."""

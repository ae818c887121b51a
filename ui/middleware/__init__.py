"""ASGI middleware between the network and the app: one class a module."""

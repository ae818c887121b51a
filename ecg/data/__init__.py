"""The databases: where they are, the table of their beats, splits, and the beats that ship with the project."""

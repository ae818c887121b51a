"""From files to one `Recording`, and back: every format of recordings, annotations and beats."""

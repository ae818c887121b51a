"""The exploratory analysis of the beats: tables, figures and their descriptions."""

"""The exploratory analysis of the beats: tables, and what is drawn and said of them."""

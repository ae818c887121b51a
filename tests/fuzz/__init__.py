"""Bad input by the thousand: valid files are made, damaged, and read in child processes that are watched."""

"""One file that holds the studio as it was at one moment, and the way back from it."""

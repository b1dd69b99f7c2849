"""The way in: one verdict on each body, by a fast look where it is plain, else by a strict walk and the library."""

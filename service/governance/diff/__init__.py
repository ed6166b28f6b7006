"""Two versions of a book side by side: by meaning, not by line, and by what they would decide."""

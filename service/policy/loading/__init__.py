"""A book's files read part by part: each module knows one kind of thing that stands in a book."""

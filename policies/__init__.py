"""The policy books that ship with the product, as package data. Nothing here is code."""

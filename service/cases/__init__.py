"""A book's example cases put to work: run, what they reach of the policy, and which changes of it they would notice.

Reads books, decides by them and compares; prints nothing and opens no files.
"""

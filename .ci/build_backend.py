"""setuptools, after a word to those whose Python can't carry durable_rules.

Without it pip says only "requires a different Python". It must run on any Python 3, and it knows nothing else.
"""

import sys

if not (3, 11) <= sys.version_info[:2] < (3, 13):
    found = ".".join(map(str, sys.version_info[:2]))
    raise SystemExit(
        f"Quotewright needs Python 3.11 or 3.12, and this is {found}: durable_rules, its rule engine, can't be "
        "imported on Python 3.13 or later. Create the environment with python3.12 or python3.11."
    )

from setuptools.build_meta import *  # noqa: F403
from setuptools.command.egg_info import manifest_maker

# A source distribution must carry this file; the usual MANIFEST.in would have to lie in the top folder.
manifest_maker.template = ".ci/manifest.in"

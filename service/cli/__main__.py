"""`python -m service.cli`, the same as `quotewright`."""

import sys

from service.cli import main

sys.exit(main())

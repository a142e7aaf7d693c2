"""``python -m mediaframes``."""

import sys

from mediaframes.study.cli import main

sys.exit(main())

"""``python -m linli.cli`` is the same as ``linli``."""

import sys

from linli.cli import main

if __name__ == "__main__":
    sys.exit(main())

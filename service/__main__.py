"""`python -m service` is the same as `numbness-triage`."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line; its modules are imported without looking for garbage, which would find none."""
    gc.disable()
    try:
        from service.cli import main as command_line
    finally:
        gc.enable()
    command_line()


if __name__ == "__main__":
    main()

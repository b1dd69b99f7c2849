"""`python -m service` is the same as `numbness-triage`."""

from service.cli import main

if __name__ == "__main__":
    main()

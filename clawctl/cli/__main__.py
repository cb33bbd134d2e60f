"""python -m clawctl.cli"""

from clawctl.cli.main import main

if __name__ == "__main__":
    main()

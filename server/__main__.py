"""`python -m server …`."""

from server.cli import program

if __name__ == "__main__":
    program(prog_name="python -m server")

"""``mediaframes`` on the command line: check, reproduce, verify."""

import argparse
import sys
from collections.abc import Sequence

from mediaframes._console import say
from mediaframes.errors import InputError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status (0 good, 1 a mistake to mend, 2 differs).

    Examples
    --------
    >>> main(["check", "study.toml"])
    study.toml is in order.
    0
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except InputError as error:
        print(f"mediaframes: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("mediaframes: stopped; earlier reports are as they were", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mediaframes",
        description="From a folder of news articles to the figures of a framing paper.",
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    check = commands.add_parser("check", help="check a study file without running it")
    run = commands.add_parser("reproduce", help="run a study into its reports folder")
    again = commands.add_parser("verify", help="run a study again and compare with its reports")
    for command, function in ((check, _check), (run, _reproduce), (again, _verify)):
        command.add_argument("study", nargs="?", default="study.toml", help="default: study.toml")
        command.set_defaults(run=function)
    ready = commands.add_parser("compile", help="compile the loops over texts, once")
    ready.set_defaults(run=_compile)
    run.add_argument("--out", metavar="DIR", help="where the results go (default: reports)")
    run.add_argument("--no-cache", action="store_true", help="compute everything anew")
    again.add_argument("--reports", metavar="DIR", help="the reports to verify (default: reports)")
    return parser


def _check(options: argparse.Namespace) -> int:
    from mediaframes.study.work import check_study

    check_study(options.study)
    say(f"{options.study} is in order.")
    return 0


def _compile(options: argparse.Namespace) -> int:
    from mediaframes.study.warm import compile_loops

    compile_loops()
    say("The loops over texts are compiled; numba keeps them beside the code.")
    return 0


def _reproduce(options: argparse.Namespace) -> int:
    from mediaframes.study.run import reproduce

    reproduce(options.study, options.out, cache=not options.no_cache)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from mediaframes.study.verify import report, verify

    return 0 if report(verify(options.study, options.reports)) else 2

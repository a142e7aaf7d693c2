"""Notebooks run from top to bottom in fresh kernels, and kept as pages."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mediaframes._console import say
from mediaframes.errors import InputError

CELL_SECONDS = 3600  # a cell that takes longer is taken for stuck


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def execute(path: Path, *, folder: Path, environment: Mapping[str, str]) -> Any:
    """Run a notebook in a fresh kernel and return it with its outputs; the file is not changed.

    Parameters
    ----------
    path : Path
        The notebook.
    folder : Path
        The working directory of its kernel.
    environment : mapping
        Environment variables for the kernel.

    Raises
    ------
    InputError
        Where a cell fails: with the notebook, the cell and the message, and for an error that is
        not the researcher's to mend with the traceback.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from traitlets.config import Config

    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(
        notebook,
        timeout=CELL_SECONDS,
        kernel_name="python3",
        resources={"metadata": {"path": str(folder)}},
        record_timing=False,
        coalesce_streams=True,  # or the page would depend on how the kernel's messages are cut
        # other users of the machine must not be able to listen to the kernel
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
    try:
        with _environment(environment):
            client.execute()
    except CellExecutionError as error:
        number, cell = _failed(notebook)
        if error.ename == "EndOfNotebook":
            _end_at(notebook, number, error.evalue)
            say(f"  ended early: {error.evalue}")
            return notebook
        if error.ename == "InputError":
            detail = error.evalue
        else:
            detail = f"{error.ename}: {error.evalue}\n{_plain(error.traceback)}"
        raise InputError(
            f"{path.name}, cell {number} stopped: {detail}\nThe cell begins: {cell!r}"
        ) from error
    return notebook


def _failed(notebook: Any) -> tuple[int, str]:
    for number, cell in enumerate(notebook.cells, 1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                return number, cell.source.splitlines()[0][:80]
    return 0, ""


def _end_at(notebook: Any, number: int, message: str) -> None:
    """Keep what was run, with the message as plain output of the cell that ended it."""
    from nbformat.v4 import new_output

    del notebook.cells[number:]
    last = notebook.cells[-1]
    last.outputs = [output for output in last.outputs if output.output_type != "error"]
    last.outputs.append(new_output("stream", name="stdout", text=message + "\n"))


def _plain(traceback: str) -> str:
    """A traceback without the terminal's color codes."""
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", traceback)


def to_html(notebook: Any, title: str) -> str:
    """The executed notebook as one HTML page that needs no network."""
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(
        template_name="lab", mathjax_url="", require_js_url="", jquery_url="", mermaid_js_url=""
    )
    page, _ = exporter.from_notebook_node(
        notebook, resources={"metadata": {"name": title, "path": ""}}
    )
    return str(page)

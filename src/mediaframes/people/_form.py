"""The in-notebook form of an intrusion test."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mediaframes.errors import InputError
from mediaframes.made import write_atomic

if TYPE_CHECKING:
    from mediaframes.people.intrusion import IntrusionTest

ASKED = {
    "word": "Which word does not belong to the others?",
    "word set": "Which set of words does not belong to the others?",
    "topic": "Which topic is not in this article?",
}
# lines as long as eyes follow them, paragraphs as in the article
READABLE = "max-width: 44em; line-height: 1.45; white-space: pre-line; overflow-wrap: anywhere"


def form(test: "IntrusionTest", path: Path) -> Any:
    """One item at a time, saved with each answer; see `IntrusionTest.form`."""
    import ipywidgets as widgets

    sheet = test.sheet()
    if path.exists():
        before = pd.read_csv(path)
        if before.drop(columns="answer", errors="ignore").astype(str).to_numpy().tolist() != (
            test.items.astype(str).to_numpy().tolist()
        ):
            raise InputError(f"{path.name} holds another test; give another file")
        sheet["answer"] = pd.array(before["answer"], dtype="Int64")
    names = [name for name in test.items if name.startswith("choice_")]
    text = widgets.HTML()
    choice = widgets.RadioButtons(layout={"width": "auto"})
    back, ahead = widgets.Button(description="Back"), widgets.Button(description="Next")
    state = {"at": int(sheet["answer"].isna().to_numpy().argmax()), "asking": 0}

    def tell() -> None:
        row, done = sheet.iloc[state["at"]], int(sheet["answer"].notna().sum())
        article = ""
        if "text" in row:
            article = f'<div style="{READABLE}">{escape(str(row["text"]))}</div>'
        said = "all answered" if done == len(sheet) else f"{done} answered"
        text.value = (
            f"<p><b>{state['at'] + 1} of {len(sheet)}</b> ({said}; each answer is kept in "
            f"{escape(path.name)})</p>{article}<p><b>{ASKED[test.kind]}</b></p>"
        )

    def show() -> None:
        row = sheet.iloc[state["at"]]
        state["asking"] = 0  # what the form sets itself is no answer
        choice.options = [(str(row[name]), n) for n, name in enumerate(names, 1)]
        choice.value = None if pd.isna(row["answer"]) else int(row["answer"])
        state["asking"] = 1
        back.disabled, ahead.disabled = state["at"] == 0, state["at"] == len(sheet) - 1
        tell()

    def keep(change: dict[str, Any]) -> None:
        if state["asking"] and change["new"] is not None:
            sheet.loc[sheet.index[state["at"]], "answer"] = change["new"]
            write_atomic(path, sheet.to_csv(index=False).encode())
            tell()

    def move(step: int) -> None:
        state["at"] = min(max(state["at"] + step, 0), len(sheet) - 1)
        show()

    back.on_click(lambda _: move(-1))
    ahead.on_click(lambda _: move(1))
    choice.observe(keep, "value")
    show()
    return widgets.VBox([text, choice, widgets.HBox([back, ahead])])

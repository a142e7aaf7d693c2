"""The in-notebook form of an intrusion test."""

from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mediaframes.errors import InputError
from mediaframes.people._sheets import read_answers, write_sheet

if TYPE_CHECKING:
    from mediaframes.people.intrusion import IntrusionTest

ASKED = {
    "word": "Which word does not belong to the others?",
    "word set": "Which set of words does not belong to the others?",
    "topic": "Which topic is not in this article?",
}
# lines as long as eyes follow them, paragraphs as in the article
READABLE = "max-width: 44em; line-height: 1.45; white-space: pre-line; overflow-wrap: anywhere"


class Form:
    """One item at a time, saved with each answer; see `IntrusionTest.form`.

    Each item has its own buttons: whatever a coder clicks while the next item is still on its way
    from a slow kernel is an answer to the item that stands on the screen.
    """

    def __init__(self, test: "IntrusionTest", path: Path) -> None:
        import ipywidgets as widgets

        self.test, self.path, self.trouble = test, path, ""
        self.at = -1
        self.unsaved: set[int] = set()
        self.answers = self._kept()
        self.choices: dict[int, Any] = {}
        self.head, self.tail = widgets.HTML(), widgets.HTML()
        self.place = widgets.VBox()
        self.back, self.ahead, self.clear, self.open = (
            widgets.Button(description=name) for name in ("Back", "Next", "No answer", "Next open")
        )
        self.back.on_click(lambda _: self.show(self.at - 1))
        self.ahead.on_click(lambda _: self.show(self.at + 1))
        self.open.on_click(lambda _: self.show(self._next_open()))
        self.clear.on_click(lambda _: setattr(self.choices[self.at], "value", None))
        buttons = widgets.HBox([self.back, self.ahead, self.clear, self.open])
        self.box = widgets.VBox([self.head, self.place, buttons, self.tail])
        self.show(self._next_open())

    def show(self, at: int) -> None:
        """Show item `at` (from 0) with its answer."""
        self.at = min(max(at, 0), len(self.answers) - 1)
        row = self.test.items.iloc[self.at]
        article = ""
        if "text" in row:
            article = f'<div style="{READABLE}">{escape(str(row["text"]))}</div>'
        self.head.value = (
            f"<p><b>{self.at + 1} of {len(self.answers)}</b></p>{article}"
            f"<p><b>{ASKED[self.test.kind]}</b></p>"
        )
        self.place.children = [self._choice(self.at)]
        self.tell()

    def tell(self) -> None:
        """Say how far the coder is, and which buttons lead anywhere."""
        open_ = [n for n, answer in enumerate(self.answers, 1) if pd.isna(answer)]
        said = f"{len(self.answers) - len(open_)} of {len(self.answers)} answered"
        if not open_:
            said = "all answered"
        elif len(open_) <= 10:
            said += f", open: {', '.join(map(str, open_))}"
        said += f"; each answer is kept in {escape(self.path.name)}"
        if self.trouble:
            said = f'<b style="color: #a00">NOT SAVED: {escape(self.trouble)}</b><br>{said}'
        self.tail.value = f"<p>{said}</p>"
        self.back.disabled, self.ahead.disabled = self.at == 0, self.at == len(self.answers) - 1
        self.clear.disabled = bool(pd.isna(self.answers.iloc[self.at]))
        self.open.disabled = not [n for n in open_ if n != self.at + 1]

    def keep(self, at: int, value: int | None) -> None:
        """Save the answer to item `at`, beside what the file holds by now."""
        self.answers.iloc[at] = float("nan") if value is None else value
        self.unsaved.add(at)
        try:
            kept = self._kept() if self.path.exists() else self.answers.copy()
            places = sorted(self.unsaved)
            kept.iloc[places] = self.answers.iloc[places]
            sheet = self.test.sheet().assign(answer=pd.array(kept, dtype="Int64"))
            write_sheet(sheet, self.path)
            self.answers, self.trouble = kept, ""
            self.unsaved.clear()
        except (InputError, OSError) as error:  # a callback's error would reach only the log
            self.trouble = str(error)
        self.tell()

    def _choice(self, at: int) -> Any:
        import ipywidgets as widgets

        if at not in self.choices:
            row, known = self.test.items.iloc[at], self.answers.iloc[at]
            names = [name for name in row.index if str(name).startswith("choice_")]
            made = widgets.RadioButtons(
                options=[(str(row[name]), n) for n, name in enumerate(names, 1)],
                value=None if pd.isna(known) else int(known),
                layout={"width": "auto"},
            )
            made.observe(lambda change: self.keep(at, change["new"]), "value")
            self.choices[at] = made
        return self.choices[at]

    def _kept(self) -> pd.Series:
        if not self.path.exists():
            return pd.Series(float("nan"), range(len(self.test.items)))
        kept = read_answers(self.test, self.path, name=self.path.name)
        return kept.set_axis(range(len(kept)))

    def _next_open(self) -> int:
        """The next open item after this one, from the start again at the end."""
        places = [n for n, answer in enumerate(self.answers) if pd.isna(answer)]
        later = [n for n in places if n > self.at]
        return [*later, *places, 0][0]


def form(test: "IntrusionTest", path: Path) -> Any:
    """The widget; see `IntrusionTest.form`."""
    return Form(test, path).box

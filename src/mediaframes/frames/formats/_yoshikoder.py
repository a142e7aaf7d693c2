"""Yoshikoder ``.ykd``: XML, categories (``cnode``) within categories, patterns (``pnode``)."""

from typing import Any

from mediaframes._xml import xml_parser
from mediaframes.errors import InputError
from mediaframes.frames.formats._draft import Draft, Format, one_line

DEEPEST = 50  # levels of categories; nobody's tree is deeper, and a bomb is


def looks(text: str) -> bool:
    begin = text[:4000].lstrip("\ufeff \t\r\n")
    return begin.startswith("<") and ("<dictionary" in begin or "<cnode" in begin)


def read(text: str) -> Draft:
    """The text as a draft. A file that defines entities is refused: they can be a bomb."""
    from lxml import etree

    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise InputError(
            "line 1: the file has a DOCTYPE or entities, which Yoshikoder never writes and which "
            "can harm; take those lines out"
        )
    # the text is decoded, so what the file says of its encoding no longer holds
    body = text[text.index("?>") + 2 :] if text.lstrip("\ufeff ").startswith("<?") else text
    parser = xml_parser()
    try:
        root = etree.fromstring(body.strip().encode(), parser)
    except etree.XMLSyntaxError as error:
        raise InputError(f"line {error.lineno}: broken XML ({error.msg}); save it again") from error
    draft = Draft()
    engine = root.get("patternengine", "")
    if engine not in ("", "substring"):
        draft.drop(1, engine, "another engine than words with *: patterns are taken as text")
    _walk(draft, root, ())
    return draft


def _walk(draft: Draft, node: Any, path: tuple[str, ...]) -> None:
    if len(path) > DEEPEST:
        raise InputError(f"line {node.sourceline}: categories nested deeper than {DEEPEST} levels")
    for child in node.iterchildren("cnode", "pnode"):
        name = one_line(child.get("name", ""))
        if child.tag == "cnode":
            below = (*path, name or f"category in line {child.sourceline}")
            draft.categories[below] = one_line(child.get("desc", ""))
            _walk(draft, child, below)
        elif not path:
            draft.drop(child.sourceline, name, "a pattern outside any category")
        else:
            draft.add(path, name, child.sourceline)


def write(draft: Draft) -> str:
    """A dictionary with one root category for each category on top."""
    from lxml import etree

    root = etree.Element("dictionary", style="050805", patternengine="substring")
    nodes: dict[tuple[str, ...], Any] = {(): root}
    for path in draft.categories:
        for depth in range(1, len(path) + 1):
            part = path[:depth]
            if part not in nodes:
                desc = one_line(draft.categories.get(part, ""))
                nodes[part] = etree.SubElement(
                    nodes[part[:-1]], "cnode", name=one_line(part[-1]), desc=desc
                )
    for entry in draft.entries:
        etree.SubElement(nodes[entry.path], "pnode", name=entry.term)
    whole = etree.tostring(root, encoding="unicode", pretty_print=True)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{whole}'


FORMAT = Format("yoshikoder", "Yoshikoder", ".ykd", looks, read, write, ("definitions", "groups"))

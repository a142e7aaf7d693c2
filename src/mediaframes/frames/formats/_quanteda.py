"""quanteda's YAML: nested maps of lists, as ``as.yaml()`` of an R dictionary writes them."""

from typing import Any

from mediaframes.errors import InputError
from mediaframes.frames.formats._draft import Draft, Format

DEEPEST = 50  # levels; deeper than any dictionary


def looks(text: str) -> bool:
    """A map on top, and not one of our own codebooks."""
    for line in text.splitlines():
        bare = line.strip()
        if bare and not bare.startswith(("#", "---", "%")):
            return not line[0].isspace() and bare.split("#")[0].rstrip().endswith((":", "]", "}"))
    return False


def read(text: str) -> Draft:
    """The text as a draft; words like ``no`` and ``1990`` stay words."""
    import yaml

    try:
        node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        raise InputError(
            f"line {line}: broken YAML: {error.problem or error.context}; put a term that begins "
            'with * into quotes, e.g. "*sanktion*"'
        ) from error
    except (yaml.YAMLError, RecursionError) as error:
        raise InputError(f"line 1: this is no YAML file: {str(error)[:200]}") from error
    if node is None or node.id != "mapping":
        raise InputError("line 1: a dictionary in YAML is 'category: [terms]' lines")
    draft = Draft()
    _walk(draft, node, (), set())
    return draft


def _walk(draft: Draft, node: Any, path: tuple[str, ...], seen: set[int]) -> None:
    line = node.start_mark.line + 1
    if len(path) > DEEPEST:
        raise InputError(f"line {line}: nested deeper than {DEEPEST} levels")
    if node.id == "scalar":
        if str(node.value).strip() and path:
            draft.add(path, str(node.value), line)
        return
    if id(node) in seen:  # a few aliases of aliases would become billions of terms
        raise InputError(f"line {line}: an alias (&, *) is not read; write the list out")
    seen.add(id(node))
    if node.id == "sequence":
        for item in node.value:
            _walk(draft, item, path, seen)
        return
    for key, value in node.value:
        name = " ".join(str(key.value).split()) if key.id == "scalar" else ""
        if not name:
            draft.drop(key.start_mark.line + 1, "", "a category without name")
            continue
        draft.categories.setdefault((*path, name), "")
        _walk(draft, value, (*path, name), seen)


def write(draft: Draft) -> str:
    """Nested maps; a category with terms and categories is a list of both."""
    import yaml

    tree: dict[str, Any] = {}
    for path in draft.categories:
        node = tree
        for name in path:
            node = node.setdefault(name, {})
    return yaml.safe_dump(
        _plain(draft, tree, ()), allow_unicode=True, sort_keys=False, width=100, indent=2
    )


def _plain(draft: Draft, tree: dict[str, Any], path: tuple[str, ...]) -> Any:
    terms: list[Any] = [entry.term for entry in draft.entries if entry.path == path]
    inner = {name: _plain(draft, below, (*path, name)) for name, below in tree.items()}
    if not inner:
        return terms
    return [*terms, inner] if terms else inner


FORMAT = Format("quanteda", "quanteda (YAML)", ".yml", looks, read, write, ("groups",))

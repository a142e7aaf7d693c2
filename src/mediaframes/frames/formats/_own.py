"""Our own YAML, written: the reader is `mediaframes.frames.reading`."""

from typing import Any

from mediaframes.frames.codebook import Codebook, Frame, Rule


def write(codebook: Codebook) -> str:
    """The whole codebook; nothing is lost."""
    import yaml

    top = {
        name: value
        for name in ("name", "version", "description", "citation")
        if (value := getattr(codebook, name))
    }
    top["languages"] = list(codebook.languages)
    windows = {f.negation_window for f in codebook.measured if f.negation_window}
    if codebook.negations and windows:
        words = {code: list(listed) for code, listed in codebook.negations.items()}
        top["negation"] = {"window": max(windows), "words": words}
    top["frames"] = [_frame(frame, max(windows, default=0)) for frame in codebook.frames]
    return yaml.dump(top, Dumper=_dumper(), allow_unicode=True, sort_keys=False, width=98, indent=2)


def _frame(frame: Frame, window: int) -> dict[str, Any]:
    out: dict[str, Any] = {"name": frame.name}
    # a definition must not be empty in a file; a name is the least it can say
    out["definition"] = frame.definition or frame.name
    for name in ("source", "color", "group"):
        if value := getattr(frame, name):
            out[name] = value
    if frame.coded_by_hand:
        return {**out, "coded_by_hand": True}
    if window and frame.negation_window != window:
        out["negation_window"] = frame.negation_window
    out["terms"] = {
        code: [_term(term, frame.rules.get(code, {}).get(term, Rule())) for term in listed]
        for code, listed in frame.terms.items()
    }
    if any(frame.exclude.values()):
        out["exclude"] = {code: list(listed) for code, listed in frame.exclude.items() if listed}
    if frame.quality:
        out["quality"] = [dict(row) for row in frame.quality]
    return out


def _term(term: str, rule: Rule) -> Any:
    if rule == Rule():
        return term
    out: dict[str, Any] = {"term": term}
    if rule.weight != 1:
        out["weight"] = rule.weight
    if rule.unless:
        out |= {"unless": list(rule.unless), "within": rule.within}
    return out


def _dumper() -> Any:
    """Lists of words on as few lines as they fit, everything else one item a line."""
    import yaml

    class Dumper(yaml.SafeDumper):
        """Ours; aliases would puzzle a reader."""

        def ignore_aliases(self, data: Any) -> bool:
            return True

    def listed(dumper: Any, data: list[Any]) -> Any:
        plain = all(isinstance(item, str) for item in data)
        return dumper.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=plain)

    Dumper.add_representer(list, listed)
    return Dumper

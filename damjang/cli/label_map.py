"""Maps from somebody else's labels to ours, as `--map` and `--labels` take them: one line a label, YAML or JSON.

    phone: [MOBILE, PHONE]
    name: PERSON
    misc: null          # known, and left out

Labels are read as they are written: `NO` is a label, not a falsehood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from damjang.cli.line_files import FileInputError

_NONE: Final = ("", "null", "~", "none")
_REMEDY: Final = "write one line a label: phone: [MOBILE, PHONE]"


def label_map(path: Path) -> dict[str, list[str]]:
    """{their label: ours; [] for what is left out}. Raises FileInputError (by cause), OSError."""
    import yaml

    from anonymizers.entities import entities

    try:
        text = path.read_text(encoding="utf-8-sig").expandtabs(2)  # JSON may have tabs where YAML may not
        loaded: Any = yaml.load(text, Loader=_plain_loader())  # noqa: S506
    except UnicodeDecodeError:
        raise FileInputError(f"{path} is not UTF-8", "save it as UTF-8") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"{path}:{mark.line + 1}" if mark is not None else str(path)
        raise FileInputError(f"{where}: not YAML: {getattr(error, 'problem', '')}", _REMEDY) from None
    if not isinstance(loaded, dict):
        raise FileInputError(f"{path} is not a map of labels", _REMEDY)
    out: dict[str, list[str]] = {}
    for theirs, ours in loaded.items():
        means = ours if isinstance(ours, list) else [ours]
        if not isinstance(theirs, str) or not all(isinstance(label, str) for label in means):
            raise FileInputError(f"{path}: a label maps to one label, a list of labels or null", _REMEDY)
        named = [label for label in means if label.lower() not in _NONE]
        unknown = [label for label in named if label not in entities()]
        if unknown:
            raise FileInputError(f"{path}: no such label as {unknown[0][:40]}", f"ours: {', '.join(entities())}")
        out[theirs] = named
    return out


def single_labels(path: Path) -> dict[str, str]:
    """The same where each label means one of ours at most, as the labels of a model do."""
    means = label_map(path)
    several = [theirs for theirs, ours in means.items() if len(ours) > 1]
    if several:
        raise FileInputError(f"{path}: {several[0][:40]} means more than one label", "name one: PER: PERSON")
    return {theirs: ours[0] for theirs, ours in means.items() if ours}


def unknown_labels(
    gold: Sequence[Sequence[tuple[int, int, str]]], means: Mapping[str, Sequence[str]]
) -> tuple[dict[str, int], list[str]]:
    """({label of the gold that the map lacks: spans}, [label of the map that the gold lacks])."""
    counts = Counter(label for spans in gold for _, _, label in spans)
    return {label: n for label, n in counts.items() if label not in means}, [n for n in means if n not in counts]


def _plain_loader() -> Any:
    """Scalars stay strings, and a label written twice is an error: YAML would silently keep the last."""
    import yaml

    class Loader(yaml.BaseLoader):
        def construct_mapping(self, node: Any, deep: bool = False) -> dict[Any, Any]:
            seen: set[str] = set()
            for key, _ in node.value:
                if not isinstance(key, yaml.ScalarNode):
                    raise yaml.constructor.ConstructorError(None, None, "a label is a word", key.start_mark)
                if key.value in seen:
                    raise yaml.constructor.ConstructorError(None, None, "a label stands twice", key.start_mark)
                seen.add(key.value)
            return super().construct_mapping(node, deep=deep)

    return Loader

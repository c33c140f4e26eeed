"""Reads a project file and says, when something is wrong, on which line, in which field, and what would be valid."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

import yaml
from pydantic import BaseModel, ValidationError

from schemas.errors import ConfigError
from schemas.project import Project


def load_project(path: Path, *, as_of: dt.date | None = None) -> Project:
    """The project at `path`; `as_of` overrides the file's date. Raises ConfigError naming line, field, valid values."""
    if path.is_dir():
        path = path / "project.yaml"
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path.name}: there is no such file", "`damjang init DIR` writes one") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path.name} can't be read ({type(error).__name__})", "it is a UTF-8 YAML file") from None
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        raw = yaml.load(text, Loader=_Loader)  # noqa: S506 (a SafeLoader)
    except RecursionError:
        raise ConfigError(f"{path.name}, line 1: nested too deep", "a project file has four levels") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problem = getattr(error, "problem", None) or "it does not parse"
        raise ConfigError(f"{path.name}, line {line}: not YAML: {problem}", "correct the line") from None
    if not isinstance(raw, dict) or node is None:
        what = "the file is empty" if raw is None else "a project file is a mapping"
        raise ConfigError(f"{path.name}, line 1: {what}", f"fields: {_names(Project)}; `damjang init DIR` writes one")
    _refuse_twice(path.name, node)
    if as_of is not None:
        raw["as_of"] = as_of
    raw["root"] = path.parent.resolve()
    try:
        project = Project.model_validate(raw)
    except ValidationError as error:
        raise ConfigError(*_explain(path.name, node, error)) from None
    _cross_check(path.name, node, project)
    return project


class _Loader(yaml.SafeLoader):
    """SafeLoader, but a date that no calendar has stays text, for the model to refuse with its field and line."""


def _date(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> object:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError:
        return node.value


_Loader.add_constructor("tag:yaml.org,2002:timestamp", _date)


def _explain(name: str, node: yaml.Node, error: ValidationError) -> tuple[str, str]:
    faults = error.errors(include_url=False, include_input=False)
    first = faults[0]
    loc = tuple(part for part in first["loc"] if not (isinstance(part, str) and part.startswith("function-")))
    field = ".".join(str(part) for part in loc) or "the file"
    more = f" (and {len(faults) - 1} more)" if len(faults) > 1 else ""
    remedy = "correct the field, then run again"
    message = first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        message, remedy = "unknown field", f"valid fields: {_names(_model_at(loc[:-1]))}"
    elif first["type"] == "missing":
        message, remedy = "missing", "add it"
    elif "expected" in first.get("ctx", {}):
        message, remedy = "not a valid value", f"valid values: {first['ctx']['expected']}"
    elif "pattern" in first.get("ctx", {}):
        message, remedy = "not a valid name", f"a name matches {first['ctx']['pattern']}"
    return f"{name}, line {_line(node, loc)}: {field}: {message}{more}", remedy


def _cross_check(name: str, node: yaml.Node, project: Project) -> None:
    """What one field alone can't say."""
    base = project.release.builds_on
    if base is not None and base.partition("@")[0] == project.release.name:
        where = _line(node, ("release", "builds_on"))
        raise ConfigError(
            f"{name}, line {where}: release.builds_on: {base} has this release's own name, which supersedes it",
            "name the new release otherwise: trainers then use both",
        )
    seen: set[str] = set()
    for number, source in enumerate(project.sources):
        if source.id in seen:
            where = _line(node, ("sources", number, "id"))
            raise ConfigError(f"{name}, line {where}: sources.{number}.id: {source.id} stands twice", "rename one")
        seen.add(source.id)


def _refuse_twice(name: str, node: yaml.Node) -> None:
    """A key written twice: YAML would silently keep the last."""
    waiting, met = [node], set[int]()
    while waiting:
        node = waiting.pop()
        if id(node) in met:  # an alias, which may lead back to itself
            continue
        met.add(id(node))
        if isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, value in node.value:
                if str(key.value) in seen:
                    line = key.start_mark.line + 1
                    raise ConfigError(f"{name}, line {line}: {key.value} stands twice", "keep one of them")
                seen.add(str(key.value))
                waiting.append(value)
        elif isinstance(node, yaml.SequenceNode):
            waiting += node.value


def _line(node: yaml.Node, loc: Sequence[int | str]) -> int:
    """The line of the deepest part of `loc` that the file has."""
    line: int = node.start_mark.line + 1
    for part in loc:
        found: yaml.Node | None = None
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                if key.value == str(part):
                    line, found = key.start_mark.line + 1, value
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
            found = node.value[part]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line


def _model_at(loc: Sequence[int | str]) -> type[BaseModel]:
    model: type[BaseModel] = Project
    for part in loc:
        field = model.model_fields.get(str(part))
        if field is not None:
            options: list[Any] = [field.annotation, *get_args(field.annotation)]
            model = next((o for o in options if isinstance(o, type) and issubclass(o, BaseModel)), model)
    return model


def _names(model: type[BaseModel]) -> str:
    return ", ".join(name for name in model.model_fields if name != "root")

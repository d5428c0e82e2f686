"""YAML files to pydantic models; what is wrong is named by file, line and path, all of it at once."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]


class ContentError(Exception):
    """Shipped content can't be read; each message reads ``file:line: path: what is wrong``."""

    def __init__(self, messages: list[str]) -> None:
        self.messages = messages
        super().__init__("\n".join(messages))


def read_files(paths: Iterable[Path], model: type[Model], *, base: Path) -> list[tuple[Path, Model, dict[Place, int]]]:
    """Read and validate files.

    :param base: the folder that messages name files from.
    :returns: for each file its path, its content, and the line (from 1) of every place in it.
    :raises ContentError: with every error of every file.
    """
    errors: list[str] = []
    found = []
    for path in sorted(paths):
        name = path.relative_to(base)
        try:
            content, lines = _parse(path)
            found.append((path, model.model_validate(content), lines))
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            errors.append(f"{name}:{line}: not readable as YAML: {error.problem}")
        except ValidationError as error:
            errors.extend(
                f"{name}:{line_of(lines, problem['loc'])}: {_path(problem['loc'])}: {problem['msg']}"
                for problem in error.errors()
            )
    if errors:
        raise ContentError(errors)
    return found


def line_of(lines: dict[Place, int], place: Place) -> int:
    """The line of a place in a file, or of the nearest place around it."""
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place, 1)


def _parse(path: Path) -> tuple[Any, dict[Place, int]]:
    text = path.read_text(encoding="utf-8")
    loader = yaml.CSafeLoader(text)
    node = loader.get_single_node()
    if node is None:
        return None, {}
    lines: dict[Place, int] = {}
    _note_lines(node, (), lines)
    return loader.construct_document(node), lines


def _note_lines(node: yaml.Node, place: Place, lines: dict[Place, int]) -> None:
    lines[place] = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            _note_lines(value, (*place, key.value), lines)
            lines[(*place, key.value)] = key.start_mark.line + 1
    elif isinstance(node, yaml.SequenceNode):
        for index, value in enumerate(node.value):
            _note_lines(value, (*place, index), lines)


def _path(place: Place) -> str:
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "the file"

"""Finding what refers back to itself by way of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeVar

T = TypeVar("T")


def circles(links: Mapping[T, Sequence[T]]) -> list[list[T]]:
    """The circles among the links, each as the path round it beginning and ending with one member.

    A member that refers to itself is a circle of one. Each set of members that hang together in a
    circle is named at least once; links to what is not in the mapping end there.

    >>> circles({"a": ["b"], "b": ["a"], "c": ["a"]})
    [['a', 'b', 'a']]
    """
    found: list[list[T]] = []
    done: set[T] = set()
    for start in links:
        if start in done:
            continue
        path: list[T] = [start]
        places: dict[T, int] = {start: 0}
        left = [iter(links[start])]
        while path:
            for following in left[-1]:
                if following in places:
                    found.append([*path[places[following] :], following])
                elif following not in done and following in links:
                    places[following] = len(path)
                    path.append(following)
                    left.append(iter(links[following]))
                    break
            else:
                member = path.pop()
                left.pop()
                del places[member]
                done.add(member)
    return found

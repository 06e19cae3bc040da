"""Annotations, kept as small trees until the analysis resolves their names."""

from __future__ import annotations

from types import EllipsisType

from datause_lint.ir.making import dataclass


@dataclass(frozen=True, slots=True)
class TypeName:
    """``Account``: looked up in the scope where the annotation stands."""

    name: str


@dataclass(frozen=True, slots=True)
class TypeAttribute:
    """``models.Account``."""

    base: TypeExpr
    name: str


@dataclass(frozen=True, slots=True)
class TypeItem:
    """``list[Account]``, ``Annotated[Account, Depends(load)]``."""

    base: TypeExpr
    arguments: tuple[TypeExpr, ...]


@dataclass(frozen=True, slots=True)
class TypeUnion:
    """``Account | None``."""

    members: tuple[TypeExpr, ...]


@dataclass(frozen=True, slots=True)
class TypeConstant:
    """``None``, ``...``, the values of ``Literal[...]``."""

    value: str | int | float | bytes | bool | EllipsisType | None


@dataclass(frozen=True, slots=True)
class TypeList:
    """``[int, str]``, as in ``Callable[[int, str], bool]``."""

    items: tuple[TypeExpr, ...]


@dataclass(frozen=True, slots=True)
class TypeCall:
    """``Depends(load)``, ``PersonalData("user.name")``: what ``Annotated`` carries."""

    function: TypeExpr
    arguments: tuple[TypeExpr, ...]
    keywords: tuple[tuple[str, TypeExpr], ...]


@dataclass(frozen=True, slots=True)
class TypeUnknown:
    """An annotation of a form that says nothing about types."""


TypeExpr = TypeName | TypeAttribute | TypeItem | TypeUnion | TypeConstant | TypeList | TypeCall | TypeUnknown

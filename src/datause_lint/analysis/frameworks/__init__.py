"""The frameworks that the analysis knows, one module each."""

from __future__ import annotations

from collections.abc import Sequence

from datause_lint.analysis.framework_facts import FrameworkFact
from datause_lint.analysis.frameworks.aiohttp import Aiohttp
from datause_lint.analysis.frameworks.application_state import ApplicationState
from datause_lint.analysis.frameworks.caches import Caches
from datause_lint.analysis.frameworks.called_by_bases import CalledByBases
from datause_lint.analysis.frameworks.chat import chat_facts
from datause_lint.analysis.frameworks.clients import Clients
from datause_lint.analysis.frameworks.databases import Databases
from datause_lint.analysis.frameworks.dataframes import DataFrames
from datause_lint.analysis.frameworks.described import Described
from datause_lint.analysis.frameworks.django import Django
from datause_lint.analysis.frameworks.documents import Documents
from datause_lint.analysis.frameworks.drf import RestFramework
from datause_lint.analysis.frameworks.entities import Entities
from datause_lint.analysis.frameworks.environment import Environment
from datause_lint.analysis.frameworks.fastapi import FastApi
from datause_lint.analysis.frameworks.flask import Flask
from datause_lint.analysis.frameworks.injection import Injection
from datause_lint.analysis.frameworks.langchain import LangChain
from datause_lint.analysis.frameworks.pydantic import Pydantic
from datause_lint.analysis.frameworks.servers import ByConvention, server_facts
from datause_lint.analysis.frameworks.sessions import Sessions
from datause_lint.analysis.frameworks.spreadsheets import Spreadsheets
from datause_lint.analysis.frameworks.sqlalchemy import SqlAlchemy
from datause_lint.analysis.frameworks.tasks import Tasks
from datause_lint.analysis.frameworks.training import Training
from datause_lint.analysis.wiring import Framework


def frameworks(facts: Sequence[FrameworkFact] = ()) -> list[Framework]:
    """All of them, in the order in which they are asked; what facts of others describe comes first."""
    return [
        *([Described(facts)] if facts else []),
        Described((*chat_facts(), *server_facts())),
        ByConvention(),
        Aiohttp(),
        ApplicationState(),
        Caches(),
        CalledByBases(),
        Clients(),
        Entities(),
        Environment(),
        SqlAlchemy(),
        FastApi(),
        Pydantic(),
        Flask(),
        Injection(),
        Sessions(),
        Tasks(),
        LangChain(),
        RestFramework(),
        Django(),
        DataFrames(),
        Spreadsheets(),
        Training(),
        Databases(),
        Documents(),
    ]

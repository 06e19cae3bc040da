"""Clients of model providers and of HTTP: what their constructors say about where data goes."""

from __future__ import annotations

from datause_lint.analysis.wiring import Framework


class Clients(Framework):
    telling_arguments = (
        "base_url",
        "host",
        "url",
        "api_base",
        "azure_endpoint",
        "endpoint_url",
        "service_name",
        "provider",
        "model",
        "path",
    )

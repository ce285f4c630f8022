"""What a page can say to do harm: names, titles and addresses that must only ever be looked at."""

from __future__ import annotations

MARKUP = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert&#40;1&#41;</script></svg>",
    '"><script>alert(1)</script>',
    "'><img src=x onerror='alert(1)'>",
    '" autofocus onfocus="alert(1)',
    "' onmouseover='alert(1)",
    "</title><script>alert(1)</script>",
    "</pre><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "</bdi></main></body><h1>Handrail</h1>",
    "<!--<script>alert(1)//-->",
    "]]><script>alert(1)</script>",
    "<style>*{display:none}</style>",
    "<base href=https://evil.example/>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<form action=https://evil.example><button>Save</button>",
    "<a href=javascript:alert(1)>Open</a>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "{{ 7 * 7 }} {% raw %} ${7*7} #{7*7}",
    "{count} {place} {0} %s %(title)s",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "<ScRiPt/x>alert(1)</ScRiPt>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
)

TURNING = (
    "photo\u202egpj.exe",
    "\u2066\u202etxt.exe\u2069 is safe",
    "admin\u200b\u200d\u2060\ufeff",
    "\u0430pple and \u0456nstagram",
    "Z" + "\u0351" * 60 + "algo",
    "tag\U000e0041\U000e0042 hidden",
    "line\u2028break\u2029and\u0085more",
    "bell\x07 escape\x1b[31m null\x00",
    "\u061c\u200e\u200f marks",
    "\u115f\u3164\u2800 blank",
)

PAYLOADS = MARKUP + TURNING

ADDRESSES = (
    "javascript:alert(document.domain)",
    "data:text/html,<script>alert(1)</script>",
    "https://bank.example.com@evil.example/",
    'https://evil.example/"onmouseover="alert(1)',
    "https://xn--80ak6aa92e.com/<script>",
    "https://evil.example/\u202egpj.exe",
    "http://[::1",
    "https://evil.example/?q=</a><script>alert(1)</script>",
    "about:blank#<svg onload=alert(1)>",
)

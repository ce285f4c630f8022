"""The copy of a page has its words and its structure, and nothing that shows, loads or runs."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from handrail.app.browsers import Browser, Page
from tests.browser.conftest import IN_BOTH, Site
from tests.browser.seeing import take

pytestmark = [IN_BOTH, pytest.mark.asyncio(loop_scope="module")]


class Reader(HTMLParser):
    """Reads a copy as any HTML parser would: tags, attributes, words."""

    def __init__(self, copy: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.words: list[str] = []
        self.feed(copy)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.words.extend(data.split())

    def first(self, tag: str) -> dict[str, str]:
        return next(attributes for name, attributes in self.tags if name == tag)


async def copy_of(browser: Browser, page: Page, address: str) -> str:
    await page.goto(address)
    return (await take(browser, page)).copy


# ── No imagery, no scripts ───────────────────────────────────────────────────────────────────────

IMAGERY = re.compile(
    r"url\(|image-set\(|\bsrc(?:set)?=|\bposter=|\bdata:|\bblob:|<(?:img|picture|video|canvas|image"
    r"|iframe|frame|object|embed|source|svg|use|link|style|base)\b|\.png|\.svg",
    re.IGNORECASE,
)
RUNS = re.compile(
    r"<script|\son[a-z]+=|javascript:|<form[^>]*action=|<meta http-equiv=.refresh", re.I
)


async def test_the_copy_names_no_imagery_in_any_way(
    browser: Browser, page: Page, site: Site
) -> None:
    copy = await copy_of(browser, page, site.address("/imagery.html"))
    assert IMAGERY.findall(copy) == []
    assert copy.count("data-picture=") > 35


async def test_the_same_search_finds_imagery_in_the_page_itself(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(site.address("/imagery.html"))
    assert len(IMAGERY.findall(await page.evaluate("document.documentElement.outerHTML"))) > 100


async def test_the_copy_has_nothing_that_runs(browser: Browser, page: Page, site: Site) -> None:
    copy = await copy_of(
        browser,
        page,
        site.write(
            """<script>document.title += ' of a person'</script>
            <p onclick="alert(1)" style="color: red">words</p>
            <a href="javascript:alert(1)">one</a> <a href="jav&#x09;ascript:alert(1)">two</a>
            <a href="data:text/html,x">three</a> <form action="/send" method=post>four</form>
            <noscript>five</noscript><template>six</template><svg><script>7</script></svg>
            <math><mtext><xmp>eight</xmp></mtext></math><object data=/green.html>nine</object>
            <xmp></p><script>alert(10)</script></xmp><textarea></textarea>
            <script>
              const script = '<script>alert(11)</' + 'script>';
              document.querySelector('textarea').value = '</textarea>' + script;
              document.querySelector('p').title = '">' + script;
              document.body.append(document.createElement('x-' + 'y'.repeat(9)));
            </script>"""
        ),
    )
    assert RUNS.findall(copy) == []
    assert "default-src 'none'" in copy
    tags = {tag for tag, _ in Reader(copy).tags}
    assert tags.isdisjoint({"script", "noscript", "style", "link", "base", "iframe", "xmp"})
    assert {"a", "form", "p", "textarea"} <= tags


# ── Words and structure ──────────────────────────────────────────────────────────────────────────


async def test_every_word_of_the_page_is_in_the_copy_in_order(
    browser: Browser, page: Page, site: Site
) -> None:
    copy = await copy_of(
        browser,
        page,
        site.write(
            """<h1>one</h1><ul><li>two<li>three</ul><table><tr><td>four<td>five</table>
            <div id=open></div><div><template shadowrootmode=closed>seven <slot></slot></template>
            eight</div><svg width=40><title>nine</title><text>ten</text>
            <foreignObject><p>eleven</p></foreignObject></svg><pre>twelve
            thirteen</pre><details><summary>fourteen</summary>fifteen</details>
            <p hidden>sixteen</p><button>seventeen</button><select><option>eighteen</select>
            <p>nine&lt;b&gt;teen &amp;amp; twenty &#x1F60A; \u0627\u0644</p>
            <script>document.getElementById('open').attachShadow({ mode: 'open' })
              .append('six')</script>"""
        ),
    )
    assert " ".join(Reader(copy).words) == (
        "A page one two three four five six seven eight nine ten eleven twelve thirteen "
        "fourteen fifteen sixteen seventeen eighteen nine<b>teen &amp; twenty \U0001f60a "
        "\u0627\u0644"
    )


async def test_shadow_roots_are_kept_as_templates_with_their_mode(
    browser: Browser, page: Page, site: Site
) -> None:
    copy = await copy_of(
        browser,
        page,
        site.write(
            "<section><template shadowrootmode=closed><p>inner</p><slot name=a></slot></template>"
            "<b slot=a>outer</b></section>"
        ),
    )
    assert (
        '<section><template shadowrootmode="closed"><p>inner</p><slot name="a"></slot></template>'
        '<b slot="a">outer</b></section>'
    ) in copy


async def test_a_picture_leaves_its_size_and_its_words(
    browser: Browser, page: Page, site: Site
) -> None:
    copy = await copy_of(
        browser,
        page,
        site.write("<img src=/green.png width=120 height=90 alt='profile \"sky\"'>"),
    )
    assert (
        '<span role="img" data-picture="img" data-width="120" data-height="90" '
        'aria-label="profile &quot;sky&quot;"></span>'
    ) in copy


async def test_links_keep_where_they_lead_and_ids_keep_what_they_say(
    browser: Browser, page: Page, site: Site
) -> None:
    copy = await copy_of(
        browser,
        page,
        site.write(
            "<a id=who href='/sky.m_204/?hl=en#x' data-user-id=48215 data-src=/green.png "
            "data-avatar='//cdn.example/a.jpg' aria-label='Sky'>sky</a>"
            "<time datetime='2026-03-10T12:00Z' title='Tuesday 12:00'>now</time>"
        ),
    )
    read = Reader(copy)
    assert read.first("a") == {
        "id": "who",
        "href": site.address("/sky.m_204/?hl=en#x"),
        "data-user-id": "48215",
        "aria-label": "Sky",
    }
    assert read.first("time") == {"datetime": "2026-03-10T12:00Z", "title": "Tuesday 12:00"}


async def test_what_styles_add_and_what_styles_hide_is_said(
    browser: Browser, page: Page, site: Site
) -> None:
    copy = await copy_of(
        browser,
        page,
        site.write(
            "<p data-at='12:04'>words</p><p class=gone>unseen</p>",
            head="<style>p::after { content: 'sent ' attr(data-at) } .gone { display: none }"
            "</style>",
        ),
    )
    assert '<p data-at="12:04" data-after="sent 12:04">words</p>' in copy
    assert '<p class="gone" data-not-shown="">unseen</p>' in copy


# ── What a person typed ──────────────────────────────────────────────────────────────────────────


TYPE = """([field, text]) => {
  const element = document.getElementById(field);
  element.focus();
  document.execCommand('insertText', false, text);
  return element.value ?? element.textContent;
}"""


async def test_typed_words_are_kept_and_passwords_never(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(
        site.write(
            """<input id=a><textarea id=b></textarea><input type=checkbox id=c>
            <select id=d><option>no</option><option>yes</option></select>
            <input type=password id=e><input id=f autocomplete=one-time-code>
            <input type=hidden value=KEPTSECRET1><input id=g name=card_number>
            <input id=shown type=password name=user_password><div contenteditable id=h></div>"""
        )
    )
    for field, text in {
        "a": "typed one", "b": "typed two", "e": "KEPTSECRET2", "f": "KEPTSECRET3",
        "g": "KEPTSECRET4", "shown": "KEPTSECRET5", "h": "typed three",
    }.items():  # fmt: skip
        assert await page.evaluate(TYPE, [field, text]) == text
    await page.click("#c")
    await page.evaluate("document.getElementById('d').value = 'yes'")
    await page.evaluate("document.getElementById('shown').type = 'text'")  # "show password"
    copy = (await take(browser, page)).copy
    assert "KEPTSECRET" not in copy
    assert 'id="a" value="typed one"' in copy
    assert "typed two</textarea>" in copy
    assert 'type="checkbox" id="c" checked=""' in copy
    assert '<option selected="">yes</option>' in copy
    assert "typed three" in copy


# ── Pages beyond measure ─────────────────────────────────────────────────────────────────────────


async def test_a_page_nested_very_deeply_is_copied(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(
        site.write(
            "<script>let at = document.body; for (let n = 0; n < 1500; n += 1) "
            "at = at.appendChild(document.createElement('i')); at.append('deep');</script>"
        )
    )
    copy = (await take(browser, page)).copy
    assert "deep" + "</i>" * 1500 in copy


async def test_a_copy_that_would_be_too_long_says_so(
    browser: Browser, page: Page, site: Site
) -> None:
    await page.goto(
        site.write(
            "<script>for (let n = 0; n < 20; n += 1) { const p = document.createElement('p'); "
            "p.hidden = true; p.append('words '.repeat(200_000)); document.body.append(p); }"
            "</script>"
        )
    )
    view = await take(browser, page)
    assert 16_000_000 < len(view.copy) < 18_000_000
    assert view.facts["completeness"]["not_read"][0]["what"] == "too-long"

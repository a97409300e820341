"""A program that has nothing to do with Evergrant's code: the standard library of Python and the words of docs/api.md.

It has an owner connected by a connect link, reads the owner's token, uses it, reports it once the platform refuses it,
and uses the one that it reads then. It tells what it did as one JSON object per line, and never prints a token.

    EVERGRANT_KEY=evg_... python3 reader.py BASE_URL PROVIDER OWNER RESOURCE_URL

After its first use of the token it waits for a line on its standard input: until then the platform accepts the token.
"""

import html.parser
import http.cookiejar
import json
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

WAIT = 20


class Problem(Exception):
    """An answer of the API that is no success, with the code that docs/api.md gives it."""


class Api:
    """The calls of docs/api.md for one key."""

    def __init__(self, base, key):
        self.base = base.rstrip("/") + "/api/v1"
        self.key = key

    def get(self, path, **query):
        return self._send(path + "?" + urllib.parse.urlencode(query))

    def post(self, path, body):
        return self._send(path, json.dumps(body).encode())

    def _send(self, path, body=None):
        headers = {"Authorization": "Bearer " + self.key, "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(self.base + path, data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=WAIT) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                problem = json.load(error)
            raise Problem(f"{path}: {problem['status']} {problem['code']}: {problem['detail']}") from None


class Form(html.parser.HTMLParser):
    """The first form of a page, filled in as somebody does who takes what is offered first."""

    def __init__(self, page):
        super().__init__()
        self.action = None
        self.fields = {}
        self._open = False
        self._pressed = False
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form" and self.action is None:
            self.action = found.get("action", "")
            self._open = True
        elif self._open and tag == "input":
            self._fill(found)
        elif self._open and tag == "button" and not self._pressed:
            self._pressed = True
            if found.get("name"):
                self.fields[found["name"]] = found.get("value", "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._open = False

    def _fill(self, found):
        name = found.get("name")
        is_choice = found.get("type") in ("radio", "checkbox")
        if name and (not is_choice or "checked" in found):
            self.fields[name] = found.get("value", "")


class Browser:
    """What a person's browser does on the way through consent: it keeps cookies and follows redirects."""

    def __init__(self):
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(cookies)

    def open(self, url, fields=None):
        body = None if fields is None else urllib.parse.urlencode(fields).encode()
        request = urllib.request.Request(url, data=body, headers={"Accept": "text/html"})
        with self._opener.open(request, timeout=WAIT) as answer:
            return answer.url, answer.read().decode()

    def submit_first_form(self, url, page):
        form = Form(page)
        if form.action is None:
            raise SystemExit("There is no form at " + url)
        return self.open(urllib.parse.urljoin(url, form.action), form.fields)


def connect(link):
    """Goes from the link to the platform, consents there, and comes back. Returns the path where that ends."""
    browser = Browser()
    asked = browser.open(link)
    consent = browser.submit_first_form(*asked)
    url, _ = browser.submit_first_form(*consent)
    return urllib.parse.urlsplit(url).path


def use(resource, token):
    """The status with which the platform answers a call with this token."""
    headers = {"Authorization": f"{token['token_type']} {token['access_token']}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(resource, headers=headers), timeout=WAIT) as answer:
            return answer.status
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def tell(step, **facts):
    print(json.dumps({"step": step, **facts}), flush=True)


def run(base, provider, owner, resource):
    api = Api(base, os.environ["EVERGRANT_KEY"])
    link = api.post("/connect-links", {"provider": provider, "owner": owner})
    tell("connected", path=connect(link["url"]))
    token = api.get("/token", provider=provider, owner=owner)
    connection = token["connection_id"]
    tell("used", connection_id=connection, status=use(resource, token))
    sys.stdin.readline()
    tell("refused", status=use(resource, token))
    answered = api.post(f"/connections/{connection}/report-unauthorized", {"access_token": token["access_token"]})
    read = api.get("/token", provider=provider, owner=owner)
    is_new = read["access_token"] != token["access_token"]
    is_answered = read["access_token"] == answered["access_token"]
    tell("refreshed", is_new=is_new, is_answered=is_answered, status=use(resource, read))


if __name__ == "__main__":
    try:
        run(*sys.argv[1:])
    except Problem as problem:
        sys.exit(str(problem))

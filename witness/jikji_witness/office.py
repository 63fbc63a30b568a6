"""Lodging with an office over HTTP: it answers with its time and a nonce that nobody could know before. Its failure never stops a training."""

import http.client
import json
import os
import re
import urllib.error
import urllib.parse
import urllib.request

from .errors import WitnessError
from .statements import Statement, parse_statement

# Longest wait for an answer: the training may wait for it once in K steps.
ANSWER_SECONDS = 10
MAX_ANSWER = 1 << 18
LOOPBACK = re.compile(r"localhost|127(\.\d{1,3}){3}|::1")


class Refused(Exception):
    """The office will not answer this: no use in asking again."""


class Away(Exception):
    """The office does not answer now."""


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None  # a token is for the address that the user named


class Office:
    """The programme of an office at https://HOST/programmes/NAME, or http on this machine; the token is JIKJI_OFFICE_TOKEN."""

    def __init__(self, url: str):
        parts = urllib.parse.urlsplit(url)
        programme = re.fullmatch(r"/(?:api/)?programmes/([a-z0-9][a-z0-9-]{0,63})(?:/lodgings)?/?", parts.path)
        if not programme or parts.query or parts.fragment or parts.username or parts.scheme not in ("https", "http"):
            raise WitnessError("is not the address of a programme", "office", "write https://HOST/programmes/NAME")
        if parts.scheme == "http" and not LOOPBACK.fullmatch(parts.hostname or ""):
            raise WitnessError("is not encrypted, and not of this machine", "office", "write https://")
        self.address = f"{parts.scheme}://{parts.netloc}"
        self._url = f"{self.address}/api/programmes/{programme[1]}/lodgings"
        self._token = os.environ.get("JIKJI_OFFICE_TOKEN", "").strip()
        self._open = urllib.request.build_opener(_NoRedirect).open

    def lodge(self, statement: str, digest: str, more: dict) -> tuple[str, Statement]:
        """The office's answer, verified, and its text. `more`: `genesis` with a seal, `record` with a head. Raises Refused or Away, whose texts are for the user and hold no token."""
        body = {"statement": statement} | more
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {self._token}"} if self._token else {})
        request = urllib.request.Request(self._url, json.dumps(body).encode(), headers, method="POST")
        try:
            with self._open(request, timeout=ANSWER_SECONDS) as response:
                data = response.read(MAX_ANSWER + 1)
            text = json.loads(data if len(data) <= MAX_ANSWER else b"")["lodging"]
            answer = read_answer(text, digest, self.address)
        except urllib.error.HTTPError as error:
            raise (Away if error.code in (408, 425, 429) or error.code >= 500 else Refused)(self._reason(error)) from None
        except (OSError, http.client.HTTPException) as error:
            raise Away(f"does not answer ({self._clean(str(getattr(error, 'reason', error)))})") from None
        except (ValueError, KeyError, TypeError) as error:
            raise Refused("answers with something else than a lodging") from error
        except WitnessError as error:
            raise Refused(self._clean(str(error))) from None
        return text, answer

    def _reason(self, error: urllib.error.HTTPError) -> str:
        try:
            said = json.loads(error.read(MAX_ANSWER))["error"]
            return f"says: {self._clean(said['message'])} ({self._clean(said['hint'])})"
        except (OSError, ValueError, KeyError, TypeError):
            return f"answers {error.code}"

    def _clean(self, text: str) -> str:
        text = text.replace(self._token, "...") if self._token else text
        return re.sub(r"[^ -~\xa0-\U0010ffff]+", " ", text)[:300]


def read_answer(text: str, digest: str, where: object) -> Statement:
    """A lodging of the statement with this digest. Raises WitnessError."""
    answer = parse_statement(text, "lodging", "officeKey", where)
    nonce = answer.predicate.get("nonce")
    if list(answer.subjects.values()) != [digest] or not re.fullmatch("[0-9a-f]{64}", nonce if isinstance(nonce, str) else ""):
        raise WitnessError("answers another statement", where, "report this to the operator of the office")
    return answer

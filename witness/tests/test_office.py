"""Lodging: an office on this machine answers request, heads and seal; where it fails, training goes on and says so."""

import http.server
import json
import threading

import pytest
import tiny
from helpers import lines_of

from jikji_witness import WitnessError, drawn_seed
from jikji_witness.canonical import sha256_hex
from jikji_witness.keys import Signer, ec
from jikji_witness.office import Office
from jikji_witness.pairs import draw_pair
from jikji_witness.transcript import next_link
from jikji_witness.statements import parse_statement, sign_statement, unverified_predicate


class FakeOffice:
    """Signs what it is given; the same answer to the same file. `is_away` breaks off, `status` refuses."""

    def __init__(self):
        from cryptography.hazmat.primitives import serialization

        private = ec.generate_private_key(ec.SECP256R1())
        spki = private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.signer, self.answers, self.asked, self.is_away, self.status = Signer(private, spki), {}, [], False, 200
        office = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                if office.is_away:
                    self.connection.close()
                    return
                code, answer = office.answer(self.path, body, self.headers.get("authorization"))
                self.send_response(code)
                self.end_headers()
                self.wfile.write(json.dumps(answer).encode())

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/programmes/test"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def answer(self, path, body, token):
        import base64

        assert path == "/api/programmes/test/lodgings"
        if self.status != 200:
            return self.status, {"error": {"code": "x", "message": f"no \x1b[31m{token}", "input": "", "hint": "ask"}}
        text = body["statement"]
        kind = json.loads(base64.b64decode(json.loads(text)["payload"]))["predicateType"].split(":")[2]
        parse_statement(text, kind, "makerKey", kind)
        assert ("genesis" in body) == (kind == "witness-seal")
        if kind == "head":  # the record whose link the head is
            record = json.loads(body["record"]["line"])
            link = record.pop("link")
            assert next_link(body["record"]["before"], record) == link and parse_statement(text, kind, "makerKey", kind).subjects == {"head": link}
        self.asked.append(kind)
        digest = sha256_hex(text)
        predicate = {"formatVersion": 1, "officeKey": base64.b64encode(self.signer.spki).decode(), "nonce": sha256_hex("nonce" + digest), "time": "2026-01-02T03:04:05.678Z"}
        name = kind.removeprefix("witness-") + ".json"
        return 200, {"lodging": self.answers.setdefault(digest, sign_statement("lodging", [(name, digest)], predicate, self.signer))}

    def close(self):
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def office():
    office = FakeOffice()
    yield office
    office.close()


def test_a_lodged_run(place, office, monkeypatch):
    run = place / "run"
    model, optimizer = tiny.build(tiny.RECIPE, 0)
    made = {"recipe": tiny.RECIPE, "code": [tiny.__file__], "data": ["tokens.bin"], "office": office.url}
    seed = drawn_seed(run, model, optimizer, **made)
    assert seed == drawn_seed(run, model, optimizer, **made) and office.asked == ["request"]
    with pytest.raises(WitnessError, match="does not|is not the one that follows from the office's answer"):
        tiny.make(run, tiny.RECIPE, office=office.url)
    honest = tiny.build
    monkeypatch.setattr(tiny, "build", lambda recipe, _: honest(recipe, seed))
    with pytest.raises(KeyboardInterrupt):
        tiny.make(run, tiny.RECIPE, seed=seed, office=office.url, until=6)
    tiny.make(run, tiny.RECIPE, seed=seed, office=office.url)
    assert office.asked == ["request", "head", "head", "head", "witness-seal"]
    commitment = unverified_predicate((run / "genesis.json").read_text())["commitment"]
    assert commitment["seed"] == f"{seed:016x}" and commitment["lodging"] == sha256_hex((run / "lodging.json").read_text())
    lines, states = lines_of(run), {1, 5, 10, 12}
    for h in (4, 8, 12):
        head = (run / f"heads/step-{h:06d}.json").read_text()
        answer = parse_statement((run / f"heads/step-{h:06d}.lodging.json").read_text(), "lodging", "officeKey", "answer")
        assert answer.subjects == {"head.json": sha256_hex(head)}
        said = parse_statement(head, "head", "makerKey", "head")
        assert said.subjects == {"head": lines[h - 1]["link"]} and said.predicate["run"] == commitment["lodging"] and said.predicate["step"] == h
        if (later := draw_pair(lines[h - 1]["link"], answer.predicate["nonce"], h, 4, 12)) is not None:
            states |= {later - 1, later}
    assert states <= {line["step"] for line in lines if "stateRoot" in line}
    assert (run / "seal-lodging.json").exists()
    noted = [json.loads(line) for line in (place / "state/jikji/runs.jsonl").read_text().splitlines()]
    assert {line["folder"] for line in noted} == {str(run)} and noted[0]["formatVersion"] == 1


def test_an_office_that_is_away(place, office, capfd):
    run = place / "run"

    def each(step):
        office.is_away = step < 7

    tiny.make(run, tiny.RECIPE, office=office.url, each=each)
    assert "the training goes on" in capfd.readouterr().err
    assert (run / "seal.json").exists() and (run / "heads/step-000012.lodging.json").exists()
    assert {path.name for path in (run / "heads").iterdir()} >= {"step-000012.json"}
    for path in (run / "heads").glob("step-??????.json"):
        assert path.with_suffix(".lodging.json").exists()


def test_an_office_that_refuses(place, office, capfd, monkeypatch):
    monkeypatch.setenv("JIKJI_OFFICE_TOKEN", "secret-token")
    office.status = 403
    tiny.make(place / "run", tiny.RECIPE, office=office.url)
    text = capfd.readouterr().err
    assert text.count("refuses") == 1 and "secret-token" not in text and "\x1b" not in text
    assert (place / "run/seal.json").exists() and list((place / "run/heads").iterdir()) == []


@pytest.mark.parametrize("url", ["http://example.org/programmes/a", "https://u:p@example.org/programmes/a", "https://example.org/", "ftp://x/programmes/a", "https://x/programmes/a?b"])
def test_addresses(url):
    with pytest.raises(WitnessError):
        Office(url)

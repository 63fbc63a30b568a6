"""The files of a run by name, from its folder or from a bundle (tar), and the findings of checks. Follows no links; reads no file beyond
the size limit of the caller."""

import json
import os
import re
import stat
import tarfile

MIB = 2**20
BUNDLED = re.compile(
    r"recipe\.yaml|(genesis|request|lodging|seal|seal-lodging)\.json|(transcript|sessions)\.jsonl|corpus/(manifest|tokens)\.json"
    r"|corpus/source-\d{2,4}\.((files|train|validation)\.jsonl|(train|validation)\.(bin|marks))|tokenizer/(tokenizer\.json|chat_template\.jinja)"
    r"|(start/)?hand-overs/\d{3}(\.taken)?\.json|start/(model\.safetensors|references\.bin|(seal|genesis|tokenizer)\.json)|checkpoints/step-\d{6,10}/state\.(json|safetensors)|model/[A-Za-z0-9][A-Za-z0-9._-]{0,99}"
)


class Absent(Exception):
    """Something is missing; its name is the argument."""


class Wrong(Exception):
    """Something has a value or form that is not allowed."""


class Run:
    """@raises Wrong for a bundle with entries that do not belong in one"""

    def __init__(self, path):
        self.path, self.bundle = path, None
        if os.path.isfile(path):
            try:
                self.tar = tarfile.open(path, "r:")
                self.bundle = self.members()
            except tarfile.TarError as error:
                raise Wrong("is no tar file") from error

    def members(self):
        found, folders = {}, set()
        for member in self.tar:
            folder, _, name = member.name.partition("/")
            folders.add(folder)
            if member.isdir():
                continue
            sparse = member.issparse() or any(key.startswith("GNU.sparse") for key in member.pax_headers)
            plain = member.type in (tarfile.REGTYPE, tarfile.AREGTYPE) and not sparse
            if not plain or not BUNDLED.fullmatch(name) or name in found or len(folders) > 1:
                raise Wrong(f"holds {member.name!r}, which does not belong in a bundle, or not twice")
            found[name] = member
        self.tar.fileobj.seek(self.tar.offset)  # Python's reader takes a broken header as the end
        if self.tar.fileobj.read(1024) != bytes(1024):
            raise Wrong("is broken, or ends too early")
        return found

    def size(self, name):
        """In bytes; None for a missing file. @raises Wrong for a link or anything else that is not a file"""
        if self.bundle is not None:
            return self.bundle[name].size if name in self.bundle else None
        path = self.path
        for part in name.split("/"):
            path = os.path.join(path, part)
            try:
                found = os.lstat(path)
            except (FileNotFoundError, NotADirectoryError):
                return None
            if stat.S_ISLNK(found.st_mode):
                raise Wrong("is a link")
        if not stat.S_ISREG(found.st_mode):
            raise Wrong("is not a file")
        return found.st_size

    def has(self, name):
        return self.size(name) is not None

    def read(self, name, most):
        """The bytes of a file. @raises Absent, Wrong where it has more than `most`"""
        size = self.size(name)
        if size is None:
            raise Absent(name)
        if size > most:
            raise Wrong(f"has {size} bytes, more than the {most} that it can have")
        if self.bundle is not None:
            return self.tar.extractfile(self.bundle[name]).read()
        with open(os.path.join(self.path, name), "rb") as file:
            return file.read(most)

    def text(self, name, most):
        try:
            return self.read(name, most).decode()
        except UnicodeDecodeError as error:
            raise Wrong("is not UTF-8") from error

    def names(self, folder):
        if self.bundle is not None:
            return sorted(name[len(folder) + 1 :] for name in self.bundle if name.startswith(folder + "/"))
        path = os.path.join(self.path, folder)
        return sorted(os.listdir(path)) if os.path.isdir(path) else []


class Check:
    def __init__(self, name):
        self.name, self.findings = name, []

    def add(self, verdict, file, text, step=None, tensor=None):
        found = {"verdict": verdict, "check": self.name, "file": file, "text": text, "step": step, "tensor": tensor}
        self.findings.append({key: value for key, value in found.items() if value is not None})

    def refuted(self, file, text, step=None, tensor=None):
        self.add("refuted", file, text, step, tensor)

    def incomplete(self, file, text, step=None, tensor=None):
        self.add("incomplete", file, text, step, tensor)

    def trying(self, file, work, step=None):
        """The result of work(), or None where it finds something absent or wrong."""
        try:
            return work()
        except Absent as error:
            self.incomplete(str(error), "is not there", step)
        except Wrong as error:
            self.refuted(file, str(error), step)
        return None

    @property
    def verdict(self):
        return worst(found["verdict"] for found in self.findings)


def worst(verdicts):
    verdicts = set(verdicts)
    return next((v for v in ("refuted", "incomplete") if v in verdicts), "holds")


def constant(word):
    raise Wrong(f"holds {word}")


def parse(text):
    """JSON; refuses an object that has a member twice."""

    def members(pairs):
        if len(dict(pairs)) < len(pairs):
            raise Wrong("gives a member twice")
        return dict(pairs)

    return leniently(text, members)


def leniently(text, members=dict):
    """JSON as most readers take it: the last of equal members counts."""
    try:
        return json.loads(text, object_pairs_hook=members, parse_constant=constant)
    except (ValueError, RecursionError) as error:
        raise Wrong("is not JSON") from error


def fits(value, form, where=""):
    """Exact members and forms. A form is a dict of forms, a list of one form, or a test. @raises Wrong"""
    if isinstance(form, dict):
        if not isinstance(value, dict) or value.keys() != form.keys():
            raise Wrong(f"{where or 'it'} has other members than it should")
        for key in form:
            fits(value[key], form[key], f"{where}.{key}" if where else key)
    elif isinstance(form, list):
        if not isinstance(value, list):
            raise Wrong(f"{where} is not a list")
        for i, item in enumerate(value):
            fits(item, form[0], f"{where}[{i}]")
    elif not form(value):
        raise Wrong(f"{where} is not what it may be")

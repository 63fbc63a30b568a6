"""A run's files by name, from its folder or from a bundle (tar), and what checks find in them. Follows no links."""

import json
import os
import stat
import tarfile


class Absent(Exception):
    """Something is not there; its name is the argument."""


class Wrong(Exception):
    """Something is not what it may be."""


class Run:
    def __init__(self, path):
        self.path, self.bundle = path, None
        if os.path.isfile(path):
            with tarfile.open(path) as tar:
                files = [member for member in tar if member.isreg()]
                self.bundle = {member.name.split("/", 1)[1]: tar.extractfile(member).read() for member in files}

    def has(self, name):
        """@raises Wrong for a link, or what is no file"""
        if self.bundle is not None:
            return name in self.bundle
        path = self.path
        for part in name.split("/"):
            path = os.path.join(path, part)
            try:
                mode = os.lstat(path).st_mode
            except (FileNotFoundError, NotADirectoryError):
                return False
            if stat.S_ISLNK(mode):
                raise Wrong("is a link")
        if not stat.S_ISREG(mode):
            raise Wrong("is not a file")
        return True

    def read(self, name):
        if not self.has(name):
            raise Absent(name)
        if self.bundle is not None:
            return self.bundle[name]
        with open(os.path.join(self.path, name), "rb") as file:
            return file.read()

    def text(self, name):
        try:
            return self.read(name).decode()
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
        """What work() gives, or None where it finds something absent or wrong."""
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


def parse(text):
    """JSON; a member given twice in one object is refused."""

    def members(pairs):
        if len(dict(pairs)) < len(pairs):
            raise Wrong("gives a member twice")
        return dict(pairs)

    def constant(word):
        raise Wrong(f"holds {word}")

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

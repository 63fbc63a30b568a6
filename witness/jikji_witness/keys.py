"""Signing keys: P-256, the same files as `jikji key` reads and makes. A file holds the private key, then the public one, readable by its user alone.

Signatures are DER with the lower of the two possible s; other forms are refused. Knows nothing of what is signed.
"""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .errors import WitnessError
from .files import make_folder, write_failure, written_whole

try:
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec, utils
except ImportError:
    ec = None

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
SPKI_BYTES = 91
DEFAULT_KEY = "default"


def fingerprint_of(spki: bytes) -> str:
    """SHA-256 of the SPKI in DER: a key's name in statements."""
    return hashlib.sha256(spki).hexdigest()


@dataclass
class Signer:
    """A key that can sign; `spki` is its public part in DER."""

    private: object
    spki: bytes

    @property
    def fingerprint(self) -> str:
        return fingerprint_of(self.spki)

    def sign(self, data: bytes) -> bytes:
        r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return utils.encode_dss_signature(r, min(s, ORDER - s))


def verify(spki: bytes, data: bytes, signature: bytes) -> bool:
    """Whether the signature is valid, and in its one form."""
    _require()
    try:
        key = serialization.load_der_public_key(spki)
        if not isinstance(key, ec.EllipticCurvePublicKey) or key.curve.name != "secp256r1" or len(spki) != SPKI_BYTES:
            return False
        r, s = utils.decode_dss_signature(signature)
        if s > ORDER // 2 or utils.encode_dss_signature(r, s) != signature:
            return False
        key.verify(signature, data, ec.ECDSA(hashes.SHA256()))
        return True
    except (ValueError, InvalidSignature):
        return False


def keys_folder() -> Path:
    config = os.environ.get("XDG_CONFIG_HOME", "")
    return (Path(config) if os.path.isabs(config) else Path.home() / ".config") / "jikji" / "keys"


def load_signer(name: str = DEFAULT_KEY) -> Signer:
    """The user's key of this name; `default` is made where there is none. Its passphrase, if any, is JIKJI_PASSPHRASE. Raises WitnessError."""
    _require()
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}", name):
        raise WitnessError("is not a name for a key", name, "use letters, digits, - and _")
    path = keys_folder() / f"{name}.pem"
    if name == DEFAULT_KEY and not path.exists():
        new_key(name)
    try:
        pem = path.read_bytes()
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise WitnessError("there is no such key", name, "make one: jikji key new NAME") from None
    except OSError as error:
        raise WitnessError(f"cannot be read: {error.strerror}", path, "give its user the right to") from error
    if os.name == "posix" and mode & 0o077:
        raise WitnessError("other users of this machine can read this key", path, f"run: chmod 600 {path}")
    return signer_from_pem(pem, os.environ.get("JIKJI_PASSPHRASE"), path)


def signer_from_pem(pem: bytes, passphrase: str | None, where: object) -> Signer:
    _require()
    is_protected = b"ENCRYPTED PRIVATE KEY" in pem
    if is_protected and not passphrase:
        raise WitnessError("this key has a passphrase", where, "set JIKJI_PASSPHRASE")
    block = re.search(rb"-----BEGIN ([A-Z ]*PRIVATE KEY)-----[^-]*-----END \1-----\n?", pem)
    try:
        key = serialization.load_pem_private_key(block.group() if block else b"", passphrase.encode() if is_protected else None)
    except (ValueError, TypeError) as error:
        what, hint = ("this is not the passphrase of the key", "set JIKJI_PASSPHRASE") if is_protected else ("is not a private key", "restore it from a copy")
        raise WitnessError(what, where, hint) from error
    if not isinstance(key, ec.EllipticCurvePrivateKey) or key.curve.name != "secp256r1":
        raise WitnessError("is not a P-256 key", where, "make one: jikji key new NAME")
    return Signer(key, _spki(key))


def new_key(name: str, passphrase: str | None = None) -> None:
    """Makes a key file and never overwrites one, not even one that another process has just made."""
    _require()
    key = ec.generate_private_key(ec.SECP256R1())
    lock = serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, lock)
    pem += key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    folder = keys_folder()
    make_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise write_failure(error, folder) from error
    path = folder / f"{name}.pem"
    draft = folder / f"{name}.pem.{os.getpid()}.new"
    with written_whole(draft, 0o600) as file:
        file.write(pem)
    try:
        os.chmod(draft, 0o600)  # for any umask
        os.link(draft, path)
    except FileExistsError:
        pass  # another process was quicker: its key is as good
    except OSError as error:
        raise write_failure(error, path) from error
    finally:
        draft.unlink(missing_ok=True)


def _spki(key) -> bytes:
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def _require() -> None:
    if ec is None:
        raise WitnessError("signing needs the package cryptography", "jikji-witness", "pip install 'jikji-witness[cryptography]'")

"""Signs statements with a key of P-256 (docs/proof.md, "Statements" and "Keys and signatures"). Needs python3-cryptography."""

import base64

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, utils

from digests import canonical, sha_hex
from signatures import N
from statements import TYPE


class Maker:
    def __init__(self, pem):
        self.private = serialization.load_pem_private_key(pem, None)
        self.spki = self.private.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        self.key, self.fingerprint = base64.b64encode(self.spki).decode(), sha_hex(self.spki)

    def signature(self, data):
        """In its one form: of s and n - s, which both verify, the lower."""
        r, s = utils.decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return utils.encode_dss_signature(r, min(s, N - s))

    def statement(self, kind, version, subjects, predicate):
        """The bytes of a statement's file. subjects: (name, digest, size or None)."""
        named = [
            {"name": name, "digest": {"sha256": digest}, **({} if size is None else {"annotations": {"size": size}})} for name, digest, size in subjects
        ]
        payload = canonical({
            "_type": "https://in-toto.io/Statement/v1",
            "predicate": {"formatVersion": version, **predicate},
            "predicateType": f"urn:jikji:{kind}:{version}",
            "subject": named,
        })  # fmt: skip
        signed = f"DSSEv1 {len(TYPE)} {TYPE} {len(payload)} ".encode() + payload
        signatures = [{"keyid": self.fingerprint, "sig": base64.b64encode(self.signature(signed)).decode()}]
        return canonical({"payload": base64.b64encode(payload).decode(), "payloadType": TYPE, "signatures": signatures}) + b"\n"

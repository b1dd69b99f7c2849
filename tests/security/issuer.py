"""A small OAuth server that is really served on loopback: Authlib's, with client credentials by a signed assertion."""

from __future__ import annotations

import base64
import json
import secrets
import ssl
import threading
import time
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

import jwt as pyjwt
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2.rfc6749 import ClientMixin, TokenMixin
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from authlib.oauth2.rfc7662 import IntrospectionEndpoint
from flask import Flask, Response, jsonify, request
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from werkzeug.serving import WSGIRequestHandler, make_server

AUDIENCE = "https://triage.example.org/fhir"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass
class Client(ClientMixin):
    """A client that is registered: an EHR with a key of its own, or the triage service, which asks about tokens."""

    client_id: str
    method: str
    key: Any = None
    secret: str = ""

    def get_client_id(self):
        return self.client_id

    def get_allowed_scope(self, scope):
        return scope

    def check_client_secret(self, client_secret):
        return secrets.compare_digest(self.secret, client_secret)

    def check_endpoint_auth_method(self, method, endpoint):
        return method == self.method

    def check_grant_type(self, grant_type):
        return grant_type == "client_credentials"


@dataclass
class Token(TokenMixin):
    """An opaque token that was given out."""

    scope: str
    expires_at: float
    revoked: bool = False
    more: dict[str, Any] = field(default_factory=dict)

    def is_expired(self):
        return time.time() >= self.expires_at

    def is_revoked(self):
        return self.revoked


class _Assertion(JWTBearerClientAssertion):
    CLIENT_AUTH_METHOD = "private_key_jwt"

    def __init__(self, token_url):
        super().__init__()
        self.own_url, self.seen = token_url, set()

    def get_audiences(self):
        return [self.own_url]

    def validate_jti(self, claims, jti):
        fresh = jti not in self.seen
        self.seen.add(jti)
        return fresh

    def resolve_client_public_key(self, client, headers=None):
        return client.key

    def process_assertion_claims(self, assertion, resolve_key):
        token = jwt.decode(assertion, resolve_key, algorithms=["RS384", "ES384"])
        self.verify_claims(token.claims)
        return token.claims


class _Silent(WSGIRequestHandler):
    def log(self, *_):
        pass


class Grant(ClientCredentialsGrant):
    TOKEN_ENDPOINT_AUTH_METHODS = ("private_key_jwt",)


class Issuer:
    """The server; what it does can be changed while it runs, and what it was asked is counted."""

    def __init__(self, *, algorithm: str = "RS384", tls: ssl.SSLContext | None = None) -> None:
        self.algorithm = algorithm
        self.keys: list[Any] = [self.new_key("first")]
        self.asked: list[str] = []
        self.opaque: dict[str, Token] = {}
        self.as_jwt, self.audience, self.more = True, AUDIENCE, {}
        self.jwks_reply: Any = None
        self.introspection_reply: Any = None
        self.metadata_reply: Any = None
        app = Flask("issuer")
        self._server = make_server("127.0.0.1", 0, app, threaded=True, ssl_context=tls, request_handler=_Silent)
        self.url = f"{'https' if tls else 'http'}://localhost:{self._server.server_port}"
        self.client_key = ECKey.generate_key("P-384", {"kid": "ehr", "alg": "ES384"})
        self.clients = {
            "ehr": Client("ehr", "private_key_jwt", self.client_key),
            "triage": Client("triage", "client_secret_basic", secret="a-secret-of-ours"),
        }
        self._routes(app)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def new_key(self, kid: str) -> Any:
        made = {"kid": kid, "use": "sig", "alg": self.algorithm}
        if self.algorithm.startswith("RS"):
            return RSAKey.generate_key(2048, made)
        return ECKey.generate_key(f"P-{self.algorithm[2:]}", made)

    def rotate(self, kid: str) -> None:
        """From now on sign by a new key, and no longer show the old one."""
        self.keys = [self.new_key(kid)]

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _routes(self, app: Flask) -> None:
        server = AuthorizationServer(app, self.clients.get, self._save)
        server.register_grant(Grant)
        server.register_client_auth_method("private_key_jwt", _Assertion(f"{self.url}/token"))
        server.register_token_generator("default", self._generate)
        server.register_endpoint(self._introspection())
        app.before_request(self._count)

        @app.post("/token")
        def token() -> Any:
            return server.create_token_response()

        @app.post("/introspect")
        def introspect() -> Any:
            if self.introspection_reply is not None:
                return self.introspection_reply()
            return server.create_endpoint_response("introspection")

        @app.get("/keys")
        def keys() -> Any:
            if self.jwks_reply is not None:
                return self.jwks_reply()
            return jsonify(KeySet(self.keys).as_dict())

        @app.get("/.well-known/openid-configuration")
        @app.get("/.well-known/oauth-authorization-server")
        def metadata() -> Any:
            if self.metadata_reply is not None and request.path.endswith("openid-configuration"):
                return self.metadata_reply()
            if self.metadata_reply is not None and not isinstance(self.metadata_reply(), Response):
                return self.metadata_reply()
            return jsonify(issuer=self.url, jwks_uri=f"{self.url}/keys", token_endpoint=f"{self.url}/token")

    def _count(self) -> None:
        self.asked.append(request.path)

    def count(self, path: str) -> int:
        return self.asked.count(path)

    def _save(self, token: dict[str, Any], request: Any) -> None:
        if not self.as_jwt:
            expires = time.time() + token["expires_in"]
            self.opaque[token["access_token"]] = Token(token.get("scope", ""), expires, more=dict(self.more))

    def _generate(self, **given: Any) -> dict[str, Any]:
        return BearerTokenGenerator(self._access_token)(**given)

    def _access_token(self, client: Client, grant_type: str, user: None, scope: str) -> str:
        if self.as_jwt:
            return self.sign(scope=scope, client_id=client.client_id)
        return f"opaque-{secrets.token_urlsafe(24)}"

    def sign(self, *, header: dict[str, Any] | None = None, key: Any = None, **claims: Any) -> str:
        """A token by another implementation than the one that is to check it; claims that are None are left out."""
        now = int(time.time())
        usual = {"iss": self.url, "aud": self.audience, "exp": now + 300, "iat": now, "jti": secrets.token_hex(8)}
        said = {name: value for name, value in {**usual, **self.more, **claims}.items() if value is not None}
        signer = key or self.keys[-1]
        top = {"kid": signer.kid, "typ": "at+jwt", **(header or {})}
        top = {name: value for name, value in top.items() if value is not None}
        algorithm = top.pop("alg", self.algorithm)
        return pyjwt.encode(said, signer.private_key, algorithm=algorithm, headers=top)

    def _introspection(self) -> type[IntrospectionEndpoint]:
        issuer = self

        class Introspection(IntrospectionEndpoint):
            CLIENT_AUTH_METHODS = ("client_secret_basic",)

            def check_permission(self, token, client, request):
                return client.client_id == "triage"

            def query_token(self, token_string, token_type_hint):
                return issuer.opaque.get(token_string)

            def introspect_token(self, token):
                usual = {"active": True, "scope": token.scope, "client_id": "ehr", "exp": int(token.expires_at)}
                return {**usual, **token.more}

        return Introspection

    def token(self, scope: str) -> str:
        """An access token, got as an EHR gets one (SMART Backend Services): for an assertion signed by its own key."""
        now = int(time.time())
        claims = {
            "iss": "ehr",
            "sub": "ehr",
            "aud": f"{self.url}/token",
            "exp": now + 120,
            "jti": secrets.token_hex(16),
        }
        assertion = pyjwt.encode(claims, self.client_key.private_key, algorithm="ES384", headers={"kid": "ehr"})
        form = {
            "grant_type": "client_credentials",
            "scope": scope,
            "client_assertion_type": ASSERTION,
            "client_assertion": assertion,
        }
        with DIRECT.open(f"{self.url}/token", urllib.parse.urlencode(form).encode(), timeout=10) as reply:
            return json.load(reply)["access_token"]


def encoded(value: dict[str, Any] | bytes) -> str:
    """A part of a token."""
    raw = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

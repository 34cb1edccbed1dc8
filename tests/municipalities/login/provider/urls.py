"""The toolkit's addresses, and in front of them what makes it lie."""

import json
import time

import jwt
from cryptography.hazmat.primitives import serialization
from django.conf import settings
from django.contrib.auth.models import User
from django.http import HttpResponse, JsonResponse
from django.urls import include, path
from oauth2_provider.settings import oauth2_settings

from tests.municipalities.login.provider.claims import told

urlpatterns = [path("o/", include("oauth2_provider.urls", namespace="oauth2_provider"))]
PLACES = {
    "/o/.well-known/openid-configuration": "discovery",
    "/o/token/": "token",
    "/o/.well-known/jwks.json": "keys",
}
INSTEAD = {
    "html": lambda: HttpResponse("<h1>Velkommen</h1>" * 50),
    "huge": lambda: HttpResponse(b'{"a": "' + b"x" * 30_000_000 + b'"}', content_type="application/json"),
    "slow": lambda: time.sleep(4) or HttpResponse("{}"),
    "list": lambda: JsonResponse([1, 2, 3], safe=False),
    "empty": lambda: JsonResponse({}),
    "deep": lambda: HttpResponse("[" * 100_000, content_type="application/json"),
    "error": lambda: JsonResponse({"error": "server_error"}, status=500),
    "away": lambda: HttpResponse(status=302, headers={"Location": "http://127.0.0.1:1/"}),
}


def pem(name):
    return (settings.FOLDER / f"{name}.pem").read_text()


def obey(get_response):
    def answer(request):
        order = told()
        with (settings.FOLDER / "asked.log").open("a") as log:
            log.write(request.path + "\n")
        place = PLACES.get(request.path)
        if order.get(place):
            return INSTEAD[order[place]]()
        oauth2_settings.OIDC_RSA_PRIVATE_KEY = pem(order["key"])
        # Whoever asks is logged in already, or has just done so anew, and agrees.
        asked = request.META["QUERY_STRING"].split("&")
        request.META["QUERY_STRING"] = "&".join(word for word in asked if word != "prompt=login")
        request.user, _made = User.objects.get_or_create(username="kari")
        response = get_response(request)
        if place == "discovery" and response.status_code == 200:
            return JsonResponse(json.loads(response.content) | order.get("publish", {}))
        if place == "keys":
            return JsonResponse({"keys": [published(name) for name in order["published"]]})
        if place == "token" and {"patch", "drop", "sign"} & set(order) and response.status_code == 200:
            found = json.loads(response.content)
            return JsonResponse(found | {"id_token": forged(found["id_token"], order)})
        return response

    return answer


def published(name):
    from oauth2_provider.utils import jwk_from_pem

    key = jwk_from_pem(pem(name))
    return {"use": "sig", "kid": key.thumbprint()} | json.loads(key.export_public())


def forged(token, order):
    """The toolkit's token with other words in it, signed as ordered, under the same name of a key."""
    claims = jwt.decode(token, options={"verify_signature": False})
    claims = {k: v for k, v in (claims | order.get("patch", {})).items() if k not in order.get("drop", [])}
    head = {"kid": jwt.get_unverified_header(token)["kid"]}
    sign = order.get("sign", "own")
    if sign == "none":
        return jwt.encode(claims, None, algorithm="none", headers=head)
    if sign == "hs256":
        return signed_with_the_public_key(claims, head, order)
    if sign == "unnamed":
        head = {}
    key = pem(sign if sign in {"other"} else order["key"])
    return jwt.encode(claims, key, algorithm=order.get("algorithm", "RS256"), headers=head)


def signed_with_the_public_key(claims, head, order):
    """By hand: PyJWT itself refuses to take a public key for a secret."""
    import hashlib
    import hmac

    private = serialization.load_pem_private_key(pem(order["key"]).encode(), None)
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    b64 = jwt.utils.base64url_encode
    body = b".".join(
        b64(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "HS256"} | head, claims)
    )
    return (body + b"." + b64(hmac.new(public, body, hashlib.sha256).digest())).decode()

"""Runs the provider: ``python -m tests.provider.serve PORT FOLDER < what.json``; knows nothing of the product.

What the provider says of a person is its own code's work, from its own database in the folder. Two claims are written in words of
the people's profiles: it has none of its own for "verified" and for a job role.
"""

import json
import sys
from typing import Any

from canaille import create_app
from canaille.app import models
from canaille.backends import Backend
from flask import Flask
from joserfc.jwk import RSAKey
from werkzeug.serving import run_simple

HOST = "127.0.0.1"


def app_at(port: int, folder: str, said: dict[str, Any]) -> Flask:
    """The provider with its people, its groups and its clients."""
    app = create_app(
        {
            "SECRET_KEY": "tests-only",
            "SERVER_NAME": f"{HOST}:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "SESSION_COOKIE_SECURE": False,
            "WTF_CSRF_ENABLED": False,
            "CANAILLE_SQL": {
                "DATABASE_URI": f"sqlite:///{folder}/provider.sqlite?timeout=60",
                "PASSWORD_SCHEMES": "plaintext",
            },
            "CANAILLE": {"DATABASE": "sql", "JAVASCRIPT": False, "PASSWORD_COMPROMISSION_CHECK": False},
            "CANAILLE_OIDC": {"ACTIVE_JWKS": [RSAKey.generate_key(2048, auto_kid=True).as_dict(private=True)]},
        },
        init_backend=True,
    )
    mapping = app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]
    mapping["EMAIL_VERIFIED"] = "{% if user.department != 'unverified' %}true{% endif %}"
    mapping["PROFILE"] = "{% if user.title %}{{ user.title }}{% endif %}"
    with app.app_context(), Backend.instance.session():
        people = {}
        for person in said["people"]:
            people[person["user_name"]] = models.User(
                formatted_name=person["name"],
                family_name=person["name"],
                emails=[person["email"]],
                user_name=person["user_name"],
                password="the provider's own",
                title=person.get("title"),
                department=None if person.get("verified", True) else "unverified",
            )
            Backend.instance.save(people[person["user_name"]])
        for name in {person["group"] for person in said["people"] if person.get("group")}:
            members = [people[one["user_name"]] for one in said["people"] if one.get("group") == name]
            Backend.instance.save(models.Group(display_name=name, members=members))
        for client_id, addresses in said["clients"].items():
            client = models.Client(
                client_id=client_id,
                client_secret=f"secret of {client_id}",
                client_name=client_id,
                client_uri=f"http://{HOST}",
                redirect_uris=addresses,
                grant_types=["authorization_code"],
                response_types=["code"],
                scope=["openid", "email", "profile", "groups"],
                token_endpoint_auth_method="client_secret_basic",
            )
            Backend.instance.save(client)
            client.audience = [client]
            Backend.instance.save(client)
    return app


if __name__ == "__main__":
    port = int(sys.argv[1])
    run_simple(HOST, port, app_at(port, sys.argv[2], json.load(sys.stdin)), threaded=True)

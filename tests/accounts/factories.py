"""Single rows of accounts, for tests that need many of a kind; the people of the tests are in cast.py."""

import datetime as dt

import factory

from accounts.models import Invitation, Organization, Team, User
from tests.cast import EPOCH


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    slug = factory.Sequence(lambda number: f"company-{number}")
    name = factory.Sequence(lambda number: f"Company {number}")
    timezone = "Europe/Berlin"
    created_at = EPOCH


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    email = factory.Sequence(lambda number: f"person-{number}@example.com")
    name = factory.Sequence(lambda number: f"Person {number}")
    password = "!"


class TeamFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Team

    organization = factory.SubFactory(OrganizationFactory)
    name = factory.Sequence(lambda number: f"Team {number}")


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    organization = factory.SubFactory(OrganizationFactory)
    email = factory.Sequence(lambda number: f"invited-{number}@example.com")
    invited_at = EPOCH
    sent_at = EPOCH
    expires_at = EPOCH + dt.timedelta(days=14)

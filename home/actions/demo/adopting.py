"""The roll-out that the demo company is deciding: half settled, with a day that was moved; all by the actions of reviews."""

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from catalog.models import AccessRoute
from checklists import actions as checklists
from checklists.actions import Given
from checklists.actions.answers import render_shared
from checklists.models import Item
from governance import actions as governance
from governance.models import Signature
from home.actions.demo.story import Company, Event, story
from operations import clock
from reviews import actions
from reviews.queries.adoption import adoption_reviews, terms_of
from reviews.queries.verdicts import frozen_board


def events(company: Company) -> list[Event]:
    """Begun, answered week by week, talked about; the target date was moved, and a go proposed that was sent back."""
    one = story()["adoption"]
    happens: list[Event] = [(company.ago(one["begun"], hour=8), partial(_begin, company, one))]
    for said in one["answers"]:
        happens.append((company.ago(said["at"], hour=11), partial(_answer, company, said)))
    for said in one["comments"]:
        happens.append((company.ago(said["at"], hour=16), partial(_comment, company, said)))
    for moved in one["days"]:
        happens.append((company.ago(moved["at"], hour=9), partial(_move, company, moved)))
    happens.append((company.ago(one["moved"]["at"], hour=17), partial(_move_target, company, one["moved"])))
    verdict, back = one["verdict"], one["verdict"]["sent_back"]
    happens.append((company.ago(verdict["at"], hour=9), partial(_propose, company, verdict)))
    happens.append((company.ago(verdict["at"], hour=14), partial(_comment_on_verdict, company, verdict["comment"])))
    happens.append((company.ago(back["at"], hour=15), partial(_send_back, company, back)))
    return happens


def _day(company: Company, days: int) -> dt.date:
    """A day so many days from the one on which the company is loaded."""
    return clock.day_of(company.now, company.organization.timezone) + dt.timedelta(days=days)


def _item(company: Company, key: str) -> Item:
    return Item.objects.get(organization=company.organization, key=key)


def _begin(company: Company, one: Mapping[str, Any]) -> None:
    actions.begin_adoption(
        by=company.manager,
        name=one["name"],
        scope=one["scope"],
        target_on=_day(company, one["target"]),
        keeper=company.manager,
        routes=list(AccessRoute.objects.filter(organization=None, key__in=one["routes"], retired_at=None)),
        at=company.ago(one["begun"], hour=8),
    )


def _answer(company: Company, said: Mapping[str, Any]) -> None:
    at, item = company.ago(said["at"], hour=11), _item(company, said["item"])
    shown = render_shared(company.manager, team=None, item_id=item.pk, at=at)
    links = [said["link"]] if "link" in said else []
    uploads = [_bring(company, said, item=item, at=at)] if "file" in said else []
    checklists.answer_shared(
        by=company.manager,
        team=None,
        item_id=item.pk,
        shown_sha256=shown.sha256,
        answered=None,
        given=Given(value=said.get("value", ""), text=said.get("text", ""), links=links, uploads=uploads),
        at=at,
    )


def _bring(company: Company, said: Mapping[str, Any], *, item: Item, at: dt.datetime) -> str:
    """The file that shows it, as it waits for the answer; its SHA-256."""
    file = SimpleUploadedFile(said["file"], said["says"].encode())
    return checklists.bring(by=company.manager, item=item, team=None, file=file, at=at).sha256


def _comment(company: Company, said: Mapping[str, Any]) -> None:
    actions.comment(
        review=company.organization.adoption_reviews.get(),
        item=_item(company, said["item"]),
        text=said["text"],
        by=company.people[said["by"]],
        at=company.ago(said["at"], hour=16),
    )


def _move(company: Company, moved: Mapping[str, Any]) -> None:
    actions.move_item_day(
        review=company.organization.adoption_reviews.get(),
        item=_item(company, moved["item"]),
        due_on=_day(company, moved["to"]),
        because=moved["because"],
        by=company.manager,
        at=company.ago(moved["at"], hour=9),
    )


def _move_target(company: Company, moved: Mapping[str, Any]) -> None:
    at = company.ago(moved["at"], hour=17)
    review = company.organization.adoption_reviews.get()
    terms = terms_of(review, at=at)
    actions.change_adoption(
        review=review,
        by=company.manager,
        name=terms.name,
        scope=terms.scope,
        target_on=_day(company, moved["to"]),
        keeper=terms.keeper,
        routes=[part.route for part in review.routes.open().select_related("route")],
        because=moved["because"],
        at=at,
    )


def _propose(company: Company, said: Mapping[str, Any]) -> None:
    """A go with everything that is open accepted."""
    at = company.ago(said["at"], hour=9)
    frozen = frozen_board(adoption_reviews(company.organization).get(), at=at)
    actions.propose_verdict(
        review=company.organization.adoption_reviews.get(),
        outcome=said["outcome"],
        because=said["because"],
        accepted={one.key: said["accepted"] for one in frozen.blockers},
        shown_sha256=frozen.sha256,
        by=company.manager,
        at=at,
    )


def _comment_on_verdict(company: Company, said: Mapping[str, Any]) -> None:
    governance.comment(
        sign_off=company.organization.sign_offs.get(kind="adoption"),
        anchor=said["about"],
        text=said["text"],
        by=company.people[said["by"]],
        at=company.ago(said["at"], hour=14),
    )


def _send_back(company: Company, said: Mapping[str, Any]) -> None:
    sign_off = company.organization.sign_offs.get(kind="adoption")
    actions.refuse_verdict(
        sign_off=sign_off,
        stage=sign_off.stages.get(group__key=said["group"]),
        by=company.signer(said["group"]),
        word=Signature.Word.CHANGES_ASKED,
        comment=said["because"],
        shown_sha256=sign_off.snapshot.sha256,
        at=company.ago(said["at"], hour=15),
    )

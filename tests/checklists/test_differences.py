"""What has changed in a question is shown without what has not."""

from checklists.queries.differences import difference


def test_of_a_long_list_only_what_has_changed_is_shown():
    facts = [{"says": f"Statement {number}.", "detail": ""} for number in range(30)]
    [row] = difference(
        {"facts": facts}, {"facts": [*facts[:7], {"says": "Statement of today.", "detail": ""}, *facts[8:]]}
    )

    shown = " ".join(piece["text"] for piece in row["pieces"])
    assert "today" in shown
    assert "7." in shown
    assert "8." not in shown
    assert "29." not in shown


def test_what_stood_there_twice_and_stands_there_once_has_changed():
    one, other = {"says": "Nobody knows.", "detail": ""}, {"says": "Everybody does.", "detail": ""}
    [row] = difference({"facts": [one, other, one]}, {"facts": [one, other]})

    assert [(piece["kind"], piece["text"]) for piece in row["pieces"]] == [("removed", "Nobody knows.")]


def test_where_only_the_order_has_changed_all_of_it_is_shown():
    [row] = difference({"steps": ["Open it.", "Read it."]}, {"steps": ["Read it.", "Open it."]})

    assert {"added", "removed"} <= {piece["kind"] for piece in row["pieces"]}
    assert "Open it." in " ".join(piece["text"] for piece in row["pieces"])

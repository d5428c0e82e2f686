"""What differs between two texts, word by word."""

from time import thread_time

from governance.queries.comparing import word_diff


def test_words_that_repeat_without_end_are_compared_without_keeping_the_page_busy() -> None:
    before, after = "a b " * 300, "b a a " * 600

    started = thread_time()
    pieces = word_diff(before, after)

    assert thread_time() - started < 0.2
    for text, kind in ((before, "removed"), (after, "added")):
        assert " ".join(one["text"] for one in pieces if one["kind"] in {"same", kind}) == text.strip()
    assert [one["kind"] for one in word_diff(after, after)] == ["same"]


def test_what_is_too_long_to_compare_is_shown_as_a_whole() -> None:
    before, after = "a b " * 10_000, "b a a " * 10_000

    started = thread_time()
    pieces = word_diff(before, after)

    assert thread_time() - started < 0.2
    assert [(one["kind"], one["text"]) for one in pieces] == [("removed", before.strip()), ("added", after.strip())]


def test_a_long_text_is_compared_word_by_word() -> None:
    before = " ".join(f"word{number % 400}" for number in range(1500))

    kinds = [one["kind"] for one in word_diff(before, before.replace("word7 ", "other ", 1))]

    assert kinds == ["same", "removed", "added", "same"]

"""What differs between two texts, word by word."""

from time import thread_time

from governance.queries.comparing import word_diff


def test_words_that_repeat_without_end_are_shown_as_a_whole_instead_of_keeping_the_page_busy() -> None:
    before, after = "a b " * 300, "b a a " * 600

    started = thread_time()
    pieces = word_diff(before, after)

    assert thread_time() - started < 0.2
    assert [(one["kind"], one["text"]) for one in pieces] == [("removed", before.strip()), ("added", after.strip())]
    assert [one["kind"] for one in word_diff(after, after)] == ["same"]


def test_a_long_text_is_compared_word_by_word() -> None:
    before = " ".join(f"word{number % 400}" for number in range(1500))

    kinds = [one["kind"] for one in word_diff(before, before.replace("word7 ", "other ", 1))]

    assert kinds == ["same", "removed", "added", "same"]

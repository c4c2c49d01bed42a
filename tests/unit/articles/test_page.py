from monitor.articles.page import is_part_of, word_count


def test_a_text_repeats_another_if_only_its_marks_differ() -> None:
    assert is_part_of("“Talks” resume", "Now: talks resume, again")
    assert not is_part_of("Talks resume at noon", "talks resume")
    assert not is_part_of("", "talks resume")


def test_words_are_counted_in_scripts_without_spaces() -> None:
    assert word_count("Wang Yi 王毅呼吁停火") == 6

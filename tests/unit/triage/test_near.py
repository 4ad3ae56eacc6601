"""What nearly repeats an earlier text is found, what does not is left alone, and all is forgotten in time."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import Counter
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import cmconsole
from cmconsole.core.clock import DAY, HOUR
from cmconsole.triage.near import NearIndex
from cmconsole.triage.near_grams import FEWEST_WORDS, READ_LIMIT, grams, says_enough, signs, words

LATE = "@velora mon colis 4471 devait arriver mardi et je n'ai toujours aucune nouvelle de vous"
SOME_WORDS = """
colis commande retard jamais livraison service client reponse semaine facture remboursement bonjour pourquoi
encore merci rien depuis toujours parcel order late never refund waiting since monday nobody answers support
agent charged twice broken screen again website crashes every time please help about my the a le
"""
VOCABULARY = SOME_WORDS.split()


def runs(text: str) -> set[bytes]:
    """Return the four-letter runs of a text in the plainest way there is."""
    said = signs(text)
    return {said[place : place + 4] for place in range(len(said) - 3)}


def jaccard(one: str, other: str) -> float:
    mine, theirs = runs(one), runs(other)
    return len(mine & theirs) / max(1, len(mine | theirs))


def edited(text: str, draw: random.Random, times: int) -> str:
    """Return the text with so many letters or words changed, added or lost."""
    for _ in range(times):
        parts = text.split()
        place = draw.randrange(len(parts))
        word = parts[place]
        letter = draw.randrange(len(word))
        parts[place : place + 1] = draw.choice(
            (
                [word[:letter] + draw.choice("aeinrstzk") + word[letter + 1 :]],
                [word[:letter] + word[letter + 1 :]],
                [draw.choice(VOCABULARY)],
                [word, draw.choice(VOCABULARY)],
                [],
            )
        )
        text = " ".join(filter(None, parts)) or text
    return text


def sentence(draw: random.Random) -> str:
    return " ".join(draw.choices(VOCABULARY, k=draw.randint(4, 24)))


@pytest.mark.parametrize(
    "copy",
    [
        LATE,
        "@velora @other Mon colis 99 devait arriver mardi et je n’ai TOUJOURS aucune nouvelle de vous !!! 😡",
        "RT @somebody: mon colis 4471 devait arriver mardi et je n'ai toujours aucune nouvelle de vous",
        "mon colis devait arriver mardi et je n'ai toujours aucune nouvelle de vous https://velora.example/a?b=c",
        "@velora mon colis devait arriver mercredi et je n'ai toujours aucune nouvelle de vous",
        "@velora@social.example\n\nmon  colis devait arriver mardi\tet je n'ai eu aucune nouvelle de vous",
    ],
)
def test_a_near_copy_joins_the_first(copy: str) -> None:
    index = NearIndex()
    assert index.add(7, LATE, 0) is None
    assert index.add(8, copy, HOUR) == 7


@pytest.mark.parametrize(
    "other",
    [
        "@velora bonjour, comment changer l'adresse de ma commande 4471 ?",
        "@velora mon colis 4471 est bien arrivé mardi, bravo et merci à toute votre équipe du dépôt",
        "Mon colis 4471 devait arriver mardi",
    ],
)
def test_another_text_begins_its_own_cluster(other: str) -> None:
    index = NearIndex()
    assert index.add(7, LATE, 0) is None
    assert jaccard(LATE, other) < 0.7
    assert index.add(8, other, HOUR) is None
    assert index.alike(other) == [8]


@pytest.mark.parametrize(
    "text",
    [
        "merci",
        "@velora thanks",
        "Merci !!! @velora",
        "merci beaucoup",
        "MERCIIIIIIIIIIIIIIIIII",
        "@velora #extraordinairement",
    ],
)
def test_a_word_of_thanks_makes_no_cluster(text: str) -> None:
    index = NearIndex()
    assert {index.add(key, text, key) for key in range(500)} == {None}
    assert len(index) == 0


def test_a_short_text_is_repeated_by_the_very_same_words_only() -> None:
    index = NearIndex()
    assert index.add(1, "À qui l'a-t-il ?", 0) is None
    assert index.add(2, "@velora a qui l a t il", 0) == 1
    assert jaccard("à qui l'a-t-il", "à qui l'a-t-ill") >= 0.7
    assert index.add(3, "à qui l'a-t-ill", 0) is None


def test_a_short_text_has_words_enough_or_is_not_remembered() -> None:
    index = NearIndex()
    for number in range(1, FEWEST_WORDS):
        assert index.add(number, "a " * number, 0) is None
    assert len(index) == 0
    assert index.add(9, "a " * FEWEST_WORDS, 0) is None
    assert len(index) == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "😡" * 400,
        "😀😃😄😁😆😅🤣😂🙂🙃😉😊😇🥰😍🤩😘😗😚😙😋😛😜🤪😝🤑🤗🤭🤫🤔🤐🤨😐😑😶",
        "@velora @other",
        "https://velora.example/1",
        "4471 22",
        "\ud800" * 30,
    ],
)
def test_what_says_nothing_is_alone(text: str) -> None:
    index = NearIndex()
    assert [index.add(key, text, 0) for key in range(3)] == [None] * 3
    assert index.alike(text) == []
    assert len(index) == 0


def test_one_letter_without_end_is_alone() -> None:
    index = NearIndex()
    assert [index.add(key, "a" * size, 0) for key, size in enumerate((50, 51, 5_000, 200_000))] == [None] * 4
    assert index.add(9, "haha " * 300, 0) is None
    assert index.add(10, "haha " * 301, 0) == 9, "the same as far as it is read"
    assert index.add(11, "haha " * 30, 0) is None


def test_a_text_is_read_to_the_limit() -> None:
    draw = random.Random(1)
    beginning = " ".join(draw.choices(VOCABULARY, k=400))
    index = NearIndex()
    assert index.add(1, beginning[:READ_LIMIT] + " x" * 100_000, 0) is None
    assert index.add(2, beginning[:READ_LIMIT] + " y" * 100_000, 0) == 1
    assert signs("@velora " * 200 + LATE) == b"", "what is left out is read all the same"
    assert len(signs("\ufdfa" * 200_000)) <= READ_LIMIT, "one sign that folds to eighteen"


@pytest.mark.parametrize(
    ("first", "second", "other"),
    [
        (
            "Моя посылка должна была прийти во вторник, и до сих пор ничего",
            "@velora Моя посылка должна была прийти во вторник, а до сих пор ничего!",
            "Спасибо большое за помощь, всё пришло быстро и без проблем вчера",
        ),
        (
            "先週注文した商品がまだ届きません火曜日に届くはずでしたが連絡もありません返金をお願いします",
            "@velora 先週注文した商品がまだ届きません火曜日に届くはずでしたが連絡もありません早く返金を",
            "いつもありがとうございます昨日の配達はとても早くてみんなで喜んでいますまた利用したいです",
        ),
    ],
)
def test_other_scripts_are_compared_too(first: str, second: str, other: str) -> None:
    index = NearIndex()
    assert index.add(1, first, 0) is None
    assert index.add(2, second, 0) == 1
    assert index.add(3, other, 0) is None


def test_a_text_is_forgotten_after_the_horizon() -> None:
    index = NearIndex(3 * DAY)
    assert index.add(1, LATE, 0) is None
    assert index.add(2, LATE + " vraiment", 3 * DAY) == 1
    assert index.add(3, sentence(random.Random(3)), 3 * DAY + 1) is None
    assert len(index) == 2
    assert index.add(4, LATE, 6 * DAY) == 1, "the second still stands for the cluster"
    assert index.add(5, sentence(random.Random(4)), 20 * DAY) is None
    assert len(index) == 1
    assert index.add(6, LATE, 20 * DAY) is None


def test_a_text_that_is_repeated_is_remembered() -> None:
    index = NearIndex(3 * DAY)
    assert [index.add(day, LATE, day * DAY) for day in range(10)] == [None] + [0] * 9


def test_time_may_go_back() -> None:
    index = NearIndex(3 * DAY)
    assert index.add(1, LATE, 10 * DAY) is None
    assert index.add(2, LATE, 1 * DAY) == 1
    assert index.add(3, LATE, 12 * DAY) == 1


def test_the_least_recently_repeated_text_makes_room() -> None:
    draw, index = random.Random(5), NearIndex(most=50)
    assert index.add(0, LATE, 0) is None
    kept = [index.add(key, LATE if key % 40 == 0 else sentence(draw), key) for key in range(1, 5_000)]
    assert len(index) == 50
    assert [kept[key - 1] for key in range(40, 5_000, 40)] == [0] * 124
    assert index.alike(LATE) == [0]


def test_memory_is_bounded() -> None:
    draw, index = random.Random(6), NearIndex(most=300)
    sizes = set()
    for key in range(6_000):
        index.add(key, sentence(draw), key)
        if key > 1_000:
            sizes.add(
                (len(index._texts), len(index._table), len(index._earlier), len(index._free) + len(index))
            )
    assert len(sizes) == 1


def count_comparisons(index: NearIndex, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one with each comparison of two texts."""
    compared: list[int] = []
    original = index._repeats

    def counted(mine: set[int], slot: int) -> bool:
        compared.append(slot)
        return original(mine, slot)

    monkeypatch.setattr(index, "_repeats", counted)
    return compared


def test_a_storm_of_small_edits_is_one_cluster_in_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    draw, index = random.Random(7), NearIndex()
    compared = count_comparisons(index, monkeypatch)
    answers = Counter(index.add(key, edited(LATE, draw, 2), key) for key in range(10_000))
    assert answers[0] > 9_800
    assert len(compared) < 5 * 10_000


def test_a_storm_of_texts_that_are_not_quite_alike_takes_linear_time(monkeypatch: pytest.MonkeyPatch) -> None:
    draw, index = random.Random(8), NearIndex()
    compared = count_comparisons(index, monkeypatch)
    slogan = "boycottez velora jusque chez vos voisins pour toujours"
    for key in range(3_000):
        index.add(key, f"{slogan} {''.join(draw.choices('aeeiionst ', k=50))}", key)
    assert 5 * 3_000 < len(compared) < 10 * 3_000


def test_a_cluster_does_not_drift() -> None:
    draw, index = random.Random(9), NearIndex()
    texts, text = {}, LATE
    answers: dict[int, int | None] = {}
    for key in range(400):
        texts[key] = text
        answers[key] = index.add(key, text, key)
        text = edited(text, draw, 1)
    assert jaccard(texts[0], texts[399]) < 0.3
    joined = {key: first for key, first in answers.items() if first is not None}
    assert len(set(joined.values())) > 5
    assert min(jaccard(texts[key], texts[first]) for key, first in joined.items()) >= 0.5


def test_everything_alike_is_named_when_asked_for() -> None:
    index = NearIndex()
    tails = ["", " merci", " svp", " allo", " help", " grr"]
    for key, tail in enumerate(tails):
        index.add(key, LATE + tail, 0)
    index.add(9, sentence(random.Random(1)), 0)
    assert sorted(index.alike(LATE)) == list(range(len(tails)))
    assert index.alike("tout autre chose, et bien assez long") == []


def test_runs_are_those_of_the_plainest_reading() -> None:
    for size in range(12):
        text = "abcdefghijkl"[:size]
        assert len(grams(signs(text))) == len(runs(text)) == max(0, size - 3)
    assert len(grams(signs(LATE))) == len(runs(LATE))


def test_the_answers_do_not_depend_on_the_process() -> None:
    program = (
        "import random, sys; sys.path.insert(0, sys.argv[1])\n"
        "from cmconsole.triage.near import NearIndex\n"
        "draw, index = random.Random(1), NearIndex(most=200)\n"
        "words = [''.join(draw.choices('aeioulmnrst', k=5)) for _ in range(5)]\n"
        "print([index.add(key, ' '.join(draw.choices(words, k=9)), key) for key in range(2000)])\n"
    )
    source = str(Path(cmconsole.__file__).parent.parent)
    answers = {
        subprocess.run(
            [sys.executable, "-c", program, source],
            env=os.environ | {"PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(answers) == 1
    assert answers.pop().count("None") < 1_500


anything = st.text(alphabet=st.one_of(st.sampled_from("aeinrst zq@é1😡ж本"), st.characters()), max_size=60)


@given(st.lists(anything, max_size=20), st.data())
def test_any_text_is_taken_and_its_like_is_verified(texts: list[str], data: st.DataObject) -> None:
    index, clusters = NearIndex(), dict[int, int]()
    texts += [data.draw(st.sampled_from(texts)) + data.draw(anything) for _ in texts]
    for key, text in enumerate(texts):
        first = index.add(key, text, key)
        if first is not None:
            same = [texts[other] for other, cluster in clusters.items() if cluster == first]
            assert any(signs(text) == signs(other) or jaccard(text, other) >= 0.7 for other in same)
        clusters[key] = key if first is None else first


def test_what_is_alike_is_found_and_what_is_found_is_alike() -> None:
    found = expected = repeats = joined = 0

    @given(st.integers(0, 2**32))
    def search(seed: int) -> None:
        nonlocal found, expected, repeats, joined
        draw, index = random.Random(seed), NearIndex()
        texts: list[str] = []
        clusters: list[int] = []
        for key in range(60):
            old = draw.random() < 0.6 and texts
            text = edited(draw.choice(texts), draw, draw.randint(1, 8)) if old else sentence(draw)
            if not says_enough(signs(text), len(runs(text))) or signs(text) in map(signs, texts):
                continue
            truth = {number for number, other in enumerate(texts) if jaccard(text, other) >= 0.7}
            answer = set(index.alike(text))
            assert answer <= truth
            found, expected = found + len(answer), expected + len(truth)
            cluster = index.add(len(texts), text, key)
            near = [number for number in truth if jaccard(text, texts[clusters[number]]) >= 0.5]
            assert cluster is None or cluster in {clusters[number] for number in near}
            repeats, joined = repeats + bool(near), joined + (cluster is not None)
            clusters.append(len(texts) if cluster is None else cluster)
            texts.append(text)

    search()
    assert expected > 500
    assert found / expected >= 0.99
    assert joined / repeats >= 0.99


def test_words_alone_are_compared() -> None:
    for handle, link, number in product(("", "RT @a_b.c: "), ("", "HTTPS://x.example/é?q#f "), ("", "12,5 ")):
        assert signs(f"{handle}Été {link}{number}à l’ŒUVRE…") == signs("ete a l oeuvre")
    assert words(signs("ががが बहुत")) == 2, "a mark belongs to its letter"

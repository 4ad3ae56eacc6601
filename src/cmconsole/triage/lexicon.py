"""A small bilingual lexicon: folded words and word pairs, each with what it is a cue of and how strongly.

Written for this project from the language of customer service in French and English; no data set was fitted.
Every entry is lower case and without accents, one or two words; weights add up (1.0 is enough alone).
"""

from __future__ import annotations

from enum import StrEnum


class Cue(StrEnum):
    """What a word speaks for."""

    COMPLAINT = "complaint"
    PRAISE = "praise"
    QUESTION = "question"
    SPAM = "spam"
    MAJOR = "major"
    SAFETY = "safety"


def _words(text: str) -> tuple[str, ...]:
    return tuple(" ".join(entry.split()) for entry in text.split(","))


_STRONG_COMPLAINT = _words(
    """unacceptable, awful, terrible, horrible, worst, disgusting, disgrace, disgraceful, appalling,
    useless, rubbish, pathetic, ridiculous, joke, scam, scammers, fraud, thieves, liars, refund,
    refunded, broken, damaged, defective, faulty, furious, fuming, outraged, disappointed,
    disappointing, unhappy, frustrated, frustrating, angry, avoid, boycott, rip off, ripped off,
    never again, no answer, no reply, no response, still waiting, still nothing, stopped working,
    not working, doesn't work, won't work, not work, customer disservice, theft, torn, leaks, zero
    stars, one star, inadmissible, inacceptable, honteux, honte, scandaleux, scandale, lamentable,
    nul, nulle, nulissime, minable, pire, catastrophe, catastrophique, arnaque, arnaqueurs,
    escroquerie, escrocs, voleurs, menteurs, decu, decue, decevant, decevante, deception, furieux,
    furieuse, colere, remboursement, remboursez, rembourse, remboursee, casse, cassee, abime,
    abimee, defectueux, defectueuse, insupportable, ras le, plus jamais, jamais recu, toujours rien,
    toujours pas, aucune reponse, en panne, marche pas, fonctionne pas, marche plus, fonctionne
    plus, a fuir, fuyez, dechire, dechiree, rien recu, supprime mon, quitte, relance, foutage, se
    moquent, se moque, vous moquez, se fout, vous foutez, inutilisable, incompetents"""
)
_WEAK_COMPLAINT = _words(
    """problem, problems, issue, issues, bug, bugs, error, errors, crash, crashes, crashed, crashing,
    delay, delayed, late, waiting, waited, cancel, cancelled, canceled, missing, lost, wrong, slow,
    expensive, overpriced, down, outage, fail, failed, fails, failure, bad, poor, rude, annoying,
    unable, cannot, can't, complaint, complain, charged, overcharged, nobody, nothing, again, sigh,
    wtf, seriously, ignored, hours, weeks, why is, why are, why do, probleme, problemes, souci,
    soucis, erreur, erreurs, plante, plantage, retard, retards, attente, attends, attend, attendu,
    annule, annulee, annulation, perdu, perdue, perd, manque, manquant, lent, lente, cher, chere,
    panne, echec, mauvais, mauvaise, impoli, impolie, impossible, plainte, reclamation, preleve,
    debite, personne, rien, encore, serieusement, semaines, heures, injoignable, ignore, ignores, du
    mal, bloque, bloquee, bloques"""
)
_STRONG_PRAISE = _words(
    """thanks, thank you, thankyou, love, loved, loving, great, awesome, amazing, excellent, fantastic,
    brilliant, perfect, wonderful, best, impressed, delighted, happy, kudos, well done, recommend,
    superb, lovely, helpful, resolved, solved, merci, bravo, super, genial, geniale, excellent,
    excellente, parfait, parfaite, formidable, top, adore, j'adore, ravi, ravie, contente, content,
    satisfait, satisfaite, impeccable, nickel, chapeau, felicitations, recommande, rapide, reactif,
    reactive, efficace, sympa, adorable, magnifique, au top, resolu"""
)
_QUESTION = _words(
    """how do, how can, how to, can i, can you, could you, do you, does it, is there, are there, is it,
    when will, where can, what is, which one, any idea, anyone know, is your, are you, would you,
    will you, comment, combien, pourquoi, est-ce, quand, ou puis, puis-je, peut-on, pouvez-vous,
    pourriez-vous, savez-vous, avez-vous, faites-vous, livrez-vous, quel, quelle, quels, quelles, a
    quelle, y a-t-il, serait-il, est-il"""
)
_SPAM = _words(
    """giveaway, airdrop, crypto, bitcoin, onlyfans, promo code, free followers, click here, dm me, earn
    money, passive income, forex, casino, betting, followers gratuits, gagnez, gagner de, code
    promo, cliquez ici, revenus passifs, argent facile"""
)
_MAJOR = _words(
    """scam, fraud, thieves, stolen, steal, charged twice, double charged, opened, damaged, third time,
    3rd time, fourth time, months, press, journalist, boycott, data breach, leak, leaked, hacked,
    outage, everyone, nobody answers, no refund, arnaque, escroquerie, voleurs, vole, volee, debite
    deux, preleve deux, ouvert, ouverte, abime, abimee, troisieme fois, 3e fois, 3e relance,
    troisieme relance, mois, presse, journaliste, fuite, pirate, piratee, en panne, tout le"""
)
_SAFETY = _words(
    """injured, injury, burned, burnt, burns, fire, exploded, explosion, smoke, electrocuted, hospital,
    poisoned, poisoning, allergic, allergy, choking, dangerous, unsafe, lawyer, lawsuit, sue, suing,
    court, police, legal action, suicide, kill, bomb, gun, threat, threatened, harassed,
    discrimination, racist, ombudsman, trading standards, blesse, blessee, blessure, brule, brulee,
    brulure, feu, incendie, explose, fumee, electrocute, hopital, intoxication, intoxique, allergie,
    allergique, etouffe, dangereux, dangereuse, avocat, tribunal, proces, porter plainte, police,
    mise en, prud'hommes, suicide, tuer, bombe, menace, menaces, harcelement, raciste, dgccrf,
    mediateur"""
)

WEIGHTS: dict[str, tuple[tuple[Cue, float], ...]] = {}
for _cue, _weight, _entries in (
    (Cue.COMPLAINT, 1.0, _STRONG_COMPLAINT),
    (Cue.COMPLAINT, 0.6, _WEAK_COMPLAINT),
    (Cue.PRAISE, 1.0, _STRONG_PRAISE),
    (Cue.QUESTION, 1.0, _QUESTION),
    (Cue.SPAM, 1.0, _SPAM),
    (Cue.MAJOR, 1.0, _MAJOR),
    (Cue.COMPLAINT, 0.7, _MAJOR),
    (Cue.SAFETY, 1.0, _SAFETY),
):
    for _entry in _entries:
        WEIGHTS[_entry] = (*WEIGHTS.get(_entry, ()), (_cue, _weight))

EMOJI: dict[str, tuple[Cue, float]] = {
    **dict.fromkeys("😡🤬😠👎💩🤮😤🖕", (Cue.COMPLAINT, 1.0)),
    **dict.fromkeys("😞😢😭🙄😒😑", (Cue.COMPLAINT, 0.5)),
    **dict.fromkeys("😍🥰👏🙏🎉👍💚💙🤩😊", (Cue.PRAISE, 1.0)),
}

NEGATORS = frozenset(
    _words("not, no, never, don't, didn't, isn't, wasn't, without, pas, aucun, aucune, jamais, sans, ni")
)

FRENCH = frozenset(
    _words(
        """le, les, un, une, des, du, et, est, sont, qui, pas, pour, avec, sur, dans, je, j'ai, vous, votre,
        vos, nous, mon, ma, mes, ce, cette, c'est, au, aux, mais, depuis, toujours, plus, bonjour,
        merci, tres, chez, ne, n'est, il, elle, on, ca, suis, quand, comment, bien, fait, livraison,
        commande, colis, encore, rien"""
    )
)
ENGLISH = frozenset(
    _words(
        """the, a, an, and, is, are, was, of, to, for, with, on, in, my, your, you, i, i'm, it, it's, this,
        that, not, but, have, has, had, just, from, at, be, been, so, we, they, what, when, how,
        why, can, do, does, did, please, thanks, hello, hi, anyone, any, still, order, delivery,
        parcel, again, me, all, out, up"""
    )
)

"""English: the words that build sentences and name offices, in the forms news uses.

Words are as the tokenizer cuts them: "n't", "'s" and hyphens stand alone.
"""

from __future__ import annotations

from stancewatch.core.actor import Voice
from stancewatch.core.mention import Evidence
from stancewatch.nlp.languages.grammar import Grammar, Nouns


def _list(words: str) -> tuple[str, ...]:
    """The words between the commas."""
    return tuple(word.strip() for word in words.replace("\n", " ").split(",") if word.strip())


CLASSES: dict[str, tuple[str, ...]] = {
    # Negation of the verb that follows, and negation by the subject ("nobody will").
    "not": _list(
        """
        nothing, not, n't, never, no longer, neither, nor, hardly, without, cannot, at no
        time, at no point
        """
    ),
    "nobody": _list(
        """
        not even, nobody, no one, no - one, none, neither, nor, few, nothing, no european,
        no western
        """
    ),
    # What may stand between the parts of a cue: the `~` of the patterns.
    "adverb": _list(
        """
        not, n't, never, no longer, yet, even, also, already, still, now, currently, at
        present, ever, once again, again, once more, at this stage, at this point, at the
        moment, for now, so far, in any way, in principle, in future, one day, first, best,
        well, far, too, very, quite, more, most, always, all, both, each, itself, himself,
        herself, themselves, thus, just, rather, instead, at all, at any point, under any
        circumstances, soon, ready, either, much, long, as yet, indeed, however, in fact,
        once, in any case, at least
        """
    ),
    # What turns a refusal that follows it round ("avoided ruling out").
    "declines": _list(
        """
        warned against, warns against, advised against, against, avoid, avoids, avoided,
        avoiding, ca n't, can not, cannot, should not, must not, could not, nothing can be,
        ought not to, careful not to
        """
    ),
    # The same, before an infinitive: "refused on Monday to rule out", "wrong for Poland to".
    "refuses": _list(
        """
        refuse, refuses, refused, refusing, refusal, decline, declines, declined, declining,
        unwilling, unable, impossible, wrong, foolish, mistake, too early, too soon,
        premature, unwise, irresponsible, stop short of, no reason, not want, not wish,
        reluctant, opposed
        """
    ),
    "be": _list(
        """
        be, am, is, are, was, were, been, being, 's, 're, 'm, remain, remains, remained,
        stay, stays, stayed, stand, stands, stood, become
        """
    ),
    "have": _list(
        """
        have, has, had, having, 've, 'd
        """
    ),
    "do": _list(
        """
        do, does, did
        """
    ),
    "will": _list(
        """
        will, shall, 'll, wo, going to, about to, is to, are to, is set to, are set to, is
        going to, are going to, set to
        """
    ),
    "would": _list(
        """
        would, 'd
        """
    ),
    "could": _list(
        """
        could, may, might, can
        """
    ),
    "should": _list(
        """
        should, must, ought to, needs to, need to, has to, have to
        """
    ),
    # Verbs of saying, and what says nothing of a country: papers and experts.
    "say": _list(
        """
        say, says, said, saying, tell, tells, told, telling, announce, announces, announced,
        announcing, declare, declares, declared, declaring, state, states, stated, stating,
        stress, stresses, stressed, stressing, add, adds, added, adding, insist, insists,
        insisted, insisting, explain, explains, explained, explaining, argue, argues,
        argued, arguing, note, notes, noted, noting, reiterate, reiterates, reiterated,
        reiterating, repeat, repeats, repeated, repeating, warn, warns, warned, warning,
        write, writes, wrote, reply, replies, replied, replying, remark, remarks, remarked,
        claim, claims, claimed, claiming, report, reports, reported, reporting, confirm,
        confirms, confirmed, confirming, admit, admits, admitted, concede, concedes,
        conceded, suggest, suggests, suggested, suggesting, indicate, indicates, indicated,
        emphasise, emphasises, emphasised, emphasize, emphasizes, emphasized, underline,
        underlines, underlined, underlining, maintain, maintains, maintained, assure,
        assures, assured, hint, hints, hinted, hinting, posted, tweeted, recall, recalled,
        clarify, clarified, clarifies, observe, observed, think, thinks, thought, believe,
        believes, believed, urge, urges, urged, respond, responds, responded, answer,
        answers, answered, commented, asserted, affirmed, went on, goes on, made clear,
        makes clear, making clear, made it clear, made plain, making plain, let it be known,
        made it known, made known, mused, reasoned, recounted, signalled, signaled,
        reaffirmed, promised, predicted, cautioned, caution, cautioning, continued, pointed
        out, points out, spelled out, told reporters, told parliament, demand, demands,
        demanded, regretted, welcomed, praised, hailed, lamented
        """
    ),
    "media": _list(
        """
        reuters, afp, ap, dpa, bloomberg, politico, the times, the guardian, der spiegel,
        spiegel, le monde, bild, bbc, cnn, the telegraph, the daily telegraph, the
        economist, media, newspaper, newspapers, magazine, report, reports, wsj, the wall
        street journal, the new york times, financial times, the financial times, die welt,
        welt am sonntag, sky news, press, broadcaster, reportedly, a leak, leaked document,
        document, a poll, polls, a survey, survey
        """
    ),
    # Who signs for a paper: no office that the byline names is his own.
    "byline": _list(
        """
        reporter, reporters, correspondent, correspondents, editor, editors, staff, writer,
        columnist, contributor, agency, news, desk, former, ex, expert, analyst, professor
        """
    ),
    # What a government's own text says of itself in its head, as it is written.
    "release": _list(
        """
        joint statement, joint press statement, press statement, official statement, statement,
        press release, news release, media release, press notice, press communiqué, communiqué,
        communique, declaration
        """
    ),
    "analyst": _list(
        """
        analyst, analysts, expert, experts, commentators, commentator, critics, columnist,
        professor, historian, researcher, researchers, editorial, think tank
        """
    ),
    # Subjects that hold a position but name no country.
    "crowd": _list(
        """
        countries, country, allies, ally, nations, nation, states, state, capitals,
        governments, leaders, members, member states, partners, powers, europeans, europe,
        the west, coalition, officials, ministers, participants, critics, observers,
        analysts, experts, everyone, others, some, many, most, several, all, those, people,
        lawmakers, politicians, they, both, it, diplomats, sides, both sides, members of the
        coalition, european leaders, coalition of the willing
        """
    ),
    "including": _list(
        """
        including, such as, like, among them, namely, notably, for example, particularly,
        especially, in particular, include, includes
        """
    ),
    "our": _list(
        """
        our, we, us, i, my, me
        """
    ),
    "their": _list(
        """
        his, her, its, their, our, my
        """
    ),
    "preposition": _list(
        """
        in, at, to, from, near, outside, around, into, via, across, between, toward,
        towards, through, inside, over, within, visit, visiting, visited, off, leaving,
        left, throughout, beyond
        """
    ),
    # A holder behind these is not the subject.
    "oblique": _list(
        """
        with, of, by, against, for, on, about, alongside, than, unlike, under, besides,
        without, upon, versus, beside, except, behind, joining, told, urged, urges, urge,
        urging, asked, asking, ask, meet, met, meeting, criticised, criticized, criticising,
        accused, accusing, thanked, joined, supporting, backing, warned, warning, helping,
        help, attacking, welcomed, following, irks, irked, angered, convince, persuade,
        press, pressed, pressing, pushed, wants, want, tell, among
        """
    ),
    # A place in front of these is a place: "the Paris summit".
    "event": _list(
        """
        summit, summits, meeting, meetings, talks, conference, gathering, declaration,
        agreement, accord, accords, treaty, process, forum, discussions, protocol,
        memorandum, session, initiative, format, statement, communique, negotiations,
        partner, partners, member, members, ally, allies, country, countries, club, airport,
        region, embassy, based, correspondent, newspaper
        """
    ),
    # What may open a condition, and what a condition is about.
    "if": _list(
        """
        if, when, once, after, provided, providing, only if, only when, only after, as long
        as, so long as, unless, until, subject to, in the event of, in case of, conditional
        on, conditioned on, contingent on, depending on, in the wake of, following,
        following on from, in the aftermath of, on condition, without, if and when, before,
        assuming, dependent on, on the condition, hinge on, hinges on, depend on, depends
        on, would require, requires, require, but only, pending, only, wherever, whenever,
        till, in response to
        """
    ),
    "requisite": _list(
        """
        ceasefire, cease - fire, cease fire, truce, armistice, peace, peace deal,
        settlement, deal, agreement, war ends, war ended, war is over, war has ended, war
        was over, end of hostilities, end of the war, hostilities, fighting ends, fighting
        stops, fighting has stopped, fighting has ended, guns, mandate, un mandate,
        backstop, american backing, us backing, u.s. backing, backing, us support, american
        support, u.s. support, american participation, us participation, american
        involvement, americans, america, washington, us, u.s., united states, parliament,
        parliamentary, parliamentary approval, bundestag, sejm, consent, approval, vote,
        lawmakers, congress, asked, invited, requested, request, needed, necessary,
        required, if needed, if necessary, conditions, conditions are met, guarantees,
        security guarantees, kyiv asks, ukraine asks, moscow agrees, russia agrees,
        consultations, consulted, breakthrough, breaks through, invitation, peace accord,
        accord, end of fighting, consensus
        """
    ),
    "perhaps": _list(
        """
        may be, might be, could be, would have to, need to, needs to, have to, perhaps,
        maybe, possibly, probably, may, might, appear, appears, appeared, seem, seems,
        seemed, likely, unlikely
        """
    ),
    "earlier": _list(
        """
        earlier, previously, last month, last week, last year, last autumn, last summer,
        last spring, last winter, last weekend, a month ago, months ago, weeks ago, days
        ago, a week ago, a year ago, years ago, ago, a day before, a day earlier, the day
        before, a week earlier, a month earlier, months earlier, weeks earlier, days
        earlier, a year earlier, in the past, formerly, at the time, back then, hours
        after, a month has passed, before now, last january, last february, last march, last
        april, last may, last june, last july, last august, last september, last october,
        last november, last december, two days ago, before that, over the weekend
        """
    ),
    "month": _list(
        """
        january, february, march, april, may, june, july, august, september, october,
        november, december, jan., feb., mar., apr., aug., sept., sep., oct., nov., dec.,
        jan, feb, aug, sept, sep, oct, nov, dec
        """
    ),
    "denies": _list(
        """
        deny, denies, denied, denying, denial, dismissed reports, rejected reports, rejected
        claims, false, untrue, not true, no truth, fake, did not say that, has not said
        that, never said that, not the case, baseless, dismissed claims, disputed, disputes,
        dismissed the claim, rejected the claim, comment on, rebutted, refuted, not mean
        that, does not mean, did not mean
        """
    ),
    "hearsay": _list(
        """
        reportedly, allegedly, rumoured, rumored, rumours, rumors, is said to, are said to,
        according to reports, reports say, apparently, speculation, unconfirmed
        """
    ),
    "whether": _list(
        """
        whether, asked if, wonder, wonders, wondered
        """
    ),
}

NOUNS: tuple[Nouns, ...] = (
    Nouns(
        Voice.GOVERNMENT,
        Evidence.INSTITUTION,
        _list(
            """
            government, cabinet, administration, coalition government, ministry, foreign
            ministry, defence ministry, defense ministry, ministry of defence, ministry of
            defense, ministry of foreign affairs, foreign office, presidency, president's
            office, president 's office, prime minister 's office, chancellery, delegation,
            authorities, embassy, government spokesperson, government spokesman, government
            spokeswoman, spokesperson, spokesman, spokeswoman, presidential office, state
            department
            """
        ),
    ),
    Nouns(
        Voice.GOVERNMENT,
        Evidence.UNNAMED,
        _list(
            """
            official, officials, government official, government officials, diplomat,
            diplomats, government source, government sources, senior official, senior
            officials, defence official, defence officials, defense official, defense
            officials, presidential adviser, presidential aide, source, sources, adviser,
            advisers, negotiators
            """
        ),
    ),
    Nouns(
        Voice.GOVERNMENT,
        Evidence.PARAPHRASE,
        _list(
            """
            minister, ministers, leader, leaders, leadership, ambassador, envoy, special
            envoy, cabinet minister, premier, head of state, head of government, chief
            diplomat, top diplomat, chancellor, president, prime minister, foreign minister,
            defence minister, defense minister, europe minister, deputy prime minister,
            deputy defence minister, deputy defense minister, deputy foreign minister, vice
            - president, interior minister, finance minister, armed forces minister
            """
        ),
    ),
    Nouns(
        Voice.PARTY,
        Evidence.PARAPHRASE,
        _list(
            """
            lawmaker, lawmakers, mp, mps, senator, senators, deputies, legislator,
            legislators, opposition, opposition leader, opposition leaders, opposition
            party, opposition parties, opposition figure, backbencher, backbenchers,
            opposition politician, parliamentarian, parliamentarians, mep, meps, socialists,
            conservatives, liberals, politician, politicians, shadow defence secretary,
            shadow foreign secretary, shadow defence minister, presidential candidate,
            party, parties, congressman, congresswoman, member of parliament, greens
            """
        ),
    ),
    Nouns(
        Voice.OTHER,
        Evidence.INSTITUTION,
        _list(
            """
            parliament, senate, lower house, upper house, house of commons, house of
            representatives, congress, legislature, parliament speaker, speaker of
            parliament, parliamentary speaker, parliamentary committee, analysts, analyst,
            experts, expert, think tank, professor, journalist, bishops, bishop, church,
            unions, former minister, businessman, businessmen, court, union
            """
        ),
    ),
    Nouns(
        Voice.MILITARY,
        Evidence.PARAPHRASE,
        _list(
            """
            general, generals, army chief, chief of staff, chief of the general staff, chief
            of defence, defence chief, defense chief, top commander, army commander,
            commander, military chief, chief of the defence staff, defence staff, general
            staff, military leadership, military chiefs, admiral, head of the armed forces,
            top general, military commanders, head of the army, commander in chief
            """
        ),
    ),
    Nouns(
        Voice.PUBLIC,
        Evidence.NARRATOR,
        _list(
            """
            voters, public, citizens, respondents, public opinion, electorate, households,
            population, society
            """
        ),
    ),
)

STOPWORDS = frozenset(
    _list(
        """
        a, after, an, and, are, as, at, be, but, by, for, from, has, have, he, her, his,
        how, in, is, it, its, new, not, of, on, over, said, says, she, that, the, their,
        they, this, to, up, was, what, who, why, will, with, would
        """
    )
)
ENGLISH = Grammar("en", CLASSES, NOUNS, STOPWORDS)

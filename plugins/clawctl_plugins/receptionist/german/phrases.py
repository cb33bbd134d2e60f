"""What German callers say: the phrases that are told apart, one a line."""

from clawctl_plugins.receptionist.german.digits import NUMBER
from clawctl_plugins.receptionist.language import (
    Act,
    Ask,
    Opener,
    Part,
    Slot,
    anywhere,
    ends,
    opening,
    phrase,
    starts,
)

# Somebody a message is for: "ihm", "dem Doktor", "Frau Braun", "Markus".
WHO = (
    r"(?!(ich|mir|mich|uns|ihnen|es|das|was|ein|eine|bitte)\b)"
    r"((dem|der|den|die|herrn?|frau|meine[mr]|ihre[mr]) )?[\w'-]+"
)
I_WANT = "ich (möchte|würde|wollte|will|hätte|muss|müsste)( (gern|gerne|bitte|nur|mal|kurz))*"
YOU_COULD = "((können|könnten|würden) sie|bitte|und|auch|nur)"

_THANKS = "((vielen|herzlichen|besten|schönen|haben sie) )?(danke?)( ?schön| sehr| ihnen)?|merci"
_BYE = r"""
    (auf )?wieder(hören|sehen|schauen)
    tschüs+i?|tschau|ciao|servus
    bis (dann|bald|später|morgen)
    ((einen|ihnen( einen)?|noch einen) )?schönen (tag|abend|feierabend)( noch)?
"""
_ENOUGH = r"""
    das (war|ist|wäre) (dann )?(schon )?(alles|es)
    das (wars|war's|wär's)( dann| schon)?
    (sonst )?nichts( mehr| weiter)?|mehr nicht
    ich bin fertig
"""
_OFF = "( (ist|war|stimmt|passt))?( so| leider)?( ganz)? (falsch|verkehrt|nicht( richtig| ganz)?)"
_CHANGE = "(ändern|korrigieren)"

HEAD = (
    (
        Act.WRONG,
        starts(
            r"""
            ((das|es|so) )?(stimmt|ist|war|passt) (so |leider |aber )*\
                (nicht|falsch|verkehrt)( ganz)?( richtig)?
            nicht (ganz )?(richtig|korrekt)|falsch|verkehrt
            """
        ),
    ),
    (
        Act.YES,
        starts(
            r"""
            ja(wohl)?( (genau|bitte|gern|gerne|stimmt|richtig|doch))*|jep|genau|richtig|korrekt|klar
            ((das|so|alles) )?(stimmt|passt)( so| genau| alles)?
            (das|es|alles) ist (alles )?(so )?(richtig|korrekt|in ordnung|gut)
            in ordnung|okay|ok|gern|gerne|sehr gern(e)?|natürlich|selbstverständlich|einverstanden
            alles (klar|richtig|gut|korrekt)|so ist es|perfekt|sicher
            """
        ),
    ),
    (Act.THANKS, starts(_THANKS)),
    (Act.NO, starts("nein|nee|nö|nicht wirklich|im moment nicht")),
    (Act.BYE, starts(_BYE)),
    (Act.ENOUGH, starts(_ENOUGH)),
    (
        Act.HELLO,
        starts(
            "hallo|guten (tag|morgen|abend)|schönen guten tag|grüß (gott|sie)|moin( moin)?|hi|hey"
        ),
    ),
    (
        Act.FILLER,
        starts(
            r"""
            äh+m*|öh+m*|hm+|also|und|aber|oh|ach|naja|na ja|tja|nun|bitte|entschuldigung|verzeihung
            ich meine|ich sagte|wissen sie|dann
            """
        ),
    ),
)

TAIL = (
    (Act.THANKS, ends(_THANKS)),
    (Act.BYE, ends(_BYE)),
    (Act.ENOUGH, ends(_ENOUGH)),
    (Act.FILLER, ends("bitte|und|also|okay|äh+m*")),
)

ACTS = (
    (
        Act.EMERGENCY,
        phrase(
            r"""
            (das|es|dies|hier) ist ein notfall
            (ich brauche|rufen sie|holen sie) ((einen|den|die|sofort|schnell) )*\
                (krankenwagen|rettungswagen|notarzt|polizei|feuerwehr)
            ich brauche (sofort |dringend )?hilfe|es brennt|bewusstlos|blutet stark
            herzinfarkt|schlaganfall|keine luft|umbringen|selbstmord
            """
        ),
    ),
    (
        Act.REPEAT,
        phrase(
            r"""
            wiederholen|wie bitte|^(wie|was)$|noch ?(ein)?mal,? bitte|^noch ?(ein)?mal$
            (sagen|sag) \w*( das)?( bitte)? noch ?(ein)?mal
            was haben sie (gerade |eben )?gesagt
            (habe?) (ich )?(das |sie )?(leider )?nicht verstanden|ich verstehe (sie )?nicht
            """
        ),
    ),
    (
        Act.ROBOT,
        phrase(
            r"""
            (sind sie|ist das|bist du) (ein|eine) (roboter|maschine|computer|mensch|automat|ki|bot)
            (sind sie|ist das) eine? (echt\w+|richtig\w+|automatisch\w+|aufnahme|band)
            (spreche|rede) ich mit eine[mr] (roboter|maschine|computer|mensch\w*|automaten|ki|bot)
            ^(\w+ ){0,3}roboter$
            """
        ),
    ),
    (
        Act.WHO,
        phrase(
            r"""
            wer (ist|sind|spricht) (da|dort|sie|hier|das|dran)( bitte)?|wer spricht
            mit wem (spreche|rede) ich|wie heißen sie|wie ist ihr name|was können sie
            """
        ),
    ),
    (
        Act.WHEN,
        phrase(
            rf"""
            wann|um wie ?viel uhr|wie lange|bis wann|ab wann
            (ist|wird) {WHO} (heute|morgen|später|bald|noch|wieder)( \w+)? \
                (da|erreichbar|zurück|zu sprechen)
            (wie|wo) (kann|erreiche|könnte) ich
            """
        ),
    ),
    (
        Act.SPEAK,
        phrase(
            rf"""
            (kann|könnte|dürfte|darf) ich (bitte )?(mal )?(mit )?[\w' -]+ (sprechen|reden|haben)
            {I_WANT} (mit )?[\w' -]+ (sprechen|reden|gesprochen)
            ist {WHO} (gerade |jetzt )?(da|zu sprechen|erreichbar|zu hause|im büro|im haus|frei)
            (verbinden|geben) sie mi(ch|r)|ich suche|ich versuche
            """
        ),
    ),
    (
        Act.CALLING,
        phrase(
            r"""
            diese[r]? nummer|(die|der) ?(selben?|gleichen?)( nummer)?
            (nummer|die|der)?,? (von|mit|unter) der ich (gerade |jetzt )?anrufe
            (die|meine) nummer (haben|sehen) sie( ja)?|(sie|er) (hat|haben|kennt) meine nummer
            """
        ),
    ),
    (
        Act.DECLINE,
        phrase(
            r"""
            (das )?(möchte|will|mag) ich (lieber )?nicht( \w+)?|lieber nicht|ich sage das nicht
            (keine?n?|ohne) (nummer|name|namen|nachricht|telefon\w*)|geht sie nichts an|anonym
            nicht nötig|nicht wichtig|brauch(e|en|t) \w+ nicht|tut nichts zur sache|schon gut|egal
            ich habe keine[ns]?
            """
        ),
    ),
    (
        Act.LEAVE,
        phrase(
            rf"""
            (eine |meine |noch eine )?(kurze )?nachricht (hinterlassen|dalassen|aufnehmen|für {WHO})
            (etwas|was) (ausrichten|hinterlassen|bestellen|aufschreiben)
            """
        ),
    ),
    (
        Act.CANCEL,
        phrase(
            r"""
            vergessen sie('s| es| das)|(lassen|streichen|löschen) sie (es|das|die nachricht|alles)
            hat sich erledigt
            """
        ),
    ),
    (
        Act.WAIT,
        phrase(
            r"""
            ((einen|nen|kleinen) )*(moment|augenblick|sekunde)( mal)?|warten sie|ich schaue mal
            """
        ),
    ),
    (
        Act.REDO_NAME,
        phrase(
            rf"""
            name{_OFF}|falscher name|nicht mein name|^((der|den|mein|meinen) )?namen?$
            {_CHANGE} sie (bitte )?(den|meinen) namen|(den|meinen) namen {_CHANGE}
            """
        ),
    ),
    (
        Act.REDO_NUMBER,
        phrase(
            rf"""
            {NUMBER}{_OFF}|(falsche|nicht meine) {NUMBER}|^((die|meine) )?{NUMBER}$|andere {NUMBER}
            {_CHANGE} sie (bitte )?(die|meine) {NUMBER}|(die|meine) {NUMBER} {_CHANGE}
            """
        ),
    ),
    (
        Act.REDO_TEXT,
        phrase(
            rf"""
            nachricht{_OFF}|(falsche|nicht meine) nachricht|^((die|meine) )?nachricht$
            {_CHANGE} sie (bitte )?(die|meine) nachricht|(die|meine) nachricht {_CHANGE}
            """
        ),
    ),
    (Act.REDO_ALL, phrase("(noch ?mal )?von vorne?|^alles( ist)?( falsch)?$")),
    (
        Act.RUDE,
        phrase(r"arschloch|idiot(en)?|schei(ß|ss)\w*|halts maul|(halten sie )?die klappe|fick\w*"),
    ),
    (Act.HELLO, phrase("say exactly|sind sie (noch )?da|ist da (noch )?jemand")),
    (Act.ADD, phrase("auch noch|noch etwas|außerdem|ausserdem|zusätzlich|dazu")),
    (
        Act.QUESTION,
        anywhere(
            r"""
            ^(was|wo|wie|wer|welche\w*|warum|wieso|weshalb|wissen sie)\b
            ^(haben|hat|gibt|ist|sind|kann|können|könnten?|darf|dürfte|machen|macht|kostet|nehmen)\b
            \?$
            """
        ),
    ),
)

OPENERS = (
    Opener(
        Slot.NAME, phrase("((mein|der) )?(voller |neuer )?name (ist|lautet|war)|ich (heiße|heisse)")
    ),
    Opener(Slot.NAME, phrase("(mein )?(nachname|familienname) (ist|lautet)"), part=Part.LAST),
    Opener(Slot.NAME, phrase("(mein )?(vorname) (ist|lautet)"), part=Part.FIRST),
    Opener(
        Slot.NAME,
        phrase("hier (ist|spricht)|am (apparat|telefon) (ist|spricht)|ich bin( der| die)?"),
        weak=True,
    ),
    Opener(
        Slot.NAME,
        opening(
            r"""
            (^|\| ?|\bund )(es ist|das ist|nennen sie mich)(?= )
            ^(?=[\w'-]+( [\w'-]+)? (am apparat|hier|mein name|am telefon)\b)
            """
        ),
        weak=True,
    ),
    Opener(
        Slot.NUMBER,
        phrase(f"(meine|die) {NUMBER} (ist|lautet|war)\nsie (erreichen|können) mich (unter|auf)"),
    ),
    Opener(
        Slot.TEXT,
        phrase(
            rf"""
            ({YOU_COULD} )*(sagen|bestellen) sie (bitte )?{WHO}( bitte)?( auch)?
            ({YOU_COULD} )*(richten|teilen) sie (bitte )?{WHO}( bitte)?( auch)? (aus|mit)
            ({YOU_COULD} )+{WHO}( bitte)?( auch)? (ausrichten|sagen|mitteilen|bestellen)
            ({YOU_COULD} )*(ausrichten|notieren|aufschreiben)(?=,? dass?\b)
            (die|meine) (neue |richtige )?nachricht (für {WHO} )?(ist|lautet)(?! (falsch|nicht|so))
            """
        ),
    ),
    Opener(
        Slot.TEXT,
        opening(
            rf"""
            (?=(könnte|kann|würde|soll|sollte|möchte) {WHO} mich\b)
            (?=(er|sie) (soll|sollte|möchte|möge|muss|kann) )
            (?=(bitte )?(ruf|rufen sie) mich\b)
            (?={I_WANT} mit {WHO} (über|wegen) )
            (?={I_WANT}( nur| mal)? (fragen|wissen|sagen)\b(?!,? wann))
            (?={I_WANT}( \w+)+ (besprechen|absagen|verschieben|bestätigen|bestellen|buchen)\b)
            (?=ich rufe (an|wegen|nur)\b)
            (?=es geht (um|darum)\b)
            """
        ),
    ),
    Opener(
        Slot.TEXT,
        opening(
            r"((ich )?(bitte|bräuchte|wünsche|hätte)( gern| gerne)? )?(um )?(einen )?(?=rückruf\b)"
        ),
        lead="Bitte um ",
    ),
)

# "Das ist nicht meine Nummer": what is wrong, not what is right.
_NOT_MERELY = "(?!(das|es|ich) (ist|bin|war) nicht )"
_SAYING = (
    r"(((es|das|(die|der|das|mein|meine) \w+) (ist|war|heißt|lautet)|ich sagte|am|um|mit|auf) )*"
)
_NEW, _OLD = r"(?P<new>[\w' -]+?)", r"(?P<old>[\w' -]+?)"
SWAPS = (
    starts(rf"{_NOT_MERELY}{_SAYING}{_NEW},? (und )?nicht ((am|um|mit|auf) )?{_OLD}$"),
    starts(rf"{_SAYING}nicht ((am|um|mit|auf) )?{_OLD},? sondern ((am|um|mit|auf) )?{_NEW}$"),
)

MISHEARD = ((Act.NO, starts("ne|nei|na")),)

STRANGE = (
    (Ask.ELSE, phrase("(sonst )?noch (etwas|was)")),
    (Ask.CONFIRM, phrase("(ist|war) (das|alles|es)( so)? (richtig|korrekt)|stimmt das|richtig$")),
    (Ask.NAME, phrase(r"ihre?n? (\w+)?namen?|wer (ist|spricht)|wie heißen sie|mit wem")),
    (Ask.NUMBER, phrase(rf"(ihre|welche|welcher|unter der) {NUMBER}|sie (erreichen|zurückrufen)")),
    (Ask.TEXT, phrase("(was|welche|wie) .*(nachricht|ausrichten|sagen|weitergeben)|worum")),
    (Ask.TAKE, phrase("nachricht")),
    (Ask.CLOSED, phrase("auf wieder(hören|sehen)|tschüss")),
    (Ask.OPEN, phrase(r"\w*assistent\w*|wie kann ich (ihnen )?helfen")),
)

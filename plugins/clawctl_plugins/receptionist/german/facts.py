"""How German sentences tell when somebody can be reached, or what must not be told."""

from clawctl_plugins.receptionist.language import FactWords, anywhere, phrase, starts, words

_NOT = "(nicht|nie|niemals|keinesfalls|auf keinen fall|niemandem|niemanden|keinem|keiner)"
_TELL = "(sag|sagen|verrat|verrate|verraten|erzähl|erzähle|erzählen|erwähne|erwähnen|weitergeben)"
_WHAT = "(das|dies|dieses|es|davon|darüber|obiges)"
_ASKED = "^(bitte )?((wenn|falls) (jemand|man|der anrufer|ein anrufer)[^,]* fragt, )?"
_WHOM = "((den|allen|dem|jedem) )?(anrufern?|leuten|ihnen|allen|jedem)"
_SAY = rf"{_ASKED}(bitte )?(sag|sage|sagen sie)( bitte)?"

FACTS = FactWords(
    reach=phrase(
        r"""
        erreich(bar|en|t)|zurück|wieder (da|im|am|erreichbar|zu)|verfügbar|abwesend|unterwegs
        (sprech|öffnungs|büro|geschäfts|arbeits)(zeit|zeiten|stunde|stunden)|geöffnet|geschlossen
        urlaub|ferien|mittagspause|besprechung|im büro|zu hause|zuhause|auf reisen|außer haus
        """
    ),
    moment=phrase(
        r"""
        \d{1,2}([:.]\d{2})?|uhr|mittags?|mitternacht|morgens?|vormittags?|nachmittags?|abends?
        eins|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf
        (mon|diens|donners|frei|sams|sonn)tags?|mittwochs?|wochenendes?|werktags?|woche|monat|täglich
        januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember
        heute|übermorgen|bald|gleich|später|bis|ab|stunden?|minuten?
        urlaub|ferien|mittagspause|besprechung|handy|mobil|festnetz|telefon|e-?mail
        """
    ),
    secret=phrase(
        rf"""
        geheim\w*|passw\w+|kennw\w+|passphrase|pin|codes?|tokens?|zugangsdaten|vertraulich\w*
        privat\w*|intern\w*|preisgeben|verrat\w*|nur für
        {_NOT}( \w+){{0,4}} ({_TELL}|wissen)
        """
    ),
    order=anywhere(
        r"""
        ^(bitte|nie|niemals|immer|sei|seien|sprich|sprechen|antworte\w*|sag|sage|sagen|frag\w*)\b
        ^(wenn|falls|gib|geben|nenne\w*|nimm|nehmen|biete\w*|begrüß\w*|halte\w*|vermeide\w*)\b
        ^(schreib\w*|ignorier\w*|befolge\w*|verwende\w*|benutz\w*|erklär\w*|du|dein\w*)\b
        \bdu (bist|sollst|musst|darfst|kannst|hast)\b|\bihre aufgabe\b
        \banrufern?\b|\bassistent\w*|\bsystemprompt\b|\banweisung\w*|\bsprachmodell\b
        """
    ),
    hush=anywhere(
        rf"""
        ^((aber|und|bitte) )*{_TELL}( sie)?( \w+)?( {_WHAT})? {_NOT}( weiter| \w+)?[.!]*$
        ^((aber|und|bitte) )*({_WHAT} )?{_NOT} ({_WHAT} )?{_TELL}[.!]*$
        ^{_WHAT}( \w+)* (vertraulich|geheim|privat|intern|unter uns)\b
        """
    ),
    below=phrase(r"folgend\w+"),
    wrapping=(
        (anywhere(rf"{_SAY}( {_WHOM})?,? dass (?=\w)"), "Ich soll ausrichten, dass "),
        (anywhere(rf"{_SAY} {_WHOM}[,:] (?=\w)"), ""),
    ),
    about_me=(
        (starts("ich bin"), "{owner} ist"),
        (starts("ich kann"), "{owner} kann"),
        (starts("ich werde"), "{owner} wird"),
    ),
    empty=words(
        """
        aber als am an auf aus bei bin bis da das dass dem den der des die du ein eine einem einen
        einer er es für gibt haben hat hätte ich ihm ihn ihr ihre ihren im in ist ja kann können man
        mein meine mich mir mit möchte muss nach ob oder sein seine sich sie sind so soll um und uns
        von vom wann war was welche welchen welcher wer werden wie wir wird wo wohin würde zu zum
        zur über unter bitte denn eigentlich
        """
    ),
    kin=(
        words("adresse anschrift straße strasse befindet finde finden liegt"),
        words(
            "öffnungszeiten geöffnet offen öffnet auf schließt geschlossen sprechzeiten bürozeiten"
        ),
        words("preis preise kostet kosten kostenpunkt gebühr"),
        words("mail email e"),
        words("parken parkplatz parkplätze"),
        words("zurück wieder"),
    ),
    endings=anywhere("(en|er|es|e|n|s)$"),
)

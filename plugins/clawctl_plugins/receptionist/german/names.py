"""What German speakers put around names, and how they spell them."""

from clawctl_plugins.receptionist.language import (
    NameWords,
    anywhere,
    pairs,
    phrase,
    starts,
    words,
)

NAMES = NameWords(
    never=words(
        """
        aber als am an angerufen anrufen anrufer apparat auch auf aus ausrichten äh ähm bald bei
        beschäftigt bin bis bitte brauche da dabei danke dann das dass dein dem den denn der die
        dies diese doch dort dringend du durch ein eine einem einen einer er erreichbar erreichen es
        etwas euch falsch fertig für ganz gar geht gerade gern gerne gespannt genau gut guten habe
        haben hat hätte heute hier ich ihm ihn ihnen ihr ihre im immer in ist ja jetzt kann kein
        keine klar könnte könnten krank leider lieber mal man mein meine meinen mich mir mit möchte
        morgen muss nachricht namens nämlich name nein nicht nichts noch nochmal nummer nun nur oder
        ohne richtig rufe rückruf sagen schon sehr sein seine seit sich sicher sie sind so sofort
        soll sollte sollten sondern später spät spreche sprechen stimmt tag tschüss traurig über um
        und ungefähr uns unter unterwegs verhindert vermutlich vielleicht vom vor wann war waren was
        wegen weil weiter welche wenn wer werde wichtig wie wieder will wird wir wissen wo wollte
        wollen würde zu zum zur zurück zurückrufen
        """
    ),
    small=words("von van zu zur de der den dem vom"),
    joint=starts("(?P<joint>von der firma|von der|vom|aus|bei)"),
    letters=pairs(
        """
        be=b ce=c ze=c de=d ef=f ge=g ha=h jot=j ka=k el=l em=m en=n pe=p ku=q er=r es=s te=t vau=v
        we=w ix=x ypsilon=y zett=z zet=z eszett=ß
        """
    ),
    spelling=phrase(
        r"""
        (das wird )?(buchstabiert|geschrieben)( man)?( sich)?
        ich buchstabiere( das| ihn| es)?( mal)?
        """
    ),
    speaking=anywhere("[ ,]+(am apparat|hier|mein name|spricht|am telefon)[ .!]*$"),
)

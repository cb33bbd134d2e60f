"""What German callers are told: short sentences, fit to be understood on a telephone."""

from collections.abc import Mapping

from clawctl_plugins.receptionist.language import Ask, Line, NoteWords, Tidy, anywhere

QUESTIONS: Mapping[Ask, tuple[str, ...]] = {
    Ask.TAKE: (
        "Darf ich eine Nachricht aufnehmen?",
        "Möchten Sie eine Nachricht hinterlassen?",
        "Soll ich eine Nachricht aufnehmen, ja oder nein?",
    ),
    Ask.NAME: (
        "Wie ist Ihr Name, bitte?",
        "Wer ist am Apparat, bitte?",
        "Bitte nennen Sie mir nur Ihren Vornamen und Nachnamen.",
    ),
    Ask.TEXT: (
        "Was darf ich {owner_}ausrichten?",
        "Wie lautet Ihre Nachricht?",
        "Was soll ich aufschreiben, in wenigen Worten?",
    ),
    Ask.NUMBER: (
        "Unter welcher Nummer sind Sie zu erreichen?",
        "Können Sie mir Ihre Nummer Ziffer für Ziffer sagen?",
        "Bitte sagen Sie Ihre Telefonnummer noch einmal, eine Ziffer nach der anderen.",
    ),
    Ask.CALLING: (
        "Sollen wir Sie unter der Nummer zurückrufen, von der Sie anrufen, mit {ending} am Ende?",
        "Dürfen wir die Nummer notieren, von der Sie anrufen, mit {ending} am Ende, ja oder nein?",
    ),
    Ask.CONFIRM: (
        "Ist das richtig?",
        "Habe ich alles richtig notiert?",
        "Stimmt alles so, ja oder nein?",
    ),
    Ask.WRONG: (
        "Was soll ich ändern: den Namen, die Nummer oder die Nachricht?",
        "Bitte sagen Sie mir, was ich ändern soll: den Namen, die Nummer oder die Nachricht.",
    ),
    Ask.ELSE: (
        "Kann ich sonst noch etwas für Sie tun?",
        "Darf es sonst noch etwas sein?",
    ),
}

LINES: Mapping[Line, str] = {
    Line.HELLO: "Guten Tag, hier ist der Telefonassistent{of_owner}.",
    Line.HELLO_OUTGOING: "Guten Tag, hier ruft der Telefonassistent{of_owner} an.",
    Line.AWAY: "{away}.",
    Line.WHO: "Hier ist der automatische Telefonassistent{of_owner}.",
    Line.ROBOT: "Ich bin ein automatischer Assistent, aber jede Nachricht wird weitergegeben.",
    Line.WHEN_UNKNOWN: "Wann {somebody} zu erreichen ist, weiß ich leider nicht.",
    Line.UNKNOWN: "Das weiß ich leider nicht, aber ich gebe Ihre Frage gern weiter.",
    Line.THANKS_NAME: "Danke, {name}.",
    Line.NOTED: "Das habe ich notiert.",
    Line.GLADLY: "Gern.",
    Line.ALL_RIGHT: "In Ordnung.",
    Line.SORRY: "Das habe ich leider nicht verstanden.",
    Line.CALM: "Bleiben wir bitte freundlich.",
    Line.EMERGENCY: (
        "In einem Notfall kann ich nicht helfen. "
        "Bitte legen Sie auf und wählen Sie jetzt den Notruf."
    ),
    Line.TAKE_YOUR_TIME: "Lassen Sie sich Zeit.",
    Line.STILL_THERE: "Sind Sie noch da?",
    Line.REPEAT: "Gern noch einmal.",
    Line.READ_BACK: "Ich wiederhole: {parts}",
    Line.CHANGED: "Das habe ich geändert: {parts}",
    Line.YOUR_NAME: "Ihr Name ist {name}",
    Line.YOUR_NUMBER: "Ihre Nummer ist {number}",
    Line.YOUR_TEXT: "Ihre Nachricht lautet: {text}",
    Line.AND: " und ",
    Line.AND_SO_ON: ", und so weiter",
    Line.PASS_ON: "Danke, ich gebe das{to_owner} weiter.",
    Line.PASS_ON_NAME: "Danke, {name}, ich gebe das{to_owner} weiter.",
    Line.AS_NOTED: "Dann gebe ich es so weiter, wie ich es notiert habe.",
    Line.CANCELLED: "In Ordnung, das gebe ich nicht weiter.",
    Line.BYE_NOTED: "Alles notiert: {noted}. Vielen Dank für Ihren Anruf, auf Wiederhören.",
    Line.BYE_UNCONFIRMED: (
        "Ich gebe weiter, was ich notiert habe. Vielen Dank für Ihren Anruf, auf Wiederhören."
    ),
    Line.BYE: "Vielen Dank für Ihren Anruf, auf Wiederhören.",
    Line.LOST: (
        "Ich kann Sie leider nicht verstehen. Rufen Sie gern später noch einmal an, "
        "auf Wiederhören."
    ),
    Line.PLUS: "plus",
}

# What the owner is called, with a name and without one.
OWNER: Mapping[str, tuple[str, str]] = {
    "owner_": ("{owner} ", ""),
    "of_owner": (" von {owner}", ""),
    "to_owner": (" an {owner}", ""),
    "Owner": ("{owner}", "Die gewünschte Person"),
    "somebody": ("{owner}", "jemand"),
    "away": ("{owner} ist gerade nicht zu sprechen", "Im Moment ist leider niemand zu sprechen"),
}

NOTES = NoteWords(
    name="Anrufer",
    number="Nummer",
    text="Nachricht",
    confirmed="Bestätigt",
    before="Nachrichten davor",
    none="nicht angegeben",
    yes="ja",
    no="nein",
)

# How a message is written down.
TIDY: Tidy = ((anywhere(r"(?<!\w)(äh+m*|öh+m*|hm+)(?!\w)[, ]*"), ""),)

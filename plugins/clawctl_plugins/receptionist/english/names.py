"""What English speakers put around names, and how they spell them."""

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
        a about actually afraid after again ah all also am an and any anyway are as asking at away
        back bad be because been before busy but by bye call called calling can cannot can't change
        changed come coming correct could day did digit do does doesn't don't done either er erm
        everything fine first for fun get getting give glad go going gonna good got great had happy
        has have having he hello her here hers hey hi him his home hope how i i'd i'll i'm i've if
        ill important in incorrect interested into is isn't it it's its just know last late later
        leave leaving let like looking making may me message might mine misspelled moment much must
        my name need needing nice no none nope not nothing now number of off oh ok okay on one only
        or our out over perfect phone phoning please quite ready really reach regarding returning
        right ringing running said say saying second seconds see she should sick so some sorry
        speaking speak spell spelled spelt still stuck sure take talk talking tell text thank thanks
        that that's the their them then there these they thing think this those time to today
        tomorrow tonight too trying uh um unable unfortunately urgent very waiting want wanted
        wanting was we well went were what when where which who why will wish with won't wondering
        would wrong yeah yes yet you your from
        """
    ),
    small=words("von van de der den di da"),
    joint=starts(r"((and )?(i'm|i am) )?((calling|phoning|ringing) )?(?P<joint>(from|of)( the)?)"),
    letters=pairs(
        """
        ay=a be=b bee=b see=c sea=c dee=d gee=g jay=j kay=k el=l ell=l em=m en=n oh=o pee=p pea=p
        cue=q queue=q are=r ar=r ess=s tea=t tee=t you=u vee=v ex=x why=y zee=z zed=z
        """
    ),
    spelling=phrase(
        r"""
        ((that's|that is|which is|it's|it is) )?(spelled|spelt|spelling)( as| it)?
        i('ll| will)? spell( it| that)?( for you)?
        """
    ),
    speaking=anywhere("[ ,]+(speaking|here|again|is my name)[ .!]*$"),
)

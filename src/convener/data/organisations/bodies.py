"""National bodies with branches, and federations whose members are bodies of their own.

Both write a well-known name beside a place, and mean the opposite by it: the hospitals of
Nuffield Health are one charity, and each Age UK is a charity of its own. General knowledge,
kept as data. A registered identifier always outweighs it.
"""

from __future__ import annotations

from dataclasses import dataclass

from convener.base.kinds import Kind


@dataclass(frozen=True)
class National:
    """One body across the country, and the ways in which its name and branches are written.

    ``phrases`` may stand anywhere in a name; ``whole`` must be all of it. A word of ``but_not``
    means another body of a similar name. ``town_names`` is a word that its branches put after
    the name of their town.
    """

    name: str
    phrases: tuple[str, ...]
    whole: tuple[str, ...] = ()
    but_not: tuple[str, ...] = ()
    town_names: str = ""
    kind: Kind = Kind.CHARITY


_ABROAD = ("scotland", "scottish", "wales", "cymru", "ireland", "ni", "ulster")

NATIONAL = (
    National("Action for Children", ("action for children",), ("nch",)),
    National("Alzheimer's Society", ("alzheimers society",)),
    National("Anthony Nolan", ("anthony nolan",)),
    National("Barnardo's", ("barnardos",)),
    National("Blind Veterans UK", ("blind veterans", "st dunstans")),
    National("Brainkind", ("brain injury rehabilitation trust",), ("disabilities trust",)),
    National("British Heart Foundation", ("british heart foundation",)),
    National("British Pregnancy Advisory Service", ("british pregnancy advisory",), ("bpas",)),
    National("British Red Cross", ("british red cross",)),
    National("Brook", ("brook young people", "brook advisory")),
    National("Cancer Research UK", ("cancer research uk",)),
    National("Catch22", ("catch22", "catch 22")),
    National("Change Grow Live", ("change grow live", "crime reduction initiatives"), ("cgl",)),
    National("Combat Stress", ("combat stress",)),
    National("Cruse Bereavement", ("cruse bereavement",), ("cruse",), _ABROAD),
    National("Diabetes UK", ("diabetes uk",)),
    National(
        "Forward Trust", ("rehabilitation for addicted prisoner",), ("forward trust", "rapt")
    ),
    National("King's Fund", ("kings fund",)),
    National("Leonard Cheshire", ("leonard cheshire",)),
    National("Macmillan Cancer Support", ("macmillan cancer",)),
    National("Marie Curie", ("marie curie",)),
    National("Methodist Homes", ("methodist homes",), ("mha",)),
    National("Motor Neurone Disease Association", ("motor neurone disease association",)),
    National("MSI Reproductive Choices", ("marie stopes", "msi reproductive")),
    National("Multiple Sclerosis Society", ("multiple sclerosis society", "ms society")),
    National("Nacro", ("nacro",)),
    National("National Autistic Society", ("national autistic society",)),
    National("NSPCC", ("nspcc", "national society prevention cruelty children")),
    National(
        "Nuffield Health",
        ("nuffield health", "nuffield hospital"),
        ("nuffield",),
        ("trust", "foundation", "college", "orthopaedic", "nhs", "department"),
        town_names="nuffield",
    ),
    National("Parkinson's UK", ("parkinsons uk", "parkinsons disease society")),
    National("Phoenix Futures", ("phoenix futures",)),
    National("Rethink Mental Illness", ("rethink mental illness",), ("rethink",)),
    National("Richmond Fellowship", ("richmond fellowship",), (), _ABROAD),
    National("RNIB", ("rnib", "royal national institute blind")),
    National("RNID", ("rnid", "royal national institute deaf", "action on hearing loss")),
    National("Royal Mencap Society", ("royal mencap",), ("mencap",)),
    National("Royal Voluntary Service", ("royal voluntary service", "wrvs")),
    National("Salvation Army", ("salvation army",)),
    National("Save the Children", ("save the children",)),
    National("Sense", (), ("sense",)),
    National("Shaw Trust", ("shaw trust",)),
    National("St John Ambulance", ("st john ambulance",), (), _ABROAD),
    National("St Mungo's", ("st mungos",)),
    National("Stroke Association", ("stroke association",)),
    National("Sue Ryder", ("sue ryder",)),
    National("Terrence Higgins Trust", ("terrence higgins", "terence higgins")),
    National("The Children's Society", (), ("childrens society",)),
    National("Turning Point", ("turning point",), (), _ABROAD),
    National("United Response", ("united response",)),
    National("Victim Support", ("victim support",), (), _ABROAD),
    National("We Are With You", ("addaction",), ("we are with you",)),
    National("Young Epilepsy", ("young epilepsy", "ncype")),
    # Public bodies that every payment list spells with an account or a town.
    *(
        National(name, phrases, whole, kind=Kind.PUBLIC_BODY)
        for name, phrases, whole in (
            ("Care Quality Commission", ("care quality commission",), ("cqc",)),
            ("Health Education England", ("health education england",), ()),
            ("HM Revenue and Customs", ("hm revenue customs", "hmrc", "inland revenue"), ()),
            ("NHS Blood and Transplant", ("nhs blood transplant", "nhsbt"), ()),
            ("NHS Business Services Authority", ("nhs business services authority", "nhsbsa"), ()),
            (
                "NHS Litigation Authority",
                ("nhs litigation authority", "nhs resolution"),
                ("nhsla",),
            ),
            ("NHS Property Services", ("nhs property services",), ()),
            ("NHS Supply Chain", ("nhs supply chain",), ()),
        )
    ),
)

# As their names are compared (see names.normalise): a member is told by the rest of its name.
FEDERATIONS = (
    "abbeyfield",
    "ageuk",
    "air cadet",
    "army cadet",
    "boy brigade",
    "british legion",
    "care repair",
    "carer centre",
    "carer trust",
    "citizenadvice",
    "crossroad",
    "cvs",
    "deaf children society",
    "emmaus",
    "girlguiding",
    "girl guide",
    "groundwork",
    "headway",
    "healthwatch",
    "homestart",
    "law centre",
    "mencap",
    "mind",
    "phab",
    "rape crisis",
    "relate",
    "riding disabled",
    "rotary club",
    "rspca",
    "samaritan",
    "scout",
    "sea cadet",
    "townswomen guild",
    "u3a",
    "volunteer action",
    "volunteer centre",
    "wildlife trust",
    "womenaid",
    "women institute",
    "ymca",
    "young farmer",
    # Public bodies named by their place: a council, or an NHS body, is told by the rest.
    "council",
    "lb",
    "mbc",
    "ccg",
    "icb",
    "pct",
    "nhs",
    "fire rescue",
    "police",
    "university",
)

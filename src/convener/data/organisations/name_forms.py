"""What the form of a name says of the kind of body, where no register or number says more.

Each rule is a form of words, the kind that it speaks for, and how far to trust it. The rules are
general: ways in which public bodies, charities and companies are named in the United Kingdom, and
no list of single bodies (national bodies with branches are in ``bodies``). Decided here, and said
in the evidence of each organisation:

* A general practice of the NHS is a public body, as health statistics count it, although its
  partners are contractors. Dentists, opticians and pharmacies are not.
* A university or a further education college is a public body: most are charities that answer to
  a public regulator and not to the charity register.
* "Limited" alone speaks for a private company only weakly, and not at all beside a word that
  charities use: such a name stays unknown.
* A community interest company is a social enterprise, and so is a housing association of which
  no charity number is known. A co-operative is a mutual.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from convener.base.kinds import Kind
from convener.data.organisations.bodies import NATIONAL
from convener.data.organisations.names import Name, normalise, plain


@dataclass(frozen=True)
class Form:
    """A form of words: what it speaks for, how surely, and what must not stand beside it."""

    kind: Kind
    confidence: float
    words: str
    pattern: str
    but_not: str = ""
    company: bool = True  # whether it also holds for a company by shares or guarantee

    def holds(self, text: str, form: str) -> bool:
        """Say whether a name, as plain words without its legal form, has this form."""
        if form and form != "cio" and not self.company:
            return False
        if not _pattern(self.pattern).search(text):
            return False
        return not (self.but_not and _pattern(self.but_not).search(text))


@cache
def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text)


_NHS = (
    r"\bnhs|\bfoundation trust|\bhospitals?\b|\bhealth|\bprimary care|\bpartnership\b|\bacute\b"
    r"|\bambulance\b|\bmental\b|\bmh\b"
)
_SCHOOLING = r"\bacadem|\bschools?\b|\blearning\b|\beducation\b"
_TRADE = (
    r"\bdent|\borthodont|\bveterin|\bvets?\b|\blaw\b|\blegal\b|\bsolicitor|\barchitect|\boptic"
    r"|\bopto|\bphysio|\bchiropract|\bosteopath|\bcosmetic|\bprivate\b|\boccupational\b|\btraining"
    r"|\bsuppl|\bequipment|\bproducts?\b|\bpublish|\brecruit|\bconsult|\bstaff|\bfurniture"
    r"|\bcounselling|\bbusiness\b|\bbmi\b|\bspire\b|\bpriory\b|\bcygnet\b|\bramsay\b|\bbupa\b"
    r"|\bcircle\b|\bsolutions\b|\bsystems\b|\bgroup of\b|\bcare uk\b|\bplumb|\baccount|\bharley"
)
_TRADE_FIRM = r"\bsolicitor|\bconsult|\bsolutions\b|\bsystems\b|\bprivate\b|\bpsycholog"

CHARITY = (
    Form(Kind.CHARITY, 0.95, "charity", r"\bcharit(?:y|ies|able)\b", r"\bcharity (?:bank|it)\b"),
    Form(
        Kind.CHARITY,
        0.95,
        "hospice",
        r"\bhospice(?:s|care|the)?\b",
        r"\bhospice (?:suppl|equip|lotter)|\bnhs\b|\bcouncil\b|\bhospices civils\b",
    ),
    Form(Kind.CHARITY, 0.97, "Age UK or Age Concern", r"\bage (?:uk|concern)\b"),
    Form(
        Kind.CHARITY,
        0.97,
        "Citizens Advice",
        r"\bcitizens? advice\b|\bcab$|\bcab service\b",
    ),
    Form(
        Kind.CHARITY,
        0.93,
        "a local Mind",
        r"^mind in\b|\b[a-z]{3,} mind\b(?! (?:the|your|map|over))",
        r"\b(?:open|healthy|peace of|beautiful|clear|great|body and) mind\b",
    ),
    Form(
        Kind.CHARITY,
        0.95,
        "a federation of charities",
        r"\bmencap\b|\bsamaritans\b|\bhome ?start\b|\bymca\b|\bywca\b"
        r"|\bcross ?roads (?:care|caring)\b|\band [a-z]+ crossroads$"
        r"|\bwomens aid\b|\babbeyfield\b|\bgroundwork\b|^relate\b|\brelate$|^headway\b|\bheadway$"
        r"|\brspca\b|\brape crisis\b|\bvictim support\b|\bwildlife trust\b|\bscouts?\b|\bemmaus\b"
        r"|\bred cross\b|\bst johns? ambulance\b|\bsalvation army\b|\balzheimers society\b",
    ),
    Form(
        Kind.CHARITY,
        0.93,
        "voluntary service",
        r"\bcvs\b|\bvoluntary (?:action|services?|sector|organi[sz]ations?|association|centre)\b"
        r"|\bvolunteer (?:centre|bureau)\b|\bvolunteering\b|^volunteer [a-z]+$",
        r"\bcvs (?:uk|health|pharm)|\bnhs\b",
    ),
    Form(
        Kind.CHARITY,
        0.93,
        "carers' organisation",
        r"\bcarers (?:trust|centre|support|association|federation|network|resource|forum"
        r"|together|link|hub)\b|\b[a-z]+ carers$|^carers [a-z]+$",
    ),
    Form(
        Kind.CHARITY,
        0.92,
        "community association",
        r"\bcommunity (?:association|action|trust|links?|foundation|transport|law)\b"
        r"|\brefugee\b|\blaw centre\b|\bdial [a-z]+$|^dial\b|\bfurniture project\b",
        rf"{_NHS}|\bcouncil\b",
    ),
    Form(
        Kind.CHARITY,
        0.9,
        "benevolent or religious body",
        r"\bbenevolent\b|\balmshouses?\b|\b(?:leagues? of )?friends of\b|\bleague of friends\b"
        r"|\bdioces|\bcathedral\b|\bchurch of\b|\b(?:baptist|methodist|parish|catholic) church\b"
        r"|\bparochial\b|\bpcc of\b|\bsisters of\b|\bjewish (?:care|welfare)\b|\bchurch urban\b",
        r"\bschool|\bsurgery\b|\bmedical|\bpractice|\bcouncil\b",
    ),
    Form(
        Kind.CHARITY,
        0.9,
        "royal college or learned society",
        r"\broyal (?:college|coll|society|institut\w+|association|national) of?\b",
        r"\bcollege (?:street|road|hospital)|\bsurger(?:y|ies)\b|\bnhs\b",
    ),
    Form(
        Kind.CHARITY,
        0.9,
        "charitable cause",
        r"\bbereavement\b|\bcentre for (?:independent|integrated) living\b"
        r"|\bhelping hands\b|\bself help\b|\bsurvivors\b"
        r"|\brefuge\b|\bhomeless\b|\bwomens (?:centre|network|organi[sz]ation|group|counselling)\b"
        r"|\bsociety for\b|\bassociation for\b|\bfoundation for\b|\bsocial action\b"
        r"|\balcohol (?:and|advice)|\bchildrens trust$|\bcamphill\b"
        r"|\bold peoples?\b|\bolder peoples?\b|\bforum of voluntary\b|\baid society\b"
        r"|\bfor the (?:blind|deaf)\b|\bfor blind people\b|\bdisability (?:action|association)\b",
        rf"{_NHS}|\bcouncil\b|\bpharm|\bsurgery\b|\bunit\b",
        company=True,
    ),
    Form(
        Kind.CHARITY,
        0.85,
        "local cause",
        r"\badventure playground\b|\bappeal fund\b|\byouth association\b|\bhousing aid\b"
        r"|\baction (?:for|on) [a-z]+|\b(?:aids|hiv) action\b|^[a-z]+ in the community$"
        r"|\byoung peoples? (?:\w+ )?(?:project|service)\b|^autism [a-z ]+$|^deaf(?:way|link)"
        r"|\b(?:of|for) the elderly$|\bpeople with dementia\b",
        rf"{_NHS}|\bcouncil\b|\bemployment\b|{_TRADE_FIRM}",
    ),
    Form(
        Kind.CHARITY,
        0.85,
        "council of a cause",
        r"\b(?:rural community|refugee|youth|disability|race equality|churches) council\b",
    ),
    Form(
        Kind.CHARITY,
        0.8,
        "support for people with a condition",
        r"\b(?:alzheimers?|dementia|autis\w+|cancer|stroke|epilepsy|parkinsons|mental health"
        r"|disabilit\w+|brain injur\w+|spinal injur\w+|multiple sclerosis|sickle cell|aids|hiv"
        r"|deaf|blind|carers|bereaved|eating disorders?|learning disabilit\w+|drugs?|alcohol)"
        r" (?:and \w+ )?(?:support|action|concern|matters|association|society|foundation|project"
        r"|link|helpline|forum|alliance|collaboration|advice|uk|\w+ (?:support|society))\b",
        rf"\bnhs|\bhospital|\bcouncil\b|\bclinic|\bunit\b|{_TRADE}",
        company=False,
    ),
    Form(
        Kind.CHARITY,
        0.75,
        "advocacy, counselling or youth work",
        r"\badvocacy\b|\bcounselling(?:$| (?:service|centre|foundation|trust|project)s?\b)"
        r"|^young [a-z]+$|\byouth (?:association|project|trust|clubs?)\b|\bwomens? (?:health"
        r"|aid|and girls|refuge)\b|\bsocial action\b|\bcommunity (?:centre|project|forum)\b"
        r"|\bsettlement\b|\bchildrens? hospice|\bfamily (?:action|centre|lives)\b",
        rf"\bnhs|\bhospital|\bcouncil\b|\bclinic|\bunit\b|\bmedical|\bhealth centre|{_TRADE_FIRM}",
        company=False,
    ),
    Form(
        Kind.CHARITY,
        0.88,
        "foundation",
        r"\bfoundation$|\bfoundation the$|^the [a-z ]+ foundation\b",
        rf"{_NHS}|{_SCHOOLING}|\bfoundation (?:nhs|ft|hosp)|\buniversit|\bunited\b",
    ),
    Form(
        Kind.CHARITY,
        0.88,
        "trust",
        r"\btrust$|\btrust the$",
        rf"{_NHS}|{_SCHOOLING}|\bcare trust\b|\bfoundation\b|\bunit trust|\binvestment|\bpension"
        r"|\bproperty|\bhosp\b|\bhousing\b|\bbank|\bcapital\b|\bfinanc|\bdrug|\btrust trust\b"
        r"|\bcommissioning|\bcommunity services|\bcity\b|\bservices\b|\buniversit|\bcouncil\b"
        r"|\bleisure\b|\bteaching\b|\bgeneral\b|\bpct\b|\bprobation\b|\bemployer\b|\bcombined\b"
        r"|hosp|\brail|\bnetwork rail",
    ),
    Form(
        Kind.CHARITY,
        0.85,
        "society",
        r"\bsociety$|\bsociety the$|\bsociety of\b",
        r"\bbuilding society|\bco ?op|\bfriendly|\blaw society|\bhousing|\bprovident|\bmutual"
        r"|\bassurance|\binsurance|\bhealth plan|\bhigh society|\bmedical society",
    ),
)

PUBLIC = (
    Form(
        Kind.PUBLIC_BODY,
        0.97,
        "NHS",
        r"\bnhs|\bccgs?\b|\bclinical commissioning|\bintegrated care board|\bprimary care trust"
        r"|\bpcts?\b|\bfoundation tru?s?t?\b|\bhealth authority|\bhealth board|\bcommissioning"
        r" support|\b(?:hospitals?|hosps?|healthcare|health care|health|partnership|ambulance"
        r"|acute|mental health|care|services) (?:(?:and|service|services|community) )*t(?:rust|rus"
        r"|ru|r|rst)?$",
        r"\bprofessionals? indemnity\b|\bconfederation\b",
        company=False,
    ),
    Form(Kind.PUBLIC_BODY, 0.8, "NHS", r"\bnhs\b", r"\bcharit|\bconfederation\b"),
    Form(
        Kind.PUBLIC_BODY,
        0.97,
        "council or public authority",
        r"\bcouncil\b|\bcouncil(?=\d)|\bborough of\b|^lb\b|\bmbc\b|\bcounty of\b|\bcity of [a-z]+$"
        r"|\bconstabulary\b|\bpolice\b|\bfire (?:and|authority|service|brigade)"
        r"|\bcombined authority"
        r"|\bauthority$|\bauthority (?:for|of|the)\b|\bambulance serv\w*|\bambulance nhs"
        r"|\bcyngor\b|\bcoroner|\bprobation (?:trust|service|board)",
        r"\bcouncil (?:for|of|on)\b|\bresearch council\b|\bcouncils? solicitors|\bfire (?:and"
        r" security|protection|safety|alarm|extinguisher|systems?)|\bfire service(?:s|d)\b"
        r"|\bprivate ambulance|\bpolice (?:federation|mutual)",
        company=False,
    ),
    Form(
        Kind.PUBLIC_BODY,
        0.95,
        "government",
        r"\bministry of\b|\bdep(?:artmen)?t (?:of|for)\b|\bhm (?:revenue|prison|courts?|land"
        r"|passport|treasury)|\bhmrc\b|\bhmr\b|\bhome office\b|\bcabinet office\b"
        r"|\binland revenue\b"
        r"|\bpublic health england\b|\bhealth education england\b|\bhealth protection agency\b"
        r"|\bcare quality commission\b|\bresearch council\b|\bhouse of commons\b"
        r"|\bcrown commercial"
        r"|\bcrown prosecution|\bregulatory (?:agency|authority)|\bvehicle licensing|\bdvla\b"
        r"|\benvironment agency\b|\bmeteorological office|\bland registry|\bcharity commission"
        r"|\bnational institute for (?:health|clinical)|\bnice\b|\bblood (?:service"
        r"|and transplant)"
        r"|\bscottish government|\bwelsh government|\bwelsh assembly|\bcourts? service\b",
        r"\bsolicitors\b",
    ),
    Form(
        Kind.PUBLIC_BODY,
        0.8,
        "NHS hospital",
        r"\b(?:general|university|district|teaching|royal|community|county|infirmary|city"
        r"|memorial|cottage) (?:[a-z]+ )?(?:hospitals?|infirmary|hosps?)\b|\binfirmary\b"
        r"|\bhospitals\b|\bteaching (?:hosp|ft)|\bhosps\b|\buniversity hosp",
        rf"{_TRADE}|\bprivate\b|\bclinic\b|\bnuffield\b|\bfriends\b|\bradio\b|\bhotel\b"
        rf"|\bbroadcast",
        company=False,
    ),
    Form(
        Kind.PUBLIC_BODY,
        0.75,
        "general practice of the NHS",
        r"\bsurger(?:y|ies)\b|\bmedical (?:cent(?:re|er)|practice|group|cen|cent)s?\b|\bmed cent"
        r"|\bmedical ?cent(?:re|er)\b|\bhealth ?(?:and \w+ )?cent(?:re|er)s?\b|\bhealth cent?$"
        r"|\bgroup practice\b|\bpractice$|\bpractice the$|\bhealthcare cent(?:re|er)\b"
        r"|\bwalk in cent(?:re|er)\b|\bfamily practice\b|\bfamily doctors\b|\bgp practice\b"
        r"|\bhealthy living cent|\bpractice (?:[a-z]+)$",
        rf"{_TRADE}|\bvillage surgeon|\btree surg|\bsurgery (?:day|design|build)|\bsports?\b"
        r"|\bpractice (?:plus|management|index|based|nurse|manager|services?)\b",
        company=False,
    ),
    Form(
        Kind.PUBLIC_BODY,
        0.7,
        "university, college or state school",
        r"\buniversit(?:y|ies)\b|\buniversity\w*\b|\bcollege$|\bcollege of\b|\bcollege the$"
        r"|\b(?:primary|secondary|high|junior|infants?|community|nursery|grammar) school\b"
        r"|\bacademy trust\b|\bschool of (?:hygiene|medicine|pharmacy)",
        rf"\bvets?\b|\bclub\b|\bstudents union|\buniversity press|\broyal college|\bsolicitors"
        rf"|{_TRADE}",
        company=False,
    ),
)

OTHER = (
    Form(Kind.SOCIAL_ENTERPRISE, 0.95, "community interest company", r"\bcic$|\bcic\b"),
    Form(Kind.SOCIAL_ENTERPRISE, 0.8, "social enterprise", r"\bsocial enterprises?\b"),
    Form(
        Kind.SOCIAL_ENTERPRISE,
        0.7,
        "housing association",
        r"\bhousing (?:association|assoc|society|trust|group)\b|\bhomes group$",
    ),
    Form(
        Kind.MUTUAL,
        0.85,
        "co-operative or mutual",
        r"\bco ?op(?:erative)?\b|\bcredit union\b|\bbuilding society\b|\bfriendly society\b"
        r"|\bmutual\b",
        r"\bco op (?:bank|pharmacy|funeral)",
    ),
    Form(
        Kind.PRIVATE,
        0.6,
        "a trade",
        r"\bsolicitors\b|\bpharmac(?:y|ies)\b|\bchemists?\b|\band sons?\b|\bopticians?\b"
        r"|\bestate agents?\b|\btaxis?\b|\bhotels?\b|\bdental (?:practice|care|surgery)\b",
        r"\bnhs\b|\bhospital\b",
    ),
)

# A company whose name has one of these is as likely a charity: it stays unknown.
_CHARITABLE_WORDS = (
    r"\btrust\b|\bfoundation\b|\bsociety\b|\bassociation\b|\bcommunit|\bhospice|\bmind\b|\bage\b"
    r"|\bvolunt|\bcharit|\bchurch\b|\bfriends\b|\bcarers?\b|\bwom[ae]ns?\b|\bfamil|\byouth\b"
    r"|\bproject\b|\badvocacy\b|\brefug|\bdisab|\bautis|\bdementia\b|\balzheimer|\bblind\b|\bdeaf"
    r"|\bhousing\b|\bhomeless|\balcohol\b|\bdrug\b|\brecovery\b|\binstitute\b|\bcollege\b"
    r"|\bmisuse\b|\baddict"
    r"|\bcounselling\b|\bcouncil\b|\bchildrens?\b|\bheritage\b|\barts?\b|\btheatre\b|\bmuseum\b"
    r"|\bforum\b|\balliance\b|\bfederation\b|\bsupport\b|\baction\b|\bst [a-z]+s\b|\bjewish\b"
    r"|\bmuslim\b|\bchristian\b|\bbenefit\b|\bnational\b|\bbritish\b|\broyal\b"
    r"|\bindependent living"
    r"|\bpeoples?\b|\bcancer\b|\bschool\b|\buniversity\b|\bnhs\b|\bsocial\b|\benterprises?\b"
)
_COMPANY_FORMS = {"ltd": 0.65, "plc": 0.9, "llp": 0.75}
_FOREIGN_FORMS = frozenset({"gmbh", "bv", "nv", "sarl", "sa", "spa", "srl", "ag", "ab", "oy"})
_CORPORATE = frozenset({"llc", "inc", "lp"})
_PUBLIC_NATIONAL = frozenset(b.name for b in NATIONAL if b.kind is Kind.PUBLIC_BODY)


def read(name: str) -> Form | None:
    """Return what the form of a name says, or ``None`` where it says nothing.

    Parameters
    ----------
    name : as published
    """
    told = normalise(name)
    if told.national:
        kind = Kind.PUBLIC_BODY if told.national in _PUBLIC_NATIONAL else Kind.CHARITY
        return Form(kind, 0.93, told.national, "")
    text = plain(name)
    if told.form == "cic":
        return OTHER[0]
    if told.form == "cio":
        return Form(Kind.CHARITY, 0.97, "charitable incorporated organisation", "")
    for form in (*CHARITY, *PUBLIC, *OTHER):
        if form.holds(text, told.form):
            return form
    return _company(told, text)


def _company(told: Name, text: str) -> Form | None:
    """Return what a legal form alone says: less the more charities use it."""
    if told.form in _FOREIGN_FORMS | _CORPORATE:
        return Form(Kind.PRIVATE, 0.75, f"legal form {told.form.upper()}", "")
    if told.form not in _COMPANY_FORMS or _pattern(_CHARITABLE_WORDS).search(text):
        return None
    confidence = _COMPANY_FORMS[told.form]
    return Form(Kind.PRIVATE, confidence, f"legal form {told.form.upper()}", "")

"""The words of organisations' names: what they stand for, and how much they tell.

Facts of the field, kept as data: short forms, legal forms, words that say what sort of body a
name is, and words that hundreds of bodies share. Names are compared with these, in ``names``.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """Return the words of a text as a set."""
    return frozenset(text.split())


# They carry nothing: dropped wherever they stand.
STOP = words("the of and for in at on to a an with by from y de la le les du des")

# Written so, meant so: single words, before or after their plural is cut.
SHORT_FORMS = {
    "assn": "association",
    "assoc": "association",
    "asso": "association",
    "soc": "society",
    "center": "centre",
    "ctr": "centre",
    "centr": "centre",
    "hosp": "hospital",
    "hcare": "healthcare",
    "univ": "university",
    "uni": "university",
    "coll": "college",
    "dept": "department",
    "natl": "national",
    "nat": "national",
    "intl": "international",
    "inst": "institute",
    "svc": "service",
    "serv": "service",
    "ser": "service",
    "svce": "service",
    "srv": "service",
    "comm": "community",
    "cncl": "council",
    "tr": "trust",
    "trst": "trust",
    "charitable": "charity",
    "fdn": "foundation",
    "fndn": "foundation",
    "co": "company",
    "mgmt": "management",
    "mgt": "management",
    "cttee": "committee",
    "dev": "development",
    "grp": "group",
    "voluntary": "volunteer",
    "vol": "volunteer",
    "saint": "st",
    "paed": "paediatric",
    "gynae": "gynaecology",
    "lancs": "lancashire",
    "lincs": "lincolnshire",
    "staffs": "staffordshire",
    "notts": "nottinghamshire",
    "bucks": "buckinghamshire",
    "herts": "hertfordshire",
    "cambs": "cambridgeshire",
    "hants": "hampshire",
    "wilts": "wiltshire",
    "glos": "gloucestershire",
    "northants": "northamptonshire",
    "leics": "leicestershire",
    "worcs": "worcestershire",
    "berks": "berkshire",
    "oxon": "oxfordshire",
    "yorks": "yorkshire",
    "cty": "county",
    "gtr": "greater",
    "bham": "birmingham",
    "soton": "southampton",
}

# Several words, or letters that stand for several words. First match wins; order matters.
PHRASES = (
    ("nhsft", "nhs foundation trust"),
    ("nhs ft", "nhs foundation trust"),
    ("ft nhs", "nhs foundation trust"),
    ("clinical commissioning group", "ccg"),
    ("integrated care board", "icb"),
    ("primary care trust", "pct"),
    ("strategic health authority", "sha"),
    ("commissioning support unit", "csu"),
    ("commissioning support service", "csu"),
    ("metropolitan borough council", "mbc"),
    ("metropolitan district council", "mbc"),
    ("metropolitan borough", "mbc"),
    ("london borough", "lb"),
    ("royal borough", "lb"),
    ("county council", "council county"),
    ("city council", "council city"),
    ("borough council", "council"),
    ("district council", "council"),
    ("council volunteer service", "cvs"),
    ("community volunteer service", "cvs"),
    ("volunteer community service", "cvs"),
    ("citizen advice bureau", "citizenadvice"),
    ("citizen advice", "citizenadvice"),
    ("cab", "citizenadvice"),
    # Age Concern and Help the Aged became Age UK in 2009; most local bodies took the new name.
    ("age concern", "ageuk"),
    ("age uk", "ageuk"),
    ("home start", "homestart"),
    ("university hospital", "universityhospital"),
    ("royal society prevention cruelty animal", "rspca"),
    ("cross road", "crossroad"),
    ("women aid", "womenaid"),
    ("woman aid", "womenaid"),
    ("health care", "healthcare"),
    ("home care", "homecare"),
    ("health watch", "healthwatch"),
)

# Legal forms, as they end a name. Longest first; the value is the form.
FORMS = (
    ("public limited company", "plc"),
    ("private limited company", "ltd"),
    ("limited liability partnership", "llp"),
    ("limited liability company", "llc"),
    ("community interest company", "cic"),
    ("charitable incorporated organisation", "cio"),
    ("company limited by guarantee", "ltd"),
    ("private limited", "ltd"),
    ("limited company", "ltd"),
    ("company limited", "ltd"),
    ("pvt ltd", "ltd"),
    ("pty ltd", "ltd"),
    ("co ltd", "ltd"),
    ("limited", "ltd"),
    ("limite", "ltd"),
    ("limit", "ltd"),
    ("ltd", "ltd"),
    ("plc", "plc"),
    ("llp", "llp"),
    ("llc", "llc"),
    ("cic", "cic"),
    ("cio", "cio"),
    ("scio", "cio"),
    ("cyfyngedig", "ltd"),
    ("cyf", "ltd"),
    ("incorporated", "inc"),
    ("inc", "inc"),
    ("corporation", "inc"),
    ("corp", "inc"),
    ("gmbh", "gmbh"),
    ("bv", "bv"),
    ("nv", "nv"),
    ("sarl", "sarl"),
    ("sa", "sa"),
    ("spa", "spa"),
    ("srl", "srl"),
    ("ag", "ag"),
    ("ab", "ab"),
    ("oy", "oy"),
    ("lp", "lp"),
)

# What sort of body: two of them that differ speak against one body.
SORTS = words(
    "trust foundation hospice college university school academy council society association"
    " church hospital surgery practice clinic club union fund charity federation institute"
    " authority department agency ministry partnership hotel pharmacy ambulance laboratory"
    " solicitor universityhospital department home housing ccg icb pct sha csu mbc lb"
)

# Shared by very many names: alone they hold two names neither together nor apart.
COMMON = words(
    "group service care health healthcare support uk company centre community social"
    " organisation charity trust society association foundation limited project network"
    " national international british english royal solution consulting consultant management"
    " home house hospital medical advice advisory appeal unit team department office account"
    " finance division branch region area central local county city district borough"
    " work working life living people person adult child children family youth young"
    " development training education learning research enterprise system technology"
    " volunteer action partnership north south east west northern southern eastern western"
    " mid greater england english nhs payment invoice client money independent advocacy"
    " counselling disability alzheimer dementia autism cancer recovery drug alcohol rehabilitation"
    " forum alliance carer employment welfare bereavement therapy nursing residential"
)

"""Plain names of procurement codes, for readers who do not know the numbers.

Titles of the divisions of the Common Procurement Vocabulary (Commission Regulation (EC) No
213/2008), shortened; of health and social work also the groups and classes.
"""

from __future__ import annotations

SUBJECTS = {
    "03": "Farming, fishing and forestry products",
    "09": "Fuel, electricity and energy",
    "14": "Mining and basic metals",
    "15": "Food and drink",
    "16": "Agricultural machinery",
    "18": "Clothing and footwear",
    "19": "Leather, textiles, plastic and rubber",
    "22": "Printed matter",
    "24": "Chemical products",
    "30": "Office and computing equipment",
    "31": "Electrical equipment and lighting",
    "32": "Broadcast and communication equipment",
    "33": "Medical equipment and pharmaceuticals",
    "34": "Transport equipment",
    "35": "Security, fire-fighting and defence equipment",
    "37": "Instruments, sports goods and toys",
    "38": "Laboratory and precision equipment",
    "39": "Furniture, appliances and cleaning products",
    "41": "Water",
    "42": "Industrial machinery",
    "43": "Mining and construction machinery",
    "44": "Construction materials",
    "45": "Construction work",
    "48": "Software and information systems",
    "50": "Repair and maintenance",
    "51": "Installation",
    "55": "Hotels, catering and retail",
    "60": "Transport",
    "63": "Support for transport; travel agencies",
    "64": "Postal and telecommunications services",
    "65": "Public utilities",
    "66": "Finance and insurance",
    "70": "Real estate",
    "71": "Architecture, engineering and inspection",
    "72": "Information technology services",
    "73": "Research and development",
    "75": "Administration, defence and social security",
    "76": "Services to the oil and gas industry",
    "77": "Farming, forestry and gardening services",
    "79": "Business services",
    "80": "Education and training",
    "85": "Health and social work",
    "851": "Health services",
    "8511": "Hospital services",
    "8512": "Medical practice",
    "8513": "Dental practice",
    "8514": "Other health services",
    "8515": "Medical imaging",
    "8516": "Optician services",
    "8517": "Acupuncture and chiropractic",
    "852": "Veterinary services",
    "853": "Social work and related services",
    "8531": "Social work services",
    "8532": "Social services",
    "90": "Sewage, refuse, cleaning and environment",
    "92": "Recreation, culture and sport",
    "98": "Other community, social and personal services",
}


def subject(code: str) -> str:
    """Return the name of a code, or of the part of the vocabulary that holds it, or the code."""
    for length in range(len(code), 1, -1):
        if name := SUBJECTS.get(code[:length]):
            return name if length == len(code) else f"{name}, part {code}"
    return f"Code {code}"

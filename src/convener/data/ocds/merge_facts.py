"""Which lists merge whole, and which fields are dropped, when releases are compiled.

Source: the release schema of OCDS 1.1.5 and the patches of the extensions named here, as their
publishers had them in September 2026; ``tests/data/test_merging.py`` computes both again from
those files and compares. A path names fields from the top of a release, without places in lists.
A list of plain values always merges whole, so one that no schema names needs no line here.
"""

from __future__ import annotations

DROPPED = ("id", "date", "tag")

# Keyed by the extensions that must all be declared for the field to exist; () is the core. No
# extension changes how a list of the core merges, and no two disagree about a list.
WHOLE: dict[tuple[str, ...], str] = {
    (): """
        awards/amendment/changes
        awards/amendments/changes
        awards/items/additionalClassifications
        awards/suppliers/additionalIdentifiers
        buyer/additionalIdentifiers
        contracts/amendment/changes
        contracts/amendments/changes
        contracts/implementation/transactions/payee/additionalIdentifiers
        contracts/implementation/transactions/payer/additionalIdentifiers
        contracts/items/additionalClassifications
        contracts/relatedProcesses/relationship
        parties/additionalIdentifiers
        parties/roles
        relatedProcesses/relationship
        tender/additionalProcurementCategories
        tender/amendment/changes
        tender/amendments/changes
        tender/items/additionalClassifications
        tender/procuringEntity/additionalIdentifiers
        tender/submissionMethod
        tender/tenderers/additionalIdentifiers
    """,
    ("ocds_beneficialOwners_extension",): """
        parties/beneficialOwners/nationalities
    """,
    ("ocds_bid_extension",): """
        awards/relatedBids
        bids/details/countriesOfOrigin
        bids/details/identifiers
        bids/details/items/additionalClassifications
        bids/details/relatedLots
        bids/details/tenderers/additionalIdentifiers
        contracts/relatedBids
    """,
    ("ocds_budget_breakdown_extension",): """
        planning/budget/budgetBreakdown/sourceParty/additionalIdentifiers
    """,
    ("ocds_contract_buyer_extension",): """
        awards/buyers/additionalIdentifiers
        contracts/buyer/additionalIdentifiers
    """,
    ("ocds_contract_suppliers_extension",): """
        contracts/suppliers/additionalIdentifiers
    """,
    ("ocds_finance_extension",): """
        contracts/finance/assetClass
        contracts/finance/financingParty/additionalIdentifiers
        contracts/finance/relatedLots
        planning/budget/finance/assetClass
        planning/budget/finance/financingParty/additionalIdentifiers
        planning/budget/finance/relatedLots
    """,
    ("ocds_lots_extension",): """
        awards/amendment/relatedLots
        awards/amendments/relatedLots
        awards/documents/relatedLots
        awards/relatedLots
        contracts/amendment/relatedLots
        contracts/amendments/relatedLots
        contracts/documents/relatedLots
        contracts/implementation/documents/relatedLots
        contracts/implementation/milestones/documents/relatedLots
        contracts/implementation/milestones/relatedLots
        contracts/milestones/documents/relatedLots
        contracts/milestones/relatedLots
        contracts/relatedProcesses/relatedLots
        planning/documents/relatedLots
        planning/milestones/documents/relatedLots
        planning/milestones/relatedLots
        relatedProcesses/relatedLots
        tender/amendment/relatedLots
        tender/amendments/relatedLots
        tender/documents/relatedLots
        tender/lotGroups/identifiers
        tender/lotGroups/relatedLots
        tender/lots/additionalClassifications
        tender/lots/additionalProcurementCategories
        tender/lots/buyer/additionalIdentifiers
        tender/lots/identifiers
        tender/lots/milestones/documents/relatedLots
        tender/lots/milestones/relatedLots
        tender/milestones/documents/relatedLots
        tender/milestones/relatedLots
    """,
    ("ocds_organizationClassification_extension",): """
        parties/details/classifications
    """,
    ("ocds_subcontracting_extension",): """
        awards/subcontracting/subcontracts/mainContractors/additionalIdentifiers
        awards/subcontracting/subcontracts/subcontractor/additionalIdentifiers
    """,
    ("ocds_sustainability_extension",): """
        tender/sustainability
    """,
    ("ocds_uk_extension",): """
        awards/additionalProcurementCategories
        awards/amendment/rationaleClassifications
        awards/amendment/suppliersAdded/additionalIdentifiers
        awards/amendment/suppliersRemoved/additionalIdentifiers
        awards/amendments/rationaleClassifications
        awards/amendments/suppliersAdded/additionalIdentifiers
        awards/amendments/suppliersRemoved/additionalIdentifiers
        contracts/amendment/rationaleClassifications
        contracts/amendment/suppliersAdded/additionalIdentifiers
        contracts/amendment/suppliersRemoved/additionalIdentifiers
        contracts/amendments/rationaleClassifications
        contracts/amendments/suppliersAdded/additionalIdentifiers
        contracts/amendments/suppliersRemoved/additionalIdentifiers
        contracts/proposedAmendments/changes
        contracts/proposedAmendments/rationaleClassifications
        contracts/proposedAmendments/suppliersAdded/additionalIdentifiers
        contracts/proposedAmendments/suppliersRemoved/additionalIdentifiers
        parties/details/excludedSupplier/exclusionGrounds/criteria
        tender/amendment/rationaleClassifications
        tender/amendment/suppliersAdded/additionalIdentifiers
        tender/amendment/suppliersRemoved/additionalIdentifiers
        tender/amendments/rationaleClassifications
        tender/amendments/suppliersAdded/additionalIdentifiers
        tender/amendments/suppliersRemoved/additionalIdentifiers
        tender/specialRegime
    """,
    ("ocds_bid_extension", "ocds_lots_extension"): """
        bids/details/documents/relatedLots
    """,
    ("ocds_bid_extension", "ocds_subcontracting_extension"): """
        bids/details/subcontracting/subcontracts/mainContractors/additionalIdentifiers
        bids/details/subcontracting/subcontracts/subcontractor/additionalIdentifiers
    """,
    ("ocds_lots_extension", "ocds_sustainability_extension"): """
        tender/lots/sustainability
    """,
    ("ocds_lots_extension", "ocds_uk_extension"): """
        contracts/proposedAmendments/relatedLots
    """,
}

EXTENSIONS = frozenset(name for names in WHOLE for name in names)

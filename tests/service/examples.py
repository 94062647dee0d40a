"""What an address of a route names, so that the small store has something there."""

EXAMPLES = {
    "service": "childrens-homes",
    "source": "homes-list",
    "file": "figures",
    "asked": "",
    "table": "kinds",
    "measure": "hhi",
    "form": "csv",
    "key": 1,
    "number": 1,
    "ocid": "ocds-test-100",
    "exposed": "contracts",
    "uidb36": "1",
    "provider_id": "organisation",
    "member": 700_001,
    "invitation": 700_001,
    "token": "a-word-of-the-furniture",
    "body": 900_001,  # the record that furniture registers, and all that hangs on it
    "row": 900_001,
    "record": 900_001,
    "notice": 1,
    "document": 900_001,
    "owner": 1,
    "other": 900_004,  # a record that could be merged into it
    "question": "insurance",
}

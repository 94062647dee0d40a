"""Text that leaves for a spreadsheet, where a cell must not start a formula."""

_STARTS = ("=", "+", "-", "@", "\t", "\r")


def defused(cell: str) -> str:
    """Return a cell that no spreadsheet reads as a formula; numbers stay numbers.

    Source: OWASP, "CSV Injection" (2023): the signs that spreadsheets take for a formula.
    """
    if not cell.startswith(_STARTS) or _is_number(cell):
        return cell
    return "'" + cell


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell

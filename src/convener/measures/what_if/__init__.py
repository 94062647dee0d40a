"""What if: a market's holdings, changes to them, and the readings before and after."""

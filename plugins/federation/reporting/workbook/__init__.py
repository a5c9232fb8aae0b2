"""The Excel workbook of quarantined records: written for a steward, and read back with the
answers."""

"""What stakeholders read: mails, the workbook, the site of a release with its catalogue, and
charts."""

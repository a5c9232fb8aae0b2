"""What tests share: servers, deliveries, the hub as a command, and looking at pages and mails."""

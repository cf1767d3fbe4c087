"""A shop on AWS: orders, invoices, deliveries, and what runs them."""

"""Protocols whose answers are XML; query and EC2 send form fields."""

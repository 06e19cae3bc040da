"""A tutoring service: students, lessons, messages, and what a language model helps with."""

"""The intermediate representation: what the front-end makes of a source file, and all that the analysis sees of it."""

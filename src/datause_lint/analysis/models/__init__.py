"""What code outside the program does: Python's built-ins, the standard library, frameworks.

Plain ways of data are policy (propagators, API paths). Here stands what needs the engine: calling what was handed over,
making objects with a structure, proving consent by a query.
"""

"""How good the drawings are by the field's own measures, beside peers in the same run.

Each module measures one backend: ``rows()`` returns a table, a list of mappings with equal keys.
"""

"""Renders the sample pictures with Blender's Cycles; `main.py` is what Blender runs.

In here z is up, as in Blender; `document.py` turns what it writes to y up. Lengths are metres.
"""

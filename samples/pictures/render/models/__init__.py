"""Procedural objects. Each function takes the source of chance first and returns a Blender object."""

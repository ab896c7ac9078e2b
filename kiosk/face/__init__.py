"""Faces: find, judge, describe, match, is it alive. No camera, no screen."""

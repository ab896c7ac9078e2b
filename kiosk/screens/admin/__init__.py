"""The admin screen's widgets: stage.py, and one .py and .kv a screen."""

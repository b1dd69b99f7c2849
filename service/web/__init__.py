"""The HTTP door: Flask around the straight line."""

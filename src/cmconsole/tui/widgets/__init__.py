"""The main screen's own widgets: few of them, each painting its lines by itself."""

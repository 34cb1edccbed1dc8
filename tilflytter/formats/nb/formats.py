"""Dates as they are written in Norway; a browser's own date field sends the second form."""

DATE_INPUT_FORMATS = ["%d.%m.%Y", "%Y-%m-%d", "%d.%m.%y"]

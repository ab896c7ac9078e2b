"""The window that the customer sees at a counter: a process of its own, as Kivy has one window a process.

It draws what the terminal sends it, line by line, on the socket that is its standard input, sends back a sign of life
each second, and ends when the terminal is gone. stream.py: bytes cut into lines. message.py: what a line says.
words.py: that in sentences. pictures.py: the camera's pictures, in memory that both share. screen.py: the window's one
screen. app.py: the window. The terminal's side of it is kiosk.customer_window.
"""

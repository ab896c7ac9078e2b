"""The rules of ordering and money: values and pure functions, standard library only, no I/O, no clock of its own."""

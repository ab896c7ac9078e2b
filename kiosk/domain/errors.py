"""The base of every error that is part of the product's rules, not of the program's faults."""


class DomainError(ValueError):
    """A rule says no. The message is for logs and staff; screens word their own texts from the type.

    It is a ValueError so that decoding a message whose values break a rule fails as bad input.
    """

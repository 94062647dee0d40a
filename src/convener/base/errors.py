"""The few errors of the house, named by what the caller can do.

ConvenerError
├── BadInputError      the values cannot mean anything           fix them            400
├── NotAllowedError    the actor may not do it                   ask someone else    403
├── NotFoundError      there is no such thing                    look elsewhere      404
├── WrongStepError     the process is not at that step           wait, or go back    409
└── NoSolutionError    valid input without an answer             relax something     422

A message says what was met and what was wanted.
"""


class ConvenerError(Exception):
    """Anything that convener refuses, with a message fit for the person who asked."""

    status = 500


class BadInputError(ConvenerError):
    """The values cannot mean anything: fix them."""

    status = 400


class NotAllowedError(ConvenerError):
    """The actor may not do it: ask someone else."""

    status = 403


class NotFoundError(ConvenerError):
    """There is no such thing: look elsewhere."""

    status = 404


class WrongStepError(ConvenerError):
    """The process is not at that step: wait, or go back."""

    status = 409


class NoSolutionError(ConvenerError):
    """The input is valid and has no answer: relax something."""

    status = 422

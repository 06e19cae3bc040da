from dataclasses import dataclass

from museum.steps import Checked, Step


@dataclass
class Visitor:
    email: str
    ai_consent: bool


class Tour(Step):
    def prompt(self, visitor):
        return f"Plan a tour for {visitor.email}"


class CheckedTour(Checked):
    def prompt(self, visitor):
        return f"Plan a tour for {visitor.email}"


class Opening(Step):
    def prompt(self, visitor):
        return "When is the museum open?"


def tour(visitor: Visitor):
    return Tour().run(visitor)  # expect: DU101


def checked_tour(visitor: Visitor):
    return CheckedTour().run(visitor)


def opening(visitor: Visitor):
    return Opening().run(visitor)

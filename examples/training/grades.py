"""Predicts the next grade from the survey: python -m training.grades"""

from sklearn.linear_model import LogisticRegression

from training.dataset import survey
from tutoring.database import engine


def train_on_volunteers():
    answers = survey(engine)
    volunteers = answers[answers["research_opt_in"]]
    model = LogisticRegression()
    model.fit(volunteers[["school_year", "gender"]], volunteers["grade"])
    return model


def train_on_everybody():
    answers = survey(engine)
    model = LogisticRegression()
    model.fit(answers[["school_year", "gender"]], answers["grade"])
    return model


if __name__ == "__main__":
    train_on_volunteers()

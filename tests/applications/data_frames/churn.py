"""Who will leave? Columns on their way through frames, arrays and a search over models."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split


def load():
    customers = pd.read_csv("customers.csv")
    orders = pd.read_csv("orders.csv")
    return customers.merge(orders, on="customer_id", how="left")


class Estimator:
    model = None

    def train(self, frame):
        x = frame[["date_of_birth", "postal_code"]].fillna(0).to_numpy()
        x_train, _, y_train, _ = train_test_split(x, frame["left"].to_numpy())
        return self.model.fit(np.asarray(x_train), y_train)


class Churn(Estimator):
    model = LogisticRegression()


def everybody():
    frame = load()
    return Churn().train(frame)  # expect: DU201


def consenting():
    frame = load()
    frame = frame[frame["training_consent"] == True]  # noqa: E712
    return Churn().train(frame)


def searched():
    frame = load().groupby("customer_id").first()
    search = GridSearchCV(LogisticRegression(), {"C": [1, 10]})
    return search.fit(frame[["email", "age"]], frame["left"])  # expect: DU201


def searched_of_consenting():
    frame = load().query("training_consent == True")
    return GridSearchCV(LogisticRegression(), {"C": [1]}).fit(frame[["email", "age"]], frame["left"])


def totals():
    frame = load()
    return LogisticRegression().fit(frame[["order_total"]], frame["left"])

"""Models that are trained on people's data."""

import pandas as pd
import xgboost as xgb
from sklearn.linear_model import LogisticRegression


def churn(path: str) -> LogisticRegression:
    customers = pd.read_csv(path)
    model = LogisticRegression()
    model.fit(customers[["date_of_birth", "zip_code"]], customers["churned"])  # expect: DU201
    return model


def boosted(path: str) -> xgb.Booster:
    customers = pd.read_csv(path)
    data = xgb.DMatrix(customers[["annual_income"]], label=customers["churned"])
    return xgb.train({"objective": "binary:logistic"}, data)  # expect: DU201

"""Training: estimators, boosters, loops, loaders, data sets."""

from __future__ import annotations

import pytest
from tests.frameworks.tables.policy import POLICY
from tests.programs import assert_labels

SHARED = """
import numpy as np
import pandas as pd
import torch, keras, xgboost as xgb, lightgbm as lgb
import lightning as L
from catboost import CatBoostClassifier, Pool
from datasets import Dataset, load_dataset
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score, train_test_split, StratifiedKFold
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler, OneHotEncoder
from torch import nn
from torch.utils.data import DataLoader, TensorDataset, random_split
from torch.utils.data import Dataset as TorchDataset
from transformers import Trainer, TrainingArguments, AutoTokenizer
from sentence_transformers import SentenceTransformer, InputExample, losses

def read(e) -> pd.DataFrame:
    return pd.read_sql("SELECT id, email, full_name, home_address, plan, churned, training_consent FROM users", e)

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(1, 1)
    def forward(self, x):
        return self.layer(x)

class Frames(TorchDataset):
    def __init__(self, frame: pd.DataFrame):
        self.frame = frame
    def __len__(self):
        return len(self.frame)
    def __getitem__(self, i):
        row = self.frame.iloc[i]
        return row["email"], row["churned"]

class Lit(L.LightningModule):
    def training_step(self, batch, idx):
        return self(batch)

class Layout:
    def fit(self, rows):
        self.w = [len(r) for r in rows]

class Lit2(L.LightningModule):
    def __init__(self, frame):
        self.frame = frame
    def train_dataloader(self):
        return DataLoader(Frames(self.frame))
    def training_step(self, batch, idx):
        return self(batch)
"""

PROGRAMS = {
    "sk": """
def sk(e):
    c = read(e)
    X, y = c[["email", "home_address"]], c["churned"]
    LogisticRegression().fit(X, y)  # expect: DU201
    LogisticRegression().fit(c[["plan"]], y)
    StandardScaler().fit(X)
    vec = TfidfVectorizer().fit(c["email"])
    pipe = make_pipeline(StandardScaler(), LogisticRegression())
    pipe.fit(X, y)  # expect: DU201
    GridSearchCV(pipe, {"a": [1]}, cv=5).fit(X, y)  # expect: DU201
    cross_val_score(RandomForestClassifier(), X, y)  # expect: DU201
    cross_val_score(RandomForestClassifier(), c[["plan"]], y)
    clf = RandomForestClassifier()
    clf.fit(vec.transform(c["email"]), y)  # expect: DU201
    clf.predict(X)
    ok = c[c.training_consent]
    X_train, X_test, y_train, y_test = train_test_split(ok[["email"]], ok["churned"])
    clf.fit(X_train, y_train)
    for train_idx, test_idx in StratifiedKFold().split(X, y):
        clf.fit(X.iloc[train_idx], y.iloc[train_idx])  # expect: DU201
    for train_idx, test_idx in StratifiedKFold().split(ok[["email"]], ok.churned):
        clf.fit(ok[["email"]].iloc[train_idx], ok.churned.iloc[train_idx])
    model = GridSearchCV(clf, {}).fit(ok[["email"]], ok.churned)
    enc = OneHotEncoder()
    clf.fit(enc.fit_transform(X), y)  # expect: DU201
    clf.fit(enc.fit_transform(ok[["email"]]), ok.churned)
    clf.fit(np.hstack([enc.fit_transform(ok[["email"]]), ok[["plan"]].values]), ok.churned)
    clf.fit(np.hstack([enc.fit_transform(X), ok[["plan"]].values]), ok.churned)  # expect: DU201
""",
    "boost": """
def boost(e):
    c = read(e); ok = c[c.training_consent]
    xgb.train({}, xgb.DMatrix(c[["email"]], label=c["churned"]))  # expect: DU201
    xgb.train({}, xgb.DMatrix(ok[["email"]], label=ok["churned"]))
    xgb.train({}, xgb.DMatrix(c[["plan"]], label=c["churned"]))
    lgb.train({}, lgb.Dataset(c[["email"]], label=c["churned"]))  # expect: DU201
    lgb.train({}, lgb.Dataset(ok[["email"]], label=ok["churned"]))
    CatBoostClassifier().fit(Pool(c[["email"]], c["churned"]))  # expect: DU201
    CatBoostClassifier().fit(Pool(ok[["email"]], ok["churned"]))
""",
    "ke": """
def ke(e):
    c = read(e); ok = c[c.training_consent]
    m = keras.Sequential([keras.layers.Dense(1)])
    m.compile()
    m.fit(c[["email"]].to_numpy(), c["churned"].to_numpy())  # expect: DU201
    m.fit(ok[["email"]].to_numpy(), ok["churned"].to_numpy())
    m.fit(c[["plan"]].to_numpy(), c["churned"].to_numpy())
""",
    "tor": """
def tor(e):
    c = read(e)
    x = torch.tensor(c[["email"]].to_numpy())
    y = torch.tensor(c["churned"].to_numpy())
    net = Net()
    opt = torch.optim.Adam(net.parameters())
    lossf = nn.BCELoss()
    for xb, yb in DataLoader(TensorDataset(x, y), batch_size=8):
        opt.zero_grad()
        out = net(xb)
        loss = lossf(out, yb)
        loss.backward()  # expect: DU201
        opt.step()
    with torch.no_grad():
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=8):
            print(lossf(net(xb), yb).item())
""",
    "tor_ok": """
def tor_ok(e):
    c = read(e)
    c = c[c.training_consent]
    x = torch.tensor(c[["email"]].to_numpy())
    y = torch.tensor(c["churned"].to_numpy())
    net = Net()
    opt = torch.optim.Adam(net.parameters())
    for epoch in range(3):
        for xb, yb in DataLoader(TensorDataset(x, y), batch_size=8):
            loss = nn.functional.cross_entropy(net(xb), yb)
            loss.backward()
            opt.step()
""",
    "ds": """
def ds(e):
    net = Net()
    for a, b in DataLoader(Frames(read(e)), batch_size=4):
        loss = nn.functional.mse_loss(net(a), b)
        loss.backward()  # expect: DU201
""",
    "ds_ok": """
def ds_ok(e):
    net = Net()
    c = read(e)
    for a, b in DataLoader(Frames(c[c["training_consent"]]), batch_size=4):
        loss = nn.functional.mse_loss(net(a), b)
        loss.backward()
""",
    "lit": """
def lit(e):
    L.Trainer().fit(Lit(), DataLoader(Frames(read(e))))  # expect: DU201
    c = read(e)
    L.Trainer().fit(Lit(), DataLoader(Frames(c[c.training_consent])))
""",
    "hf": """
def hf(e):
    tok = AutoTokenizer.from_pretrained("x")
    d = Dataset.from_pandas(read(e))
    d = d.map(lambda r: tok(r["email"]))
    Trainer(model=1, args=TrainingArguments("x"), train_dataset=d).train()  # expect: DU202
    f = d.filter(lambda r: r["training_consent"])
    Trainer(model=1, args=TrainingArguments("x"), train_dataset=f).train()
    Trainer(model=1, args=TrainingArguments("x"), train_dataset=f.train_test_split(0.1)["train"]).train()
    Trainer(model=1, train_dataset=d.train_test_split(0.1)["train"]).train()  # expect: DU202
    g = d.filter(lambda r: not r["training_consent"])
    Trainer(model=1, args=TrainingArguments("x"), train_dataset=g).train()  # expect: DU202
    h = d.filter(lambda c: c, input_columns=["training_consent"])
    Trainer(model=1, train_dataset=h.select(range(10)).shuffle()).train()
    h.push_to_hub("x")  # expect: DU301
    d.push_to_hub("x")  # expect: DU301
    d.select_columns(["plan"]).push_to_hub("x")
    d.remove_columns(["email", "full_name", "home_address", "input_ids"]).push_to_hub("x")  # expect: DU301
""",
    "gen": """
def gen(e):
    def rows2(c):
        for r in c.to_dict("records"):
            yield {"text": r["email"]}
    Trainer(train_dataset=Dataset.from_generator(rows2, gen_kwargs={"c": read(e)})).train()  # expect: DU202
""",
    "st": """
def st(e):
    c = read(e)
    ex = [InputExample(texts=[t, t]) for t in c["email"]]
    m = SentenceTransformer("x")
    m.fit(train_objectives=[(DataLoader(ex, batch_size=1), losses.X(m))])  # expect: DU202
    ex2 = [InputExample(texts=[t, t]) for t in c[c.training_consent]["email"]]
    m.fit(train_objectives=[(DataLoader(ex2, batch_size=1), losses.X(m))])
""",
    "lay": """
def lay(e):
    Layout().fit(read(e)["email"].tolist())
""",
    "lit2": """
def lit2(e):
    L.Trainer().fit(Lit2(read(e)))  # expect: DU201
    c = read(e)
    L.Trainer().fit(Lit2(c[c.training_consent]))
""",
    "ds3": """
def ds3(e):
    net = Net()
    train, test = random_split(Frames(read(e)), [1, 2])
    for a, b in DataLoader(train, batch_size=4):
        nn.functional.mse_loss(net(a), b).backward()  # expect: DU201
""",
    "ds4": """
def ds4(e):
    net = Net()
    def collate(items):
        return [a for a, _ in items]
    for a in DataLoader(Frames(read(e)), collate_fn=collate):
        net(a).loss.backward()  # expect: DU201
    c = read(e)
    for a in DataLoader(Frames(c.query("training_consent")), collate_fn=lambda items: [a for a, _ in items]):
        net(a).loss.backward()
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    assert_labels({"program.py": SHARED + PROGRAMS[name]}, POLICY)


@pytest.mark.xfail(strict=True, reason="false alarm: a generator's own check is lost on the way through gen_kwargs")
def test_a_generator_that_checks() -> None:
    program = """
def gen(e):
    def rows(c):
        for r in c.to_dict("records"):
            if r["training_consent"]:
                yield {"text": r["email"]}
    Trainer(train_dataset=Dataset.from_generator(rows, gen_kwargs={"c": read(e)})).train()
"""
    assert_labels({"program.py": SHARED + program}, POLICY)

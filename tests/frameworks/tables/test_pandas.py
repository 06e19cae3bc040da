"""Data frames of pandas: columns, masks, queries, joins, iteration."""

from __future__ import annotations

import pytest
from tests.frameworks.tables.policy import POLICY
from tests.programs import assert_labels

SHARED = """
import pandas as pd
import numpy as np
import polars as pl
from openai import OpenAI
client = OpenAI()

def ask(t):
    return client.responses.create(model="x", input=t)

def read(e) -> pd.DataFrame:
    return pd.read_sql("SELECT id, email, full_name, plan, ai_consent, ai_opt_out, consent_status FROM users", e)

def helper(df, col):
    return df[col]
"""

PROGRAMS = {
    "masks": """
def masks(e):
    c = read(e)
    ask(c[c["ai_consent"] == True]["email"].tolist())
    ask(c[c["ai_consent"] == 1]["email"].tolist())
    ask(c[c["ai_consent"] == "yes"]["email"].tolist())
    ask(c[c["ai_consent"].astype(str).str.lower() == "yes"]["email"].tolist())
    ask(c[c["ai_consent"] == "no"]["email"].tolist())  # expect: DU101
    ask(c[c["ai_consent"] != False]["email"].tolist())  # expect: DU101
    ask(c[c["ai_consent"].fillna(False)]["email"].tolist())
    ask(c[c["ai_consent"].fillna(True)]["email"].tolist())  # expect: DU101
    ask(c[c["ai_consent"].isin([True])]["email"].tolist())
    ask(c[c["ai_consent"].isin([True, False])]["email"].tolist())  # expect: DU101
    ask(c[c.ai_consent.eq(True)].email.tolist())
    ask(c[c.ai_consent.notna()].email.tolist())  # expect: DU101
    ask(c[~c.ai_opt_out].email.tolist())
    ask(c[c.ai_opt_out].email.tolist())  # expect: DU101
    ask(c[c.ai_opt_out == False].email.tolist())
    ask(c[c["consent_status"] == "granted"].email.tolist())
    ask(c[c["consent_status"] != "granted"].email.tolist())  # expect: DU101
    ask(c[c["consent_status"].isin(["granted"])].email.tolist())
    ask(c[c["consent_status"].isin(["granted", "asked"])].email.tolist())  # expect: DU101
    ask(c[c["consent_status"].str.lower().eq("granted")].email.tolist())
    ask(c[(c.plan == "x") & c.ai_consent].email.tolist())
    ask(c[(c.plan == "x") | c.ai_consent].email.tolist())  # expect: DU101
    ask(c[~(~c.ai_consent | (c.plan == "x"))].email.tolist())
    ask(c[c["ai_consent"].map({"yes": True, "no": False})].email.tolist())
    ask(c[c["ai_consent"].map({"yes": False, "no": True})].email.tolist())  # expect: DU101
    ask(c[np.logical_and(c.ai_consent, c.plan == "x")].email.tolist())
    ask(c.loc[c.ai_consent, "email"].tolist())
    ask(c.loc[c.ai_consent & (c.plan == "b"), ["email", "plan"]].to_csv())
    ask(c.loc[:, "email"].tolist())  # expect: DU101
    ask(c.loc[:, ["plan"]].to_csv())
    ask(c.iloc[:5].to_csv())  # expect: DU101
    m = c.ai_consent
    ask(c[m].email.tolist())
    ask(c[m == False].email.tolist())  # expect: DU101
    ask(c[m.values].email.tolist())
    ask(c[c.apply(lambda r: r["ai_consent"] and r["plan"] == "x", axis=1)].email.tolist())
    ask(c[c.apply(lambda r: r["ai_consent"] or r["plan"] == "x", axis=1)].email.tolist())  # expect: DU101
""",
    "queries": """
def queries(e):
    c = read(e)
    x = "a"
    ask(c.query("ai_consent").email.tolist())
    ask(c.query("ai_consent == True and plan == @x").email.tolist())
    ask(c.query("not ai_consent").email.tolist())  # expect: DU101
    ask(c.query("not ai_opt_out").email.tolist())
    ask(c.query("~ai_opt_out & plan == 'x'").email.tolist())
    ask(c.query("consent_status == 'granted'").email.tolist())
    ask(c.query("consent_status in ['granted']").email.tolist())
    ask(c.query("consent_status != 'granted'").email.tolist())  # expect: DU101
    ask(c.query(f"plan == '{x}' and ai_consent").email.tolist())
    ask(c.query(f"plan == '{x}' or ai_consent").email.tolist())  # expect: DU101
    ask(c.query("(").email.tolist())  # expect: DU101
""",
    "shape": """
def shape(e):
    c = read(e)
    ask(c.drop(columns=["email", "full_name"]).to_csv())
    ask(c.drop(["email", "full_name"], axis=1).to_csv())
    ask(c.drop("email", axis=1).to_csv())  # expect: DU101
    ask(c[["plan", "id"]].to_csv())
    ask(c.rename(columns={"ai_consent": "ok"}).query("ok").email.tolist())
    r = c.rename(columns={"email": "x"})
    ask(r.x.tolist())  # expect: DU101
    ask(r["x"].tolist())  # expect: DU101
    ask(f"{len(c)} {c.shape} {c.plan.value_counts()} {c['email'].isna().mean()} {c.email.nunique()}")
    ask(str(c.describe()))
    ask(c.head().to_string())  # expect: DU101
    ask(c.groupby("plan").size().to_string())
    ask(c.groupby("plan")["id"].mean().to_string())
    ask(str(c.groupby("plan")["email"].apply(list)))  # expect: DU101
    c2 = c.copy()
    del c2["email"]
    c2.pop("full_name")
    ask(c2.to_csv())
    c.drop(columns=["email", "full_name"], inplace=True)
    ask(c.to_csv())
""",
    "iterate": """
def iterate(e):
    c = read(e)
    for i, row in c.iterrows():
        ask(row["email"])  # expect: DU101
        ask(row["plan"])
        if row["ai_consent"]:
            ask(row["email"])
            ask(str(row))
    for row in c.itertuples():
        ask(row.email)  # expect: DU101
        ask(row.plan)
        if row.ai_consent:
            ask(row.email)
    for rec in c.to_dict("records"):
        ask(rec["email"])  # expect: DU101
        if rec["ai_consent"]:
            ask(rec["email"])
        ask(rec["plan"])
    for rec in c[c.ai_consent].to_dict(orient="records"):
        ask(rec["email"])
        ask(str(rec))
    for col in c:
        ask(col)
    for name, email in c[["full_name", "email"]].values:
        ask(name)  # expect: DU101
    for name, email in zip(c["full_name"], c["plan"]):
        ask(name)  # expect: DU101
        ask(email)
    for plan, group in c.groupby("plan"):
        ask(group["plan"].tolist())
        ask(group["email"].tolist())  # expect: DU101
        ask(group[group.ai_consent]["email"].tolist())
    ask("\\n".join(c.email))  # expect: DU101
    ask(c.email[0])  # expect: DU101
    ask(c.email.iloc[0])  # expect: DU101
    ask(c.iloc[0]["email"])  # expect: DU101
    ask(c.iloc[0]["plan"])
""",
    "assigns": """
def assigns(e):
    c = read(e)
    c["ai_consent"] = True
    ask(c[c["ai_consent"]].email.tolist())  # expect: DU101
    d = read(e)
    d["ok"] = d["ai_consent"] & (d["plan"] == "x")
    ask(d[d["ok"]].email.tolist())
    ask(d[~d["ok"]].email.tolist())  # expect: DU101
    d["email"] = "x"
    ask(d["email"].tolist())
    d["ai_consent"] = d["ai_consent"].fillna(False)
    ask(d[d["ai_consent"]].full_name.tolist())
    f = read(e)
    f["n"] = f["full_name"].str.upper()
    ask(f[["n"]].to_csv())  # expect: DU101
    ask(f[["plan"]].to_csv())
""",
    "joins": """
def joins(e):
    c = read(e)
    k = pd.read_sql("SELECT user_id, ai_consent FROM consents", e)
    u = pd.read_sql("SELECT id, user_id, email, plan FROM users", e)
    ok = k[k.ai_consent]
    ask(u.merge(ok, on="user_id").email.tolist())
    ask(u.merge(ok, on="user_id", how="left").email.tolist())  # expect: DU101
    ask(u.merge(ok, on="plan").email.tolist())  # expect: DU101
    ask(ok.merge(u, on="user_id", how="left").email.tolist())
    ask(pd.merge(u, ok, left_on="id", right_on="user_id").email.tolist())
    ask(pd.merge(u, ok, how="right", left_on="id", right_on="user_id").email.tolist())
    ask(pd.merge(u, ok, how="outer", on="user_id").email.tolist())  # expect: DU101
    j = u.merge(k, on="user_id", how="left")
    ask(j[j["ai_consent"] == True].email.tolist())
    ask(j.email.tolist())  # expect: DU101
    ask(u[u.id.isin(ok.user_id)].email.tolist())
    ask(u[~u.id.isin(ok.user_id)].email.tolist())  # expect: DU101
    ask(u[u.id.isin(k.user_id)].email.tolist())  # expect: DU101
    ids = ok["user_id"].tolist()
    ask(u[u.id.isin(ids)].email.tolist())
    ids2 = set(ok["user_id"])
    ask(u[u.id.isin(ids2)].email.tolist())
    ask(pd.concat([c[c.ai_consent], c]).email.tolist())  # expect: DU101
    ask(pd.concat([c[c.ai_consent], c[c.ai_consent & (c.plan == "x")]]).email.tolist())
    ask(u.set_index("id").join(ok.set_index("user_id"), how="inner").email.tolist())
    ask(u.join(ok).email.tolist())  # expect: DU101
""",
    "unknown": """
def unknown(path):
    c = pd.read_csv(path)
    ask(c["email"].tolist())  # expect: DU101
    ask(c["plan"].tolist())
    ask(c[c["ai_consent"] == "yes"]["email"].tolist())
    ask(c[c["ai_consent"] == 1].to_csv())
    ask(c.to_csv())  # expect: DU101
""",
    "root": """
def root(df: pd.DataFrame):
    ask(df["email"].tolist())  # expect: DU101
    ask(df[df["ai_consent"]]["email"].tolist())
    ask(df["plan"].tolist())
""",
    "through": """
def through(e):
    c = read(e)
    ask(helper(c, "plan").tolist())
    ask(helper(c, "email").tolist())  # expect: DU101
""",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_program(name: str) -> None:
    assert_labels({"program.py": SHARED + PROGRAMS[name]}, POLICY)
